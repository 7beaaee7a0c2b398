"""Defined names of amounts: premiums, subsidy categories, what is on top, what a person chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.channels import family_labels
from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.formula.scope import NamedValue
from canbao_rulebook.money import to_yuan
from canbao_rulebook.named_values import named_day, named_texts
from canbao_rulebook.policy.situations import depends_on_person, fading, situations
from canbao_rulebook.policy.types import PREMIUM
from canbao_rulebook.precedence import competing_categories, grade_of, ranked_categories
from canbao_rulebook.top_ups import top_up_orders, top_ups
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.people import Category

_ADULT = 18  # 民法典第17条; a policy may name another age from which people use their own account


def money_names(policy: Policy) -> list[NamedValue]:
    """Return the names of the premiums."""
    premium = policy.premium_fen(None)
    amount = None if premium is None else to_yuan(premium)
    return [NamedValue("缴费标准", Type.MONEY, amount, "个人缴费标准(元/人)", policy.premium.standard.ref or "")]


def category_names(policy: Policy, ranked: Sequence[Category], *, confidential: bool) -> list[NamedValue]:
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
        named_texts("身份名单", [category.name for category in (*ranked, *stackable, *on_top)], "资助身份"),
        named_texts("身份别名", [word for word, _ in words], "资助身份及别名"),
        NamedValue("身份序位", Type.NUMBER, tuple(places) or (0.0,), "身份的次序"),
        named_texts(
            "叠加身份",
            [word for category in stackable for word in (category.name, *category.aliases)],
            "另行补助的身份",
        ),
        named_texts("次位名称", [category.name for _, category in placed], "按次位：资助类别"),
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
        named_texts(
            "次位档次", [grade_of(policy, category, person) for person, category in placed], "按次位：资助多少"
        ),
        named_texts("次位方式", [kinds[category.kind] for _, category in placed], "按次位：资助方式"),
        named_texts(
            "次位部门",
            [owners.get(category.identity_owner or "", "") or "—" for _, category in placed],
            "按次位：认定部门",
        ),
        named_texts("次位依据", [category.ref or "—" for _, category in placed], "按次位：依据"),
        named_texts(
            "新识别身份",
            [word for code in identified.categories for word in spoken.get(code, ())] if identified else [],
            "可以新识别的身份及别名",
        ),
        named_texts("资助方式名单", [kinds["direct"], kinds["rebate"]], "资助方式"),
        named_texts(
            "代缴类别名单",
            [category.name for category in ranked if category.kind in {"direct", "special_channel"}],
            "统一缴费的类别",
        ),
    ]


def top_up_names(policy: Policy, *, confidential: bool) -> list[NamedValue]:
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
        named_texts(
            "普通身份名单", [one.name for one in competing_categories(policy, confidential=confidential)], "资助类别"
        ),
        named_texts("叠加身份名单", [category.name for category in known], "叠加资助类别"),
        named_texts("叠加资助身份", [word for word, _ in words], "叠加资助的身份及别名"),
        NamedValue("叠加个数", Type.NUMBER, float(len(words)), "叠加资助的身份及别名有几个"),
        NamedValue("叠加序位", Type.NUMBER, tuple(places), "叠加资助身份的次序"),
        named_texts("叠加名称", [one.category.name for one in placed], "按叠加位：叠加资助类别"),
        NamedValue(
            "叠加金额",
            Type.MONEY,
            tuple(None if one.fen is None else to_yuan(one.fen) for one in placed),
            "按叠加位：封顶以后的叠加资助(元)",
        ),
        named_texts("叠加档次", [one.grade for one in placed], "按叠加位：叠加资助多少"),
        named_texts("叠加方式", [kinds[one.category.kind] for one in placed], "按叠加位：叠加资助方式"),
    ]


def choice_names(policy: Policy, *, confidential: bool) -> list[NamedValue]:
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
        named.append(named_texts("缴费档次名单", [tier.name for tier in tiers], "缴费档次"))
        yuan = tuple(None if fen is None else to_yuan(fen) for fen in amounts)
        named.append(NamedValue("档次标准", Type.MONEY, yuan, "按缴费档次：缴费标准(元/人)"))
    if fades:
        shown = [word for category in fades if category in faded for word in (category.name, *category.aliases)]
        named.append(named_texts("渐退身份", shown, "资助逐年减少的身份及别名"))
    return named


def later_names(policy: Policy) -> list[NamedValue]:
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
        named_day("补缴截止", entry.until, "集中缴费期以后可以缴到", source),
        *(NamedValue(name, Type.NUMBER, float(figure), label, source) for name, figure, label in figures),
    ]


def family_names(policy: Policy) -> list[NamedValue]:
    """Who may pay from a medical account for a person; nothing where nobody can."""
    entry, labels = policy.collection.family_account, family_labels(policy)
    if not labels:
        return []
    relations = entry.relations if entry else ()
    named = [named_texts("共济缴费方式", labels, "由亲属的医保个人账户缴")]
    return [*named, *([named_texts("共济关系名单", relations, "个人账户可以给谁缴")] if relations else [])]


def adult_age(policy: Policy) -> int:
    """Return the age in years from which a person is of age: the policy year's, else the law's."""
    account = policy.subsidy.payee_account
    return (account.minor_age_lt if account else None) or _ADULT
