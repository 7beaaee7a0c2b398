"""打印稿: the filled rosters of a unit as tables for paper, the columns that the spec prints, without empty rows."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import polars as pl

from canbao_generator.layout import SheetColumn
from canbao_generator.rows import is_overwritten
from canbao_generator.table_rows import fit_columns
from canbao_rulebook.kinds import UNKNOWN_TEXT, CellKind, ColumnType, Filler
from canbao_rulebook.money import format_yuan, to_fen
from canbao_rulebook.tables import CellType, TableColumn, TableSheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from canbao_rulebook.roster import Column, Roster
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit

_KINDS = {ColumnType.INTEGER: CellType.COUNT, ColumnType.MONEY: CellType.YUAN, ColumnType.DATE: CellType.DATE}
_NARROWEST = 5
_SIGNED_HEIGHT = 24  # points of a row that somebody signs
_BLANK = "________"


def paper_sheets(book: Rulebook, unit: Unit, frames: Mapping[str, pl.DataFrame], code: str) -> Iterator[TableSheet]:
    """Yield a table for each roster with rows. ``frames`` are as they are stamped, ``code`` is the check code."""
    for roster in book.rosters.values():
        frame = frames.get(roster.code)
        if frame is not None and len(frame):
            yield _sheet(roster, unit, frame, code)


def _sheet(roster: Roster, unit: Unit, frame: pl.DataFrame, code: str) -> TableSheet:
    printed = [_printed(column, frame) for column in roster.paper_columns]
    signed = any(column.filler is Filler.PRINT for column in roster.paper_columns)
    signatures = "　".join(f"{name}（签字）：{_BLANK}" for name in roster.signatures)
    notes = [
        f"填报单位：{unit.title}　　共 {len(frame)} 行　　校验码：{code}　　金额单位：元",
        f"依据：{roster.ref}",
    ]
    footer = f"单位（盖章）：{_BLANK}　{signatures}　日期：____年__月__日"
    return TableSheet(
        name=roster.sheet,
        title=roster.title,
        columns=[column for column, _ in printed],
        frame=pl.DataFrame([values for _, values in printed]),
        notes=notes,
        footer=footer,
        paper=roster.paper,
        row_height=_SIGNED_HEIGHT if signed else None,
    )


def _printed(column: Column, frame: pl.DataFrame) -> tuple[TableColumn, pl.Series]:
    """Return a column as it is printed: numbers as such, unless some of them are unknown or typed as words."""
    name = column.field
    if column.filler is Filler.PRINT:
        return TableColumn(column.header, CellType.CENTRED, _width(column)), _named(name, [""] * len(frame))
    values, typed = frame[name], pl.lit(value=True)
    if column.is_computed:
        replaced = is_overwritten(SheetColumn(column, "")) if column.filler is Filler.DEFAULT else pl.lit(value=False)
        typed, known = replaced, pl.col(f"{name}.computed")
        values = frame.select(pl.when(replaced).then(pl.col(name)).otherwise(known).alias(name))[name]
    shown = pl.col(f"{name}.raw") if f"{name}.raw" in frame.columns else pl.lit("")
    words = frame.select(pl.when(typed).then(shown).otherwise(pl.lit("")).fill_null("").alias(name))[name]
    if column.type is ColumnType.TEXT:
        said = _named(name, [text or word or _unknown(text) for text, word in zip(values, words, strict=True)])
        plain = TableColumn(column.header, CellType.CENTRED, _width(column))
        return fit_columns([plain], said.to_frame())[0], said
    if not values.is_null().any() and not _has_words(column, frame):
        return TableColumn(column.header, _KINDS[column.type], _width(column)), values.cast(pl.Float64).fill_nan(None)
    texts = [_say(column, value, word) for value, word in zip(values, words, strict=True)]
    return TableColumn(column.header, CellType.CENTRED, _width(column)), _named(name, texts)


def _width(column: Column) -> float:
    """On paper nobody types: a column is a little narrower than on the screen, where it has an arrow and a cursor."""
    return max(_NARROWEST, column.width - 1)


def _has_words(column: Column, frame: pl.DataFrame) -> bool:
    """Whether somebody typed words where numbers belong."""
    kind = f"{column.field}.kind"
    typed = column.formula is None or column.filler is Filler.DEFAULT
    return typed and kind in frame.columns and bool((frame[kind] == int(CellKind.TEXT)).any())


def _say(column: Column, value: float | None, word: str) -> str:
    """Return a number as people read it, else what was typed; 待定 for what is unknown."""
    if value is None:
        return word or UNKNOWN_TEXT
    if isnan(value):  # nothing, or words
        return word
    return format_yuan(to_fen(value)) if column.type is ColumnType.MONEY else word or f"{value:g}"


def _unknown(text: str | None) -> str:
    return UNKNOWN_TEXT if text is None else ""


def _named(name: str, texts: list[str]) -> pl.Series:
    return pl.Series(name, texts, dtype=pl.String)
