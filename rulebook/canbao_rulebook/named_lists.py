"""Defined names of lists: drop-downs, and what formulas look into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canbao_rulebook.channels import channel_labels, load_channels
from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.formula.scope import NamedValue
from canbao_rulebook.functions.identity import WEIGHTS
from canbao_rulebook.functions.names import FORBIDDEN
from canbao_rulebook.money import to_fen, to_yuan
from canbao_rulebook.named_values import named_day, named_texts
from canbao_rulebook.nothing import BETWEEN_BARS, NOTHING_NAME
from canbao_rulebook.policy.own import own_list_name
from canbao_rulebook.policy.types import PREMIUM
from canbao_rulebook.vocabulary import coded_words, drop_downs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canbao_rulebook.policy.model import Policy


def list_names(policy: Policy) -> list[NamedValue]:
    """Return the names of the drop-down lists and the lists that formulas look into."""
    channels = load_channels(policy)
    codes = policy.collection.channels
    kinds = [_receipt(policy.collection.receipts, channels[code].receipt) for code in codes]
    newborn = policy.late_entry.newborn
    return [
        *(named_texts(name, items) for name, items in (drop_downs(policy) | _applicants(policy)).items()),
        *_money_lists(policy),
        named_texts("特殊情形名单", [status.label for status in policy.eligibility.statuses], "特殊情形"),
        named_texts("不予资助情形", status_labels(policy, subsidy="forbidden"), "不予资助的情形"),
        named_texts("不得参保情形", status_labels(policy, enrol=["forbidden"]), "不再参保的情形"),
        named_texts("自愿参保情形", status_labels(policy, enrol=["forbidden_by_default"]), "自愿才参保的情形"),
        named_texts("缴费方式名单", channel_labels(policy, codes), "缴费方式"),
        named_texts("缴费方式凭证", kinds, "按缴费方式：凭证种类"),
        named_texts("新生儿缴费方式", channel_labels(policy, newborn.channel if newborn else ()), "新生儿缴费方式"),
        *(
            named_texts(own_list_name(number), column.choices, column.header)
            for number, column in enumerate(policy.own_columns, start=1)
            if column.choices
        ),
        named_texts("县代码", [policy.meta.gb2260, *policy.meta.gb2260_former], "本县行政区划代码(含历史)"),
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
        named.append(named_day("锁户日期", accounts.lock_from, "待解户从这天起不再收款", accounts.ref))
    if "R17" in policy.rosters:
        kinds = [receipts.kind, receipts.agent_cash, receipts.agent_no_ticket] if receipts else []
        named.append(named_texts("票据种类名单", [kind for kind in kinds if kind], "票据种类"))
    if "R11" in policy.rosters:
        codes = policy.collection.student_channels or policy.collection.channels
        named.append(named_texts("学生缴费方式名单", channel_labels(policy, codes), "学生缴费方式"))
    return named


def _receipt(receipts: Any, key: str) -> str:
    return str(getattr(receipts, key, None) or "—") if receipts else "—"


def engine_names() -> list[NamedValue]:
    """Constants of the worksheet faces: positions, weights, characters."""
    return [
        NamedValue("位序", Type.NUMBER, tuple(float(number) for number in range(1, 31)), "1 至 30"),
        NamedValue("前十七位", Type.NUMBER, tuple(float(number) for number in range(1, 18)), "1 至 17"),
        NamedValue("校验权重", Type.NUMBER, tuple(float(weight) for weight in WEIGHTS), "GB 11643 校验权重"),
        named_texts("姓名禁用字", list(FORBIDDEN), "姓名里不该有的字符"),
        named_texts(NOTHING_NAME, [f"|{BETWEEN_BARS}"], "等于没有填的写法"),
    ]


def status_labels(policy: Policy, *, enrol: Iterable[str] = (), subsidy: str = "") -> tuple[str, ...]:
    """Return the labels of the statuses with one of these enrolment rules or this subsidy rule."""
    wanted = set(enrol)
    return tuple(
        status.label
        for status in policy.eligibility.statuses
        if status.enrol in wanted or (subsidy and status.subsidy == subsidy)
    )
