"""Cells that hold what the checks read in another form (“280元”, “2020.10.1”): written as they were read, so that the
sheet's own formulas see the same value.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from canbao_addin.buttons.reading import column_formulas
from canbao_addin.buttons.values import TEXT_FORMAT, as_cell, is_like_number
from canbao_addin.texts import CannotRunError
from canbao_rulebook.kinds import Filler
from canbao_rulebook.masking import mask_numbers, quoted_number
from canbao_rulebook.messages import build_finding, render

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import xlwings as xw

    from canbao_addin.buttons.session import Changes, Session
    from canbao_rulebook.findings import Finding
    from canbao_validators.workbook import FilledWorkbook

_SHOWN = 4  # cells named in the question


@dataclass(frozen=True)
class ReadCell:
    """A cell that was read in another form: the finding that says so, its column's letters, and its value."""

    finding: Finding
    letters: str
    value: object

    @property
    def place(self) -> tuple[str, str, int]:
        """Where it stands: sheet, column, row."""
        return self.finding.sheet, self.letters, self.finding.row or 0


def tidy_book(session: Session, filled: FilledWorkbook) -> tuple[FilledWorkbook, list[Finding]]:
    """Write cells as they were read, unless the clerk wants them back as they were.

    Return the workbook as it then stands, and a 提示 for each cell that was written.
    """
    read = sorted(_read_cells(filled), key=lambda cell: cell.place)
    typed = [cell for run in _runs(read) for cell in _without_formulas(session.book, run)]
    with session.changing() as changes:
        written = [cell.finding for run in _runs(typed) if _write(session.book, changes, run) for cell in run]
    if not written:
        return filled, []
    found = [build_finding("V42.written", one.place, value=one.value, after=one.params["after"]) for one in written]
    if not session.host.confirm(_question(session, found), title=session.label):
        changes.undo()
        return filled, []
    session.book.app.calculate()
    return session.check(), found


def _read_cells(filled: FilledWorkbook) -> Iterator[ReadCell]:
    """Yield the clerk's cells whose reading differs from what stands in them."""
    rosters = {roster.sheet: roster for roster in filled.rosters.values()}
    values: dict[tuple[str, str], dict[int, object]] = {}
    for finding in filled.read_otherwise:
        roster = rosters.get(finding.sheet)
        column = roster.by_field.get(finding.field) if roster else None
        if roster is None or column is None or column.filler not in {Filler.CLERK, Filler.DEFAULT}:
            continue
        key = (roster.code, column.field)
        if key not in values:
            frame = filled.typed[roster.code]
            values[key] = dict(zip(frame["row"].to_list(), frame[column.field].to_list(), strict=True))
        letters = finding.cell.rstrip("0123456789")
        yield ReadCell(finding, letters, as_cell(column, values[key].get(finding.row or 0)))


def _runs(cells: Sequence[ReadCell]) -> Iterator[list[ReadCell]]:
    """Yield the cells that stand one below the other."""
    numbered = enumerate(cells)
    for _, run in groupby(numbered, key=lambda entry: (*entry[1].place[:2], entry[1].place[2] - entry[0])):
        yield [cell for _, cell in run]


def _area(book: xw.Book, run: Sequence[ReadCell]) -> xw.Range:
    sheet, letters, first = run[0].place
    return book.sheets[sheet].range(f"{letters}{first}:{letters}{first + len(run) - 1}")


def _without_formulas(book: xw.Book, run: Sequence[ReadCell]) -> Iterator[ReadCell]:
    """Yield the cells of a run that hold no formula: what a clerk computes is the clerk's."""
    area = _area(book, run)
    stated = column_formulas(area.sheet, area.column, area.row, area.last_cell.row)
    return (cell for cell, text in zip(run, stated, strict=True) if not text.startswith("="))


def _write(book: xw.Book, changes: Changes, run: Sequence[ReadCell]) -> bool:
    """Write the cells of a run and return whether that was done.

    A number that would not stay a text in a cell without the format of texts is left, and so is what stands in a locked
    cell: the check reads them as well as before.
    """
    area, values = _area(book, run), [cell.value for cell in run]
    if area.number_format != TEXT_FORMAT and any(isinstance(value, str) and is_like_number(value) for value in values):
        return False
    try:
        changes.write(area, [[value] for value in values])
    except CannotRunError:
        return False
    return True


def _question(session: Session, found: Sequence[Finding]) -> str:
    firsts = {(one.sheet, one.header): one for one in reversed(found)}  # of each column the first
    shown = [render(one, session.texts.lang) for one in list(firsts.values())[-_SHOWN:]]
    lines = [
        f"「{one.sheet}」{one.cell}：{mask_numbers(one.message, quoted_number(one.header, one.value))}" for one in shown
    ]
    return session.say("tidied_keep", count=len(found), lines="\n".join(lines))
