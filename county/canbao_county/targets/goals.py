"""The goals of a policy held against what was counted (V36)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from canbao_county.targets.counting import Evidence, mark_elsewhere, paid_by
from canbao_county.targets.rates import Rate, describe_goal, needed, reaches
from canbao_county.targets.summing import sum_by_township
from canbao_county.targets.unit_rates import county_rate, measure_rates
from canbao_county.targets.versions import target_versions, version_of_day
from canbao_rulebook.findings import Finding, Place
from canbao_rulebook.messages import build_finding
from canbao_rulebook.money import floor_percent, floor_rate
from canbao_rulebook.phrases import COMMA, Phrase, Phrases
from canbao_rulebook.policy.measures import Base, rate_measure
from canbao_rulebook.policy.words import Metric, Scope
from canbao_rulebook.vocabulary import load_lists, small_words
from canbao_validators.settlement.claims import target_group_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_county.targets.unit_rates import UnitRate
    from canbao_county.targets.versions import TargetVersion
    from canbao_rulebook.phrases import Text
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.funds import Threshold

_RATES = frozenset({Metric.COLLECTION_RATE, Metric.ENROLMENT_RATE})


@dataclass(frozen=True)
class GoalResult:
    """One goal of the policy for one unit: persons counted, persons who fulfil it, and whether that is enough.

    ``basis`` says what was counted over what, ``words`` what is measured, wanted and to be done, for sentences.
    ``aside``: a second figure beside the goal, which nobody is judged by.
    """

    unit: str
    goal: str
    metric: str
    part: int
    whole: int
    target: str
    reached: bool
    gap: int
    source: str
    basis: Text = ""
    aside: bool = False
    words: Mapping[str, Text] = field(default_factory=dict)

    @property
    def rate(self) -> str:
        """The part of the whole, rounded down to two decimals of percent."""
        return floor_rate(self.part, self.whole)


class _Tally(NamedTuple):
    """One way of counting a goal: its label and words, the rates of units, and those of the county by more words."""

    label: str
    basis: Text
    units: Mapping[str, Rate]
    county: Mapping[str, Rate]
    aside: bool = False


def judge_goals(
    people: pl.DataFrame,
    policy: Policy,
    units: Sequence[str],
    wrong: set[int],
    *,
    county: str = "",
    evidence: Evidence | None = None,
    versions: Sequence[TargetVersion] | None = None,
    listed: pl.DataFrame | None = None,
) -> list[GoalResult]:
    """Return every goal of the policy for every unit, where there is somebody to count (HN-30 to HN-35, SC-02).

    ``wrong``: persons with an error in their row; ``county``: its name, where its own goals are wanted; ``listed``:
    the departments' lists, which tell the groups of persons insured elsewhere (C31). A goal about data entry waits
    until the county has entered data, and a goal about posting until results are known.
    """
    evidence = evidence or Evidence()
    entered = bool((people["mib_serial"] != "").any()) if people.height else False
    table = mark_elsewhere(people, policy).with_columns(
        correct=~pl.col("person").is_in(sorted(wrong)),
        entered=pl.col("mib_serial") != "",
        paid_in_time=pl.col("enrolled") & paid_by(evidence.as_of),
    )
    known = target_versions(policy) if versions is None else versions
    results = []
    for threshold in policy.targets.thresholds:
        if threshold.metric == Metric.DATA_ENTRY_RATE and not entered:
            continue
        for tally in _count(threshold, table, policy, evidence, known, listed):
            # Of a goal of the county alone the townships are shown, and nobody is judged by it.
            own = tally._replace(aside=tally.aside or threshold.scope == Scope.COUNTY)
            results += [
                _judge(unit, threshold, own, own.label, own.units[unit], policy) for unit in units if unit in own.units
            ]
            if county and threshold.scope != Scope.TOWNSHIP:
                results += [
                    _judge(county, threshold, tally, "，".join(filter(None, (tally.label, words))), rate, policy)
                    for words, rate in tally.county.items()
                ]
    return [result for result in results if result.whole]


def _count(
    threshold: Threshold,
    people: pl.DataFrame,
    policy: Policy,
    evidence: Evidence,
    versions: Sequence[TargetVersion],
    listed: pl.DataFrame | None,
) -> list[_Tally]:
    if threshold.metric in _RATES and not threshold.group and rate_measure(policy.targets).denominator:
        return _count_rate(people, policy, evidence, versions)
    if threshold.metric in _RATES and threshold.group:
        return [_count_group(threshold.group, people, policy, listed)]
    counted, good = _goal(threshold.metric)
    counted = pl.col("counts") & counted
    sums = sum_by_township(people, whole=counted, part=counted & good)
    return [_tally("", _said("goal_bases", threshold.metric), _rates(sums))]


def _tally(label: str, basis: Text, units: Mapping[str, Rate], *, aside: bool = False) -> _Tally:
    """A tally whose county is the sum of its units."""
    summed = Rate(sum(rate.part for rate in units.values()), sum(rate.whole or 0 for rate in units.values()))
    return _Tally(label, basis, units, {"": summed}, aside)


def _rates(sums: pl.DataFrame) -> dict[str, Rate]:
    return {str(row["township"]): Rate(row["part"], row["whole"]) for row in sums.iter_rows(named=True)}


def _count_rate(
    people: pl.DataFrame, policy: Policy, evidence: Evidence, versions: Sequence[TargetVersion]
) -> list[_Tally]:
    """The policy's rate as everybody shows it; where the notice gives a total of its own, the county by both (C1)."""
    version = version_of_day(versions, evidence.as_of)
    places = people["township"].cast(pl.String).unique(maintain_order=True).to_list()
    units = dict.fromkeys([*(version.targets if version else ()), *places])
    rates = {unit: rate for unit, rate in measure_rates(people, policy, units, versions, evidence).items() if unit}
    own = {unit: entry for unit, entry in rates.items() if entry.whole is not None and not entry.beside}
    if not own or any(entry.provisional for entry in own.values()):
        return []
    county, stated = county_rate("", own), policy.targets.headcount_total_stated
    wholes = {"": county}
    if version and stated is not None and stated != county.whole:
        wholes = {"按各乡镇合计": county, "按载明合计": county_rate("", own, stated=stated)}
    tallies = [
        _Tally(
            label,
            basis,
            {unit: entry.rates[label] for unit, entry in own.items()},
            {words: entry.rates[label] for words, entry in wholes.items()},
        )
        for label, basis in county.bases.items()
    ]
    return tallies + _with_elsewhere(people, policy, own, county)


def _with_elsewhere(
    people: pl.DataFrame, policy: Policy, own: Mapping[str, UnitRate], county: UnitRate
) -> list[_Tally]:
    """The rate with those who are proven to be insured elsewhere on both sides: a figure beside the goal."""
    denominator = rate_measure(policy.targets).denominator
    if denominator is None or denominator.base is not Base.ROSTERS:
        return []
    covered = {
        str(place): count
        for place, count in people.select("elsewhere", "township")
        .filter("elsewhere")
        .group_by("township")
        .len()
        .iter_rows()
    }
    if not covered:
        return []
    units = {
        unit: Rate(entry.part + covered.get(unit, 0), (entry.whole or 0) + covered.get(unit, 0))
        for unit, entry in own.items()
    }
    label = load_lists()["with_elsewhere"]
    return [_tally(label, Phrases((county.basis, small_words("both_elsewhere"))), units, aside=True)]


def _count_group(group: str, people: pl.DataFrame, policy: Policy, listed: pl.DataFrame | None) -> _Tally:
    """A target group; who is proven to be insured elsewhere is covered, or is left out of no side (C31)."""
    member = pl.col("groups").list.contains(group)
    anywhere = policy.targets.group_base == "insured_anywhere"
    elsewhere = pl.col("elsewhere") if anywhere else pl.lit(value=False)
    if listed is not None:
        names = [word for word, own in target_group_words(policy).items() if own == group]
        keys = listed.filter(pl.col("category").is_in(names))["cert_no"].drop_nulls().unique()
        member = member | ((pl.col("cert") != "") & pl.col("cert").is_in(keys.implode()))
    counted = member & (pl.col("counts") | elsewhere)
    good = (pl.col("counts") & pl.col("paid_in_time")) | elsewhere
    sums = sum_by_township(people, whole=counted, part=counted & good)
    return _tally("", _said("goal_bases", "group_anywhere" if anywhere else "group"), _rates(sums))


def _goal(metric: str) -> tuple[pl.Expr, pl.Expr]:
    match metric:
        case Metric.CARD_ACCOUNT_RATE:
            return (pl.col("rebate_due") > 0).fill_null(value=True), pl.col("account_ok")
        case Metric.DATA_ENTRY_RATE:
            return pl.col("enrolled"), pl.col("entered")
        case Metric.DATA_ACCURACY_RATE:
            return pl.col("counts"), pl.col("correct")
        case _:
            return pl.col("counts"), pl.col("paid_in_time")


def metric_label(policy: Policy, metric: str, group: str | None = None) -> str:
    """Return a measure as reports print it, like 建档立卡贫困人口参保率."""
    lists = load_lists()
    who = {**lists["target_groups"], **policy.targets.groups}.get(group, group) if group else ""
    return f"{who}{lists['metrics'].get(metric, metric)}"


def _judge(unit: str, threshold: Threshold, tally: _Tally, label: str, rate: Rate, policy: Policy) -> GoalResult:
    whole = rate.whole or 0
    name = metric_label(policy, threshold.metric, threshold.group)
    return GoalResult(
        unit=unit,
        goal=threshold.id,
        metric=f"{name}({label})" if label else name,
        part=rate.part,
        whole=whole,
        target=describe_goal(threshold.op, threshold.value),
        reached=reaches(rate, threshold.op, threshold.value),
        gap=max(0, min(needed(whole, threshold.op, threshold.value), whole) - rate.part),
        source=policy.article(threshold.ref),
        basis=tally.basis,
        aside=tally.aside,
        words=_words(policy, threshold, label),
    )


def _words(policy: Policy, threshold: Threshold, label: str) -> dict[str, Text]:
    """Return what is measured, what is wanted and what is to be done."""
    who, percent = metric_label(policy, "", threshold.group), describe_goal("", threshold.value)
    measured = Phrases((Phrases((who, _said("metrics", threshold.metric)), Phrase(_SPACE)), _in_brackets(label)))
    wanted = Phrases((_said("operators", threshold.op), percent))
    return {"metric": measured, "target": wanted, "remedy": _said("metric_remedies", threshold.metric)}


_SPACE = {"zh": "", "en": " "}
_BRACKETS = {"zh": "({label})", "en": " ({label})"}


def _in_brackets(label: str) -> Text:
    english = load_lists()["goal_labels_en"]
    said = Phrases([Phrase({"zh": part, "en": english.get(part, part)}) for part in label.split("，")], COMMA)
    return Phrase(_BRACKETS, {"label": said}) if label else ""


def _said(name: str, key: str) -> Phrase:
    lists = load_lists()
    return Phrase({"zh": lists[name].get(key, key), "en": lists[f"{name}_en"].get(key, key)})


def goal_findings(goals: Sequence[GoalResult], files: Mapping[str, str]) -> list[Finding]:
    """V36: a goal that a unit has not reached."""
    return [
        build_finding(
            "V36.below",
            Place(file=files.get(goal.unit, goal.unit)),
            value=f"{goal.part}/{goal.whole}",
            source=goal.source,
            unit=goal.unit,
            rate=floor_percent(goal.part, goal.whole),
            gap=goal.gap,
            metric=goal.words["metric"],
            target=goal.words["target"],
            remedy=goal.words["remedy"],
        )
        for goal in goals
        if not goal.reached and not goal.aside
    ]
