"""Workbooks of plain tables (the county's submission, return lists): openpyxl sets the sheets up, rows are stamped.

A table longer than a sheet continues on further sheets, named ``…(2)``, ``…(3)``, or has one sheet per source.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate, chain, islice
from math import ceil
from typing import TYPE_CHECKING, Protocol

import polars as pl
from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle

from canbao_generator import looks
from canbao_generator.charts import make_chart
from canbao_generator.drop_downs import offer_words
from canbao_generator.looks import CELL, CENTRED, WRAPPED, counted, dated, paid, rated
from canbao_generator.marks import AREA_TOKEN, replace_marks
from canbao_generator.package import deflate
from canbao_generator.paper import fit_page
from canbao_generator.protection import make_lock, protect_sheet, protect_workbook
from canbao_generator.roster_sheet import set_footer
from canbao_generator.shell import finish_workbook, save_parts, split_sheet, write_package, writing_order
from canbao_generator.styles import GREEN, GREEN_TINT, RED, RED_TINT, StyleBook
from canbao_generator.table_rows import LINE, RowsTask, fit_columns, render_rows, width_of
from canbao_rulebook.cell_text import clean_text
from canbao_rulebook.roster import column_letter
from canbao_rulebook.tables import (
    FEN,
    MAX_ROWS,
    MAX_SHEET_NAME,
    MISSED,
    MONEY_UNIT,
    REACHED,
    UNIT_NOTE,
    CellType,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from canbao_generator.package import Segment
    from canbao_generator.protection import Lock
    from canbao_generator.styles import Look
    from canbao_rulebook.tables import ChartSpec, Source, TableSheet

_VERDICTS = {REACHED: (GREEN, GREEN_TINT), MISSED: (RED, RED_TINT)}
_SIGNED = 2  # rows from the last one to the signatures
_MONEY = FEN | {CellType.YUAN}
_TITLE_HEIGHT, _TITLE_LINE, _TITLE_LETTER = 28, 17, 1.2  # points; how much wider its letters are than those of cells
_CHART_ROWS = 12  # more of them and a chart stand below one another on an upright page
_SHAPES = {
    CellType.COUNT: counted,
    CellType.MONEY: paid,
    CellType.OWED: paid,
    CellType.YUAN: paid,
    CellType.RATE: rated,
    CellType.DATE: dated,
}


class Render(Protocol):
    """``map``, or one that spreads the work over processes and keeps the order."""

    def __call__(
        self, function: Callable[[RowsTask], list[Segment]], tasks: Iterable[RowsTask], /
    ) -> Iterator[list[Segment]]:
        """Yield ``function(task)`` of each task."""
        ...


@dataclass(frozen=True)
class _Piece:
    """What one sheet takes of a table: rows of its frame, or all rows of some sources."""

    sheet: TableSheet
    name: str
    frame: pl.DataFrame
    sources: Sequence[Source] = ()

    @property
    def count(self) -> int:
        return len(self.frame) + sum(source.height for source in self.sources)

    @property
    def last_row(self) -> int:
        return self.sheet.header_row + self.count

    @property
    def title(self) -> str:
        """The title, with what a paper cannot do without: the unit of its money, and that it holds nothing."""
        sheet = self.sheet
        said = "".join((sheet.title, *sheet.notes))
        unit = any(column.kind in _MONEY and MONEY_UNIT not in column.header for column in sheet.columns)
        told = [f"金额{UNIT_NOTE}"] if unit and UNIT_NOTE not in said else []
        told += [] if self.count > sheet.total_row else ["没有记录"]
        return sheet.title + (f"（{'；'.join(told)}）" if told else "")

    @property
    def area(self) -> str:
        last = self.last_row + (_SIGNED if self.sheet.signature else 0)
        return f"A1:{column_letter(len(self.sheet.columns))}{last}"


def write_tables(
    target: Path,
    sheets: Sequence[TableSheet],
    *,
    command: str,
    title: str = "",
    password: str | None = None,
    render: Render = map,
) -> None:
    """Write one workbook, whole or not at all, as a result of ``command``.

    Raises ValueError when two sheets would bear one name.
    """
    pieces = [piece for sheet in sheets for piece in _divide(sheet)]
    names = [piece.name for piece in pieces]
    if len(set(names)) < len(names):
        raise ValueError(f"工作表重名：{'、'.join(sorted({name for name in names if names.count(name) > 1}))}")
    lock = make_lock(password, f"tables {title}")
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    styles = StyleBook(workbook)
    numbers = [_set_up(workbook.create_sheet(piece.name), piece, styles, lock) for piece in pieces]
    plain = styles.number(looks.SUBTITLE)
    styles.close()
    offer_words(workbook, [(piece.name, piece.sheet, piece.count) for piece in pieces])
    finish_workbook(workbook, title or names[0], command, computed=True)
    if any(sheet.locked for sheet in sheets):
        protect_workbook(workbook, lock)
    shared = save_parts(workbook)
    shells = [split_sheet(shared, number) for number in range(1, len(pieces) + 1)]
    parts: dict[str, Iterable[Segment]] = {name: [deflate(part)] for name, part in shared.items()}
    sheets_in_order = sorted(zip(pieces, shells, numbers, strict=True), key=lambda sheet: writing_order(sheet[1].part))
    tasks = [_source_tasks(piece, style) for piece, _, style in sheets_in_order]
    rendered = render(render_rows, chain.from_iterable(tasks))  # of all sheets, so that processes work side by side
    for (piece, shell, style), own in zip(sheets_in_order, tasks, strict=True):
        head = deflate(replace_marks(shell.head, {AREA_TOKEN: piece.area}, {}))
        rows = _rows(piece, style, islice(rendered, len(own)))
        parts[shell.part] = chain([head], rows, _signed(piece, plain), [deflate(shell.tail)])
    write_package(target, parts)


def _divide(sheet: TableSheet) -> list[_Piece]:
    sheet = replace(sheet, columns=fit_columns(sheet.columns, sheet.frame)) if len(sheet.frame) else sheet
    if sheet.sources:
        if sum(source.height for source in sheet.sources) <= MAX_ROWS:
            return [_Piece(sheet, _name(sheet.name), sheet.frame, sheet.sources)]
        return [_Piece(sheet, _name(sheet.name, f"-{one.name}"), sheet.frame, [one]) for one in sheet.sources]
    starts = range(0, max(1, len(sheet.frame)), MAX_ROWS)
    return [
        _Piece(sheet, _name(sheet.name, f"({number})" if start else ""), sheet.frame.slice(start, MAX_ROWS))
        for number, start in enumerate(starts, start=1)
    ]


def _name(name: str, suffix: str = "") -> str:
    return name[: max(0, MAX_SHEET_NAME - len(suffix))] + suffix[:MAX_SHEET_NAME]


def _set_up(page: Worksheet, piece: _Piece, styles: StyleBook, lock: Lock) -> list[tuple[int, int]]:
    """Write everything but the rows; return the style numbers of the columns: of plain rows, of the total."""
    sheet, header_row = piece.sheet, piece.sheet.header_row
    for row, note in enumerate(sheet.notes, start=2):
        styles.apply(page.cell(row, 1, clean_text(note)), looks.SUBTITLE)
    for index, column in enumerate(sheet.columns, start=1):
        styles.apply(page.cell(header_row, index, clean_text(column.header)), looks.HEADER)
        page.column_dimensions[column_letter(index)].width = column.width
    page.row_dimensions[header_row].height = 34
    page.freeze_panes = f"{column_letter(sheet.freeze + 1)}{header_row + 1}"
    page.auto_filter.ref = f"A{header_row}:{column_letter(len(sheet.columns))}{piece.last_row}"
    _set_up_paper(page, piece)
    _write_title(page, piece, styles)
    if sheet.row_height:
        page.sheet_format.defaultRowHeight, page.sheet_format.customHeight = sheet.row_height, True
    if sheet.chart is not None and piece.count:
        _add_chart(page, piece, sheet.chart)
    _judge(page, piece)
    if sheet.locked:
        protect_sheet(page, lock, free=("formatColumns", "formatRows"))
    return [
        (styles.number(_look(column.kind)), styles.number(_look(column.kind, total=True))) for column in sheet.columns
    ]


def _set_up_paper(page: Worksheet, piece: _Piece) -> None:
    """Set up the pages: title, notes and headers on each, a chart on the one with its rows."""
    sheet = piece.sheet
    charted = sheet.chart is not None and not sheet.chart.beside and piece.count > 0
    upright = sheet.portrait or (charted and piece.count > _CHART_ROWS)
    fit_page(page, sheet.paper, sum(column.width for column in sheet.columns), portrait=upright)
    page.print_title_rows = f"1:{sheet.header_row}"
    if _is_repeated(page, sheet):
        page.print_title_cols = f"A:{column_letter(sheet.freeze)}"
    page.page_setup.fitToHeight = int(sheet.one_page or charted)
    set_footer(page, sheet.footer)


def _is_repeated(page: Worksheet, sheet: TableSheet) -> bool:
    """Whether the first columns stand on several pages side by side."""
    return sheet.freeze > 0 and int(page.page_setup.fitToWidth or 1) > 1


def _write_title(page: Worksheet, piece: _Piece, styles: StyleBook) -> None:
    """Write the title; where the first columns are repeated it stays within them, or later pages would cut it."""
    text, look, height = clean_text(piece.title), looks.TITLE, float(_TITLE_HEIGHT)
    if _is_repeated(page, piece.sheet):
        freeze = piece.sheet.freeze
        room = sum(column.width for column in piece.sheet.columns[:freeze]) / _TITLE_LETTER
        lines = ceil(pl.select(width_of(pl.lit(text))).item() / room)
        look, height = looks.NARROW_TITLE, max(height, lines * _TITLE_LINE)
        if freeze > 1:  # a merge of one cell is none to Excel
            page.merge_cells(start_row=1, end_row=1, start_column=1, end_column=freeze)
    styles.apply(page.cell(1, 1, text), look)
    page.row_dimensions[1].height = height


def _look(kind: CellType, *, total: bool = False) -> Look:
    base = looks.TOTAL if total else CELL
    if kind in _SHAPES:
        return _SHAPES[kind](base)
    if kind is CellType.TEXT or total:
        return replace(base, horizontal="left", indent=1, wrap=kind is CellType.WRAPPED)
    return WRAPPED if kind is CellType.WRAPPED else CENTRED


def _add_chart(page: Worksheet, piece: _Piece, chart: ChartSpec) -> None:
    last = piece.last_row - (1 if piece.sheet.total_row else 0)
    below, beside = f"A{piece.last_row + 3}", f"{column_letter(len(piece.sheet.columns) + 2)}{piece.sheet.header_row}"
    page.add_chart(make_chart(page, piece.sheet, chart, last), beside if chart.beside else below)


def _judge(page: Worksheet, piece: _Piece) -> None:
    """Colour the columns of verdicts: green for what is reached, red for what is not."""
    for index, column in enumerate(piece.sheet.columns, start=1):
        if column.kind is not CellType.JUDGED:
            continue
        letter, first = column_letter(index), piece.sheet.header_row + 1
        for mark, (ink, tint) in _VERDICTS.items():
            look = DifferentialStyle(font=Font(color=ink), fill=PatternFill("solid", fgColor=tint, bgColor=tint))
            rule = Rule(type="expression", dxf=look, formula=[f'LEFT({letter}{first},1)="{mark}"'])
            page.conditional_formatting.add(f"{letter}{first}:{letter}{piece.last_row}", rule)


def _source_tasks(piece: _Piece, styles: list[tuple[int, int]]) -> list[RowsTask]:
    """Return what is to be rendered of the sources of a sheet, which stand below the rows of its frame."""
    first = piece.sheet.header_row + 1 + len(_plain_rows(piece))
    starts = accumulate((source.height for source in piece.sources), initial=first)
    return [_plain_task(piece, styles, source, start) for source, start in zip(piece.sources, starts, strict=False)]


def _plain_rows(piece: _Piece) -> pl.DataFrame:
    return piece.frame[:-1] if piece.sheet.total_row else piece.frame


def _plain_task(
    piece: _Piece, styles: list[tuple[int, int]], source: Source | pl.DataFrame, first_row: int
) -> RowsTask:
    columns = piece.sheet.columns
    return RowsTask(
        source,
        first_row,
        kinds=tuple(column.kind for column in columns),
        styles=tuple(plain for plain, _ in styles),
        widths=tuple(column.width for column in columns),
        least=piece.sheet.row_height or LINE,
    )


def _rows(piece: _Piece, styles: list[tuple[int, int]], of_sources: Iterable[list[Segment]]) -> Iterator[Segment]:
    """Yield the rows of a sheet, compressed chunk by chunk; the total has looks of its own."""
    task = _plain_task(piece, styles, _plain_rows(piece), piece.sheet.header_row + 1)
    yield from render_rows(task)
    yield from chain.from_iterable(of_sources)
    if piece.sheet.total_row:
        total = tuple(total for _, total in styles)
        yield from render_rows(
            replace(task, source=piece.frame[-1:], first_row=piece.last_row, styles=total, least=LINE)
        )


def _signed(piece: _Piece, style: int) -> Iterator[Segment]:
    """Yield the line of signatures, two rows below the last one."""
    if piece.sheet.signature:
        line = pl.DataFrame({"signature": [piece.sheet.signature]})
        yield from render_rows(RowsTask(line, piece.last_row + _SIGNED, (CellType.TEXT,), (style,)))
