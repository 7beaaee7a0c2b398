"""What 汇总 counts and sums, by village; which measures there are follows from the fields of the rosters.

What a cell must hold and what follows from other columns is written twice, side by side: for the sheet and for polars.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from canbao_generator.layout import OUTSIDE_FIELD, USED_FIELD
from canbao_rulebook.check_column import SIGNS
from canbao_rulebook.findings import Severity
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.roster import CHECK_FIELD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from canbao_generator.layout import RosterLayout
    from canbao_rulebook.rulebook import Rulebook


class Wanted(NamedTuple):
    """What a cell must hold: as a criterion of COUNTIFS, and as a test of what the cell holds (null for 待定)."""

    excel: str
    holds: Callable[[pl.Expr], pl.Expr]


def is_flag(*, value: bool) -> Wanted:
    """A cell that is TRUE, or FALSE."""
    return Wanted(str(value).upper(), partial(_equals, value))


def is_text(excel: str, text: str) -> Wanted:
    """A cell with a text, which stands in the sheet as ``excel``; case does not count."""
    return Wanted(excel, partial(_reads, text))


def begins_with(text: str) -> Wanted:
    """A cell whose text begins with another."""
    return Wanted(f'"{text}*"', partial(_begins, text))


def _equals(value: bool | str, cell: pl.Expr) -> pl.Expr:
    return cell == value


def _reads(text: str, cell: pl.Expr) -> pl.Expr:
    return cell.str.to_lowercase() == text.lower()


def _begins(text: str, cell: pl.Expr) -> pl.Expr:
    return cell.str.starts_with(text)


def _holds_text(cell: pl.Expr) -> pl.Expr:
    return cell != ""


UNKNOWN = Wanted(f'"{UNKNOWN_TEXT}"', pl.Expr.is_null)
KNOWN = Wanted(f'"<>{UNKNOWN_TEXT}"', pl.Expr.is_not_null)
NOTHING = Wanted('""', partial(_equals, ""))
SOME_TEXT = Wanted('"?*"', _holds_text)

Criteria = tuple[tuple[str, Wanted], ...]
_MONEY = (("gov_direct", "政府代缴"), ("self_due", "个人应缴"), ("self_paid", "实缴金额"), ("rebate_due", "应返资助"))
_COUNTS = (("forbidden", is_flag(value=False)),)  # who may not enrol here is in no sum of those who should
_CHOSEN = "chosen_category"
_PLACES = 10_000  # a rate has two decimals of a percent, rounded down


class Derived(NamedTuple):
    """A value that follows from other columns, named in braces: as a formula and as a function of their values."""

    excel: str
    value: Callable[[Mapping[str, float]], float]


def _enrolled_rate(row: Mapping[str, float]) -> float:
    return rate_of(row["enrolled"], row["should_enrol"])


def _without_card(row: Mapping[str, float]) -> float:
    return row["should_enrol"] - row["card"]


_RATE = Derived(
    "IF({should_enrol}=0,0,ROUNDDOWN({enrolled}/{should_enrol},4))",
    _enrolled_rate,
)
_NO_CARD = Derived("{should_enrol}-{card}", _without_card)


def rate_of(part: float, whole: float) -> float:
    """Return a rate as the sheet rounds it down, 0 of nothing."""
    return part * _PLACES // whole / _PLACES if whole else 0


@dataclass(frozen=True)
class Part:
    """One sum or count over a roster: ``field`` is summed, None counts; ``criteria`` are fields and what they hold."""

    roster: str
    field: str | None = None
    criteria: Criteria = ()


@dataclass(frozen=True)
class Measure:
    """One column of 汇总: the sum of its parts, or what follows from other columns."""

    key: str
    header: str
    look: str = "count"
    parts: tuple[Part, ...] = ()
    derived: Derived | None = None


def list_measures(book: Rulebook, layouts: Mapping[str, RosterLayout]) -> list[Measure]:
    """Return the measures in the order of their columns."""

    def having(field: str) -> list[str]:
        return [code for code, layout in layouts.items() if field in layout.letters]

    people = having("enrolled")
    measures = _people(book, layouts, people) if people else []
    measures.append(_count("away", "异地参保和无法参保", having("class")))
    measures.append(_count("listed", "资助花名册人数", having("subsidy_amount")))
    measures.append(_sum("subsidy_amount", "资助花名册金额", having("subsidy_amount")))
    for severity in (Severity.ERROR, Severity.WARNING):
        wanted = ((CHECK_FIELD, begins_with(f"{SIGNS[severity]}·")),)
        measures.append(_count(severity.name.lower(), f"有{severity.value}的行", list(layouts), wanted))
    measures.append(
        _count("alone", "只看过本行", list(layouts), ((USED_FIELD, is_flag(value=True)), (OUTSIDE_FIELD, NOTHING)))
    )
    return [measure for measure in measures if measure.parts or measure.derived]


def _people(book: Rulebook, layouts: Mapping[str, RosterLayout], people: Sequence[str]) -> list[Measure]:
    """The measures of those who should enrol."""

    def having(field: str) -> list[str]:
        return [code for code in people if field in layouts[code].letters]

    own = [_count(f"people_{code}", layouts[code].roster.sheet, [code], _COUNTS) for code in people]
    categories = [
        _count(f"category_{place}", category.name, people, ((_CHOSEN, _is_category(place, category.name)), *_COUNTS))
        for place, category in enumerate(book.categories, start=1)
    ]
    return [
        *(own if len(own) > 1 else []),
        _count("should_enrol", "应保人数" if book.counts_the_roll else "登记人数", people, _COUNTS),
        _count("enrolled", "已参保", people, (("enrolled", is_flag(value=True)),)),
        *([Measure("rate", "参保率（已参保÷应保）", "rate", derived=_RATE)] if book.counts_the_roll else []),
        *categories,
        *(_sum(field, header, having(field), () if field == "self_paid" else _COUNTS) for field, header in _MONEY),
        *_unknown(book, people),
        *_cards(having("card_account")),
    ]


def _is_category(place: int, name: str) -> Wanted:
    return is_text(f"INDEX(次位名称,{place})", name)


def _cards(people: Sequence[str]) -> list[Measure]:
    """The measures of accounts for rebates."""
    if not people:
        return []
    return [
        _count("card", "有账号", people, (("card_account", SOME_TEXT), *_COUNTS)),
        Measure("no_card", "无账号", derived=_NO_CARD),
    ]


def _count(key: str, header: str, rosters: Sequence[str], criteria: Criteria = ()) -> Measure:
    return Measure(key, header, parts=tuple(Part(code, None, criteria) for code in rosters))


def _sum(field: str, header: str, rosters: Sequence[str], criteria: Criteria = ()) -> Measure:
    return Measure(field, header, "money", tuple(Part(code, field, criteria) for code in rosters))


def _unknown(book: Rulebook, people: Sequence[str]) -> list[Measure]:
    """How many persons are missing in the sums, where the policy year leaves amounts open."""
    if not any(
        book.rosters[code].by_field[field].may_be_unknown for code in people for field in ("self_due", "rebate_due")
    ):
        return []
    own = (("self_due", UNKNOWN), *_COUNTS)
    rebate = (("self_due", KNOWN), ("rebate_due", UNKNOWN), *_COUNTS)
    parts = tuple(Part(code, None, criteria) for code in people for criteria in (own, rebate))
    return [Measure("unknown", "待定人数（金额合计不含）", parts=parts)]
