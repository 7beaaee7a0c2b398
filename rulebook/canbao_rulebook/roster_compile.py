"""Specs to compiled rosters: formulas checked in the order of their dependence."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from canbao_rulebook.bands import FROZEN, REMARKS, load_bands
from canbao_rulebook.formula.checker import compile_formula
from canbao_rulebook.formula.errors import FormulaError, type_phrase
from canbao_rulebook.formula.nodes import columns_of
from canbao_rulebook.formula.parser import parse
from canbao_rulebook.formula.scope import FORMULA_TYPES, ColumnInfo, Scope
from canbao_rulebook.implied_rules import implied_rules
from canbao_rulebook.kinds import ColumnType, Filler, Normaliser
from canbao_rulebook.messages import load_catalogue
from canbao_rulebook.roles import PROMISED
from canbao_rulebook.roster import CHECK_FIELD, CHECK_NOTE_FIELD, SEQ_FIELD, Column, Roster, Rule
from canbao_rulebook.specs import RosterError
from canbao_rulebook.specs.errors import near, tell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from canbao_rulebook.formula.nodes import Node
    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.specs import ColumnSpec, Origin, Problem, RosterSpec, RuleSpec

CHECK = Column(CHECK_FIELD, "校验结果", ColumnType.TEXT, Filler.FORMULA, FROZEN, width=21)
CHECK_NOTE = Column(CHECK_NOTE_FIELD, "校验说明", ColumnType.TEXT, Filler.FORMULA, REMARKS, width=60)
GROUP_LIST = "组"  # the groups of the village in the same row, no list of the policy year
_NORMALISERS = {
    ColumnType.DATE: Normaliser.DATE,
    ColumnType.MONEY: Normaliser.MONEY,
    ColumnType.INTEGER: Normaliser.INTEGER,
}


def compile_roster(spec: RosterSpec, names: Mapping[str, NamedValue]) -> Roster:
    """Return the compiled roster. Raises RosterError with everything that is wrong in its columns and rules."""
    problems = [*_find_doubles(spec), *_find_missing(spec)]
    if problems:
        raise RosterError(problems)
    columns = _compile_columns(spec, names, problems)
    roster = Roster(
        code=spec.code,
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
        on_paper=tuple(spec.on_paper),
        frozen=len(_frozen_headers(spec)),
        ref=spec.ref,
    )
    problems += _check_mentions(spec, roster, names)
    scope = scope_of(roster, names)
    rules = [rule for rule in (*implied_rules(spec), *spec.rules) if _is_complete(rule, roster, problems)]
    nodes = [_checked(rule.when, rule.origin.at("when"), scope, problems) for rule in rules]
    if problems:
        raise RosterError(problems)
    made = (_build_rule(rule, node, order) for order, (rule, node) in enumerate(zip(rules, nodes, strict=True)) if node)
    return replace(roster, rules=tuple(made))


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
        helper=column.is_computed and column.hidden,
        node=column.node,
    )


def _compile_columns(spec: RosterSpec, names: Mapping[str, NamedValue], problems: list[Problem]) -> tuple[Column, ...]:
    columns = {column.header: _build_column(column, place) for place, column in enumerate(spec.columns)}
    origins = {column.header: column.origin for column in spec.columns}
    for header in _in_order(columns, origins, problems):
        scope = Scope({name: _info(column) for name, column in columns.items()}, names)
        column, origin = columns[header], origins[header].at("formula")
        node = _checked(column.formula or "", origin, scope, problems)
        if node is None:
            continue
        if node.type not in {FORMULA_TYPES[column.type], node.type.NOTHING} and not (
            node.type.is_numeric and column.type.is_number
        ):
            wanted, found = type_phrase(FORMULA_TYPES[column.type]), type_phrase(node.type)
            problems.append(tell("P10.result", origin, word=header, wanted=wanted, found=found))
        columns[header] = replace(column, node=node, may_be_unknown=node.unknowable)
    return _order_columns([*columns.values(), CHECK, CHECK_NOTE], _frozen_headers(spec))


def _order_columns(columns: Sequence[Column], frozen: Sequence[str]) -> tuple[Column, ...]:
    """Return the frozen columns, then the others by band as a clerk works, then helpers, without a cell last."""
    first = {header: place for place, header in enumerate(frozen)}
    places = {key: band.place for key, band in load_bands().items()}

    def place(column: Column) -> tuple[bool, bool, int, int]:
        return not column.cell, column.hidden, first.get(column.header, len(first)), places.get(column.band, 0)

    ordered = sorted(columns, key=place)
    return tuple(replace(column, band=FROZEN) if column.header in first else column for column in ordered)


def _frozen_headers(spec: RosterSpec) -> list[str]:
    """Return the headers that stay on the screen: the number, what is wrong, and what the spec says."""
    number = [column.header for column in spec.columns if column.field == SEQ_FIELD]
    return [*number, CHECK.header, *spec.freeze]


def _find_missing(spec: RosterSpec) -> Iterator[Problem]:
    """Yield what the role of the roster promises and the spec does not have."""
    missing = PROMISED[spec.role] - {column.field for column in spec.columns}
    if missing:
        yield tell("P10.promised", spec.origin.at("role"), role=spec.role, fields=", ".join(sorted(missing)))


def fold_word(word: str) -> str:
    """Return a header as it is known again in a sheet: whatever the width of its characters."""
    return unicodedata.normalize("NFKC", word)


def _find_doubles(spec: RosterSpec) -> Iterator[Problem]:
    """Yield every column whose field or header another one has already."""
    for key in ("field", "header"):
        seen: dict[str, ColumnSpec] = {}
        for column in spec.columns:
            word = getattr(column, key)
            first = seen.setdefault(fold_word(word), column)
            if first is not column:
                where = f"{first.origin.file}:{first.origin.line}"
                yield tell("P10.double", column.origin.at(key), word=word, code=spec.code, first=where)


def _build_column(spec: ColumnSpec, place: int) -> Column:
    return Column(
        field=spec.field,
        header=spec.header,
        type=spec.type,
        filler=spec.filler,
        band=spec.band,
        width=spec.width,
        required=spec.required,
        identifier=spec.identifier,
        hidden=spec.hidden,
        cell=spec.cell,
        list_name=spec.list,
        strict_list=spec.strict,
        normaliser=spec.normalise or _NORMALISERS.get(spec.type, Normaliser.CHOICE if spec.list else Normaliser.PLAIN),
        hint=spec.hint,
        formula=spec.formula,
        declared=place,
    )


def _check_mentions(spec: RosterSpec, roster: Roster, names: Mapping[str, NamedValue]) -> Iterator[Problem]:
    """Yield the lists, messages and columns that a spec mentions and nobody knows."""
    lists = {name for name, named in names.items() if named.is_list} | {GROUP_LIST}
    for column in spec.columns:
        if column.list is not None and column.list not in lists:
            yield tell("P10.list", column.origin.at("list"), word=column.list, hint=near(column.list, lists))
        if column.required_message not in load_catalogue():
            yield _no_message(column.required_message, column.origin.at("required_message"))
        if not column.hidden and column.band not in load_bands():
            hint = near(column.band, load_bands())
            yield tell("P10.band", column.origin.at("band"), word=column.band, column=column.header, hint=hint)
    for place, header in enumerate(spec.freeze):
        if header not in roster.by_header:
            yield _no_column(header, spec.origin.at("freeze").at(place), roster)
    if spec.place not in roster.by_field:
        yield tell("P10.field", spec.origin.at("place"), word=spec.place, hint=near(spec.place, roster.by_field))


def _in_order(columns: dict[str, Column], origins: Mapping[str, Origin], problems: list[Problem]) -> list[str]:
    """Headers of computed columns, each after those that it reads; a circle is a problem."""
    reads = {
        header: _reads(column.formula) & columns.keys()
        for header, column in columns.items()
        if column.formula is not None
    }
    done: list[str] = []
    while len(done) < len(reads):
        ready = [header for header in reads if header not in done and not (reads[header] & reads.keys() - set(done))]
        if not ready:
            circle = _find_circle(reads, [header for header in reads if header not in done])
            problems.append(tell("P10.circle", origins[circle[0]].at("formula"), word="、".join(circle)))
            break
        done += ready
    return done


def _find_circle(reads: Mapping[str, set[str]], left: Sequence[str]) -> list[str]:
    """Return headers of which each reads the next and the last one the first; each of those left reads one of them."""
    path = [left[0]]
    while True:
        read = next(header for header in left if header in reads[path[-1]])
        if read in path:
            return path[path.index(read) :]
        path.append(read)


def _reads(formula: str) -> set[str]:
    """The headers of the columns that a column's formula reads; none where it cannot be understood."""
    try:
        return set(columns_of(parse(formula)))
    except FormulaError:
        return set()


def _checked(formula: str, origin: Origin, scope: Scope, problems: list[Problem]) -> Node | None:
    """Return the tree of a formula, None where it is wrong."""
    try:
        return compile_formula(formula, scope)
    except FormulaError as problem:
        problems.append(tell("P10.formula", origin, problem=problem.phrase))
        return None


def _is_complete(rule: RuleSpec, roster: Roster, problems: list[Problem]) -> bool:
    """Whether a rule's message and columns exist."""
    found = [_no_message(rule.message, rule.origin.at("message"))] if rule.message not in load_catalogue() else []
    mentioned = {"column": rule.column, **{f"show.{key}": header for key, header in rule.show.items()}}
    found += [
        _no_column(header, rule.origin.at(key), roster)
        for key, header in mentioned.items()
        if header not in roster.by_header
    ]
    problems += found
    return not found


def _no_message(key: str, origin: Origin) -> Problem:
    return tell("P10.message", origin, word=key, hint=near(key, load_catalogue()))


def _no_column(header: str, origin: Origin, roster: Roster) -> Problem:
    shown = [column.header for column in roster.columns if not column.hidden]
    return tell("P10.column", origin, word=header, code=roster.code, hint=near(header, shown))


def _build_rule(rule: RuleSpec, node: Node, order: int) -> Rule:
    message = load_catalogue()[rule.message]
    return Rule(
        code=message.code,
        message=rule.message,
        column=rule.column,
        severity=message.severity,
        fails_when=rule.when,
        node=node,
        show=rule.show,
        source=rule.source,
        order=order,
        own=rule.own,
    )
