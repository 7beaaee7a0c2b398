"""政策参数 of the county: values, categories with amounts and articles, and what the notice does not say, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.amount_words import show_amounts, show_cap
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.names import cite_named, policy_names, show_named
from canbao_rulebook.policy import gap_lines
from canbao_rulebook.policy.words import SubsidyKind
from canbao_rulebook.precedence import ranked_categories
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.top_ups import top_ups
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.people import Category
    from canbao_rulebook.tables import TableSheet

Row = tuple[str, str, str]


def parameters_sheet(policy: Policy, title: str) -> TableSheet:
    """Return the sheet."""
    shown = [named for named in policy_names(policy).values() if named.label and not named.is_list]
    rows = [
        *((named.label, show_named(named), cite_named(named, policy)) for named in shown),
        *_categories(policy),
        *_gaps(policy),
    ]
    return load_table("parameters").make(
        [{"name": name, "value": value, "article": article or "—"} for name, value, article in rows], begin=title
    )


def _categories(policy: Policy) -> Iterator[Row]:
    """Yield the subsidised identities, best first, with what the amount stands on."""
    kinds: dict[str, str] = load_lists()["subsidy_kinds"]
    ranked = ranked_categories(policy)
    stackable = [category for category in policy.subsidy.categories if category.stackable and not category.is_top_up]
    named = [(f"资助身份（第{place}位）：", category) for place, category in enumerate(ranked, start=1)]
    named += [("叠加资助：", category) for category in top_ups(policy)]
    for begin, category in [*named, *(("另行补助：", category) for category in stackable)]:
        yield f"{begin}{_spoken(category)}", _amount(policy, category, kinds), _basis(policy, category)


def _gaps(policy: Policy) -> Iterator[Row]:
    """Yield what the notice leaves open: whose or what, and why it is not known."""
    parts = {gap.path.partition(".")[0] for gap in policy.unknown}
    for line in gap_lines(policy, parts, confidential=True):
        what, _, reason = line.partition("：")
        yield f"通知未规定：{what}", UNKNOWN_TEXT, f"{reason}。由县里确定"


def _spoken(category: Category) -> str:
    return f"{category.name}（{'、'.join(category.aliases)}）" if category.aliases else category.name


def _amount(policy: Policy, category: Category, kinds: dict[str, str]) -> str:
    if category.kind == SubsidyKind.NONE:
        return "不资助，只计参保率"
    amounts = show_amounts(policy, category)
    tiers: dict[str, str] = load_lists()["subsidy_tiers"]
    said = UNKNOWN_TEXT if amounts == UNKNOWN_TEXT else f"{amounts} 元/人"
    return "，".join(filter(None, (tiers.get(category.tier, ""), kinds[category.kind], said, show_cap(category))))


def _basis(policy: Policy, category: Category) -> str:
    owner = policy.org.agencies.get(category.identity_owner or "")
    return "；".join(filter(None, (policy.article(category.ref), f"{owner.name}认定" if owner else "")))
