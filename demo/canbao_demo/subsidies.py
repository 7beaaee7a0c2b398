"""R4 typed by hand in a few townships: computed first, then with mistakes of its own."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from canbao_demo.frames import rows_to_frame
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.functions.identity import IDENTITY_CARD
from canbao_rulebook.kinds import Filler, RosterRole
from canbao_rulebook.names import unit_names
from canbao_validators.subsidies import compute_subsidy_roster
from canbao_validators.workbook import FilledWorkbook, codes_of

if TYPE_CHECKING:
    from canbao_demo.model import Row, Value
    from canbao_rulebook.roster import Column, Roster
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit


def type_subsidy_roster(book: Rulebook, unit: Unit, rows: dict[str, list[Row]]) -> list[Row]:
    """Return R4 as a careful clerk types it from the computed amounts of R1 and R2.

    R3 is not asked: in clean rows whoever is in R3 and in R1 has the same status in both.
    """
    names = {**book.names, **unit_names(unit)}
    rosters = {code: book.rosters[code] for code in codes_of(book.rosters, RosterRole.ENROLMENT)}
    frames = {
        code: compute_columns(roster, rows_to_frame(roster, rows[code]), names) for code, roster in rosters.items()
    }
    filled = FilledWorkbook(f"{unit.name}.xlsx", book, unit, frames)
    return [_as_row(book.rosters["R4"], entry) for entry in compute_subsidy_roster(filled).to_dicts()]


def _as_row(roster: Roster, entry: dict[str, Value]) -> Row:
    """The cells that a clerk types, empty ones left out; what a formula gives from the number is not typed."""
    typed = [column for column in roster.columns if column.filler in {Filler.CLERK, Filler.DEFAULT}]
    row: Row = {}
    for column in typed:
        value = _as_value(column, entry.get(column.field))
        if value is not None and not (column.filler is Filler.DEFAULT and entry["cert_type"] == IDENTITY_CARD):
            row[column.header] = value
    return row


def _as_value(column: Column, value: Value) -> Value:
    if value is None or value == "" or (isinstance(value, float) and isnan(value)):
        return None
    if column.type == "date" and isinstance(value, float):
        return from_serial(value)
    return value
