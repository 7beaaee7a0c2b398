"""What 汇总 counts and sums, by village; which measures there are follows from the fields of the rosters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_rulebook.findings import Severity
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.roster import CHECK_FIELD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_generator.layout import RosterLayout
    from canbao_rulebook.rulebook import Rulebook

Criteria = tuple[tuple[str, str], ...]
_MONEY = (("gov_direct", "政府代缴"), ("self_due", "个人应缴"), ("self_paid", "实缴金额"), ("rebate_due", "应返资助"))
_COUNTS = (("forbidden", "FALSE"),)  # who may not enrol here is in no sum of those who should
_RATE = "IF({should_enrol}=0,0,ROUNDDOWN({enrolled}/{should_enrol},4))"


@dataclass(frozen=True)
class Part:
    """One sum or count over a roster: ``field`` is summed, None counts; ``criteria`` are fields and what they hold."""

    roster: str
    field: str | None = None
    criteria: Criteria = ()


@dataclass(frozen=True)
class Measure:
    """One column of 汇总: the sum of its parts, or a formula over other columns, named in braces."""

    key: str
    header: str
    look: str = "count"
    parts: tuple[Part, ...] = ()
    formula: str = ""


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
        wanted = ((CHECK_FIELD, f'"{severity.value}*"'),)
        measures.append(_count(severity.name.lower(), f"有{severity.value}的行", list(layouts), wanted))
    return [measure for measure in measures if measure.parts or measure.formula]


def _people(book: Rulebook, layouts: Mapping[str, RosterLayout], people: Sequence[str]) -> list[Measure]:
    """The measures of those who should enrol."""

    def having(field: str) -> list[str]:
        return [code for code in people if field in layouts[code].letters]

    own = [_count(f"people_{code}", layouts[code].roster.sheet, [code], _COUNTS) for code in people]
    categories = [
        _count(f"category_{place}", category.name, people, (("chosen_category", f"INDEX(次位名称,{place})"), *_COUNTS))
        for place, category in enumerate(book.categories, start=1)
    ]
    return [
        *(own if len(own) > 1 else []),
        _count("should_enrol", "应保人数" if book.counts_the_roll else "登记人数", people, _COUNTS),
        _count("enrolled", "已参保", people, (("enrolled", "TRUE"),)),
        *([Measure("rate", "参保率（已参保÷应保）", "rate", formula=_RATE)] if book.counts_the_roll else []),
        *categories,
        *(_sum(field, header, having(field), () if field == "self_paid" else _COUNTS) for field, header in _MONEY),
        *_unknown(book, people),
        *_cards(having("card_account")),
    ]


def _cards(people: Sequence[str]) -> list[Measure]:
    """The measures of accounts for rebates."""
    if not people:
        return []
    return [
        _count("card", "有账号", people, (("card_account", '"?*"'), *_COUNTS)),
        Measure("no_card", "无账号", formula="{should_enrol}-{card}"),
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
    waiting = f'"{UNKNOWN_TEXT}"'
    own = (("self_due", waiting), *_COUNTS)
    rebate = (("self_due", f'"<>{UNKNOWN_TEXT}"'), ("rebate_due", waiting), *_COUNTS)
    parts = tuple(Part(code, None, criteria) for code in people for criteria in (own, rebate))
    return [Measure("unknown", "待定人数（金额合计不含）", parts=parts)]
