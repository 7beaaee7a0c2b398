"""Judges a policy year whole: what its file says, and what becomes of the rules that the county adds to rosters."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from canbao_rulebook.findings import Severity
from canbao_rulebook.formula.excel import ExcelContext
from canbao_rulebook.formula.nested import emit_flag
from canbao_rulebook.formula.nodes import Type, names_of
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.meta import OWN_SHEETS
from canbao_rulebook.own_columns import own_column_origin
from canbao_rulebook.own_rules import own_rule_origin
from canbao_rulebook.policy import check_policy
from canbao_rulebook.policy.issues import suggest
from canbao_rulebook.policy.words import OwnColumnType
from canbao_rulebook.problem_list import DECISION_SHEET, GOALS_SHEET, PROBLEM_SHEET
from canbao_rulebook.roster import FIRST_ROW
from canbao_rulebook.roster_compile import CHECK, CHECK_NOTE, fold_word, scope_of
from canbao_rulebook.rulebook import load_rulebook, roster_codes
from canbao_rulebook.specs import Origin, RosterError
from canbao_rulebook.specs.errors import tell
from canbao_rulebook.table_specs import load_table, load_tables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from canbao_rulebook.policy.issues import PolicyIssue
    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.roster import Roster, Rule
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.specs import Problem

_OWN = ("own_rules[", "own_columns[", "own_rosters[")
LONGEST = 4_000  # characters of a rule's formula in the sheet: several share a cell, which holds 8,192


def judge_policy(policy: Policy, before: Policy | None = None) -> list[PolicyIssue]:
    """Return what is wrong or still unknown in a policy year (``check_policy``), its own rules included.

    Formulas are looked at once the values that they read are right.
    """
    issues = check_policy(policy, before)
    own = (*policy.own_rosters, *policy.own_columns, *policy.own_rules)
    if not own or any(issue.severity is Severity.ERROR for issue in issues):
        return issues
    return [*(problem.issue for problem in _find_problems(policy)), *issues]


def _find_problems(policy: Policy) -> Iterator[Problem]:
    wrong_choices = list(_judge_choices(policy))
    if wrong_choices:
        yield from wrong_choices
        return
    try:
        book = load_rulebook(policy)
    except RosterError as wrong:
        own = [problem for problem in wrong.problems if problem.issue.path.startswith(_OWN)]
        if len(own) < len(wrong.problems):
            raise
        strangers = list(_judge_places(policy, roster_codes(policy)))  # formulas miss their columns, too
        yield from strangers or own
        return
    yield from _judge_rosters(policy, book)
    yield from _judge_columns(policy, book)
    made: dict[str, Iterator[Rule]] = {}
    for number, stated in enumerate(policy.own_rules):
        origin = own_rule_origin(policy, number)
        if stated.roster not in book.rosters:
            hint = suggest(stated.roster, book.rosters)
            yield tell("P10.own_roster", origin.at("roster"), word=stated.roster, hint=hint)
            continue
        roster = book.rosters[stated.roster]
        shown = [column.header for column in roster.columns if not column.hidden]
        if stated.column not in shown:
            hint = suggest(stated.column, shown)
            yield tell("P10.column", origin.at("column"), word=stated.column, code=roster.code, hint=hint)
        rules = made.setdefault(roster.code, (rule for rule in roster.rules if rule.own))
        yield from _judge_rule(book, roster, next(rules), origin.at("when"))


def _judge_choices(policy: Policy) -> Iterator[Problem]:
    """Yield what is wrong with what may stand in columns of one's own."""
    for place, column in enumerate(policy.own_columns):
        origin = own_column_origin(policy, place).at("choices")
        if column.choices and column.type is not OwnColumnType.TEXT:
            yield tell("P10.own_choices", origin, word=column.header)
        yield from (
            tell("P10.own_twice", origin, word=word) for word, times in Counter(column.choices).items() if times > 1
        )


def _judge_rosters(policy: Policy, book: Rulebook) -> Iterator[Problem]:
    """Yield which rosters of one's own are called as a sheet that the program makes, or another roster."""
    own = {roster.code for roster in policy.own_rosters}
    taken = {roster.sheet for code, roster in book.rosters.items() if code not in own} | _sheets_of_ours()
    for place, roster in enumerate(policy.own_rosters):
        if roster.name in taken:
            origin = Origin(policy.path, f"own_rosters[{place}].name", policy.lines)
            yield tell("P10.own_sheet", origin, word=roster.name)


@cache
def _sheets_of_ours() -> frozenset[str]:
    tables = {table.sheet.name for table in load_tables().values()}
    return frozenset({*OWN_SHEETS, *tables, PROBLEM_SHEET, GOALS_SHEET, DECISION_SHEET})


def _judge_columns(policy: Policy, book: Rulebook) -> Iterator[Problem]:
    """Yield why columns of one's own cannot stand in the rosters that they name."""
    yield from _judge_places(policy, book.rosters)
    for place, column in enumerate(policy.own_columns):
        origin = own_column_origin(policy, place)
        roster = book.rosters.get(column.roster)
        if roster is None:
            continue
        if roster.role is RosterRole.SUBSIDY:
            yield tell("P10.own_made", origin.at("roster"), word=column.roster, sheet=roster.sheet)
        elif fold_word(column.header) in _words_of_ours():
            yield tell("P10.own_taken", origin.at("header"), word=column.header)


def _judge_places(policy: Policy, codes: Collection[str]) -> Iterator[Problem]:
    """Yield which columns of one's own name a roster that is not filled in."""
    for place, column in enumerate(policy.own_columns):
        if column.roster not in codes:
            origin = own_column_origin(policy, place).at("roster")
            yield tell("P10.own_roster", origin, word=column.roster, hint=suggest(column.roster, codes))


@cache
def _words_of_ours() -> frozenset[str]:
    """Return what stands above columns that the program adds itself, to a roster and to the whole county's."""
    added = load_table("county_roster")
    county = {word for name, one in added.columns.items() if name not in added.each for word in (name, one.header)}
    return frozenset(map(fold_word, {CHECK.header, CHECK_NOTE.header, *county}))


def _judge_rule(book: Rulebook, roster: Roster, rule: Rule, origin: Origin) -> Iterator[Problem]:
    """Yield why a rule cannot stand in the sheets of the units that fill the roster."""
    if rule.node.type is not Type.BOOL:
        yield tell("P10.flag", origin)
    known = [book.of_kind(kind).names for kind in roster.units]
    for name in sorted(name for name in names_of(rule.node) if not all(name in names for names in known)):
        yield tell("P10.name", origin, word=name, sheet=roster.sheet)
    context = ExcelContext(roster.letters, scope_of(roster, book.names).columns, FIRST_ROW, names=roster.formula_names)
    length = len(emit_flag(rule.node, context))
    if length > LONGEST:
        yield tell("P10.long", origin, length=length, most=LONGEST)
