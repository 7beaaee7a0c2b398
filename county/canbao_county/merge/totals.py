"""Totals of townships and county: sums of the settlement, with how many persons are missing in each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from canbao_county.targets.summing import sum_by_township
from canbao_rulebook.findings import Finding, Severity, count_unanswered
from canbao_rulebook.money import floor_rate, format_yuan
from canbao_rulebook.phrases import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_county.targets.unit_rates import UnitRate
    from canbao_rulebook.phrases import Text

DUES = ("premium", "self_due", "gov_direct", "rebate_due")  # of persons who count; unknown ones are counted apart
CAME = ("self_paid", "accepted", "unproven", "returnable")  # where it was paid, whoever counts
PAID_OUT = ("withheld", "payable")
MONEY = ("premium", "self_due", "self_paid", "gov_direct", "rebate_due")
SETTLED_MONEY = ("accepted", "unproven", "returnable", *PAID_OUT)
BENEFIT, VILLAGE = "benefit_start", "village_due"
COUNTED_APART = (*DUES, VILLAGE, BENEFIT)  # what may be unknown of a person


class Counts(NamedTuple):
    """Persons of a unit: who should enrol, who is enrolled, whose enrolment is open, who is so on the row's word."""

    should_enrol: int = 0
    enrolled: int = 0
    pending: int = 0
    unverified: int = 0


class Said(NamedTuple):
    """Findings of a unit: errors, warnings, and warnings without an answer."""

    errors: int = 0
    warnings: int = 0
    unanswered: int = 0


COUNTS = Counts._fields
NOBODY, NOTHING_SAID = Counts(), Said()


@dataclass(frozen=True)
class Totals:
    """Figures of one unit: persons, and money in fen; a sum is None where nothing of it is known.

    ``unknown``: by field, the persons whose amount or date nobody has stated: no sum holds them. ``rated`` is the
    unit's rate as the policy takes it; None while nobody has taken it.
    """

    unit: str
    persons: Counts = NOBODY
    sums: Mapping[str, int | None] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)
    rated: UnitRate | None = None
    said: Said = NOTHING_SAID

    @property
    def should_enrol(self) -> int:
        """The persons who should enrol."""
        return self.persons.should_enrol

    @property
    def enrolled(self) -> int:
        """Those of them who are enrolled."""
        return self.persons.enrolled

    def fen(self, name: str) -> int | None:
        """Return a sum of money; 0 where nobody was counted, None where all of it is unknown."""
        return self.sums.get(name, 0)

    @property
    def rate(self) -> str | None:
        """The rate as the policy takes it, rounded down to two decimals of percent (rules.md C29); None: unknown."""
        return floor_rate(self.rated.part, self.rated.whole) if self.rated and self.rated.whole else None

    @property
    def denominator(self) -> int | None:
        """What the rate is taken of: persons; None where nobody has told."""
        return self.rated.whole if self.rated else None

    @property
    def rate_basis(self) -> Text:
        """What the rate counts over what, in words."""
        return self.rated.basis if self.rated else ""

    @property
    def fund_income(self) -> int | None:
        """What reaches the fund, or is there until it is settled: paid by persons and by government, in fen."""
        return _add(self.fen("self_paid"), self.fen("gov_direct"))

    @property
    def fund_accepted(self) -> int | None:
        """The part of it that is accepted: this year's premiums."""
        return _add(self.fen("accepted"), self.fen("gov_direct"))

    def as_dict(self, lang: str) -> dict[str, object]:
        """Return the totals of the contract: money as decimal strings in yuan, rate as one, None where unknown."""
        money = {name: _yuan(self.fen(name)) for name in (*MONEY, *SETTLED_MONEY)}
        return {
            "unit": self.unit,
            **self.persons._asdict(),
            "rate": self.rate,
            "denominator": self.denominator,
            "rate_basis": say(self.rate_basis, lang),
            **money,
            "fund_income": _yuan(self.fund_income),
            "fund_accepted": _yuan(self.fund_accepted),
            "unknown": dict(self.unknown),
            **self.said._asdict(),
        }


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else format_yuan(fen)


def _add(left: int | None, right: int | None) -> int | None:
    """Return the known sum of two sums; None where both are unknown."""
    return right if left is None else left if right is None else left + right


def township_totals(
    people: pl.DataFrame,
    units: Sequence[str],
    findings: Mapping[str, Sequence[Finding]],
) -> list[Totals]:
    """Return the totals of every township, in the order given; ``findings`` by unit.

    Dues are of persons who count; money that came is counted where it was paid, also for rows that do not count: it is
    there until it is settled.
    """
    rows = {row["township"]: row for row in _sum(people).iter_rows(named=True)}
    return [_totals(unit, rows.get(unit, {}), findings.get(unit, ())) for unit in units]


def with_rates(totals: Sequence[Totals], rates: Mapping[str, UnitRate]) -> list[Totals]:
    """Return totals with the rates of their units."""
    return [replace(total, rated=rates.get(total.unit)) for total in totals]


def _sum(people: pl.DataFrame) -> pl.DataFrame:
    counting = pl.col("counts")
    owed = counting & ((pl.col("due") > 0) | pl.col("due").is_null())
    known = {
        **{name: (counting, pl.col(name)) for name in DUES},
        **{name: (pl.lit(value=True), pl.col("received" if name == "self_paid" else name)) for name in CAME},
        **{name: (owed, pl.col(name)) for name in PAID_OUT},
    }
    sums = {name: pl.when(wanted).then(value) for name, (wanted, value) in known.items()}
    told = {f"{name}.known": wanted & value.is_not_null() for name, (wanted, value) in known.items()}
    missing = {f"{name}.unknown": wanted & value.is_null() for name, (wanted, value) in known.items()}
    missing[f"{BENEFIT}.unknown"] = pl.col("enrolled") & pl.col(BENEFIT).is_null()
    missing[f"{VILLAGE}.unknown"] = counting & pl.col(VILLAGE).is_null()
    return sum_by_township(
        people,
        should_enrol=counting,
        enrolled=counting & pl.col("enrolled"),
        pending=pl.col("state") == "pending",
        unverified=pl.col("unverified"),
        **sums,
        **told,
        **missing,
    )


def _totals(unit: str, row: Mapping[str, int], findings: Sequence[Finding]) -> Totals:
    names = (*DUES, *CAME, *PAID_OUT)
    lost = {name: row.get(f"{name}.unknown", 0) for name in (*names, VILLAGE, BENEFIT)}
    return Totals(
        unit,
        Counts(*(row.get(name, 0) for name in COUNTS)),
        sums={name: None if lost[name] and not row[f"{name}.known"] else row.get(name, 0) for name in names},
        unknown={name: lost[name] for name in COUNTED_APART if lost[name]},
        said=count_findings(findings),
    )


def count_findings(findings: Sequence[Finding]) -> Said:
    """Return how many errors and warnings there are, and how many of these nobody has answered."""
    severities = [finding.severity for finding in findings]
    return Said(severities.count(Severity.ERROR), severities.count(Severity.WARNING), count_unanswered(findings))


def county_totals(county: str, townships: Sequence[Totals], findings: Sequence[Finding]) -> Totals:
    """Return the sum of the townships; ``findings`` are those of all files, departments' included."""
    names = (*DUES, *CAME, *PAID_OUT)
    missing = {name: sum(total.unknown.get(name, 0) for total in townships) for name in COUNTED_APART}
    return Totals(
        county,
        Counts(*(sum(getattr(total.persons, name) for total in townships) for name in COUNTS)),
        sums={name: _add_up([total.fen(name) for total in townships]) for name in names},
        unknown={name: count for name, count in missing.items() if count},
        said=count_findings(findings),
    )


def _add_up(sums: Sequence[int | None]) -> int | None:
    """Return the known sum; None where something is unknown and nothing else was counted."""
    told = [fen for fen in sums if fen is not None]
    return None if len(told) < len(sums) and not any(told) else sum(told)
