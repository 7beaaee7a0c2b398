"""Totals of townships and county."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.findings import Finding, Severity
from canbao_rulebook.money import floor_rate, format_yuan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_validators.targets.unit_rates import UnitRate

MONEY = ("premium", "self_due", "self_paid", "gov_direct", "rebate_due")


@dataclass(frozen=True)
class Totals:
    """Figures of one unit: persons, and money in fen. ``rated`` is its rate; None while nobody has taken it."""

    unit: str
    should_enrol: int = 0
    enrolled: int = 0
    premium: int = 0
    self_due: int = 0
    self_paid: int = 0
    gov_direct: int = 0
    rebate_due: int = 0
    errors: int = 0
    warnings: int = 0
    rated: UnitRate | None = None

    @property
    def rate(self) -> str | None:
        """The rate as the policy takes it, rounded down to two decimals of percent (rules.md C29); None: unknown."""
        return floor_rate(self.rated.part, self.rated.whole) if self.rated and self.rated.whole else None

    @property
    def denominator(self) -> int | None:
        """What the rate is taken of: persons; None where nobody has told."""
        return self.rated.whole if self.rated else None

    @property
    def rate_basis(self) -> str:
        """What the rate counts over what, in words."""
        return self.rated.basis if self.rated else ""

    @property
    def fund_income(self) -> int:
        """What reaches the fund: paid by persons and by government, in fen."""
        return self.self_paid + self.gov_direct

    def as_dict(self) -> dict[str, object]:
        """Return the totals of the contract: money as decimal strings in yuan, rate as a decimal string."""
        money = {name: format_yuan(getattr(self, name)) for name in MONEY}
        return {
            "unit": self.unit,
            "should_enrol": self.should_enrol,
            "enrolled": self.enrolled,
            "rate": self.rate,
            "denominator": self.denominator,
            "rate_basis": self.rate_basis,
            **money,
            "fund_income": format_yuan(self.fund_income),
            "errors": self.errors,
            "warnings": self.warnings,
        }


def mark_counting(people: pl.DataFrame, rejected: set[int]) -> pl.DataFrame:
    """Add ``counts``: rows of persons who should enrol here, once each."""
    return people.with_columns(
        counts=pl.col("enrolment") & ~pl.col("forbidden") & ~pl.col("person").is_in(sorted(rejected))
    )


def township_totals(
    people: pl.DataFrame, units: Sequence[str], findings: Mapping[str, Sequence[Finding]]
) -> list[Totals]:
    """Return the totals of every township, in the order given; ``findings`` by unit.

    Money that a person paid is counted where it was paid, also for rows that do not count: it is there until refunded.
    """
    counting = pl.col("counts")
    fen = {
        name: ((pl.col(name) * 100).round(0).cast(pl.Int64) * (counting if name != "self_paid" else pl.lit(1))).sum()
        for name in MONEY
    }
    table = people.group_by("place").agg(
        should_enrol=counting.sum(), enrolled=(counting & pl.col("enrolled")).sum(), **fen
    )
    rows = {row["place"]: row for row in table.iter_rows(named=True)}
    return [_totals(unit, rows.get(unit, {}), findings.get(unit, ())) for unit in units]


def with_rates(totals: Sequence[Totals], rates: Mapping[str, UnitRate]) -> list[Totals]:
    """Return totals with the rates of their units."""
    return [replace(total, rated=rates.get(total.unit)) for total in totals]


def _totals(unit: str, sums: Mapping[str, int], findings: Sequence[Finding]) -> Totals:
    severities = [finding.severity for finding in findings]
    return Totals(
        unit,
        should_enrol=sums.get("should_enrol", 0),
        enrolled=sums.get("enrolled", 0),
        errors=severities.count(Severity.ERROR),
        warnings=severities.count(Severity.WARNING),
        rated=None,
        **{name: sums.get(name, 0) for name in MONEY},
    )


def county_totals(county: str, townships: Sequence[Totals], findings: Sequence[Finding]) -> Totals:
    """Return the sum of the townships; ``findings`` are those of all files, departments' included."""
    names = [name for name in Totals.__dataclass_fields__ if name not in {"unit", "errors", "warnings", "rated"}]
    sums = {name: sum(getattr(total, name) for total in townships) for name in names}
    return _totals(county, sums, findings)
