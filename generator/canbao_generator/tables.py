"""Workbooks of plain tables (the county's submission, return lists): openpyxl sets the sheets up, rows are stamped.

A table longer than a sheet continues on further sheets, named ``…(2)``, ``…(3)``, or has one sheet per source.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import accumulate, chain
from typing import TYPE_CHECKING, NamedTuple, Protocol

import polars as pl
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference

from canbao_generator import looks
from canbao_generator.expressions import escape_frame, join_rows
from canbao_generator.looks import CELL, CENTRED, WRAPPED, counted, dated, paid, rated
from canbao_generator.marks import AREA_TOKEN, replace_marks
from canbao_generator.package import FAST, Segment, deflate
from canbao_generator.pages import set_up_page
from canbao_generator.protection import make_lock, protect_sheet, protect_workbook
from canbao_generator.roster_sheet import set_footer
from canbao_generator.shell import finish_workbook, save_parts, split_sheet, write_package
from canbao_generator.styles import AMBER, BLUE, GREEN, RED, StyleBook
from canbao_rulebook.cell_text import clean_text
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.roster import column_letter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from canbao_generator.protection import Lock
    from canbao_generator.styles import Look

MAX_ROWS = 1_000_000
MAX_SHEET_NAME = 31
_CHUNK_ROWS = 50_000
_A4_WIDTH = 130  # characters side by side on landscape A4
_MAX_BARS = 60
_BAR_COLOURS = (BLUE[2:], AMBER[2:], GREEN[2:], RED[2:])
_SERIAL_OF_1970 = 25_569
_SIGNED = 2  # rows from the last one to the signatures
_LINE = 15.0  # points
_INDENT = 2.5  # characters that a wrapped text does not have


class CellType(StrEnum):
    """What a column of a table holds. Money is in yuan, a rate 0.97 prints as 97.00 %."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    OWED = "owed"  # money that may be unknown, which the cell says
    RATE = "rate"
    DATE = "date"
    WRAPPED = "wrapped"  # a text that may take several lines
    CENTRED = "centred"  # a short text, or a box to fill in by hand


_SHAPED = frozenset({CellType.WRAPPED, CellType.CENTRED})
_TEXTS = _SHAPED | {CellType.TEXT}


class TableColumn(NamedTuple):
    """A column: its header, what it holds, its width in characters."""

    header: str
    kind: CellType = CellType.TEXT
    width: float = 12


@dataclass(frozen=True)
class ChartSpec:
    """A column chart below a table, or ``beside`` it: one bar a row and value column, at most sixty rows."""

    title: str
    label: str
    values: tuple[str, ...]
    beside: bool = False


class Source(Protocol):
    """Rows of a table that are loaded when they are written, perhaps in another process: it can be pickled."""

    @property
    def name(self) -> str:
        """What the rows' own sheet is called when the table is too long for one."""
        ...

    @property
    def height(self) -> int:
        """How many rows there are."""
        ...

    def load(self) -> pl.DataFrame:
        """Return the rows."""
        ...


class Render(Protocol):
    """``map``, or one that spreads the work over processes and keeps the order."""

    def __call__(
        self, function: Callable[[RowsTask], list[Segment]], tasks: Iterable[RowsTask], /
    ) -> Iterator[list[Segment]]:
        """Yield ``function(task)`` of each task."""
        ...


@dataclass(frozen=True)
class TableSheet:
    """A table. ``frame`` holds its columns in order, whatever their names; dates are pl.Date or Excel serials.

    A long table may be given as ``sources`` of such frames instead. ``notes`` stand between title and headers,
    ``freeze`` counts the columns that stay in view. ``locked`` protects the sheet; sorting, filtering and column widths
    stay allowed. ``total_row``: the last row is a total. ``signature`` stands below the rows,
    ``footer`` on every printed page, of which there is but one with ``one_page``.
    """

    name: str
    title: str
    columns: Sequence[TableColumn]
    frame: pl.DataFrame = field(default_factory=pl.DataFrame)
    sources: Sequence[Source] = ()
    notes: Sequence[str] = ()
    freeze: int = 0
    chart: ChartSpec | None = None
    locked: bool = True
    total_row: bool = False
    signature: str = ""
    footer: str = ""
    portrait: bool = False
    one_page: bool = False
    row_height: float | None = None

    @property
    def header_row(self) -> int:
        """The row of the headers; data starts in the next one."""
        return 2 + len(self.notes)


def table_frame(rows: Sequence[Sequence[object]], columns: Sequence[TableColumn]) -> pl.DataFrame:
    """Return rows as the frame of a table: texts, and numbers for everything else."""
    schema = [(column.header, pl.String if column.kind in _TEXTS else pl.Float64) for column in columns]
    return pl.DataFrame([list(row) for row in rows], schema=schema, orient="row", strict=False)


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
    def area(self) -> str:
        last = self.last_row + (_SIGNED if self.sheet.signature else 0)
        return f"A1:{column_letter(len(self.sheet.columns))}{last}"


@dataclass(frozen=True)
class RowsTask:
    """Rows to be written from a row on; ``kinds``, ``styles`` (their numbers) and ``widths`` are those of the columns.

    ``least`` is the height, in points, of a row whose texts take one line.
    """

    source: Source | pl.DataFrame
    first_row: int
    kinds: tuple[CellType, ...]
    styles: tuple[int, ...]
    widths: tuple[float, ...] = ()
    least: float = _LINE


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
    finish_workbook(workbook, title or names[0], command)
    if any(sheet.locked for sheet in sheets):
        protect_workbook(workbook, lock)
    shared = save_parts(workbook)
    shells = [split_sheet(shared, number) for number in range(1, len(pieces) + 1)]
    parts: dict[str, Iterable[Segment]] = {name: [deflate(part)] for name, part in shared.items()}
    for piece, shell, style in zip(pieces, shells, numbers, strict=True):
        head = deflate(replace_marks(shell.head, {AREA_TOKEN: piece.area}, {}))
        parts[shell.part] = chain([head], _rows(piece, style, render), _signed(piece, plain), [deflate(shell.tail)])
    write_package(target, parts)


def _divide(sheet: TableSheet) -> list[_Piece]:
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
    styles.apply(page.cell(1, 1, clean_text(sheet.title)), looks.TITLE)
    page.row_dimensions[1].height = 28
    for row, note in enumerate(sheet.notes, start=2):
        styles.apply(page.cell(row, 1, clean_text(note)), looks.SUBTITLE)
    for index, column in enumerate(sheet.columns, start=1):
        styles.apply(page.cell(header_row, index, clean_text(column.header)), looks.HEADER)
        page.column_dimensions[column_letter(index)].width = column.width
    page.row_dimensions[header_row].height = 34
    page.freeze_panes = f"{column_letter(sheet.freeze + 1)}{header_row + 1}"
    page.auto_filter.ref = f"A{header_row}:{column_letter(len(sheet.columns))}{piece.last_row}"
    wide = sum(column.width for column in sheet.columns) > _A4_WIDTH
    set_up_page(page, landscape=not sheet.portrait, a3=wide, titles=f"{header_row}:{header_row}")
    page.page_setup.fitToHeight = int(sheet.one_page)
    set_footer(page, sheet.footer)
    if sheet.row_height:
        page.sheet_format.defaultRowHeight, page.sheet_format.customHeight = sheet.row_height, True
    if sheet.chart is not None and piece.count:
        _add_chart(page, piece, sheet.chart)
    if sheet.locked:
        protect_sheet(page, lock)
    return [
        (styles.number(_look(column.kind)), styles.number(_look(column.kind, total=True))) for column in sheet.columns
    ]


def _look(kind: CellType, *, total: bool = False) -> Look:
    base = looks.TOTAL if total else CELL
    if kind in _SHAPED and not total:
        return WRAPPED if kind is CellType.WRAPPED else CENTRED
    if kind in _TEXTS:
        return replace(base, horizontal="left", indent=1)
    shapes = {
        CellType.COUNT: counted,
        CellType.MONEY: paid,
        CellType.OWED: paid,
        CellType.RATE: rated,
        CellType.DATE: dated,
    }
    return shapes[kind](base) if kind in shapes else base


def _add_chart(page: Worksheet, piece: _Piece, chart: ChartSpec) -> None:
    headers = [column.header for column in piece.sheet.columns]
    kinds = {column.header: column.kind for column in piece.sheet.columns}
    first = piece.sheet.header_row
    last = min(piece.last_row - (1 if piece.sheet.total_row else 0), first + _MAX_BARS)
    bars = BarChart()
    bars.type, bars.style, bars.title = "col", 10, chart.title
    bars.width, bars.height, bars.gapWidth = 30, 12, 60
    for value in chart.values:
        column = headers.index(value) + 1
        bars.add_data(Reference(page, min_col=column, min_row=first, max_row=last), titles_from_data=True)
    label = headers.index(chart.label) + 1
    bars.set_categories(Reference(page, min_col=label, min_row=first + 1, max_row=last))
    for series, colour in zip(bars.series, _BAR_COLOURS, strict=False):
        series.graphicalProperties.solidFill = colour
    if len(chart.values) == 1:
        bars.legend = None
    else:
        bars.legend.position = "b"
    bars.x_axis.delete = bars.y_axis.delete = False
    if all(kinds[value] is CellType.RATE for value in chart.values):
        bars.y_axis.scaling.min = 0  # a bar that does not begin at nothing shows no rate
    below = f"A{piece.last_row + 3}"
    page.add_chart(bars, f"{column_letter(len(headers) + 2)}{first}" if chart.beside else below)


def _rows(piece: _Piece, styles: list[tuple[int, int]], render: Render) -> Iterator[Segment]:
    """Yield the rows of a sheet, compressed chunk by chunk; the total has looks of its own."""
    kinds = tuple(column.kind for column in piece.sheet.columns)
    plain, total = (tuple(style[place] for style in styles) for place in (0, 1))
    widths, least = tuple(column.width for column in piece.sheet.columns), piece.sheet.row_height or _LINE
    first = piece.sheet.header_row + 1
    frame = piece.frame[:-1] if piece.sheet.total_row else piece.frame
    yield from render_rows(RowsTask(frame, first, kinds, plain, widths, least))
    starts = accumulate((source.height for source in piece.sources), initial=first + len(frame))
    tasks = [
        RowsTask(source, start, kinds, plain, widths, least)
        for source, start in zip(piece.sources, starts, strict=False)
    ]
    yield from chain.from_iterable(render(render_rows, tasks))
    if piece.sheet.total_row:
        yield from render_rows(RowsTask(piece.frame[-1:], piece.last_row, kinds, total))


def _signed(piece: _Piece, style: int) -> Iterator[Segment]:
    """Yield the line of signatures, two rows below the last one."""
    if piece.sheet.signature:
        line = pl.DataFrame({"signature": [piece.sheet.signature]})
        yield from render_rows(RowsTask(line, piece.last_row + _SIGNED, (CellType.TEXT,), (style,)))


def render_rows(task: RowsTask) -> list[Segment]:
    """Return rows as compressed XML, chunk by chunk."""
    frame = task.source if isinstance(task.source, pl.DataFrame) else task.source.load()
    return [_chunk(frame.slice(offset, _CHUNK_ROWS), task, offset) for offset in range(0, len(frame), _CHUNK_ROWS)]


def _chunk(rows: pl.DataFrame, task: RowsTask, offset: int) -> Segment:
    first = task.first_row + offset
    typed = pl.DataFrame([_typed(values, kind) for values, kind in zip(rows.get_columns(), task.kinds, strict=True)])
    numbered = escape_frame(typed).with_columns(_r=pl.int_range(first, first + len(rows)).cast(pl.String))
    cells = [
        _cell(numbered[column], style, kind)
        for column, style, kind in zip(typed.columns, task.styles, task.kinds, strict=True)
    ]
    start = pl.concat_str(pl.lit('<row r="'), pl.col("_r"), pl.lit('"'), _height(typed, task), pl.lit(">"))
    row = pl.concat_str(start, *cells, pl.lit("</row>"))
    return deflate(join_rows(numbered.select(row.alias("row"))["row"]), FAST)


def _height(rows: pl.DataFrame, task: RowsTask) -> pl.Expr:
    """Return the attributes of a row whose texts take several lines: programs do not all find its height themselves."""
    wrapped = [
        (rows.columns[index], width)
        for index, (kind, width) in enumerate(zip(task.kinds, task.widths, strict=False))
        if kind is CellType.WRAPPED
    ]
    if not wrapped:
        return pl.lit("")
    lines = pl.DataFrame(
        [((_width_of(rows[name]) / (width - _INDENT)).ceil()).fill_null(1).alias(name) for name, width in wrapped]
    ).max_horizontal()
    points = (lines.clip(1) * _LINE).clip(task.least)
    taller = pl.format(' ht="{}" customHeight="1"', pl.lit(points))
    return pl.when(pl.lit(points > _LINE)).then(taller).otherwise(pl.lit(""))


def _width_of(texts: pl.Series) -> pl.Series:
    """Columns that texts take: two for a Chinese character, which has three bytes, one for a Latin letter."""
    return (texts.str.len_bytes() + texts.str.len_chars()) / 2


def _typed(values: pl.Series, kind: CellType) -> pl.Series:
    """Return texts as String and everything else as a number; a date becomes its serial."""
    if kind in _TEXTS:
        return values.cast(pl.String)
    if values.dtype == pl.Date:
        return values.cast(pl.Int32) + _SERIAL_OF_1970
    return values if values.dtype.is_integer() else values.cast(pl.Float64).fill_nan(None)


def _cell(values: pl.Series, style: int, kind: CellType) -> pl.Expr:
    """Return the XML of a column's cells, which follow one another and need no references."""
    before, after = f'<c s="{style}"><v>', "</v></c>"
    text_before, text_after = f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"
    empty, nothing = values.is_null(), f'<c s="{style}"/>'
    if kind in _TEXTS:
        before, after = text_before, text_after
        empty = empty | (values == "")
    elif kind is CellType.OWED:
        nothing = f"{text_before}{UNKNOWN_TEXT}{text_after}"
    filled = pl.concat_str(pl.lit(before), pl.col(values.name).cast(pl.String), pl.lit(after))
    if not empty.any():
        return filled
    return pl.when(empty).then(pl.lit(nothing)).otherwise(filled)
