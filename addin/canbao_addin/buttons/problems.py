"""检查结果, the list of problems in the open workbook, and the marks at their cells."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from canbao_addin.buttons.reading import column_values, last_cell
from canbao_addin.texts import CannotRunError
from canbao_generator.layout import OUTSIDE_HEADER, PART_HEADER
from canbao_generator.looked_at import MarkedCell, outside_marks, outside_texts, own_marks
from canbao_generator.xml import format_number
from canbao_rulebook.check_column import LOOKED_AT, row_key_fields
from canbao_rulebook.masking import mask_numbers, quoted_number
from canbao_rulebook.meta import RESULT_SHEET
from canbao_rulebook.problem_list import (
    RESULT_FIRST_ROW,
    RESULT_POSITION,
    RESULT_ROWS,
    RESULT_SUMMARY,
    problem_link,
    problem_text,
    rank_problem,
    result_columns,
)
from canbao_rulebook.roster import FIRST_ROW, HEADER_ROW, column_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import xlwings as xw

    from canbao_addin.buttons.session import Changes
    from canbao_rulebook.findings import RenderedFinding
    from canbao_rulebook.roster import Roster
    from canbao_validators.workbook import FilledWorkbook

_LETTERS = re.compile(r"[A-Z]+")


@dataclass(frozen=True)
class Problem:
    """A line of 检查结果: where it is and what it says, with numbers masked as on the screen."""

    number: int
    sheet: str
    cell: str
    text: str


class Told(NamedTuple):
    """A finding in words, and the few words that 校验结果 has for it."""

    found: RenderedFinding
    glance: str


def show_problems(
    book: xw.Book,
    changes: Changes,
    told: Iterable[Told],
    filled: FilledWorkbook,
    summary: str,
    position: str,
) -> int:
    """List findings on 检查结果, the gravest first and then from sheet to sheet, mark their cells.

    Return how many are listed. Raises CannotRunError.
    """
    sheets = [roster.sheet for roster in filled.rosters.values()]
    ordered = sorted(told, key=lambda one: rank_problem(one.found, sheets))
    listed = [one.found for one in ordered[:RESULT_ROWS]]
    _write_list(book, changes, listed, summary, position)
    for code, roster in filled.rosters.items():
        own = [one for one in ordered if one.found.sheet == roster.sheet and one.found.row]
        looked_at = [] if code in filled.other_editions else filled.frames[code]["row"].to_list()
        _write_marks(_sheet(book, roster.sheet), changes, own, roster, looked_at)
    return len(listed)


def list_problems(book: xw.Book) -> list[Problem]:
    """Return the listed problems that lie at a cell, in their order. Raises CannotRunError."""
    sheet = _sheet(book, RESULT_SHEET)
    last, _ = last_cell(sheet)
    if last < RESULT_FIRST_ROW:
        return []
    rows = sheet.range((RESULT_FIRST_ROW, 1), (last, len(result_columns()))).options(ndim=2, err_to_str=True).value
    places = {field: place for place, field in enumerate(result_columns())}
    found = [[str(row[places[name]] or "") for name in ("sheet", "cell", "message", "header", "value")] for row in rows]
    return [
        Problem(number, sheet, cell, mask_numbers(message, quoted_number(header, value)))
        for number, (sheet, cell, message, header, value) in enumerate(
            (row for row in found if row[0] and row[1]), start=1
        )
    ]


def read_position(book: xw.Book) -> int:
    """Return the number of the problem that was jumped to last; 0 before the first."""
    digits = re.search(r"\d+", str(_sheet(book, RESULT_SHEET).range(RESULT_POSITION).value or ""))
    return int(digits[0]) if digits else 0


def write_position(book: xw.Book, text: str) -> None:
    """Keep on 检查结果 which problem was jumped to."""
    _sheet(book, RESULT_SHEET).range(RESULT_POSITION).value = text


def _sheet(book: xw.Book, name: str) -> xw.Sheet:
    if name not in [sheet.name for sheet in book.sheets]:
        raise CannotRunError("old_template")
    return book.sheets[name]


def _write_list(
    book: xw.Book, changes: Changes, listed: Sequence[RenderedFinding], summary: str, position: str
) -> None:
    sheet = _sheet(book, RESULT_SHEET)
    last, _ = last_cell(sheet)
    rows: list[list[str | None]] = [[_cell_text(found, field) for field in result_columns()] for found in listed]
    rows += [[None] * len(result_columns())] * (last - RESULT_FIRST_ROW + 1 - len(rows))
    if rows:
        area = sheet.range((RESULT_FIRST_ROW, 1), (RESULT_FIRST_ROW + len(rows) - 1, len(result_columns())))
        changes.write(area, rows)
    changes.write(sheet.range(RESULT_SUMMARY), [[summary]])
    changes.write(sheet.range(RESULT_POSITION), [[position]])


def _cell_text(found: RenderedFinding, field: str) -> str:
    """Return what is written into a column: the cell as a link, every other text as a text."""
    link = problem_link(found) if field == "cell" else None
    return f"={link}" if link else problem_text(found, field)


def _write_marks(
    sheet: xw.Sheet, changes: Changes, told: Sequence[Told], roster: Roster, looked_at: Sequence[int]
) -> None:
    """Mark the cells of findings that no formula of their row has marked; take away what earlier checks marked.

    ``looked_at`` are the rows that are right beside all others, unless something was found in them.
    """
    last_row, last_column = last_cell(sheet)
    headers = [
        str(text or "") for text in sheet.range((HEADER_ROW, 1), (HEADER_ROW, last_column)).options(ndim=1).value
    ]
    if OUTSIDE_HEADER not in headers:
        raise CannotRunError("old_template")
    place = headers.index(OUTSIDE_HEADER) + 1
    parts = [index for index, text in enumerate(headers, start=1) if text.startswith(PART_HEADER)]
    before = [text or None for text in column_values(sheet, place, FIRST_ROW, last_row)]
    marks = _marks(sheet, told, parts)
    rows = range(FIRST_ROW, last_row + 1)
    if looked_at:
        keys = _row_keys(sheet, roster, headers, last_row)
        texts = outside_texts(marks, {row: keys[row - FIRST_ROW] for row in looked_at if row in rows})
    else:  # sheets of other editions understand marks alone, without words
        texts = {row: text.partition(LOOKED_AT)[0] for row, text in marks.items()}
    after = [texts.get(row) or None for row in rows]
    if after != before:
        changes.write(sheet.range((FIRST_ROW, place), (last_row, place)), [[text] for text in after])


def _row_keys(sheet: xw.Sheet, roster: Roster, headers: Sequence[str], last_row: int) -> list[str]:
    """Return what says who or what every row is."""
    columns = [
        column_values(sheet, headers.index(roster.by_field[field].header) + 1, FIRST_ROW, last_row)
        for field in row_key_fields(roster)
    ]
    return ["".join(map(_key_text, values)) for values in zip(*columns, strict=True)]


def _key_text(value: object) -> str:
    """Return the text that ``&`` makes of a cell."""
    if isinstance(value, float):
        return format_number(value)
    return str(value or "")


def _marks(sheet: xw.Sheet, told: Sequence[Told], parts: Sequence[int]) -> dict[int, str]:
    """Return by row the marks that are missing, and the words of the gravest of them."""
    cells = [
        MarkedCell(one.found.row, column_index(letters[0]), one.found.severity, one.glance)
        for one in told
        if one.found.row and (letters := _LETTERS.match(one.found.cell))
    ]
    last = max((cell.row for cell in cells), default=0)
    return outside_marks(cells, _marks_of_formulas(sheet, parts, last))


def _marks_of_formulas(sheet: xw.Sheet, parts: Sequence[int], last: int) -> dict[int, set[str]]:
    """Return the marks that formulas have made, by row."""
    seen: defaultdict[int, set[str]] = defaultdict(set)
    for part in parts:
        for row, text in enumerate(column_values(sheet, part, FIRST_ROW, last), start=FIRST_ROW):
            if text:
                seen[row] |= own_marks(str(text))
    return seen
