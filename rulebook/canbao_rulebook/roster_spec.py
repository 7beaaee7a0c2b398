"""Roster specs as they are written: Jinja2 over the policy, strict YAML, checked for form."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

import yaml
from jinja2 import Environment, FunctionLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from canbao_rulebook.channels import cash_labels, channel_label
from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.kinds import ColumnType, Filler, Normaliser, RosterRole
from canbao_rulebook.names import main_window, own_name, population_of
from canbao_rulebook.precedence import has_unknown_amounts
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import list_names, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.policy.model import Policy

_SUFFIX = ".yaml.j2"


class RosterError(ValueError):
    """A roster spec that cannot be used; the sentence names the roster, the column or rule, and the reason."""


class ColumnSpec(BaseModel):
    """One column as written in a roster spec."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    header: str
    type: ColumnType
    filler: Filler
    width: float = 10
    required: bool = False
    required_when: str = ""
    required_message: str = "V01.required"
    required_source: str = ""
    identifier: bool = False
    hidden: bool = False
    key: bool = False
    list: str | None = None
    strict: bool = True
    list_check: bool = True
    normalise: Normaliser | None = None
    hint: str = ""
    formula: str | None = None
    since: int = 1  # the edition that has had it first


class RuleSpec(BaseModel):
    """One row rule as written in a roster spec: a problem lies at ``column`` where ``when`` is TRUE."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    message: str
    column: str
    when: str
    show: dict[str, str] = Field(default_factory=dict)
    source: str = ""


class RosterSpec(BaseModel):
    """A roster spec after Jinja2."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    version: int
    reads: list[int] = Field(default_factory=list)  # earlier editions: workbooks of these are still read
    sheet: str
    role: RosterRole
    units: list[Literal["township", "village", "school", "agency"]]
    place: str = "village"
    title: str
    ref: str
    paper: str
    freeze: str
    capacity_share: float
    signatures: list[str]
    notes: list[str]
    columns: list[ColumnSpec]
    rules: list[RuleSpec]


def list_specs() -> set[str]:
    """Return the codes of all rosters that have a spec; the others are reports, which nobody fills."""
    return set(list_names("rosters", _SUFFIX))


def read_spec(code: str, policy: Policy, names: Mapping[str, NamedValue]) -> RosterSpec:
    """Return the spec of a roster for one policy year. Raises RosterError."""
    try:
        return RosterSpec.model_validate(parse_yaml(render_spec(code, policy, names)))
    except (yaml.YAMLError, ValidationError) as problem:
        raise RosterError(f"花名册 {code} 的定义有误：{problem}") from problem


@cache
def _environment() -> Environment:
    """Return the one environment, which keeps the blocks that many specs include."""
    return Environment(
        loader=FunctionLoader(lambda name: read_text(f"rosters/{name}")),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the output is YAML, not HTML
        keep_trailing_newline=True,
        cache_size=-1,
    )


def render_spec(code: str, policy: Policy, names: Mapping[str, NamedValue]) -> str:
    """Return the YAML text of a roster spec for one policy year."""
    start = names[own_name(policy, code, "征缴开始")].value
    population = population_of(policy, code)
    context = {
        "policy": policy,
        "population": population,
        "pay_window": (population and policy.window("pay", population.code)) or main_window(policy),
        "has_accounts": any(township.account for township in policy.org.townships),
        "changes": next((entry for entry in policy.calendar.recurring if entry.deliverable == code), None),
        "label": lambda channel: channel_label(policy, channel),
        "in_cash": lambda cell: _one_of(cell, cash_labels(policy)),
        "unknown_amounts": has_unknown_amounts(policy),
        "premium_known": names[own_name(policy, code, "缴费标准")].value is not None,
        "stackable": any(category.stackable for category in policy.subsidy.categories),
        "own": lambda name: own_name(policy, code, name),
        "article": policy.article,
        "roster_article": lambda roster: _deliverable_article(policy, roster),
        "enrol_article": lambda *rules: policy.articles(
            status.ref for status in policy.eligibility.statuses if status.enrol in rules
        ),
        "subsidy_article": lambda *kinds: policy.articles(
            category.ref for category in policy.subsidy.categories if category.kind in kinds
        ),
        "no_subsidy_article": policy.articles(
            status.ref for status in policy.eligibility.statuses if status.subsidy == "forbidden"
        ),
        "new_identities": "、".join(str(item) for item in _items(names["新识别身份"])),
        "example_date": from_serial(start).isoformat()
        if isinstance(start, float)
        else f"{policy.meta.policy_year}-01-01",
    }
    return _environment().get_template(f"{code}{_SUFFIX}").render(context)


def _one_of(cell: str, words: Sequence[str]) -> str:
    """Return the formula that asks whether a cell holds one of some words."""
    asked = ",".join(f'{cell}="{word}"' for word in words)
    return asked if len(words) == 1 else f"OR({asked})"


def _deliverable_article(policy: Policy, roster: str) -> str:
    """Return the article that asks for a roster: that of its first milestone."""
    due = (milestone for milestone in policy.calendar.milestones if roster in milestone.deliverables)
    return next((policy.article(milestone.ref) for milestone in due), "")


def _items(named: NamedValue) -> tuple[object, ...]:
    return named.value if isinstance(named.value, tuple) else ()
