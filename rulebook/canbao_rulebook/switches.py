"""Points that a notice leaves open, each a switch of the policy file: what applies, and whether it is the default."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.formula.scope import NamedValue
from canbao_rulebook.policy.measures import Counted
from canbao_rulebook.policy.types import DEFAULT
from canbao_rulebook.policy.words import AtCutoff, Combine
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.part import Part

_STATED = "政策文件"
_YES, _NO = "是", "否"
_COMBINED = {Combine.HIGHEST_WINS: "就高", Combine.FIRST_BY_PRECEDENCE: "按次序", Combine.SUM_CAPPED_AT_PREMIUM: "相加"}
_AT_CUTOFF = {AtCutoff.AFTER: "算以后", AtCutoff.BEFORE: "算以前"}


class Switch(NamedTuple):
    """``value`` as people read it, None where the file says that it is unknown; ``key`` of ``block`` is the switch."""

    name: str
    label: str
    value: str | None
    block: Part
    key: str
    ref: str | None = None

    @property
    def source(self) -> str:
        """The article; without one, whether the file says so or the default applies."""
        return (self.ref or _STATED) if self.key in self.block.model_fields_set else DEFAULT


def switch_names(policy: Policy) -> list[NamedValue]:
    """Return the switches that matter in a policy year, as the lists of parameters show them."""
    switches = (*_subsidies(policy), *_times(policy), *_rates(policy))
    shown = [NamedValue(one.name, Type.TEXT, one.value, one.label, one.source) for one in switches]
    return [*shown, _withholding(policy)]


def _subsidies(policy: Policy) -> Iterator[Switch]:
    subsidy = policy.subsidy
    if not subsidy.categories:
        return
    yield Switch("合并方式", "多重身份怎样取", _COMBINED[subsidy.combine], subsidy, "combine", subsidy.ref)
    times = str(subsidy.max_per_person_per_year)
    yield Switch("资助次数", "一人一年资助几次", times, subsidy, "max_per_person_per_year", subsidy.ref)
    confirmed = _say(subsidy.requires_owner_list)
    yield Switch("名单确认", "发放须经主管部门名单或县里核定", confirmed, subsidy, "requires_owner_list")


def _withholding(policy: Policy) -> NamedValue:
    subsidy = policy.subsidy
    words: dict[str, str] = load_lists()["withheld_words"]
    said = "、".join(words.get(entry.code, entry.code) for entry in subsidy.withheld_by) or "无"
    told = said if "withheld_by" in subsidy.model_fields_set else f"{DEFAULT}：{said}"
    return NamedValue("暂缓情形", Type.TEXT, f"{len(subsidy.withheld_by)} 种", "有这些情形的，资助暂缓发放", told)


def _times(policy: Policy) -> Iterator[Switch]:
    counting, agent = policy.calendar.counting, policy.collection.agent
    yield Switch(
        "首日计入",
        "起算当天是否计入期限",
        _say(counting.first_day_counted),
        counting,
        "first_day_counted",
        counting.ref,
    )
    if agent and agent.cutoff_time:
        label = f"恰好{agent.cutoff_time}收取的"
        yield Switch("整点收取", label, _AT_CUTOFF[agent.at_cutoff], agent, "at_cutoff", agent.ref)


def _rates(policy: Policy) -> Iterator[Switch]:
    targets = policy.targets
    if "numerator_includes_government_paid" in targets.model_fields_set:
        paid = targets.numerator_includes_government_paid
        label = "完成数含政府代缴"
        yield Switch(
            "代缴计入", label, None if paid is None else _say(paid), targets, "numerator_includes_government_paid"
        )
    if Counted.POSTED in (targets.numerators.get("RATE") or ""):
        yield Switch(
            "补缴计入", "入库失败后补缴的计入完成数", _say(targets.remedial_counts), targets, "remedial_counts"
        )
    if any(category.target_group for category in policy.subsidy.categories):
        anywhere = _say(targets.group_base == "insured_anywhere")
        yield Switch("他处参保计入", "对象参保率含在别处参保有证明的", anywhere, targets, "group_base")


def _say(flag: bool) -> str:
    return _YES if flag else _NO
