"""What changes in the templates from one policy year to another: sheets, columns, rules and values that they show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_rulebook.check_column import short_text
from canbao_rulebook.formula.nodes import columns_of, names_of
from canbao_rulebook.names import show_named
from canbao_rulebook.phrases import SEMICOLON, SHEET_LANG, Phrases, either, enumerate_words, say
from canbao_rulebook.policy.diff import ChangeKind
from canbao_rulebook.policy.own import own_list_name
from canbao_rulebook.policy.part import entry_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.formula.nodes import Node
    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.phrases import Text
    from canbao_rulebook.roster import Column, Roster
    from canbao_rulebook.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class TemplateChange:
    """``what`` it is: a sheet, column, check, value or list; ``before`` and ``after`` are empty where it is not.

    A sheet, column or check has no value: it is new or gone (``kind``).
    ``where``: the columns and checks that read a value.
    """

    kind: ChangeKind
    sheet: str
    what: Text
    name: Text
    before: Text = ""
    after: Text = ""
    where: Text = ""


SHEET, COLUMN, CHECK, VALUE, LIST = (
    either(zh, en)
    for zh, en in (
        ("工作表", "sheet"),
        ("列", "column"),
        ("检查", "check"),
        ("参数", "value"),
        ("下拉名单", "drop-down"),
    )
)
PARAMETERS = "政策参数"
_COLON = either("：", ": ")


def compare_books(before: Rulebook, after: Rulebook) -> list[TemplateChange]:
    """Return what differs in sheets, columns, checks, parameters and drop-downs, sheet by sheet."""
    codes = dict.fromkeys((*after.rosters, *before.rosters))
    return [
        *(change for code in codes for change in _roster(before.rosters.get(code), after.rosters.get(code))),
        *_values(before, after),
    ]


def _roster(old: Roster | None, new: Roster | None) -> Iterator[TemplateChange]:
    if old is None or new is None:
        roster = old or new
        assert roster is not None
        yield TemplateChange(_kind(is_new=old is None), roster.sheet, SHEET, roster.title)
        return
    shown = [{column.header for column in roster.sheet_columns if not column.hidden} for roster in (old, new)]
    for header in _differing(*shown):
        yield TemplateChange(_kind(is_new=header in shown[1]), new.sheet, COLUMN, header)
    said = [{f"{rule.message}|{rule.column}|{rule.own}": rule for rule in roster.rules} for roster in (old, new)]
    for key in _differing(set(said[0]), set(said[1])):
        rule = said[0].get(key) or said[1][key]
        sentence = either(f"：{rule.code} {short_text(rule)}", f": {rule.own.says if rule.own else rule.message}")
        name = Phrases((rule.column, sentence))
        yield TemplateChange(_kind(is_new=key in said[1]), new.sheet, CHECK, name)


def _differing(one: set[str], other: set[str]) -> list[str]:
    return sorted(one ^ other)


def _kind(*, is_new: bool) -> ChangeKind:
    return ChangeKind.ADDED if is_new else ChangeKind.REMOVED


def _values(before: Rulebook, after: Rulebook) -> Iterator[TemplateChange]:
    """Parameters, and lists that a drop-down shows: what is read by formulas only is told by what it comes from."""
    dropped = {column.list_name for column in _columns(before) + _columns(after) if column.list_name}
    names = [_known_names(book) for book in (before, after)]
    for known in dict.fromkeys((*names[1], *names[0])):
        old, new = (book.names.get(own.get(known, "")) for book, own in zip((before, after), names, strict=True))
        named = new or old
        assert named is not None
        if not named.label or (named.is_list and named.name not in dropped):
            continue
        said: tuple[Text, Text] = _lists(old, new) if named.is_list else (_shown(old), _shown(new))
        if say(said[0], SHEET_LANG) != say(said[1], SHEET_LANG):
            kind = LIST if named.is_list else VALUE
            yield TemplateChange(
                ChangeKind.CHANGED, PARAMETERS, kind, named.label, *said, _users(after, names[1].get(known, ""))
            )


def _known_names(book: Rulebook) -> dict[str, str]:
    """Return the names of a rulebook by what both years know them by: lists of own columns have the columns' names."""
    columns = book.policy.own_columns
    own = entry_names((type(column), vars(column)) for column in columns)
    known = {own_list_name(number): name for number, name in enumerate(own, start=1)}
    return {known.get(name, name): name for name in book.names}


def _columns(book: Rulebook) -> list[Column]:
    return [column for roster in book.rosters.values() for column in roster.columns]


def _shown(named: NamedValue | None) -> str:
    return "" if named is None else show_named(named)


def _lists(old: NamedValue | None, new: NamedValue | None) -> tuple[Text, Text]:
    """What only one of two lists has."""
    lists = [[str(item) for item in _items(named)] for named in (old, new)]
    words = [[word for word in one if word not in other] for one, other in (lists, lists[::-1])]
    before, after = (enumerate_words(only) if only else "" for only in words)
    return before, after


def _items(named: NamedValue | None) -> tuple[object, ...]:
    return named.value if named is not None and isinstance(named.value, tuple) else ()


def _users(book: Rulebook, name: str) -> Text:
    """Return which columns and checks of which sheets read a name, by themselves or through columns nobody sees."""
    told = []
    for roster in book.rosters.values():
        headers = [
            column.header
            for column in roster.sheet_columns
            if not column.hidden and (column.list_name == name or name in _names_read(roster, column.node))
        ]
        codes = dict.fromkeys(rule.code for rule in roster.rules if name in _names_read(roster, rule.node))
        if headers or codes:
            told.append(Phrases((roster.sheet, _COLON, enumerate_words([*headers, *codes]))))
    return Phrases(tuple(told), SEMICOLON) if told else ""


def _names_read(roster: Roster, node: Node | None) -> set[str]:
    names, waiting, seen = set[str](), [node], set[str]()
    while waiting:
        current = waiting.pop()
        if current is None:
            continue
        names |= names_of(current)
        hidden = {header for header in columns_of(current) - seen if _is_unseen(roster, header)}
        seen |= hidden
        waiting += [roster.by_header[header].node for header in hidden]
    return names


def _is_unseen(roster: Roster, header: str) -> bool:
    column = roster.by_header.get(header)
    return column is not None and (column.hidden or not column.cell)
