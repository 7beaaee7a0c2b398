"""Policy files as workbooks: written from a policy year, read back as the text of its file."""

from __future__ import annotations

import json
import zipfile
from functools import lru_cache
from io import BytesIO
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

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.edit import Loc


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
        return _read(path.read_bytes(), str(path))
    except OSError as trouble:
        raise CannotRunError("policy_book", path=path) from trouble


@lru_cache(maxsize=4)
def _read(content: bytes, name: str) -> BookText:
    try:
        book = load_workbook(BytesIO(content), data_only=True)
    except (
        zipfile.BadZipFile,
        SyntaxError,
        KeyError,
        ValueError,
        OSError,
    ) as trouble:  # the second: XML that breaks off
        raise CannotRunError("policy_book", path=name) from trouble
    if TEXT_SHEET not in book.sheetnames:
        raise CannotRunError("policy_book", path=name)
    lines = ["" if row[0] is None else str(row[0]) for row in book[TEXT_SHEET].iter_rows(max_col=1, values_only=True)]
    cells: dict[Loc, CellRead] = {}
    for sheet in book.worksheets:
        if sheet.title != TEXT_SHEET:
            cells |= _cells(sheet)
    try:
        return merge_cells("\n".join(lines) + "\n", cells)
    except PolicyError as trouble:
        raise PolicyError(trouble.issues, name) from trouble


def _cells(sheet: Worksheet) -> dict[Loc, CellRead]:
    read: dict[Loc, CellRead] = {}
    for number, row in enumerate(sheet.iter_rows(min_row=FIRST_ROW, max_col=PATH, values_only=True), start=FIRST_ROW):
        loc = _loc(row[PATH - 1] if len(row) == PATH else None)
        if loc:
            name, mark = (str(row[column - 1] or "") for column in (NAME, MARK))
            read[loc] = CellRead(row[VALUE - 1], name, mark, f"{sheet.title}!E{number} {name}".rstrip())
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
