"""Defined names: the policy and unit values that formulas read, the same in the sheet and in polars."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from canbao_rulebook.channels import channel_labels, family_labels, load_channels
from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.formula.scope import NamedValue
from canbao_rulebook.functions.dates import from_serial, to_serial
from canbao_rulebook.functions.identity import WEIGHTS
from canbao_rulebook.functions.names import FORBIDDEN
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.money import format_yuan, to_fen, to_yuan
from canbao_rulebook.nothing import BETWEEN_BARS, NOTHING_NAME
from canbao_rulebook.policy.own import own_list_name
from canbao_rulebook.policy.situations import depends_on_person, fading, situations
from canbao_rulebook.policy.types import PREMIUM
from canbao_rulebook.precedence import competing_categories, grade_of, ranked_categories
from canbao_rulebook.switches import switch_names
from canbao_rulebook.top_ups import top_up_orders, top_ups
from canbao_rulebook.vocabulary import coded_words, drop_downs, load_lists

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from canbao_rulebook.policy.frame import Window
    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.people import BenefitPeriod, Category, Population
    from canbao_rulebook.units import Unit

_NO_SOURCE = "unknown"
_ADULT = 18  # 民法典第17条; a policy may name another age from which people use their own account


def policy_names(policy: Policy, *, confidential: bool = False) -> dict[str, NamedValue]:
    """Return every name of a policy year, unknown values included, in the order in which 政策参数 prints them.

    ``confidential``: with the categories that may be named within the county's departments only.
    """
    groups = (
        _calendar(policy),
        _money(policy),
        *(_own_terms(policy, population) for population in policy.populations),
        _benefit(policy),
        switch_names(policy),
        _categories(policy, ranked_categories(policy, confidential=confidential), confidential=confidential),
        _choices(policy, confidential=confidential),
        _top_ups(policy, confidential=confidential),
        _later(policy),
        _family(policy),
        _lists(policy),
        _engine(),
    )
    return {named.name: named for group in groups for named in group}


def population_of(policy: Policy, roster: str) -> Population | None:
    """Return the population that a roster holds, the one named first where it holds several.

    A report that comes back within a window is about the population of that window.
    """
    windows = {entry.window for entry in policy.calendar.recurring if entry.deliverable == roster and entry.window}
    named = (population for population in policy.populations if population.roster == roster)
    implied = (population for population in policy.populations if population.window in windows)
    return next(named, None) or next(implied, None)


def own_name(policy: Policy, roster: str, name: str) -> str:
    """Return the name by which a roster reads a term: with its population's code where that has terms of its own."""
    population = population_of(policy, roster)
    named = f"{name}_{population.code}" if population else ""
    return named if population and named in {own.name for own in _own_terms(policy, population)} else name


def unit_names(unit: Unit | None) -> dict[str, NamedValue]:
    """Return the names that differ from one unit's workbook to the next; without a unit, their types alone."""
    villages = unit.villages if unit else ()
    keys = unit.group_keys if unit else ()
    named = (
        NamedValue("本乡镇", Type.TEXT, unit.township if unit else "", "乡镇(街道)"),
        NamedValue("本校保险公司", Type.TEXT, unit.insurer if unit else "", "对应保险公司"),
        NamedValue("本户账号", Type.TEXT, unit.account if unit else "", "待解户账号"),
        _texts("村名单", villages or ("",), "村(社区)"),
        _texts("村组名单", keys or ("",), "村/组"),
        NamedValue("村条数", Type.NUMBER, float(len(villages)), "村(社区)个数"),
        NamedValue("村组条数", Type.NUMBER, float(len(keys)), "组个数"),
    )
    return {value.name: value for value in named}


def cite_named(named: NamedValue, policy: Policy) -> str:
    """Return the article on which a value stands, as people cite it."""
    if named.value is None:
        return "通知没有规定"
    return "—" if named.source in {"", _NO_SOURCE} else policy.article(named.source)


def show_named(named: NamedValue) -> str:
    """Return a scalar value as people read it: dates ISO, money with two decimals, 待定 when unknown."""
    value = named.value
    if value is None:
        return UNKNOWN_TEXT
    if named.type is Type.DATE and isinstance(value, float):
        return from_serial(value).isoformat()
    if named.type is Type.MONEY and isinstance(value, float):
        return format_yuan(to_fen(value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def status_labels(policy: Policy, *, enrol: Iterable[str] = (), subsidy: str = "") -> tuple[str, ...]:
    """Return the labels of the statuses with one of these enrolment rules or this subsidy rule."""
    wanted = set(enrol)
    return tuple(
        status.label
        for status in policy.eligibility.statuses
        if status.enrol in wanted or (subsidy and status.subsidy == subsidy)
    )


def _texts(name: str, items: Sequence[str], label: str = "", source: str = "") -> NamedValue:
    return NamedValue(name, Type.TEXT, tuple(items) or ("",), label, source)


def _day(name: str, day: date | None, label: str, source: str | None) -> NamedValue:
    return NamedValue(name, Type.DATE, None if day is None else float(to_serial(day)), label, source or "")


def _calendar(policy: Policy) -> list[NamedValue]:
    year = policy.meta.policy_year
    window = main_window(policy)
    collecting = next((window for window in policy.calendar.windows if window.kind == "agent_collect"), None)
    newborn, identified = policy.late_entry.newborn, policy.late_entry.newly_identified
    first_day = 1 if policy.calendar.counting.first_day_counted else 0
    return [
        NamedValue("政策年度", Type.NUMBER, float(year), "参保年度"),
        _day("参照日期", policy.meta.reference_date, "计算年龄的日期", "默认：上年12月31日"),
        _day("年度起日", date(year, 1, 1), "参保年度第一天", ""),
        _day("年度止日", date(year, 12, 31), "参保年度最后一天", ""),
        _day("征缴开始", window.start if window else None, "缴费期第一天", window.ref if window else None),
        _day("征缴截止", window.end if window else None, "缴费期最后一天", window.ref if window else None),
        *([_day("代征开始", collecting.start, "代征期第一天", collecting.ref)] if collecting else []),
        *([_day("代征截止", collecting.end, "代征期最后一天", collecting.ref)] if collecting else []),
        *(
            [_day("核销日期", policy.writeoff.date, "未缴费的应征数据核销日", policy.writeoff.ref)]
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


def _own_terms(policy: Policy, population: Population) -> list[NamedValue]:
    """The window and the premium of a population, where they are not those of the names without its code."""
    code, who, named = population.code, population.name, []
    window, premium = policy.window("pay", code), policy.premium_fen(code)
    if window and window != main_window(policy):
        named.append(_day(f"征缴开始_{code}", window.start, f"缴费期第一天({who})", window.ref))
        named.append(_day(f"征缴截止_{code}", window.end, f"缴费期最后一天({who})", window.ref))
    override = next((entry for entry in policy.premium.overrides if entry.population == code), None)
    if override:
        amount = None if premium is None else to_yuan(premium)
        named.append(
            NamedValue(f"缴费标准_{code}", Type.MONEY, amount, f"个人缴费标准(元/人，{who})", override.ref or "")
        )
    return named


def adult_age(policy: Policy) -> int:
    """Return the age in years from which a person is of age: the policy year's, else the law's."""
    account = policy.subsidy.payee_account
    return (account.minor_age_lt if account else None) or _ADULT


def _money(policy: Policy) -> list[NamedValue]:
    premium = policy.premium_fen(None)
    amount = None if premium is None else to_yuan(premium)
    return [NamedValue("缴费标准", Type.MONEY, amount, "个人缴费标准(元/人)", policy.premium.standard.ref or "")]


def _benefit(policy: Policy) -> list[NamedValue]:
    benefit = policy.benefit
    autumn = benefit.newborn_q4
    return [
        *_period("待遇", benefit.default, "待遇享受期"),
        _day(
            "秋冬出生起",
            autumn.born_from if autumn else None,
            "自参保之日起享受的新生儿：出生起",
            autumn.ref if autumn else "",
        ),
        _day(
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
    return [_day(f"{prefix}起", start, f"{label}起", source), _day(f"{prefix}止", end, f"{label}止", source)]


def _categories(policy: Policy, ranked: Sequence[Category], *, confidential: bool) -> list[NamedValue]:
    """The categories by their place, in every situation of a person that makes a difference, one after another."""
    people = situations(policy)
    orders = [ranked_categories(policy, person, confidential=confidential) for person in people]
    placed = [(person, category) for person, order in zip(people, orders, strict=True) for category in order]
    words = [(word, category) for category in ranked for word in (category.name, *category.aliases)]
    places = [
        float(number * len(ranked) + order.index(category) + 1)
        for number, order in enumerate(orders)
        for _, category in words
    ]
    amounts = [policy.amount_fen(category, person) for person, category in placed]
    stackable = [category for category in policy.subsidy.categories if category.stackable and not category.is_top_up]
    on_top = top_ups(policy, confidential=confidential)
    owners = {code: agency.name for code, agency in policy.org.agencies.items()}
    kinds: dict[str, str] = load_lists()["subsidy_kinds"]
    identified = policy.late_entry.newly_identified
    spoken = {category.code: (category.name, *category.aliases) for category in ranked}
    return [
        _texts("身份名单", [category.name for category in (*ranked, *stackable, *on_top)], "资助身份"),
        _texts("身份别名", [word for word, _ in words], "资助身份及别名"),
        NamedValue("身份序位", Type.NUMBER, tuple(places) or (0.0,), "身份的次序"),
        _texts(
            "叠加身份",
            [word for category in stackable for word in (category.name, *category.aliases)],
            "另行补助的身份",
        ),
        _texts("次位名称", [category.name for _, category in placed], "按次位：资助类别"),
        NamedValue(
            "次位金额",
            Type.MONEY,
            tuple(None if amount is None else to_yuan(amount) for amount in amounts) or (None,),
            "按次位：资助标准(元)",
        ),
        NamedValue(
            "次位同标准",
            Type.NUMBER,
            tuple(float(category.amount == PREMIUM) for _, category in placed) or (0.0,),
            "按次位：资助标准就是本人的缴费标准",
        ),
        _texts("次位档次", [grade_of(policy, category, person) for person, category in placed], "按次位：资助多少"),
        _texts("次位方式", [kinds[category.kind] for _, category in placed], "按次位：资助方式"),
        _texts(
            "次位部门",
            [owners.get(category.identity_owner or "", "") or "—" for _, category in placed],
            "按次位：认定部门",
        ),
        _texts("次位依据", [category.ref or "—" for _, category in placed], "按次位：依据"),
        _texts(
            "新识别身份",
            [word for code in identified.categories for word in spoken.get(code, ())] if identified else [],
            "可以新识别的身份及别名",
        ),
        _texts("资助方式名单", [kinds["direct"], kinds["rebate"]], "资助方式"),
        _texts(
            "代缴类别名单",
            [category.name for category in ranked if category.kind in {"direct", "special_channel"}],
            "统一缴费的类别",
        ),
    ]


def _top_ups(policy: Policy, *, confidential: bool) -> list[NamedValue]:
    """What is paid on top of an ordinary category, after the cap: by its place beside each of them; else nothing."""
    known = top_ups(policy, confidential=confidential)
    if not known:
        return []
    orders = list(top_up_orders(policy, confidential=confidential))
    placed = [one for order in orders for one in order]
    words = [(word, category) for category in known for word in (category.name, *category.aliases)]
    places = [
        float(number * len(known) + [one.category for one in order].index(category) + 1)
        for number, order in enumerate(orders)
        for _, category in words
    ]
    kinds: dict[str, str] = load_lists()["subsidy_kinds"]
    return [
        _texts(
            "普通身份名单", [one.name for one in competing_categories(policy, confidential=confidential)], "资助类别"
        ),
        _texts("叠加身份名单", [category.name for category in known], "叠加资助类别"),
        _texts("叠加资助身份", [word for word, _ in words], "叠加资助的身份及别名"),
        NamedValue("叠加个数", Type.NUMBER, float(len(words)), "叠加资助的身份及别名有几个"),
        NamedValue("叠加序位", Type.NUMBER, tuple(places), "叠加资助身份的次序"),
        _texts("叠加名称", [one.category.name for one in placed], "按叠加位：叠加资助类别"),
        NamedValue(
            "叠加金额",
            Type.MONEY,
            tuple(None if one.fen is None else to_yuan(one.fen) for one in placed),
            "按叠加位：封顶以后的叠加资助(元)",
        ),
        _texts("叠加档次", [one.grade for one in placed], "按叠加位：叠加资助多少"),
        _texts("叠加方式", [kinds[one.category.kind] for one in placed], "按叠加位：叠加资助方式"),
    ]


def _later(policy: Policy) -> list[NamedValue]:
    """Until when everybody may still pay after the window, and how long benefits then wait; else nothing."""
    entry = policy.late_entry.after_window
    if entry is None:
        return []
    unit, source = {"day": "天", "month": "个月"}[entry.unit], entry.ref or ""
    figures = [
        ("等待期限", entry.limit, f"集中缴费期以后缴费的等待几{unit}"),
        ("断保加长", entry.per_missed_year, f"断保一年多等待几{unit}"),
        ("等待最长", entry.longest or entry.limit + 100 * entry.per_missed_year, f"最多等待几{unit}"),
    ]
    return [
        _day("补缴截止", entry.until, "集中缴费期以后可以缴到", source),
        *(NamedValue(name, Type.NUMBER, float(figure), label, source) for name, figure, label in figures),
    ]


def _family(policy: Policy) -> list[NamedValue]:
    """Who may pay from a medical account for a person; nothing where nobody can."""
    entry, labels = policy.collection.family_account, family_labels(policy)
    if not labels:
        return []
    relations = entry.relations if entry else ()
    named = [_texts("共济缴费方式", labels, "由亲属的医保个人账户缴")]
    return [*named, *([_texts("共济关系名单", relations, "个人账户可以给谁缴")] if relations else [])]


def _choices(policy: Policy, *, confidential: bool) -> list[NamedValue]:
    """What a person says that amounts hang on: the tier, and the year in which a category ended; else nothing."""
    if not depends_on_person(policy):
        return []
    tiers, fades = policy.premium.tiers, fading(policy)
    amounts = [policy.tier_fen(tier.code) for tier in tiers]
    known = competing_categories(policy, confidential=confidential)
    faded = [*known, *top_ups(policy, confidential=confidential)]
    words = [word for category in known for word in (category.name, *category.aliases)]
    named = [NamedValue("身份个数", Type.NUMBER, float(len(words)), "资助身份及别名有几个")]
    if tiers:
        named.append(_texts("缴费档次名单", [tier.name for tier in tiers], "缴费档次"))
        yuan = tuple(None if fen is None else to_yuan(fen) for fen in amounts)
        named.append(NamedValue("档次标准", Type.MONEY, yuan, "按缴费档次：缴费标准(元/人)"))
    if fades:
        shown = [word for category in fades if category in faded for word in (category.name, *category.aliases)]
        named.append(_texts("渐退身份", shown, "资助逐年减少的身份及别名"))
    return named


def _lists(policy: Policy) -> list[NamedValue]:
    channels = load_channels(policy)
    codes = policy.collection.channels
    kinds = [_receipt(policy.collection.receipts, channels[code].receipt) for code in codes]
    newborn = policy.late_entry.newborn
    return [
        *(_texts(name, items) for name, items in (drop_downs(policy) | _applicants(policy)).items()),
        *_money_lists(policy),
        _texts("特殊情形名单", [status.label for status in policy.eligibility.statuses], "特殊情形"),
        _texts("不予资助情形", status_labels(policy, subsidy="forbidden"), "不予资助的情形"),
        _texts("不得参保情形", status_labels(policy, enrol=["forbidden"]), "不再参保的情形"),
        _texts("自愿参保情形", status_labels(policy, enrol=["forbidden_by_default"]), "自愿才参保的情形"),
        _texts("缴费方式名单", channel_labels(policy, codes), "缴费方式"),
        _texts("缴费方式凭证", kinds, "按缴费方式：凭证种类"),
        _texts("新生儿缴费方式", channel_labels(policy, newborn.channel if newborn else ()), "新生儿缴费方式"),
        *(
            _texts(own_list_name(number), column.choices, column.header)
            for number, column in enumerate(policy.own_columns, start=1)
            if column.choices
        ),
        _texts("县代码", [policy.meta.gb2260, *policy.meta.gb2260_former], "本县行政区划代码(含历史)"),
        NamedValue("县名", Type.TEXT, policy.meta.county, "县(市、区)"),
    ]


def _applicants(policy: Policy) -> dict[str, list[str]]:
    """Who may say that somebody who need not enrol does (HN-05), where the notice names them and no list of its own."""
    named = {code for status in policy.eligibility.statuses for code in status.voluntary_by}
    if "volunteers" in policy.lists or not named:
        return {}
    return {"申请人名单": [text for code, text in coded_words("volunteers").items() if code in named]}


def _money_lists(policy: Policy) -> list[NamedValue]:
    """What deposits and tickets are held against, as far as the policy has it."""
    agent, accounts, receipts = policy.collection.agent, policy.collection.deposit_accounts, policy.collection.receipts
    named = []
    if agent and agent.deposit_multiple_of is not None:
        multiple = (
            policy.premium_fen(None) if agent.deposit_multiple_of == PREMIUM else to_fen(agent.deposit_multiple_of)
        )
        value = None if multiple is None else to_yuan(multiple)
        named.append(NamedValue("存款倍数", Type.MONEY, value, "每笔存款应是几元的整数倍", agent.ref or ""))
    if agent and agent.max_hold_days:
        days = float(agent.max_hold_days)
        named.append(NamedValue("最长持有天数", Type.NUMBER, days, "代征费款最多持有几天", agent.ref or ""))
    if accounts and accounts.lock_from:
        named.append(_day("锁户日期", accounts.lock_from, "待解户从这天起不再收款", accounts.ref))
    if "R17" in policy.rosters:
        kinds = [receipts.kind, receipts.agent_cash, receipts.agent_no_ticket] if receipts else []
        named.append(_texts("票据种类名单", [kind for kind in kinds if kind], "票据种类"))
    if "R11" in policy.rosters:
        codes = policy.collection.student_channels or policy.collection.channels
        named.append(_texts("学生缴费方式名单", channel_labels(policy, codes), "学生缴费方式"))
    return named


def _receipt(receipts: Any, key: str) -> str:
    return str(getattr(receipts, key, None) or "—") if receipts else "—"


def _engine() -> list[NamedValue]:
    """Constants of the worksheet faces: positions, weights, characters."""
    return [
        NamedValue("位序", Type.NUMBER, tuple(float(number) for number in range(1, 31)), "1 至 30"),
        NamedValue("前十七位", Type.NUMBER, tuple(float(number) for number in range(1, 18)), "1 至 17"),
        NamedValue("校验权重", Type.NUMBER, tuple(float(weight) for weight in WEIGHTS), "GB 11643 校验权重"),
        _texts("姓名禁用字", list(FORBIDDEN), "姓名里不该有的字符"),
        _texts(NOTHING_NAME, [f"|{BETWEEN_BARS}"], "等于没有填的写法"),
    ]
