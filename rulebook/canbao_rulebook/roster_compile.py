"""Specs to compiled rosters: formulas checked in the order of their dependence."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from canbao_rulebook.formula.checker import compile_formula
from canbao_rulebook.formula.errors import FormulaError
from canbao_rulebook.formula.nodes import columns_of
from canbao_rulebook.formula.parser import parse
from canbao_rulebook.formula.scope import FORMULA_TYPES, ColumnInfo, Scope
from canbao_rulebook.implied_rules import implied_rules
from canbao_rulebook.kinds import ColumnType, Filler, Normaliser
from canbao_rulebook.messages import load_catalogue
from canbao_rulebook.roster import CHECK_FIELD, Column, Roster, Rule
from canbao_rulebook.roster_spec import RosterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.roster_spec import ColumnSpec, RosterSpec, RuleSpec

_NORMALISERS = {
    ColumnType.DATE: Normaliser.DATE,
    ColumnType.MONEY: Normaliser.MONEY,
    ColumnType.INTEGER: Normaliser.INTEGER,
}


def compile_roster(spec: RosterSpec, names: Mapping[str, NamedValue]) -> Roster:
    """Return the compiled roster. Raises RosterError."""
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
        reads=tuple(spec.reads),
    )
    scope = scope_of(roster, names)
    specs = [*implied_rules(spec), *spec.rules]
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
        since=spec.since,
    )


def _in_order(spec: RosterSpec, columns: dict[str, Column]) -> list[str]:
    """Headers of computed columns, each after those it reads. Raises RosterError on a circle."""
    reads = {
        header: _reads(spec.code, header, column.formula) & columns.keys()
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


def _reads(code: str, header: str, formula: str) -> set[str]:
    """The headers of the columns that a column's formula reads."""
    with _named(code, f"列“{header}”"):
        return set(columns_of(parse(formula)))


def _checked(code: str, where: str, formula: str, scope: Scope) -> Any:
    with _named(code, where):
        return compile_formula(formula, scope)


@contextmanager
def _named(code: str, where: str) -> Iterator[None]:
    """Say of a formula that is wrong where it stands."""
    try:
        yield
    except FormulaError as problem:
        raise RosterError(f"花名册 {code} {where}：{problem}") from problem


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
