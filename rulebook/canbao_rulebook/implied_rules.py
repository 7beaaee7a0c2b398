"""The rules that a column's declaration implies: required, kind of value, list."""

from __future__ import annotations

from canbao_rulebook.kinds import ColumnType, Filler
from canbao_rulebook.specs import ColumnSpec, RosterSpec, RuleSpec

_FIRST_YEAR, _LAST_YEAR = 1900, 2099  # a number between them in a date cell is a year, not the serial of a day of 1905


def implied_rules(spec: RosterSpec) -> list[RuleSpec]:
    """Return the rules of all columns, in their order."""
    return [rule for column in spec.columns if column.filler is not Filler.PRINT for rule in _implied(column)]


def _implied(column: ColumnSpec) -> list[RuleSpec]:
    cell = f"[@{column.header}]"
    empty = _empty(column, cell)
    rules = [] if column.filler is Filler.FORMULA else [*_kind_rules(column, cell), *_list_rules(column, cell)]
    if column.required:
        return [_required(column, empty), *rules]
    if column.required_when:
        return [_required(column, f"AND({column.required_when},{empty})"), *rules]
    return rules


def _empty(column: ColumnSpec, cell: str) -> str:
    """What makes a cell count as not filled in: an entry of the list is one, though it says 不详; day 0 is none."""
    if column.type is ColumnType.DATE:
        return f"OR(IS_EMPTY({cell}),AND(IS_NUMBER({cell}),{cell}=0))"
    return f"AND(IS_EMPTY({cell}),NOT(IN_LIST({cell},{column.list})))" if _has_entries(column) else f"IS_EMPTY({cell})"


def _has_entries(column: ColumnSpec) -> bool:
    """Whether a column takes the entries of its list only."""
    return bool(column.list and column.list_check and column.strict)


def _required(column: ColumnSpec, when: str) -> RuleSpec:
    message, source = column.required_message, column.required_source
    return RuleSpec(message=message, column=column.header, when=when, source=source, origin=column.origin)


def _rule(column: ColumnSpec, message: str, when: str) -> RuleSpec:
    return RuleSpec(message=message, column=column.header, when=when, origin=column.origin)


def _kind_rules(column: ColumnSpec, cell: str) -> list[RuleSpec]:
    """What a cell of the column must hold; the person's own number has rules of its own."""
    if column.type is ColumnType.DATE:
        rules = [_rule(column, "V41.not_date", f"AND(NOT({_empty(column, cell)}),NOT(IS_DATE({cell})))")]
        if column.filler is Filler.DEFAULT:  # computed days of 1905 are days of 1905
            return rules
        return [*rules, _rule(column, "V41.bare_year", f"AND({cell}>={_FIRST_YEAR},{cell}<{_LAST_YEAR + 1})")]
    if column.type.is_number:
        number = _rule(column, "V41.not_number", f"AND(NOT(IS_EMPTY({cell})),NOT(IS_NUMBER({cell})))")
        return [number, *([_rule(column, "V41.negative", f"{cell}<0")] if column.type is ColumnType.MONEY else [])]
    if column.field == "cert_no":
        return []
    if column.identifier:
        return [_rule(column, "V03.number", f"IS_NUMBER({cell})")]
    return [_rule(column, "V41.not_text", f"IS_NOT_TEXT({cell})")]


def _list_rules(column: ColumnSpec, cell: str) -> list[RuleSpec]:
    if not _has_entries(column):
        return []
    when = f"AND(SAYS_SOMETHING({cell}),NOT(IN_LIST({cell},{column.list})))"
    return [_rule(column, "V41.not_in_list", when)]
