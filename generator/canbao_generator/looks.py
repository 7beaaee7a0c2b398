"""The looks of this project's sheets: titles, headers by filler, cells by filler and type."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from canbao_generator import styles
from canbao_generator.styles import Look
from canbao_rulebook.kinds import ColumnType, Filler

if TYPE_CHECKING:
    from canbao_rulebook.roster import Column

PLAIN = Look()
TITLE = Look(size=16, bold=True)
NARROW_TITLE = Look(size=12, bold=True, wrap=True)  # over the columns that every page repeats
SUBTITLE = Look(size=10, colour=styles.PALE_INK)
WARNING_NOTE = replace(SUBTITLE, colour=styles.AMBER)
HEADING = Look(size=12, bold=True, colour=styles.BLUE)
BODY = Look(wrap=True, vertical="top")
HINT = Look(size=8, colour=styles.PALE_INK, horizontal="center", shrink=True)
REQUIRED_HINT = replace(HINT, colour=styles.RED, bold=True)
HEADER = Look(bold=True, colour=styles.WHITE, fill=styles.BLUE, border=True, horizontal="center", wrap=True)
COMPUTED_HEADER = replace(HEADER, fill=styles.GREY)
COUNTY_HEADER = replace(HEADER, fill=styles.SLATE)
CELL = Look(border=True)
WRAPPED = Look(border=True, wrap=True, horizontal="left", indent=1)
CENTRED = Look(border=True, horizontal="center", wrap=True)
LABEL = Look(bold=True, fill=styles.BLUE_TINT, border=True)
INPUT = Look(border=True, number_format=styles.TEXT_FORMAT, locked=False)
TOTAL = Look(bold=True, fill=styles.BLUE_TINT, border=True)
GLANCE = Look(fill=styles.GREY_TINT, border=True, shrink=True)
HIDDEN = Look(size=9, colour=styles.PALE_INK)
HIDDEN_INPUT = replace(HIDDEN, number_format=styles.TEXT_FORMAT, locked=False)

_FORMATS = {
    ColumnType.DATE: styles.DATE_FORMAT,
    ColumnType.MONEY: styles.MONEY_FORMAT,
    ColumnType.INTEGER: "0",
}


def band_look(stage: str) -> Look:
    """The colour of a band's title says to which stage of the work it belongs."""
    return Look(size=9, bold=True, fill=styles.STAGE_TINTS.get(stage, styles.GREY_TINT), vertical="center")


def header_look(column: Column) -> Look:
    """The header's colour says who fills the column."""
    if column.filler is Filler.COUNTY:
        return COUNTY_HEADER
    return HEADER if column.filler in {Filler.CLERK, Filler.DEFAULT, Filler.PRINT} else COMPUTED_HEADER


def cell_look(column: Column) -> Look:
    """How the cells of a roster column look, empty ones too."""
    fill = None
    if column.filler is Filler.COUNTY:
        fill = styles.SLATE_TINT
    elif column.filler is Filler.FORMULA:
        fill = styles.GREY_TINT
    number_format = _FORMATS.get(column.type, "General" if column.is_computed else styles.TEXT_FORMAT)
    return Look(
        colour=styles.INK,
        fill=fill,
        border=True,
        horizontal="center" if column.type is ColumnType.DATE or column.width <= 8 else None,
        number_format=number_format,
        locked=column.is_locked,
        shrink=column.type is ColumnType.TEXT and column.is_computed,
    )


def counted(look: Look) -> Look:
    """A look for numbers of persons."""
    return replace(look, number_format=styles.COUNT_FORMAT, horizontal="right")


def paid(look: Look) -> Look:
    """A look for amounts in yuan."""
    return replace(look, number_format=styles.MONEY_FORMAT, horizontal="right")


def rated(look: Look) -> Look:
    """A look for percentages."""
    return replace(look, number_format=styles.RATE_FORMAT, horizontal="right")


def dated(look: Look) -> Look:
    """A look for dates."""
    return replace(look, number_format=styles.DATE_FORMAT, horizontal="center")
