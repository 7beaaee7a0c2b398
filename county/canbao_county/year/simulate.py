"""What if: the persons of a submission settled by the policy year as it is, and by another one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.parts import Storing, store_part
from canbao_county.merge.rulings import read_rulings
from canbao_county.merge.settling import settle_again, settle_parts
from canbao_county.year.submitted import fit_frame, read_submission, typed_frames
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.kinds import ColumnType
from canbao_rulebook.units import AGENCY
from canbao_validators.apart import Reading
from canbao_validators.judging_rows import judge_frames
from canbao_validators.settlement.terms import Terms
from canbao_validators.workbook import FilledWorkbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from canbao_county.lists.stored import Lists
    from canbao_county.merge.parts import Part
    from canbao_county.merge.settling import Settled
    from canbao_county.year.submitted import Frames, Submitted
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit
    from canbao_validators.reading.raw import RawWorkbook

_BIRTH = "birth"
_ROW = ("file", "roster", "row")


@dataclass(frozen=True)
class Simulation:
    """A county's persons by two policies. ``before`` and ``after`` are settled frames of the same rows, in order."""

    book: Rulebook
    changed: Rulebook
    units: list[str]
    before: pl.DataFrame
    after: pl.DataFrame


def simulate(
    raw: RawWorkbook, book: Rulebook, changed: Rulebook, folder: Path, *, lists: Lists | None = None
) -> Simulation:
    """Return the persons of a submission by its own policy year and by a changed one.

    Who is enrolled is taken to pay what the changed policy asks of them, in time where they paid in time before; who is
    not, pays what they paid. A policy of another year sees the same persons, with all days but births as many years on.
    ``folder`` holds rows on the way. Raises UnreadableFile for what is no submission of the policy year.
    """
    terms = Terms(book.policy, read_rulings(raw))
    years = changed.policy.meta.policy_year - book.policy.meta.policy_year
    units: list[Unit] = []
    own: list[Part] = []
    others: list[Part] = []
    for number, unit in enumerate(read_submission(raw, book)):
        typed = typed_frames(unit, book)
        units.append(unit.unit)
        own.append(_part(unit, typed, book, folder / f"{number}"))
        others.append(_part(unit, _moved(typed, changed, unit, years), changed, folder / f"changed-{number}"))
    settled = settle_parts(book, own, terms, _findings(own), lists=lists)
    after = _settle_changed(settled, others, Terms(changed.policy, terms.rulings))
    return Simulation(book, changed, _places(units, settled.people), settled.people, after)


def settle_submission(
    raw: RawWorkbook, book: Rulebook, folder: Path, *, lists: Lists | None = None
) -> tuple[pl.DataFrame, list[str]]:
    """Return the settled frame of a submission's rows, and its units in order. Raises as ``simulate`` does."""
    units: list[Unit] = []
    parts: list[Part] = []
    for number, unit in enumerate(read_submission(raw, book)):
        units.append(unit.unit)
        parts.append(_part(unit, typed_frames(unit, book), book, folder / f"{number}"))
    people = settle_parts(book, parts, Terms(book.policy, read_rulings(raw)), _findings(parts), lists=lists).people
    return people, _places(units, people)


def _findings(parts: Sequence[Part]) -> list[Finding]:
    return [finding for part in parts for finding in part.findings]


def _places(units: Sequence[Unit], people: pl.DataFrame) -> list[str]:
    """Return the units that rows count for, in the order of the submission."""
    named = people["township"].cast(pl.String).unique(maintain_order=True).to_list()
    return list(dict.fromkeys([*(unit.name for unit in units if unit.kind != AGENCY), *named]))


def _part(unit: Submitted, frames: Frames, book: Rulebook, folder: Path) -> Part:
    """Return the checked rows of a unit as the merge takes them."""
    folder.mkdir()
    filled = FilledWorkbook(unit.file, book.of_kind(unit.unit.kind), unit.unit, dict(frames))
    judge_frames(filled)
    return store_part(filled, Storing(folder, 0, unit.file, book.policy.meta.id, Reading()))


def _moved(frames: Frames, book: Rulebook, unit: Submitted, years: int) -> Frames:
    """Return the rows as the rosters of another policy year hold them, their days as many years on."""
    rosters = book.of_kind(unit.unit.kind).rosters
    return {
        code: _years_on(rosters[code], fit_frame(rosters[code], frame), years)
        for code, frame in frames.items()
        if code in rosters
    }


def _years_on(roster: Roster, frame: pl.DataFrame, years: int) -> pl.DataFrame:
    days = [
        column.field
        for column in roster.columns
        if column.is_input and column.type is ColumnType.DATE and column.field != _BIRTH
    ]
    if not years or not days:
        return frame
    return frame.with_columns(pl.col(name).map_elements(lambda day: _year_on(day, years), pl.Float64) for name in days)


def _year_on(serial: float, years: int) -> float:
    """Return the same day of another year, 29 February as the 28th; NaN stays."""
    if serial != serial:  # noqa: PLR0124 - NaN
        return serial
    day = date(1899, 12, 30) + timedelta(days=int(serial))
    last = day.month == 2 and day.day == 29
    return float(to_serial(day.replace(year=day.year + years, day=28 if last else day.day)))


def _settle_changed(settled: Settled, parts: Sequence[Part], terms: Terms) -> pl.DataFrame:
    facts = pl.concat([part.load_people() for part in parts]) if parts else settled.facts.clear()
    facts = _as_paid(_in_order(facts, settled.facts), settled.people)
    asked = settle_again(settled, facts, terms, _findings(parts))
    paying = _paying(facts, settled.people, asked, terms.policy.meta.policy_year)
    return settle_again(settled, paying, terms, _findings(parts))


def _in_order(facts: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return facts with the numbers of their rows and persons."""
    keys = known.select(*_ROW, "person", "pid")
    return facts.join(keys, on=_ROW, how="inner", maintain_order="left").sort("person")


def _as_paid(facts: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Return facts in which the rows that were enrolled hold, whatever amount stands in them."""
    was = pl.col("person").is_in(before.filter("enrolled")["person"].implode())
    return facts.with_columns(paid_ok=pl.col("paid_ok") | was, row_enrolled=pl.col("row_enrolled") | was)


def _paying(facts: pl.DataFrame, before: pl.DataFrame, asked: pl.DataFrame, year: int) -> pl.DataFrame:
    """Return facts in which those who were enrolled pay their new part instead of the old one."""
    first = float(to_serial(date(year, 1, 1)))
    dues = before.select("person", "enrolled", old_due="self_due", paid="accepted").join(
        asked.select("person", new_due="self_due"), on="person"
    )
    pays = pl.col("enrolled") & pl.col("new_due").is_not_null() & pl.col("new_due").ne_missing(pl.col("old_due"))
    fresh = pays & (pl.col("received") == 0)
    day = pl.coalesce(pl.col("pay_date", "window_start").fill_nan(None), pl.lit(first))
    return (
        facts.join(dues, on="person", how="left", maintain_order="left")
        .with_columns(
            received=pl.when(pays).then(pl.col("received") - pl.col("paid") + pl.col("new_due")).otherwise("received"),
            pay_date=pl.when(fresh).then(day).otherwise("pay_date"),
            in_time=pl.col("in_time") | fresh,
            cash=pl.col("cash") & ~fresh,
        )
        .select(facts.columns)
    )
