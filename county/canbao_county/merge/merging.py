"""Merge a folder of workbooks: check each, settle conflicts between them, sum up, say what was left out.

Township workbooks make the county submission, village workbooks of one township its workbook.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.decisions import tabulate_decisions
from canbao_county.merge.differences import find_differences
from canbao_county.merge.intake import FileStatus, file_status
from canbao_county.merge.parts import Part, summarise
from canbao_county.merge.same_person import check_names
from canbao_county.merge.settling import settle_parts
from canbao_county.merge.totals import Totals, county_totals, township_totals, with_rates
from canbao_county.merge.villages import join_villages
from canbao_county.targets.counting import Evidence, known_evidence
from canbao_county.targets.goals import GoalResult, goal_findings, judge_goals
from canbao_county.targets.ranking import main_ranks
from canbao_county.targets.unit_rates import county_rate, measure_rates
from canbao_county.targets.versions import issued_findings, target_versions, version_of_day, village_versions
from canbao_rulebook.findings import Finding, Place, Severity
from canbao_rulebook.messages import build_finding, render_all
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP
from canbao_validators.answers import add_answers
from canbao_validators.settlement.facts import SCHEMA, gather_facts
from canbao_validators.settlement.places import Places
from canbao_validators.settlement.terms import Rulings, Terms
from canbao_validators.settlement.unit import settle_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from canbao_county.lists.checks import ListReview
    from canbao_county.lists.stored import Lists
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.workbook import FilledWorkbook

COUNTY = "county"


@dataclass
class Merge:
    """The county's result, or a township's. ``parts`` are the workbooks that count, ``received`` all that came.

    ``expected`` are the units that are waited for. ``people`` is the settled frame, one row a roster row (``settle``).

    ``decisions`` is the table of what was decided about persons in several units (``DECISION_SCHEMA``),
    ``differences`` says where the county's figures are other ones than a workbook's own (``find_differences``).

    At the level of a township the units are its villages: ``townships`` are their totals, ``county`` is the
    township's, and ``township`` its workbook. Conflicts and goals are the township's there.
    """

    book: Rulebook
    parts: list[Part]
    received: list[Part]
    expected: list[str]
    files: list[FileStatus]
    people: pl.DataFrame
    decisions: pl.DataFrame
    differences: pl.DataFrame
    rulings: Rulings
    townships: list[Totals]
    county: Totals
    goals: list[GoalResult]
    ranks: dict[str, int]
    findings: list[Finding] = field(default_factory=list)
    township: FilledWorkbook | None = None
    lists: ListReview | None = None

    @property
    def level(self) -> str:
        """TOWNSHIP when the result is a township's workbook, else COUNTY."""
        return TOWNSHIP if self.township else COUNTY

    def release_people(self) -> None:
        """Give back the memory of ``people``, which is most of what there is, when nothing more is made of them."""
        self.people = self.people.clear()

    def as_dict(self, lang: str) -> dict[str, object]:
        """Return the JSON of the command-line contract."""
        return {
            "policy": self.book.policy.meta.id,
            "level": self.level,
            "county": self.county.as_dict(lang),
            "townships": [total.as_dict(lang) for total in self.townships],
            "files": [status.as_dict(lang) for status in self.files],
            "findings": render_all(self.findings, lang),
            **({} if self.lists is None else {"lists": self.lists.as_dict()}),
        }


def combine(
    book: Rulebook,
    parts: list[Part],
    *,
    lists: Lists | None = None,
    rulings: Rulings | None = None,
    expected: Sequence[str] | None = None,
) -> Merge:
    """Return the merge of township workbooks that were already checked, held against the lists of others.

    ``rulings`` are decisions of the county's own, which win over the merge's; ``expected`` are the names of the units
    that the county waits for, those that the policy names where nothing else is said.
    """
    waited = expected_units(book) if expected is None else list(expected)
    accepted = [part for part in parts if part.accepted]
    policy, terms = book.policy, Terms(book.policy, rulings or Rulings())
    files = {part.unit.name: part.file for part in accepted if part.unit}
    begun = [finding for part in parts if part.listed for finding in part.findings]
    begun += _code_findings(accepted) + _missing(waited, parts)
    settled = settle_parts(book, accepted, terms, begun, lists=lists)
    people, findings = settled.people, list(settled.findings)
    units, owners = _places(accepted, people), [part.unit for part in accepted if part.unit]
    findings += issued_findings(policy, [(part.file, part.unit) for part in accepted if part.unit])
    versions = target_versions(policy, lists.frame("headcounts") if lists else None, owners)
    evidence = known_evidence(lists)
    goals = judge_goals(
        people,
        policy,
        units,
        _wrong_persons(people, findings),
        county=policy.meta.county,
        evidence=evidence,
        versions=versions,
        listed=lists.frame("owner") if lists else None,
    )
    findings += goal_findings(goals, files)
    findings = _answered(accepted, findings)
    schools = {part.unit.name for part in accepted if part.unit and part.unit.kind == SCHOOL}
    rates = measure_rates(people, policy, units, versions, evidence, schools=schools)
    townships = with_rates(township_totals(people, units, _by_unit(accepted, findings)), rates)
    county = county_totals(policy.meta.county, townships, _of_files(accepted, findings))
    whole = county_rate(county.unit, rates, version_of_day(versions, evidence.as_of))
    named = _townships(book, accepted)
    return Merge(
        book=book,
        parts=accepted,
        received=parts,
        expected=waited,
        files=[file_status(part) for part in parts if part.listed],
        people=people,
        decisions=tabulate_decisions(settled.places, people, terms),
        differences=find_differences(settled.facts, people, settled.told, findings, terms),
        rulings=terms.rulings,
        townships=townships,
        county=replace(county, rated=whole),
        goals=goals,
        ranks=main_ranks([rate for rate in rates.values() if rate.unit in named], people, policy.targets),
        findings=findings,
        lists=settled.review,
    )


def _answered(parts: Sequence[Part], findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings in order, each with what its row says in 情况说明."""
    answers = {place: text for part in parts for place, text in part.answers.items()}
    return sorted(add_answers(findings, answers), key=Finding.sort_key)


def expected_units(book: Rulebook) -> list[str]:
    """Return the names of the units that the policy names and whose workbooks the county waits for."""
    org, kinds = book.policy.org, {kind for roster in book.rosters.values() for kind in roster.units}
    return [
        *(township.name for township in org.townships),
        *(org.schools if SCHOOL in kinds else ()),
        *(agency.name for agency in org.agencies.values() if AGENCY in kinds and agency.owns_identities),
    ]


def _places(parts: Sequence[Part], people: pl.DataFrame) -> list[str]:
    """The units that rows count for: those that handed in, but for departments, and those that departments name."""
    own = [part.unit.name for part in parts if part.unit and part.unit.kind != AGENCY]
    named = people.filter(pl.col("central"))["township"].cast(pl.String).unique(maintain_order=True).to_list()
    return [*own, *(place for place in named if place not in own)]


def _townships(book: Rulebook, parts: Sequence[Part]) -> set[str]:
    """The units that are ranked: no schools, no misspelt names."""
    named = {township.name for township in book.policy.org.townships}
    return named | {part.unit.name for part in parts if part.unit and part.unit.kind == TOWNSHIP}


def _of_files(parts: Sequence[Part], findings: Sequence[Finding]) -> list[Finding]:
    files = {part.file for part in parts}
    return [finding for finding in findings if finding.file in files]


def combine_villages(book: Rulebook, parts: list[Part]) -> Merge:
    """Return the merge of one township's village workbooks that were already checked and stored.

    A person who stands in two villages is found in both (V07) and counted once; nothing is decided between villages.
    """
    accepted = [part for part in parts if part.accepted]
    joined = join_villages(book, [part.load_whole(book) for part in accepted])
    unit, policy, terms = joined.township.unit, book.policy, Terms(book.policy)
    assert unit is not None
    villages = [summarise(village) for village in joined.villages]
    findings = [finding for part in parts if part.listed and not part.accepted for finding in part.findings]
    findings += [finding for village in villages for finding in village.findings]
    findings += _code_findings(accepted) + _missing(unit.villages, parts)
    people = gather_facts([village.load_people() for village in villages])
    whole = settle_unit(people, unit.name, findings, terms)
    own = people.select("person", "unit", "township")
    people = whole.drop("unit", "township").join(own, on="person", maintain_order="left")
    findings += joined.annotate(check_names(whole))
    versions = target_versions(policy, None, [unit])
    goals = judge_goals(whole, policy, [unit.name], _wrong_persons(people, findings), versions=versions)
    findings += goal_findings(goals, {})
    findings = _answered(villages, findings)
    names = [village.unit.name for village in villages if village.unit]
    own_targets = village_versions([village.unit for village in villages if village.unit])
    rates = measure_rates(people, policy, names, own_targets, Evidence())
    totals = with_rates(township_totals(people, names, _by_unit(villages, findings)), rates)
    county = county_totals(unit.name, totals, _of_files(villages, findings))
    rated = measure_rates(whole, policy, [unit.name], versions, Evidence())[unit.name]
    return Merge(
        book=book,
        parts=villages,
        received=parts,
        expected=list(unit.villages),
        files=[file_status(part) for part in parts if part.listed],
        people=people,
        decisions=tabulate_decisions(Places(), people, terms),
        differences=pl.DataFrame(),
        rulings=terms.rulings,
        townships=totals,
        county=replace(county, rated=rated),
        goals=goals,
        ranks=main_ranks(rates.values(), people, policy.targets),
        findings=findings,
        township=joined.township,
    )


def _by_unit(parts: Sequence[Part], findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """Return the findings of each unit's file."""
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        by_file.setdefault(finding.file, []).append(finding)
    return {part.unit.name: by_file.get(part.file, []) for part in parts if part.unit}


def _code_findings(parts: Sequence[Part]) -> list[Finding]:
    return [
        build_finding(
            "V39.check_code",
            Place(file=part.file),
            value=part.stated_code,
            found=part.stated_code,
            expected=part.check_code,
        )
        for part in parts
        if part.stated_code and part.stated_code != part.check_code
    ]


def _missing(units: Iterable[str], parts: Sequence[Part]) -> list[Finding]:
    """V39: units that nothing was received of, not even what was refused."""
    present = {part.unit.name for part in parts if part.unit}
    return [
        build_finding("V39.unit_missing", Place(file=unit), value=unit, unit=unit)
        for unit in units
        if unit not in present
    ]


def _wrong_persons(people: pl.DataFrame, findings: Sequence[Finding]) -> set[int]:
    """The persons in whose row stands an error."""
    places = {
        (finding.file, finding.sheet, finding.row)
        for finding in findings
        if finding.severity is Severity.ERROR and finding.row
    }
    schema = {name: SCHEMA[name] for name in ("file", "sheet", "row")}
    wrong = pl.DataFrame(sorted(places), schema=schema, orient="row")
    rows = people.select("person", *schema).filter(pl.col("row").is_in(wrong["row"].unique().implode()))
    return set(rows.join(wrong, on=[*schema], how="semi")["person"].to_list())
