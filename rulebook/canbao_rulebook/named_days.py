"""Defined names of days: the calendar, terms of a population, benefits."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.formula.scope import NamedValue
from canbao_rulebook.money import to_yuan
from canbao_rulebook.named_amounts import adult_age
from canbao_rulebook.named_values import named_day

if TYPE_CHECKING:
    from canbao_rulebook.policy.frame import Window
    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.people import BenefitPeriod, Population


def calendar_names(policy: Policy) -> list[NamedValue]:
    """Return the names of the days of the calendar."""
    year = policy.meta.policy_year
    window = main_window(policy)
    collecting = next((window for window in policy.calendar.windows if window.kind == "agent_collect"), None)
    newborn, identified = policy.late_entry.newborn, policy.late_entry.newly_identified
    first_day = 1 if policy.calendar.counting.first_day_counted else 0
    return [
        NamedValue("政策年度", Type.NUMBER, float(year), "参保年度"),
        named_day("参照日期", policy.meta.reference_date, "计算年龄的日期", "默认：上年12月31日"),
        named_day("年度起日", date(year, 1, 1), "参保年度第一天", ""),
        named_day("年度止日", date(year, 12, 31), "参保年度最后一天", ""),
        named_day("征缴开始", window.start if window else None, "缴费期第一天", window.ref if window else None),
        named_day("征缴截止", window.end if window else None, "缴费期最后一天", window.ref if window else None),
        *([named_day("代征开始", collecting.start, "代征期第一天", collecting.ref)] if collecting else []),
        *([named_day("代征截止", collecting.end, "代征期最后一天", collecting.ref)] if collecting else []),
        *(
            [named_day("核销日期", policy.writeoff.date, "未缴费的应征数据核销日", policy.writeoff.ref)]
            if policy.writeoff
            else []
        ),
        NamedValue(
            "新生儿期限",
            Type.NUMBER,
            float(newborn.limit - first_day) if newborn else None,
            "新生儿出生后几天内参保缴费",
            (newborn.ref or "") if newborn else "",
        ),
        NamedValue(
            "新识别期限",
            Type.NUMBER,
            float(identified.limit) if identified else None,
            "新识别后几个月内参保缴费",
            (identified.ref or "") if identified else "",
        ),
        NamedValue("成年年龄", Type.NUMBER, float(adult_age(policy)), "满几周岁起用本人账户"),
    ]


def main_window(policy: Policy) -> Window | None:
    """Return the payment window of the first population that has one."""
    return next(filter(None, (policy.window("pay", entry.code) for entry in policy.populations)), None)


def own_term_names(policy: Policy, population: Population) -> list[NamedValue]:
    """The window and the premium of a population, where they are not those of the names without its code."""
    code, who, named = population.code, population.name, []
    window, premium = policy.window("pay", code), policy.premium_fen(code)
    if window and window != main_window(policy):
        named.append(named_day(f"征缴开始_{code}", window.start, f"缴费期第一天({who})", window.ref))
        named.append(named_day(f"征缴截止_{code}", window.end, f"缴费期最后一天({who})", window.ref))
    override = next((entry for entry in policy.premium.overrides if entry.population == code), None)
    if override:
        amount = None if premium is None else to_yuan(premium)
        named.append(
            NamedValue(f"缴费标准_{code}", Type.MONEY, amount, f"个人缴费标准(元/人，{who})", override.ref or "")
        )
    return named


def benefit_names(policy: Policy) -> list[NamedValue]:
    """Return the names of when benefits begin and end."""
    benefit = policy.benefit
    autumn = benefit.newborn_q4
    return [
        *_period("待遇", benefit.default, "待遇享受期"),
        named_day(
            "秋冬出生起",
            autumn.born_from if autumn else None,
            "自参保之日起享受的新生儿：出生起",
            autumn.ref if autumn else "",
        ),
        named_day(
            "秋冬出生止",
            autumn.born_to if autumn else None,
            "自参保之日起享受的新生儿：出生止",
            autumn.ref if autumn else "",
        ),
        *_period("当年新生儿待遇", benefit.newborn_current_year, "参保年度内出生的新生儿待遇享受期"),
        *_period("新识别待遇", benefit.newly_identified, "缴费期后新识别人员待遇享受期"),
    ]


def _period(prefix: str, period: BenefitPeriod | None, label: str) -> list[NamedValue]:
    start = period.start if period and isinstance(period.start, date) else None
    end = period.end if period else None
    source = period.ref if period else ""
    return [named_day(f"{prefix}起", start, f"{label}起", source), named_day(f"{prefix}止", end, f"{label}止", source)]
