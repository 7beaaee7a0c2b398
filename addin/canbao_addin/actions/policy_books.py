"""Policy files as workbooks: written from a policy year, read back as the text of its file."""

from __future__ import annotations

import json
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook

from canbao_addin.actions.policies import is_book
from canbao_addin.actions.results import result_file
from canbao_addin.texts import CannotRunError
from canbao_generator.policy_book import COMMAND, FIRST_ROW, MARK, NAME, PATH, TEXT_SHEET, VALUE, write_policy_book
from canbao_rulebook.policy.book_edits import BookText, CellRead, merge_cells
from canbao_rulebook.policy.cites import Cites
from canbao_rulebook.policy.issues import PolicyError
from canbao_rulebook.policy.load import parse_policy
from canbao_rulebook.policy.rows import policy_rows
from canbao_rulebook.policy.yaml import read_yaml
from canbao_templates import ROOT
from canbao_validators.apart import call_apart
from canbao_validators.reading.package import open_package
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.edit import Loc

_NO_WORKBOOK = (zipfile.BadZipFile, SyntaxError, KeyError, ValueError, OSError)  # the second: XML that breaks off
_SAID = {f"V39.{why}" for why in ("encrypted", "suspect", "too_big", "too_slow", "crashed")}  # of any workbook


def policy_text(policy: Policy) -> str:
    """Return the text of the file, or of the workbook, that a policy year was read from, as it lies there now."""
    path = Path(policy.path)
    if is_book(path):
        return read_book(path).text
    file = path if path.is_file() else ROOT.joinpath("policies", path.name)
    return file.read_text(encoding="utf-8-sig")


def write_book(policy: Policy, before: Policy | None, target: Path, password: str | None) -> None:
    """Write the workbook of a policy year beside last year's values; one that was worked on is kept.

    Raises CannotRunError.
    """
    text = policy_text(policy)
    data: Any = read_yaml(text.encode()).data
    cites = Cites(policy)
    articles = {row.keys: cites.ref(row.keys) for row in policy_rows(data) if not row.is_new}
    with result_file(target, COMMAND) as plain:
        write_policy_book(plain, text, _values(before), articles, password)


def _values(before: Policy | None) -> dict[tuple[str, ...], str]:
    if before is None:
        return {}
    data: Any = read_yaml(policy_text(before).encode()).data
    return {row.keys: row.text for row in policy_rows(data) if not row.is_new}


def read_book(path: Path) -> BookText:
    """Return the text of the policy file that a workbook holds now, and the cell of each of its places.

    Raises CannotRunError for a file that is no workbook of a policy file, PolicyError for entries without a code.
    """
    try:
        return _read(path, path.read_bytes())
    except OSError as trouble:
        raise CannotRunError("policy_book", path=path) from trouble
    except UnreadableFile as trouble:
        if trouble.key in _SAID:
            raise CannotRunError("cannot_read", path=path, why=trouble) from trouble
        raise CannotRunError("policy_book", path=path) from trouble


@lru_cache(maxsize=4)
def _read(path: Path, _content: bytes) -> BookText:
    """Read a workbook apart, as other files are that come from outside; what has not changed is not read again."""
    sheets = call_apart(_read_sheets, path)
    if TEXT_SHEET not in sheets:
        raise CannotRunError("policy_book", path=path)
    lines = ["" if not row or row[0] is None else str(row[0]) for row in sheets.pop(TEXT_SHEET)]
    cells: dict[Loc, CellRead] = {}
    for name, rows in sheets.items():
        cells |= _cells(name, rows)
    try:
        return merge_cells("\n".join(lines) + "\n", cells)
    except PolicyError as trouble:
        raise PolicyError(trouble.issues, str(path)) from trouble


def _read_sheets(_library: None, path: Path, _settings: None) -> dict[str, list[tuple[object, ...]]]:
    """Return every sheet's values by row, dates as dates; nothing of what is no workbook. Raises UnreadableFile."""
    open_package(path).close()  # a bomb is none of openpyxl's concern
    try:
        book = load_workbook(path, data_only=True)
    except _NO_WORKBOOK:
        return {}
    return {sheet.title: list(sheet.iter_rows(max_col=PATH, values_only=True)) for sheet in book.worksheets}


def _cells(name: str, rows: Sequence[tuple[object, ...]]) -> dict[Loc, CellRead]:
    read: dict[Loc, CellRead] = {}
    for number, row in enumerate(rows[FIRST_ROW - 1 :], start=FIRST_ROW):
        loc = _loc(row[PATH - 1] if len(row) == PATH else None)
        if loc:
            first, mark = (str(row[column - 1] or "") for column in (NAME, MARK))
            read[loc] = CellRead(row[VALUE - 1], first, mark, f"{name}!E{number} {first}".rstrip())
    return read


def _loc(text: object) -> Loc:
    try:
        steps = json.loads(str(text or "[]"))
    except ValueError:
        return ()
    return tuple(step for step in steps if isinstance(step, str | int)) if isinstance(steps, list) else ()


def open_book_policy(path: Path) -> Policy:
    """Return the policy year that a workbook holds. Raises PolicyError with the cells of everything that is wrong."""
    read = read_book(path)
    try:
        return parse_policy(read.text.encode(), str(path))
    except PolicyError as trouble:
        raise PolicyError(read.localise(trouble.issues), str(path)) from trouble
