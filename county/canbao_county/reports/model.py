"""Context of reports (merge, lists, day) and a report's workbook before it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from canbao_county.targets.counting import known_evidence
from canbao_county.targets.unit_rates import county_rate, measure_rates
from canbao_county.targets.versions import target_versions
from canbao_rulebook.phrases import Phrase
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.units import AGENCY, SCHOOL
from canbao_rulebook.vocabulary import report_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    import polars as pl

    from canbao_county.lists.stored import Lists
    from canbao_county.merge.merging import Merge
    from canbao_county.merge.parts import Part
    from canbao_county.targets.counting import Evidence
    from canbao_county.targets.unit_rates import UnitRate
    from canbao_county.targets.versions import TargetVersion
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.table_specs import TableSpec
    from canbao_rulebook.tables import TableSheet


def report_phrase(code: str) -> Phrase:
    """Return what a report is called."""
    words = report_words()
    return Phrase({"zh": words["names"][code], "en": words["names_en"][code]})


@dataclass(frozen=True)
class Earlier:
    """What an earlier bulletin said: its day, and by unit how many were enrolled and at what rate."""

    as_of: str
    enrolled: Mapping[str, int]
    rates: Mapping[str, float]


@dataclass
class Context:
    """Everything that reports are made from. ``findings`` collects what they find on the way."""

    merge: Merge
    as_of: date
    lists: Lists | None = None
    earlier: Earlier | None = None
    words: dict[str, Any] = field(default_factory=report_words)
    findings: list[Finding] = field(default_factory=list)

    @property
    def policy(self) -> Policy:
        """The policy year."""
        return self.merge.book.policy

    @property
    def title(self) -> str:
        """How titles begin: county and year."""
        return f"{self.policy.meta.county}{self.policy.meta.policy_year}年度城乡居民基本医疗保险"

    def table(
        self,
        spec: TableSpec | str,
        rows: pl.DataFrame | Sequence[Mapping[str, object]],
        notes: Iterable[str] = (),
        **words: object,
    ) -> TableSheet:
        """Return a table of tables/reports.yaml; its texts know county, year and day, and what else ``words`` say."""
        known: dict[str, Any] = {"begin": self.title, "as_of": self.as_of, "year": self.policy.meta.policy_year}
        return (load_table(spec) if isinstance(spec, str) else spec).make(rows, notes, **{**known, **words})

    def list_frame(self, kind: str) -> pl.DataFrame | None:
        """Return the rows of an imported kind of list; None when there is none: unknown, not empty."""
        return None if self.lists is None else self.lists.frame(kind)

    @cached_property
    def versions(self) -> list[TargetVersion]:
        """The targets' versions."""
        units = [part.unit for part in self.merge.parts if part.unit]
        return target_versions(self.policy, self.list_frame("headcounts"), units)

    @cached_property
    def evidence(self) -> Evidence:
        """Up to when is counted, and what reached the treasury, as far as a list says so."""
        return known_evidence(self.lists, self.as_of)

    @cached_property
    def rates(self) -> list[UnitRate]:
        """The rates of the townships on the day, as totals, goals and ranks have them too."""
        people = self.merge.people
        return list(measure_rates(people, self.policy, self.townships, self.versions, self.evidence).values())

    def county_rate(self, name: str = "", stated: int | None = None) -> UnitRate:
        """Return the sum of the townships; ``stated`` is the total that the notice gives instead."""
        return county_rate(name or self.policy.meta.county, {rate.unit: rate for rate in self.rates}, stated=stated)

    @property
    def schools(self) -> list[str]:
        """Schools that handed in."""
        return [part.unit.name for part in self.merge.parts if part.unit and part.unit.kind == SCHOOL]

    @cached_property
    def townships(self) -> list[str]:
        """The townships that the policy or the targets name, then others that handed in or that departments name."""
        schools = set(self.schools)
        named = [unit.name for unit in self.policy.org.townships]
        named += [name for version in self.versions for name in version.targets]
        named += [total.unit for total in self.merge.townships if total.unit and total.unit not in schools]
        return list(dict.fromkeys(named))

    @property
    def filling_parts(self) -> list[Part]:
        """The workbooks of townships and schools: everybody's but the departments'."""
        return [part for part in self.merge.parts if part.unit and part.unit.kind != AGENCY]


@dataclass(frozen=True)
class ReportFile:
    """One workbook of a report, before it is written. ``name`` is "" where the report has only one.

    ``facts`` are lines of the cover: numbers of persons and sums. ``parts`` are the source files, all of them if None.
    """

    sheets: Sequence[TableSheet]
    name: str = ""
    unit: str = ""
    rows: int = 0
    facts: Sequence[tuple[str, str]] = ()
    parts: Sequence[Part] | None = None
    receivers: str = ""


@dataclass(frozen=True)
class ReportKind:
    """A report: ``make`` yields its workbooks, ``wanted`` tells whether a policy asks for it.

    ``needs`` are kinds of lists without any of which it cannot be made; ``roster`` is the code in the policy's rosters.
    """

    code: str
    make: Callable[[Context], Iterator[ReportFile]]
    wanted: Callable[[Policy], bool]
    needs: tuple[str, ...] = ()


def asks_for(policy: Policy, code: str) -> bool:
    """Whether the policy names a report among its rosters, its hand-overs or its recurring duties."""
    return (
        code in policy.rosters
        or any(code in milestone.deliverables for milestone in policy.calendar.milestones)
        or any(entry.deliverable == code for entry in policy.calendar.recurring)
    )
