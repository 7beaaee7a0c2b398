"""Roster specs to compiled rosters: Jinja2 over the policy, strict YAML, formulas checked in order of dependence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import yaml
from jinja2 import Environment, FunctionLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from canbao_rulebook.formula.checker import compile_formula
from canbao_rulebook.formula.errors import FormulaError
from canbao_rulebook.formula.nodes import columns_of
from canbao_rulebook.formula.parser import parse
from canbao_rulebook.formula.scope import FORMULA_TYPES, ColumnInfo, Scope
from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.kinds import ColumnType, Filler, Normaliser, RosterRole
from canbao_rulebook.messages import load_catalogue
from canbao_rulebook.names import (
    channel_label,
    main_window,
    own_name,
    policy_names,
    population_of,
    ranked_categories,
    unit_names,
)
from canbao_rulebook.roster import CHECK_FIELD, Column, Roster, Rule
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP, VILLAGE
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import list_names, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.people import Category

SUFFIX = ".yaml.j2"
_NORMALISERS = {
    ColumnType.DATE: Normaliser.DATE,
    ColumnType.MONEY: Normaliser.MONEY,
    ColumnType.INTEGER: Normaliser.INTEGER,
}


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


@dataclass(frozen=True)
class Rulebook:
    """A policy year with its compiled rosters, and the names that formulas read.

    The whole of it is the county's: ``of_kind`` gives what the workbooks of one ``kind`` of unit hold.
    """

    policy: Policy
    names: Mapping[str, NamedValue]
    rosters: Mapping[str, Roster]
    kind: str = ""
    kinds: dict[str, Rulebook] = field(default_factory=dict, compare=False, repr=False)

    def of_kind(self, kind: str) -> Rulebook:
        """Return the rosters and names of a kind of unit; only departments know confidential categories."""
        if kind == self.kind:
            return self
        if kind not in self.kinds:
            own = {code: roster for code, roster in self.rosters.items() if kind in roster.units}
            names = {**policy_names(self.policy, confidential=kind == AGENCY), **unit_names(None)}
            unused = _unused_names(self.policy, kind)
            names = {name: named for name, named in names.items() if name not in unused}
            self.kinds[kind] = Rulebook(self.policy, names, own, kind)
        return self.kinds[kind]

    @property
    def categories(self) -> list[Category]:
        """The categories that compete, best first, as far as these workbooks may name them."""
        return ranked_categories(self.policy, confidential=self.kind in {"", AGENCY})

    @property
    def counts_the_roll(self) -> bool:
        """Whether a rate of the policy year is taken of the persons in these rosters, not of a goal from above."""
        return "should_enrol" in (self.policy.targets.denominators.get("RATE") or "")

    def with_role(self, role: RosterRole) -> dict[str, Roster]:
        """Return the rosters of a role by code, in the policy's order."""
        return {code: roster for code, roster in self.rosters.items() if roster.role is role}


def _unused_names(policy: Policy, kind: str) -> set[str]:
    """The names of a unit that a kind of unit has no use for."""
    paying = kind in {TOWNSHIP, VILLAGE} and any(township.account for township in policy.org.townships)
    return ({"本校保险公司"} if kind != SCHOOL else set()) | ({"本户账号"} if not paying else set())


def load_rulebook(policy: Policy) -> Rulebook:
    """Return the compiled rosters of a policy year; a roster without a spec is a report, which nobody fills.

    Raises RosterError when a spec is broken.
    """
    names = {**policy_names(policy, confidential=True), **unit_names(None)}
    known = set(list_names("rosters", SUFFIX))
    return Rulebook(policy, names, {code: load_roster(code, policy, names) for code in policy.rosters if code in known})


def load_roster(code: str, policy: Policy, names: Mapping[str, NamedValue]) -> Roster:
    """Return one compiled roster of a policy year. Raises RosterError."""
    try:
        spec = RosterSpec.model_validate(parse_yaml(render_spec(code, policy, names)))
    except (yaml.YAMLError, ValidationError) as problem:
        raise RosterError(f"花名册 {code} 的定义有误：{problem}") from problem
    return _compile(spec, names)


def render_spec(code: str, policy: Policy, names: Mapping[str, NamedValue]) -> str:
    """Return the YAML text of a roster spec for one policy year."""
    environment = Environment(
        loader=FunctionLoader(lambda name: read_text(f"rosters/{name}")),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the output is YAML, not HTML
        keep_trailing_newline=True,
    )
    start = names[own_name(policy, code, "征缴开始")].value
    population = population_of(policy, code)
    context = {
        "policy": policy,
        "population": population,
        "pay_window": (population and policy.window("pay", population.code)) or main_window(policy),
        "has_accounts": any(township.account for township in policy.org.townships),
        "changes": next((entry for entry in policy.calendar.recurring if entry.deliverable == code), None),
        "label": channel_label,
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
    return environment.get_template(f"{code}{SUFFIX}").render(context)


def _deliverable_article(policy: Policy, roster: str) -> str:
    """Return the article that asks for a roster: that of its first milestone."""
    due = (milestone for milestone in policy.calendar.milestones if roster in milestone.deliverables)
    return next((policy.article(milestone.ref) for milestone in due), "")


def _items(named: NamedValue) -> tuple[object, ...]:
    return named.value if isinstance(named.value, tuple) else ()


def _compile(spec: RosterSpec, names: Mapping[str, NamedValue]) -> Roster:
    columns = _compile_columns(spec, names)
    roster = Roster(
        code=spec.code,
        version=spec.version,
        sheet=spec.sheet,
        title=spec.title,
        columns=columns,
        rules=(),
        role=spec.role,
        units=tuple(spec.units),
        place_field=spec.place,
        notes=tuple(spec.notes),
        signatures=tuple(spec.signatures),
        capacity_share=spec.capacity_share,
        paper=spec.paper,
        freeze_header=spec.freeze,
        ref=spec.ref,
    )
    scope = scope_of(roster, names)
    specs = [*_column_rules(spec), *spec.rules]
    rules = tuple(_compile_rule(spec, rule, scope, order) for order, rule in enumerate(specs))
    return replace(roster, rules=rules)


def scope_of(roster: Roster, names: Mapping[str, NamedValue]) -> Scope:
    """Return what formulas of a roster may mention."""
    return Scope({column.header: _info(column) for column in roster.columns}, names)


def _info(column: Column) -> ColumnInfo:
    return ColumnInfo(
        header=column.header,
        field=column.field,
        type=FORMULA_TYPES[column.type],
        computed=column.is_computed,
        overridable=column.filler is Filler.DEFAULT,
        unknowable=column.may_be_unknown,
        node=column.node,
    )


def _compile_columns(spec: RosterSpec, names: Mapping[str, NamedValue]) -> tuple[Column, ...]:
    _refuse_doubles(spec)
    columns = {column.header: _build_column(column) for column in spec.columns}
    for header in _in_order(spec, columns):
        scope = Scope({name: _info(column) for name, column in columns.items()}, names)
        column = columns[header]
        node = _checked(spec.code, f"列“{header}”", column.formula or "", scope)
        if node.type not in {FORMULA_TYPES[column.type], node.type.NOTHING} and not (
            node.type.is_numeric and column.type.is_number
        ):
            raise RosterError(f"花名册 {spec.code} 列“{header}”应为{column.type}，公式的结果却是{node.type}")
        columns[header] = replace(column, node=node, may_be_unknown=node.unknowable)
    check = Column(
        field=CHECK_FIELD, header="校验结果", type=ColumnType.TEXT, filler=Filler.FORMULA, width=40, formula=None
    )
    return (*columns.values(), check)


def _refuse_doubles(spec: RosterSpec) -> None:
    for words in ([column.field for column in spec.columns], [column.header for column in spec.columns]):
        twice = {word for word in words if words.count(word) > 1}
        if twice:
            raise RosterError(f"花名册 {spec.code} 的列重复：{'、'.join(sorted(twice))}")


def _build_column(spec: ColumnSpec) -> Column:
    return Column(
        field=spec.field,
        header=spec.header,
        type=spec.type,
        filler=spec.filler,
        width=spec.width,
        required=spec.required,
        identifier=spec.identifier,
        hidden=spec.hidden,
        list_name=spec.list,
        strict_list=spec.strict,
        normaliser=spec.normalise or _NORMALISERS.get(spec.type, Normaliser.CHOICE if spec.list else Normaliser.PLAIN),
        hint=spec.hint,
        formula=spec.formula,
        key=spec.key,
    )


def _in_order(spec: RosterSpec, columns: dict[str, Column]) -> list[str]:
    """Headers of computed columns, each after those it reads. Raises RosterError on a circle."""
    reads = {
        header: columns_of(_parsed(spec.code, header, column.formula)) & columns.keys()
        for header, column in columns.items()
        if column.formula is not None
    }
    done: list[str] = []
    while len(done) < len(reads):
        ready = [header for header in reads if header not in done and not (reads[header] & reads.keys() - set(done))]
        if not ready:
            circle = "、".join(header for header in reads if header not in done)
            raise RosterError(f"花名册 {spec.code} 的公式互相引用成圈：{circle}")
        done += ready
    return done


def _parsed(code: str, header: str, formula: str) -> Any:
    try:
        return parse(formula)
    except FormulaError as problem:
        raise RosterError(f"花名册 {code} 列“{header}”：{problem}") from problem


def _checked(code: str, where: str, formula: str, scope: Scope) -> Any:
    try:
        return compile_formula(formula, scope)
    except FormulaError as problem:
        raise RosterError(f"花名册 {code} {where}：{problem}") from problem


def _column_rules(spec: RosterSpec) -> list[RuleSpec]:
    """The rules that a column's declaration implies: required, kind of value, list."""
    return [rule for column in spec.columns if column.filler is not Filler.PRINT for rule in _implied(column)]


def _implied(column: ColumnSpec) -> list[RuleSpec]:
    cell = f"[@{column.header}]"
    rules = [] if column.filler is Filler.FORMULA else [*_kind_rules(column, cell), *_list_rules(column, cell)]
    if column.required:
        return [_required(column, f"IS_EMPTY({cell})"), *rules]
    if column.required_when:
        return [_required(column, f"AND({column.required_when},IS_EMPTY({cell}))"), *rules]
    return rules


def _required(column: ColumnSpec, when: str) -> RuleSpec:
    message, source = column.required_message, column.required_source
    return RuleSpec(message=message, column=column.header, when=when, source=source)


def _rule(column: ColumnSpec, message: str, when: str) -> RuleSpec:
    return RuleSpec(message=message, column=column.header, when=when)


def _kind_rules(column: ColumnSpec, cell: str) -> list[RuleSpec]:
    """What a cell of the column must hold; the person's own number has rules of its own."""
    if column.type is ColumnType.DATE:
        return [_rule(column, "V41.not_date", f"AND(NOT(IS_EMPTY({cell})),NOT(IS_DATE({cell})))")]
    if column.type.is_number:
        number = _rule(column, "V41.not_number", f"AND(NOT(IS_EMPTY({cell})),NOT(IS_NUMBER({cell})))")
        return [number, *([_rule(column, "V41.negative", f"{cell}<0")] if column.type is ColumnType.MONEY else [])]
    if column.field == "cert_no":
        return []
    if column.identifier:
        return [_rule(column, "V03.number", f"IS_NUMBER({cell})")]
    return [_rule(column, "V41.not_text", f"AND(NOT(IS_EMPTY({cell})),NOT(IS_TEXT({cell})))")]


def _list_rules(column: ColumnSpec, cell: str) -> list[RuleSpec]:
    if not (column.list and column.list_check and column.strict):
        return []
    when = f"AND(IS_TEXT({cell}),NOT(IS_EMPTY({cell})),NOT(IN_LIST({cell},{column.list})))"
    return [_rule(column, "V41.not_in_list", when)]


def _compile_rule(spec: RosterSpec, rule: RuleSpec, scope: Scope, order: int) -> Rule:
    message = load_catalogue().get(rule.message)
    if message is None:
        raise RosterError(f"花名册 {spec.code} 的规则引用了消息目录里没有的 {rule.message}")
    unknown = {rule.column, *rule.show.values()} - scope.columns.keys()
    if unknown:
        raise RosterError(f"花名册 {spec.code} 的规则 {rule.message} 提到没有的列：{'、'.join(sorted(unknown))}")
    return Rule(
        code=message.code,
        message=rule.message,
        column=rule.column,
        severity=message.severity,
        fails_when=rule.when,
        node=_checked(spec.code, f"规则 {rule.message}（{rule.column}）", rule.when, scope),
        show=rule.show,
        source=rule.source,
        order=order,
    )
