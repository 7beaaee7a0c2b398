"""What was changed in the workbook of a policy file, as edits of the file's text, and where each place has its cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from canbao_rulebook.policy.cells import ABSENT, UNKNOWN, parse_cell
from canbao_rulebook.policy.edit import Edits, Loc, apply_edits
from canbao_rulebook.policy.issues import PolicyError, PolicyIssue, build_issue, suggest
from canbao_rulebook.policy.labels import cell_word
from canbao_rulebook.policy.report import yaml_path
from canbao_rulebook.policy.rows import NEW, PolicyRow, RowKind, policy_rows
from canbao_rulebook.policy.yaml import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TAKE_AWAY, EMPTY = cell_word("take_away"), cell_word("empty")
TO_CONFIRM, CONFIRMED = cell_word("to_confirm"), cell_word("confirmed")
_LAST_STEP = re.compile(r"(\.[^.\[\]]+|\[\d+\])$")


class CellRead(NamedTuple):
    """What a row of the workbook holds: its value, its first cell (the name of a free key), its mark, where it is."""

    value: object
    name: str
    mark: str
    cell: str


@dataclass
class BookText:
    """The file's text with what the workbook changed, and the cell of every place."""

    text: str
    cells: dict[str, str] = field(default_factory=dict)

    def localise(self, issues: Iterable[PolicyIssue]) -> list[PolicyIssue]:
        """Return issues with the cell in the place of line and path."""
        return [replace(issue, line=None, path=self._cell(issue.path)) for issue in issues]

    def _cell(self, path: str) -> str:
        while path and path not in self.cells:
            path = _LAST_STEP.sub("", path) if _LAST_STEP.search(path) else ""
        return self.cells.get(path, path)


def merge_cells(text: str, read: Mapping[Loc, CellRead]) -> BookText:
    """Return the text that a workbook made of ``text`` says now.

    Raises PolicyError for new entries without a code or with one that is taken, and for words that no heading knows.
    """
    data: Any = read_yaml(text.encode()).data
    rows = policy_rows(data)
    edits, issues = Edits(), list[PolicyIssue]()
    for row in rows:
        if not row.is_new and row.loc in read:
            _edit(row, read[row.loc], edits, issues)
    added = _added(rows, read, issues)
    edits.added = [(loc, key, value) for loc, key, value, _ in added]
    edits.removed += [("confirm", index) for index in _confirmed(data, rows, read)]
    if issues:
        raise PolicyError(issues)
    return BookText(apply_edits(text, edits), _cells(data, rows, read, edits, added))


def _edit(row: PolicyRow, cell: CellRead, edits: Edits, issues: list[PolicyIssue]) -> None:
    if row.kind is RowKind.VALUE:
        value = _parsed(row, cell)
        if not _same(value, _parsed(row, cell._replace(value=row.text))):
            edits.values[row.loc] = value
        return
    said = str(cell.value or "").strip()
    whole: dict[str, Any] = {"": ABSENT, UNKNOWN: None, EMPTY: _empty(row)} if row.kind is RowKind.BLOCK else {}
    if said == row.text:
        return
    if said in whole:
        edits.values[row.loc] = whole[said]
    elif said == TAKE_AWAY and row.kind is not RowKind.BLOCK:
        edits.removed.append(row.loc)
    else:
        words = filter(None, [row.text, *whole] if whole else [row.text, TAKE_AWAY])
        issues.append(build_issue("P04.choice", path=cell.cell, line=None, value=said, hint=suggest(said, words)))


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


def _empty(row: PolicyRow) -> Any:
    return {} if row.field is dict else []


def _parsed(row: PolicyRow, cell: CellRead) -> Any:
    return parse_cell(cell.value, row.field, is_share=row.is_share)


Added = tuple[Loc, str | None, Any, Loc]


def _added(rows: list[PolicyRow], read: Mapping[Loc, CellRead], issues: list[PolicyIssue]) -> list[Added]:
    """Return the entries that were filled in: their block, their free key, what they say, their place in the sheet."""
    roots: dict[Loc, list[PolicyRow]] = {}
    for row in rows:
        if row.is_new and row.loc in read:
            at = next(i for i, step in enumerate(row.loc) if isinstance(step, str) and step.startswith(NEW))
            roots.setdefault(row.loc[: at + 1], []).append(row)
    found: list[Added] = []
    taken = {row.loc: read[row.loc].cell for row in rows if not row.is_new and row.loc in read}
    for root, inside in roots.items():
        keyed, cell = inside[0].kind is not RowKind.ENTRY, read[inside[0].loc]
        value = _build(root, inside, read)
        key = _key(inside[0], cell) if keyed else None
        if keyed and not key and value not in (ABSENT, {}):
            issues.append(build_issue("P04.missing", path=cell.cell, line=None, key=inside[0].label or "代号"))
        elif key and (*root[:-1], key) in taken:
            first = taken[*root[:-1], key]
            issues.append(build_issue("P06.unique", path=cell.cell, line=None, value=key, first=first))
        elif (keyed and key) or (not keyed and value not in (ABSENT, {})):
            taken[*root[:-1], key or root[-1]] = cell.cell
            found.append((root[:-1], key, {} if value is ABSENT else value, root))
    return found


def _key(row: PolicyRow, cell: CellRead) -> str:
    return str(cell.value or "").strip() if row.kind is RowKind.KEY else cell.name.strip()


def _build(root: Loc, rows: list[PolicyRow], read: Mapping[Loc, CellRead]) -> Any:
    """Return what the rows of a new entry say."""
    if rows[0].loc == root and rows[0].kind is RowKind.VALUE:
        return _parsed(rows[0], read[root])
    whole: dict[str, Any] = {}
    for row in rows:
        value = _parsed(row, read[row.loc]) if row.kind is RowKind.VALUE else ABSENT
        steps = row.loc[len(root) :]
        if value is not ABSENT and steps:
            _place(whole, steps, value, read[row.loc].name)
    return _with_lists(whole)


def _place(block: dict[str, Any], steps: Loc, value: Any, name: str) -> None:
    """Put a value into nested blocks, made as they are needed; a free key is the name that its row was given."""
    current = block
    for step in steps[:-1]:
        current = current.setdefault(str(step), {})
    last = str(steps[-1])
    current[name.strip() if last.startswith(NEW) else last] = value


def _with_lists(value: Any) -> Any:
    """Return nested blocks with the entries of each list in the place of their numbers."""
    if not isinstance(value, dict):
        return value
    inside = {key: _with_lists(child) for key, child in value.items()}
    return list(inside.values()) if inside and all(key.startswith(NEW) for key in inside) else inside


def _confirmed(data: Any, rows: list[PolicyRow], read: Mapping[Loc, CellRead]) -> list[int]:
    """Return which entries of ``confirm`` have no row left that is to be confirmed."""
    done = []
    for index, path in enumerate(data.get("confirm") or ()):
        marks = [
            read[row.loc].mark for row in rows if row.loc in read and not row.is_new and is_to_confirm(row, [str(path)])
        ]
        if marks and TO_CONFIRM not in marks:
            done.append(index)
    return done


def is_to_confirm(row: PolicyRow, paths: Iterable[str]) -> bool:
    """Whether a row shows what ``confirm`` lists: the value itself, or a date, an amount, a document of the entry."""
    if row.kind is not RowKind.VALUE or not row.text:
        return False
    for path in paths:
        pattern = path.split(".")
        fits = len(row.keys) >= len(pattern) and all(
            wanted in ("*", key) for wanted, key in zip(pattern, row.keys, strict=False)
        )
        if fits and (len(row.keys) == len(pattern) or row.field in (date, Decimal) or row.section == "legal"):
            return True
    return False


def _cells(
    data: Any, rows: list[PolicyRow], read: Mapping[Loc, CellRead], edits: Edits, added: list[Added]
) -> dict[str, str]:
    """Return the cell of every path of the changed text."""
    removed = {loc for loc in edits.removed if isinstance(loc[-1], int)}
    counts: dict[Loc, int] = {}
    roots: dict[Loc, Loc] = {}
    for block, key, _, root in added:
        place = counts[block] = counts.get(block, _length(data, block) - sum(loc[:-1] == block for loc in removed)) + 1
        roots[root] = (*block, key if key is not None else place - 1)
    cells: dict[str, str] = {}
    for row in rows:
        loc = _moved(row.loc, removed, roots)
        if row.loc in read and loc is not None:
            cells[yaml_path(loc)] = read[row.loc].cell
    return cells


def _length(data: Any, block: Loc) -> int:
    for step in block:
        if isinstance(data, list) and isinstance(step, int):
            data = data[step]
        else:
            data = data.get(step) if isinstance(data, dict) else None
    return len(data) if isinstance(data, list) else 0


def _moved(loc: Loc, removed: set[Loc], roots: dict[Loc, Loc]) -> Loc | None:
    for root, place in roots.items():
        if loc[: len(root)] == root:
            return (
                *place,
                *(0 if isinstance(step, str) and step.startswith(NEW) else step for step in loc[len(root) :]),
            )
    if any(isinstance(step, str) and step.startswith(NEW) for step in loc) or any(
        loc[: len(gone)] == gone for gone in removed
    ):
        return None
    steps: list[str | int] = []
    for index, step in enumerate(loc):
        before = (
            sum(gone[:-1] == loc[:index] and int(gone[-1]) < step for gone in removed) if isinstance(step, int) else 0
        )
        steps.append(step - before if isinstance(step, int) else step)
    return tuple(steps)
