"""The frames of persons, declared once: what the rosters say of a row, what the settlement adds, what may be paid out.

A field's annotation is its type for mypy and the type of its column in polars. Money is fen, null where it is unknown;
days are serials.
"""

from __future__ import annotations

from typing import Annotated, Any, TypedDict, cast, get_type_hints

import polars as pl

Text = Annotated[str, pl.String()]
Word = Annotated[str, pl.Categorical()]  # a text that repeats: a county's people fit into memory
Flag = Annotated[bool, pl.Boolean()]
Day = Annotated[float | None, pl.Float64()]
Fen = Annotated[int | None, pl.Int64()]
PaidFen = Annotated[int, pl.Int64()]  # money that came: nothing is 0


class FactRow(TypedDict):
    """A roster row that is a person enrolled or exempt (``facts.select_facts``).

    ``cert`` is the cleaned document number, ``letter`` the column it is in. ``township`` is the unit that the row
    counts for, the township that a department's row names; ``central`` rows are paid for by a department in one sum.
    """

    unit: Word
    township: Word
    file: Word
    roster: Word
    sheet: Word
    letter: Word
    row: Annotated[int, pl.Int64()]
    cert: Text
    name: Text
    guardian: Text
    valid: Flag
    birth: Day
    village: Word
    enrolment: Flag
    received: PaidFen
    row_premium: Fen
    situation: Annotated[int, pl.Int32()]
    village_due: Fen
    pay_date: Day
    window_start: Day
    window_end: Day
    benefit_start: Day
    paid_ok: Flag
    in_time: Flag
    row_enrolled: Flag
    forbidden: Flag
    blocked: Flag
    direct_ok: Flag
    account_ok: Flag
    cash: Flag
    ticket: Flag
    complete: Flag
    refuses: Flag
    newborn: Flag
    newly_identified: Flag
    row_category: Word
    row_subsidy_kind: Word
    missed: Word
    account: Text
    mib_serial: Text
    central: Flag
    groups: Annotated[list[str], pl.List(pl.Categorical())]
    claims: Annotated[list[str], pl.List(pl.Categorical())]
    status: Word
    cover: Word
    proof: Text
    volunteers: Flag
    arrived_on: Day
    arrived: Annotated[bool | None, pl.Boolean()]
    posted: Annotated[bool | None, pl.Boolean()]


class NumberedRow(FactRow):
    """The same among all workbooks (``facts.gather_facts``).

    ``person`` numbers the rows, ``pid`` says whose they are.
    """

    person: Annotated[int, pl.UInt32()]
    pid: Text


class SettledRow(NumberedRow):
    """A row with what its person is owed (``settle.settle``) and what of it waits (``withhold.withhold``).

    Where the policy year has top-ups, two structs stand beside: what each of a person's claims says for itself
    (``top_ups.claims_of``).
    """

    barred: Flag
    fallen: Text
    doubted: Flag
    status_doubted: Flag
    stands: Flag
    counts: Flag
    category: Text
    subsidy_kind: Text
    payer: Text
    confirmed: Text
    listed: Annotated[bool | None, pl.Boolean()]
    premium: Fen
    gov_direct: Fen
    self_due: Fen
    reason: Text
    unproven: PaidFen
    accepted: PaidFen
    returnable: PaidFen
    paid_full: Flag
    way: Text
    state: Text
    rebate_due: Fen
    enrolled: Flag
    due: Fen
    unverified: Flag
    withheld_by: Text
    withheld: Fen
    payable: Fen


def schema_of(rows: type[Any]) -> dict[str, pl.DataType]:
    """Return the columns of a frame of such rows."""
    hints = get_type_hints(rows, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items()}


def numbered_rows(frame: pl.DataFrame) -> list[NumberedRow]:
    """Return the rows of ``gather_facts``."""
    return cast("list[NumberedRow]", frame.to_dicts())


def settled_rows(frame: pl.DataFrame) -> list[SettledRow]:
    """Return the rows of a settled frame."""
    return cast("list[SettledRow]", frame.to_dicts())
