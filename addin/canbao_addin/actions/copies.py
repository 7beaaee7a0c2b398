"""Two copies of one workbook made one again: rows of both, cells of whoever changed them, what both changed listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canbao_addin.actions.accepted import require_accepted
from canbao_addin.actions.checking import check_file
from canbao_addin.actions.made_by import COPIES
from canbao_addin.actions.results import require_target, result_file
from canbao_addin.actions.stamping import master_like, stamp_like
from canbao_addin.actions.submissions import read_own
from canbao_addin.texts import CannotRunError
from canbao_generator.tables import write_tables
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.meta import COVER_CODE_NAME
from canbao_rulebook.names import unit_names
from canbao_rulebook.table_specs import load_table
from canbao_validators.apart import Reading
from canbao_validators.check_code import input_digest
from canbao_validators.checking import read_check_code
from canbao_validators.copies import FIRST, SECOND, merge_rows
from canbao_validators.reading.own_tables import find_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from canbao_addin.texts import Texts
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.copies import MergedRows
    from canbao_validators.workbook import FilledWorkbook

Choices = dict[str, dict[tuple[int, str], str]]
LIST_SUFFIX = "_两边都改过.xlsx"


@dataclass(frozen=True)
class Copies:
    """The files: two copies, what both were made from, and a list in which somebody has chosen."""

    first: Path
    second: Path
    base: Path | None = None
    choices: Path | None = None


@dataclass(frozen=True)
class Reconciled:
    """The merged rows by roster code, the list of what is to be chosen (None where nothing is), and the check code."""

    rows: Mapping[str, MergedRows]
    listed: Path | None
    check_code: str

    @property
    def conflicts(self) -> int:
        """The cells that both have filled otherwise."""
        return sum(one.conflicts.height for one in self.rows.values())

    def as_dict(self) -> dict[str, object]:
        """Return how many rows there are, and every cell that both have filled otherwise, by roster code."""
        merged = self.rows.values()
        cells = [
            {"roster": code, **row} for code, one in self.rows.items() for row in one.conflicts.iter_rows(named=True)
        ]
        return {
            "check_code": self.check_code,
            "rows": sum(one.frame.height for one in merged),
            "only_first": sum(one.only_first for one in merged),
            "only_second": sum(one.only_second for one in merged),
            "listed": None if self.listed is None else str(self.listed),
            "conflicts": cells,
        }


def reconcile_copies(
    copies: Copies, target: Path, policy_name: str | None = None, passwords: Sequence[str] = ()
) -> Reconciled:
    """Write the workbook that holds both copies, and beside it the list of cells to choose. Raises CannotRunError.

    It is locked as the first copy is; its cover is the first copy's, without a check code.
    """
    require_target(target, COPIES, [copies.first, copies.second, copies.base, copies.choices])
    one, two = (check_file(path, policy_name, passwords) for path in (copies.first, copies.second))
    book = _require_alike(one, two)
    base = None if copies.base is None else check_file(copies.base, policy_name, passwords)
    if base is not None:
        _require_alike(one, base)
    chosen = {} if copies.choices is None else _read_choices(copies.choices, book, Reading(tuple(passwords)))
    rows = {
        code: merge_rows(
            book.rosters[code], frame, two.typed[code], base.typed.get(code) if base else None, chosen.get(code)
        )
        for code, frame in one.typed.items()
    }
    names = {**book.names, **unit_names(one.unit)}
    frames = {code: compute_columns(book.rosters[code], done.frame, names) for code, done in rows.items()}
    cover = {name: text for name, text in one.cover.items() if name != COVER_CODE_NAME}
    code = input_digest({code: done.frame for code, done in rows.items()}, book.rosters)
    with result_file(target, COPIES) as plain:
        stamp_like(one, master_like(one), plain, frames, cover, command=COPIES)
    if read_check_code(target, book) != code:
        target.unlink()
        raise CannotRunError("copies_lost", path=target)
    return Reconciled(rows, _write_list(rows, book, copies, target), code)


def describe_copies(done: Reconciled, target: Path, texts: Texts) -> list[str]:
    """Return in lines what is in the result, and what is left to choose."""
    merged = done.rows.values()
    figures = {
        "rows": sum(one.frame.height for one in merged),
        "first": sum(one.only_first for one in merged),
        "second": sum(one.only_second for one in merged),
    }
    lines = [texts.say("copies_done", path=target, **figures)]
    lines.append(texts.say("check_code", file=target.name, code=done.check_code))
    if done.listed is not None:
        lines.append(texts.say("copies_listed", count=done.conflicts, path=done.listed))
    return lines


def _require_alike(one: FilledWorkbook, other: FilledWorkbook) -> Rulebook:
    """Return the policy year of two workbooks of one unit. Raises CannotRunError where they are not."""
    book, unit = require_accepted(one)
    others, of_unit = require_accepted(other)
    if (book.policy.meta.id, unit.title) != (others.policy.meta.id, of_unit.title):
        told = {"one": f"{unit.title} {book.policy.meta.id}", "other": f"{of_unit.title} {others.policy.meta.id}"}
        raise CannotRunError("copies_differ", first=one.file, second=other.file, **told)
    return book


def _write_list(rows: Mapping[str, MergedRows], book: Rulebook, copies: Copies, target: Path) -> Path | None:
    parts = [
        done.conflicts.with_columns(sheet=pl.lit(book.rosters[code].sheet))
        for code, done in rows.items()
        if done.conflicts.height
    ]
    if not parts:
        return None
    spec = load_table("copied_cells")
    path = target.with_name(f"{target.stem}{LIST_SUFFIX}")
    table = pl.concat(parts).rename({"taken": "choice"}).select(*spec.columns)
    with result_file(path, COPIES) as plain:
        sheet = spec.make(table, first=copies.first.name, second=copies.second.name)
        write_tables(plain, [sheet], command=COPIES, title=target.stem)
    return path


def _read_choices(path: Path, book: Rulebook, reading: Reading) -> Choices:
    """Return, by roster code, row and field, which copy's cell is wanted. Raises CannotRunError."""
    spec = load_table("copied_cells")
    headers = {name: column.header for name, column in spec.columns.items()}
    raw = read_own(path, reading)
    table = find_table(
        raw.sheets.get(spec.sheet.name), [headers[name] for name in ("sheet", "row", "header", "choice")]
    )
    if table is None:
        raise CannotRunError("copies_no_list", path=path)
    codes = {roster.sheet: code for code, roster in book.rosters.items()}
    found: Choices = {}
    for number, texts in table.texts():
        side = texts[headers["choice"]].strip().upper()
        code = codes.get(texts[headers["sheet"]])
        if code is None:
            continue
        column = book.rosters[code].by_header.get(texts[headers["header"]])
        if side not in {FIRST, SECOND} or column is None:
            raise CannotRunError("copies_choice", path=path, row=number, found=texts[headers["choice"]])
        found.setdefault(code, {})[int(texts[headers["row"]]), column.field] = side
    return found
