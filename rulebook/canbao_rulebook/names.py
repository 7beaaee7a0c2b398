"""Defined names: the policy and unit values that formulas read, the same in the sheet and in polars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.formula.scope import NamedValue
from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.money import format_yuan, to_fen
from canbao_rulebook.named_amounts import (
    category_names,
    choice_names,
    family_names,
    later_names,
    money_names,
    top_up_names,
)
from canbao_rulebook.named_days import benefit_names, calendar_names, own_term_names
from canbao_rulebook.named_lists import engine_names, list_names
from canbao_rulebook.named_values import named_texts
from canbao_rulebook.precedence import ranked_categories
from canbao_rulebook.switches import switch_names

if TYPE_CHECKING:
    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.people import Population
    from canbao_rulebook.units import Unit

_NO_SOURCE = "unknown"


def policy_names(policy: Policy, *, confidential: bool = False) -> dict[str, NamedValue]:
    """Return every name of a policy year, unknown values included, in the order in which 政策参数 prints them.

    ``confidential``: with the categories that may be named within the county's departments only.
    """
    groups = (
        calendar_names(policy),
        money_names(policy),
        *(own_term_names(policy, population) for population in policy.populations),
        benefit_names(policy),
        switch_names(policy),
        category_names(policy, ranked_categories(policy, confidential=confidential), confidential=confidential),
        choice_names(policy, confidential=confidential),
        top_up_names(policy, confidential=confidential),
        later_names(policy),
        family_names(policy),
        list_names(policy),
        engine_names(),
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
    return named if population and named in {own.name for own in own_term_names(policy, population)} else name


def unit_names(unit: Unit | None) -> dict[str, NamedValue]:
    """Return the names that differ from one unit's workbook to the next; without a unit, their types alone."""
    villages = unit.villages if unit else ()
    keys = unit.group_keys if unit else ()
    named = (
        NamedValue("本乡镇", Type.TEXT, unit.township if unit else "", "乡镇(街道)"),
        NamedValue("本校保险公司", Type.TEXT, unit.insurer if unit else "", "对应保险公司"),
        NamedValue("本户账号", Type.TEXT, unit.account if unit else "", "待解户账号"),
        named_texts("村名单", villages or ("",), "村(社区)"),
        named_texts("村组名单", keys or ("",), "村/组"),
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
