"""Tables for the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from canbao_county.merge.merging import COUNTY
from canbao_county.reports.sums import Sum
from canbao_rulebook.amount_words import show_amounts, show_cap
from canbao_rulebook.money import floor_percent
from canbao_rulebook.names import policy_names, show_named
from canbao_rulebook.phrases import say
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from canbao_addin.texts import Texts
    from canbao_county.merge.merging import Merge
    from canbao_county.merge.totals import Totals
    from canbao_rulebook.policy import Policy

_SHOWN_GOALS = 30


def _headers(texts: Texts, key: str) -> list[str]:
    return texts.say(key).split("|")


def townships_table(merge: Merge, texts: Texts) -> Table:
    """Return the table of townships with the county's sum, or of villages with the township's."""
    table = Table(title=merge.county.unit)
    first = texts.say("table_township" if merge.level == COUNTY else "table_village")
    for index, header in enumerate((first, *_headers(texts, "table_units"))):
        table.add_column(header, justify="left" if index == 0 else "right", no_wrap=True)
    for total in merge.townships:
        table.add_row(*_cells(total, str(merge.ranks.get(total.unit, "—"))))
    table.add_section()
    table.add_row(*_cells(merge.county, ""), style="bold")
    return table


def _cells(total: Totals, rank: str) -> list[str]:
    money = ("premium", "gov_direct", "self_paid", "rebate_due")
    return [
        total.unit,
        rank,
        f"{total.should_enrol:,}",
        f"{total.enrolled:,}",
        total.rated.main.percent if total.rated else "—",
        *(str(Sum(total.fen(name), total.unknown.get(name, 0))) for name in money),
        str(total.said.errors),
        str(total.said.warnings),
    ]


def goals_table(merge: Merge, texts: Texts) -> Table:
    """Return the goals that were missed."""
    goals = [goal for goal in merge.goals if not goal.aside]
    missed = [goal for goal in goals if not goal.reached]
    table = Table(title=texts.say("table_goals_title", missed=len(missed), all=len(goals)))
    for header in _headers(texts, "table_goals"):
        table.add_column(header, no_wrap=True)
    for goal in missed[:_SHOWN_GOALS]:
        rate = floor_percent(goal.part, goal.whole)
        named, wanted = (str(say(goal.words[name], texts.lang)) for name in ("metric", "target"))
        table.add_row(goal.unit, named, f"{goal.part}/{goal.whole}", rate, wanted, str(goal.gap))
    return table


def parameters_table(policy: Policy, texts: Texts) -> Table:
    """Return the scalar parameters with their articles."""
    table = Table(title=f"{policy.meta.id} {policy.meta.county}")
    for header in _headers(texts, "table_parameters"):
        table.add_column(header)
    for named in policy_names(policy).values():
        if named.label and not named.is_list:
            table.add_row(named.label, show_named(named), policy.article(named.source))
    return table


def categories_table(policy: Policy, texts: Texts) -> Table:
    """Return the subsidy categories."""
    table = Table(title=texts.say("table_categories_title"))
    for header in _headers(texts, "table_categories"):
        table.add_column(header)
    kinds = load_lists()["subsidy_kinds"]
    for category in policy.subsidy.categories:
        owner = policy.org.agencies.get(category.identity_owner or "")
        table.add_row(
            category.code,
            category.name,
            kinds[category.kind],
            "，".join(filter(None, (show_amounts(policy, category), show_cap(category)))),
            f"{owner.name}{texts.say('table_default') if category.owner_is_default else ''}" if owner else "",
            policy.article(category.ref),
        )
    return table


def unknowns_table(policy: Policy, texts: Texts) -> Table:
    """Return what the notice does not state."""
    table = Table(title=texts.say("table_unknowns_title"))
    for header in _headers(texts, "table_unknowns"):
        table.add_column(header)
    for gap in policy.unknown:
        table.add_row(gap.path, gap.reason, gap.needed_for)
    return table
