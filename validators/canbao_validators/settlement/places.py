"""Which of a person's rows stands, and whether an exemption stands against it (rules.md C25, settlement.md 3 and 7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING, Generic, TypeVar

from canbao_rulebook.phrases import SEMICOLON, Phrases, pick_phrase
from canbao_rulebook.vocabulary import load_lists
from canbao_validators.display import show_date
from canbao_validators.settlement.facts import COVERED
from canbao_validators.settlement.looking_up import repeated_rows
from canbao_validators.settlement.persons import numbered_rows
from canbao_validators.settlement.terms import UNRANKED

if TYPE_CHECKING:
    import polars as pl

    from canbao_rulebook.phrases import Phrase, Text
    from canbao_validators.settlement.persons import NumberedRow
    from canbao_validators.settlement.terms import Terms

_LATEST = float("inf")
# Why a row falls.
DUPLICATE, GOVERNMENT, EXEMPT, DROPPED = "duplicate", "government_also_paid", "exempt", "dropped"


Row = TypeVar("Row", bound="NumberedRow")


@dataclass(frozen=True)
class Placed(Generic[Row]):
    """What was decided about a person with several rows.

    ``kept`` is the row that stands: an application, or the row of exemptions; ``losers`` are applications that fall.
    ``doubts`` are rows of exemptions without a proof, which nobody has ruled on: the application is not certain.
    ``dropped`` are rows of exemptions that the county has ruled out.
    """

    kept: Row
    losers: list[Row]
    doubts: list[Row]
    reason: Text
    dropped: list[Row] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        """All rows that were decided about."""
        return [self.kept, *self.losers, *self.doubts, *self.dropped]

    @property
    def units(self) -> set[str]:
        """The units that these rows stand in."""
        return {row["unit"] for row in self.rows}


@dataclass(frozen=True)
class Places:
    """What was decided about all rows, by their ``person`` number.

    ``fallen``: why a row does not stand; ``doubted``: rows that stand against an unproven exemption, and these
    exemptions' rows; ``decisions`` in order.
    """

    decisions: list[Placed[NumberedRow]] = field(default_factory=list)
    fallen: dict[int, str] = field(default_factory=dict)
    doubted: set[int] = field(default_factory=set)


def place_persons(facts: pl.DataFrame, terms: Terms) -> Places:
    """Return which rows stand of persons with several.

    Kept is the row of a department that pays for the person in one sum (SC-08, DX-13: whoever is paid for pays
    nothing); else the earliest complete payment that money shows; without payments the government-paid row, then the
    first roster of the policy year. A proven exemption beats an application; an unproven one leaves it in doubt
    (HN:92 出具参保相关证明后不再重复参保缴费).
    """
    places = Places()
    several = repeated_rows(facts, "pid")
    for group in several.partition_by("pid", maintain_order=True):
        placed = _place(numbered_rows(group), terms)
        if placed is None:
            continue
        places.decisions.append(placed)
        exempt = not placed.kept["enrolment"]
        paid_for = placed.kept["central"]
        for row in placed.losers:
            why = EXEMPT if exempt else GOVERNMENT if paid_for and not row["central"] else DUPLICATE
            places.fallen[row["person"]] = why
        places.fallen.update((row["person"], DROPPED) for row in placed.dropped)
        if placed.doubts:
            places.doubted.update(row["person"] for row in (placed.kept, *placed.doubts))
    return places


def _place(rows: list[NumberedRow], terms: Terms) -> Placed[NumberedRow] | None:
    applications = [row for row in rows if row["enrolment"]]
    exemptions = [row for row in rows if not row["enrolment"] and not row["volunteers"]]
    if not applications or len(applications) + len(exemptions) < 2:
        return None
    ordered = sorted(applications, key=lambda row: _preference(row, terms))
    kept, reason = _ruled(ordered, terms) or (ordered[0], _reason(ordered))
    chosen = any((ruling := terms.ruling(row)) and ruling.stands for row in applications)
    dropped = [row for row in exemptions if chosen or _dropped(row, terms)]
    standing = [row for row in exemptions if row not in dropped]
    proven = next((row for row in standing if row["proof"] or _upheld(row, terms)), None)
    if proven is not None:
        ruling = terms.ruling(proven)
        why = _say_ruling(ruling.reason, "this_row") if ruling else say_decision("exempt")
        return Placed(proven, applications, [], why, dropped)
    losers = [row for row in applications if row is not kept]
    if not losers and not exemptions:
        return None
    return Placed(kept, losers, standing, reason if losers or chosen else "", dropped)


def _dropped(row: NumberedRow, terms: Terms) -> bool:
    ruling = terms.ruling(row)
    return ruling is not None and not ruling.stands


def _upheld(row: NumberedRow, terms: Terms) -> bool:
    ruling = terms.ruling(row)
    return ruling is not None and ruling.stands


def _ruled(ordered: list[NumberedRow], terms: Terms) -> tuple[NumberedRow, Text] | None:
    """Return the row that the county lets stand, or the first one that it did not reject; None without a ruling.

    Where its ruling leaves several, the reason says what decided between these.
    """
    rulings = {row["person"]: ruling for row in ordered if (ruling := terms.ruling(row)) is not None}
    upheld = [row for row in ordered if row["person"] in rulings and rulings[row["person"]].stands]
    left = upheld or [row for row in ordered if row["person"] not in rulings]
    if not rulings or not left:
        return None
    ruling = rulings[upheld[0]["person"]] if upheld else next(iter(rulings.values()))
    said = _say_ruling(ruling.reason, "this_row" if upheld else "other_row")
    return left[0], said if len(left) == 1 else Phrases((said, _reason(left)), SEMICOLON)


def say_decision(key: str, **params: object) -> Phrase:
    """Return words of a decision (lists.yaml)."""
    return pick_phrase(load_lists()["decision_words"], key, **params)


def _say_ruling(reason: str, otherwise: str) -> Phrase:
    return say_decision("ruled", reason=reason or say_decision(otherwise))


def _preference(row: NumberedRow, terms: Terms) -> tuple[bool, int, float, bool, bool, str, int]:
    return (
        not row["central"],
        terms.ranks.get(row["row_category"] or "", UNRANKED) if row["central"] else 0,
        _paid_on(row),
        not row["row_enrolled"],
        row["received"] <= 0,
        row["roster"],
        row["person"],
    )


def _paid_on(row: NumberedRow) -> float:
    """The day of a complete payment; where the sheet asks for no payment (PT R11), the day on which it arrived."""
    if is_paid(row):
        return float(row["pay_date"] or 0)
    arrived = row["arrived"] and row["row_enrolled"] and not row["central"]
    day = row["arrived_on"] if arrived else None
    return _LATEST if day is None or isnan(day) else float(day)


def is_paid(row: NumberedRow) -> bool:
    """Whether a row has a complete payment in time that money or a receipt shows."""
    shown = not row["cash"] or row["ticket"] or row["cover"] == COVERED
    return bool(row["paid_ok"] and shown and row["pay_date"] == row["pay_date"])


def _reason(ordered: list[NumberedRow]) -> Phrase:
    first, second = ordered[0], ordered[1] if len(ordered) > 1 else ordered[0]
    if first["central"]:
        return say_decision("two_departments" if second["central"] and second is not first else "department")
    if _paid_on(first) < _paid_on(second):
        return say_decision("paid_first", day=show_date(_paid_on(first)))
    if first["row_enrolled"] and not second["row_enrolled"]:
        return say_decision("government")
    if first["received"] > 0 >= second["received"]:
        return say_decision("paid_here")
    if first["roster"] != second["roster"]:
        return say_decision("registration")
    return say_decision("equal")
