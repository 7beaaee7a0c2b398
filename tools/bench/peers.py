"""``python -m bench.peers PEER …``: the same work with libraries alone, none of the checks, each in its own process.

``NAME --out FILE WORKBOOK…`` reads the filled rosters and writes their input columns into one workbook, without
``--out`` it reads them only (polars);
``template --out FILE --rows N`` writes a workbook with all rosters' formulas in N rows. The last line of the output is
JSON: the CPU seconds spent before the work began, and the rows done.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.county import load_rules
from canbao_generator.layout import build_layout
from canbao_generator.rows import move_formula
from canbao_rulebook.kinds import Filler, RosterRole
from canbao_rulebook.roster import FIRST_ROW, HEADER_ROW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

MOST_ROWS = 1_048_575  # of one sheet, below its header
_ROW_MARK = 987_654_321  # a row number that stands for the place of one


Write = Callable[[int, list[Any]], Any]  # takes the place of a row in its sheet, the header's being 0, and its values


class Pages:
    """The sheets of one roster: where one is full, the next is opened. ``done`` are the rows written."""

    def __init__(self, name: str, headers: list[str], open_sheet: Callable[[str], Write]) -> None:
        self._name, self._headers, self._open_sheet = name, headers, open_sheet
        self.done = 0
        self._write = self._turn()

    def add(self, values: list[Any]) -> None:
        """Write one row."""
        if self.done and self.done % MOST_ROWS == 0:
            self._write = self._turn()
        self._write(self.done % MOST_ROWS + 1, values)
        self.done += 1

    def _turn(self) -> Write:
        write = self._open_sheet(page_name(self._name, self.done // MOST_ROWS))
        write(0, self._headers)
        return write


def page_name(sheet: str, number: int) -> str:
    """Return the name of a roster's first sheet (0) or of one that takes what the first has no room for."""
    return f"{sheet} {number + 1}" if number else sheet


def typed_headers() -> dict[str, list[str]]:
    """Return the headers of the columns that people fill by sheet, of the rosters that townships hand in."""
    return {
        roster.sheet: [column.header for column in roster.columns if column.filler in {Filler.CLERK, Filler.COUNTY}]
        for roster in load_rules().rosters.values()
        if roster.role is not RosterRole.SUBSIDY
    }


def with_openpyxl(files: Sequence[Path], target: Path, sheets: dict[str, list[str]]) -> int:
    """Read-only in, write-only out."""
    from openpyxl import Workbook, load_workbook  # noqa: PLC0415 - each peer loads its own library only

    result = Workbook(write_only=True)

    def open_sheet(name: str) -> Write:
        page = result.create_sheet(name)
        return lambda _, values: page.append(values)

    pages = {sheet: Pages(sheet, headers, open_sheet) for sheet, headers in sheets.items()}
    for file in files:
        source = load_workbook(file, read_only=True, data_only=True)
        for sheet, headers in sheets.items():
            rows = source[sheet].iter_rows(min_row=HEADER_ROW, values_only=True)
            found = next(rows)
            places = [found.index(header) for header in headers]
            for row in rows:
                values = [row[place] for place in places]
                if any(value is not None for value in values):
                    pages[sheet].add(values)
        source.close()
    result.save(target)
    return sum(page.done for page in pages.values())


def with_calamine(files: Sequence[Path], target: Path, sheets: dict[str, list[str]]) -> int:
    """python-calamine in, XlsxWriter out."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415
    from xlsxwriter import Workbook  # noqa: PLC0415

    result = Workbook(target, {"constant_memory": True})

    def open_sheet(name: str) -> Write:
        page = result.add_worksheet(name)
        return lambda row, values: page.write_row(row, 0, values)

    pages = {sheet: Pages(sheet, headers, open_sheet) for sheet, headers in sheets.items()}
    for file in files:
        with CalamineWorkbook.from_path(file) as source:
            for sheet, headers in sheets.items():
                found, *rows = source.get_sheet_by_name(sheet).to_python(skip_empty_area=False)[HEADER_ROW - 1 :]
                places = [found.index(header) for header in headers]
                for row in rows:
                    values = [row[place] for place in places]
                    if any(value != "" for value in values):
                        pages[sheet].add(values)
    result.close()
    return sum(page.done for page in pages.values())


def with_polars(files: Sequence[Path], target: Path, sheets: dict[str, list[str]]) -> int:
    """Polars over fastexcel in, rustpy-xlsxwriter out."""
    from rustpy_xlsxwriter import write_worksheets  # noqa: PLC0415

    tables: list[tuple[str, Any]] = []
    for sheet, table in _read_with_polars(files, sheets):
        pages = table.iter_slices(MOST_ROWS) if table.height else [table]
        tables += [(page_name(sheet, number), page) for number, page in enumerate(pages)]
    write_worksheets(tables, str(target))
    return sum(table.height for _, table in tables)


def read_with_polars(files: Sequence[Path], sheets: dict[str, list[str]]) -> int:
    """Polars over fastexcel in, nothing out."""
    return sum(table.height for _, table in _read_with_polars(files, sheets))


def _read_with_polars(files: Sequence[Path], sheets: dict[str, list[str]]) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield every sheet's rows of all files."""
    import polars as pl  # noqa: PLC0415

    for sheet, headers in sheets.items():
        parts = []
        for file in files:
            rows = pl.read_excel(
                file,
                sheet_name=sheet,
                columns=headers,
                infer_schema_length=0,
                read_options={"header_row": HEADER_ROW - 1},
                drop_empty_rows=False,
            )
            parts.append(rows.filter(pl.any_horizontal(pl.all().is_not_null())))
        yield sheet, pl.concat(parts)


def write_template(target: Path, count: int) -> int:
    """Write all rosters' formulas with openpyxl's write-only mode, ``count`` rows or the roster's share of them."""
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Protection  # noqa: PLC0415

    result, locked, book, done = Workbook(write_only=True), Protection(locked=True), load_rules(), 0
    for roster in book.rosters.values():
        layout = build_layout(book, roster)
        page = result.create_sheet(roster.sheet)
        page.append([entry.column.header for entry in layout.columns])
        formulas = [
            None if entry.formula is None else f"={move_formula(entry.formula, _ROW_MARK)}" for entry in layout.columns
        ]
        for row in range(FIRST_ROW, FIRST_ROW + ceil(count * roster.capacity_share)):
            cells = []
            for formula in formulas:
                cell = None if formula is None else WriteOnlyCell(page, formula.replace(str(_ROW_MARK), str(row)))
                if cell is not None:
                    cell.protection = locked
                cells.append(cell)
            page.append(cells)
            done += 1
    result.save(target)
    return done


PEERS: dict[str, Callable[[Sequence[Path], Path, dict[str, list[str]]], int]] = {
    "openpyxl": with_openpyxl,
    "calamine": with_calamine,
    "polars": with_polars,
}


def main() -> None:
    """Run one peer and say what it did."""
    options = argparse.ArgumentParser()
    options.add_argument("peer", choices=[*PEERS, "template"])
    options.add_argument("files", nargs="*", type=Path)
    options.add_argument("--out", type=Path)
    options.add_argument("--rows", type=int, default=0)
    given = options.parse_intermixed_args()
    sheets = typed_headers()
    startup = time.process_time()
    if given.out is None:
        rows = read_with_polars(given.files, sheets)
    elif given.peer == "template":
        rows = write_template(given.out, given.rows)
    else:
        rows = PEERS[given.peer](given.files, given.out, sheets)
    print(json.dumps({"startup": startup, "rows": rows}))


if __name__ == "__main__":
    main()
