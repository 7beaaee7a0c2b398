"""The rows of plain tables as XML, stamped column by column, compressed chunk by chunk, perhaps in another process."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from canbao_generator.expressions import escape_frame, stamp_rows
from canbao_generator.package import deflate_quickly
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.tables import FEN, TEXTS, CellType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from canbao_generator.package import Segment
    from canbao_rulebook.tables import Source, TableColumn

LINE = 15.0  # points
_CHUNK_ROWS = 16_000
_SERIAL_OF_1970 = 25_569
_FEN_OF_A_YUAN = 100
_INDENT = 2.5  # characters that a wrapped text does not have; what a cell needs beside a number, in a wider font too
_LONGEST_NUMBER = 24  # characters
_LEAST_MARGIN = 1  # of a text on one line
_SHORT = frozenset({CellType.TEXT, CellType.CENTRED})


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
    least: float = LINE


def render_rows(task: RowsTask) -> list[Segment]:
    """Return rows as compressed XML, chunk by chunk."""
    frame = task.source if isinstance(task.source, pl.DataFrame) else task.source.load()
    return [_chunk(frame.slice(offset, _CHUNK_ROWS), task, offset) for offset in range(0, len(frame), _CHUNK_ROWS)]


def _chunk(rows: pl.DataFrame, task: RowsTask, offset: int) -> Segment:
    first = task.first_row + offset
    typed = pl.DataFrame([_typed(values, kind) for values, kind in zip(rows.get_columns(), task.kinds, strict=True)])
    numbers = pl.int_range(first, first + len(rows), eager=True).cast(pl.String)
    stamped = escape_frame(typed).with_columns(_r=numbers, _h=_heights(typed, task))
    looks = [_is_empty(column, kind) for column, kind in zip(typed.columns, task.kinds, strict=True)]
    some, all_ = (typed.select(found).row(0) for found in ([e.any() for e in looks], [e.all() for e in looks]))
    parts: list[str | pl.Expr] = ['<row r="', pl.col("_r"), '"', pl.col("_h"), ">"]
    for column, style, kind, *empty in zip(typed.columns, task.styles, task.kinds, some, all_, strict=True):
        parts += _cell(column, style, kind, *empty)
    return deflate_quickly(stamp_rows(stamped, pl.concat_str(_join_texts([*parts, "</row>"]))))


def _join_texts(parts: Iterable[str | pl.Expr]) -> Iterator[pl.Expr]:
    """Yield what is put together in a row, texts that follow one another as one."""
    for is_text, alike in groupby(parts, key=lambda part: isinstance(part, str)):
        if is_text:
            yield pl.lit("".join(map(str, alike)))
        else:
            yield from (part for part in alike if isinstance(part, pl.Expr))


def _heights(rows: pl.DataFrame, task: RowsTask) -> pl.Series | pl.Expr:
    """Return the attributes of rows whose texts take several lines: programs do not all find the height themselves."""
    wrapped = [
        (rows.columns[index], width)
        for index, (kind, width) in enumerate(zip(task.kinds, task.widths, strict=False))
        if kind is CellType.WRAPPED
    ]
    if not wrapped:
        return pl.lit("")
    lines = [(width_of(pl.col(name)) / (width - _INDENT)).ceil().fill_null(1) for name, width in wrapped]
    points = (pl.max_horizontal(lines).clip(1) * LINE).clip(task.least)
    taller = pl.format(' ht="{}" customHeight="1"', points)
    return rows.select(height=pl.when(points > LINE).then(taller).otherwise(pl.lit("")))["height"]


def fit_columns(columns: Sequence[TableColumn], frame: pl.DataFrame) -> list[TableColumn]:
    """Return columns that show what is in ``frame``: a cell beside a filled one would cut a text that is too long.

    They show texts whole: on several lines, or wider where these are numbers, misread if broken.
    """
    short = [(name, column) for name, column in zip(frame.columns, columns, strict=True) if column.kind in _SHORT]
    if not short:
        return list(columns)
    texts = {name: pl.col(name).cast(pl.String).fill_null("") for name, _ in short}
    needed = {name: width_of(text) for name, text in texts.items()}
    tight = {name: needed[name] > column.width - _INDENT for name, column in short}
    found = frame.select(
        *(needed[name].max().alias(f"{name} longest") for name in texts),
        *((~tight[name] | _has_one_byte_each(texts[name])).all().alias(f"{name} codes") for name in texts),
    ).row(0, named=True)
    fitted = {
        name: _fit_column(column, float(found[f"{name} longest"] or 0), codes=found[f"{name} codes"])
        for name, column in short
    }
    return [fitted.get(name, column) for name, column in zip(frame.columns, columns, strict=True)]


def _fit_column(column: TableColumn, longest: float, *, codes: bool) -> TableColumn:
    """Return a column that shows a text of so many columns; ``codes``: those that are tight are numbers and codes."""
    if longest <= column.width - _INDENT:
        return column
    if codes:
        column = column._replace(width=max(column.width, min(_LONGEST_NUMBER, longest) + _INDENT))
    if longest <= column.width - _LEAST_MARGIN:
        return column
    roomy = column.width + _INDENT - _LEAST_MARGIN  # so that what took one line still does
    return column._replace(kind=CellType.WRAPPED, width=roomy)


def _has_one_byte_each(texts: pl.Expr) -> pl.Expr:
    return texts.str.len_bytes() == texts.str.len_chars()


def width_of(texts: pl.Expr) -> pl.Expr:
    """Columns that texts take: two for a Chinese character, which has three bytes, one for a Latin letter."""
    return (texts.str.len_bytes() + texts.str.len_chars()) / 2


def _typed(values: pl.Series, kind: CellType) -> pl.Series:
    """Return texts as String and everything else as a number; fen become yuan, a date its serial."""
    if kind in TEXTS:
        return values.cast(pl.String)
    if kind in FEN:
        assert values.dtype.is_integer() or values.dtype == pl.Null, f"{values.name}: money of tables is whole fen"
        return values.cast(pl.Int64) / _FEN_OF_A_YUAN
    if values.dtype == pl.Date:
        return values.cast(pl.Int32) + _SERIAL_OF_1970
    return values if values.dtype.is_integer() else values.cast(pl.Float64).fill_nan(None)


def _is_empty(column: str, kind: CellType) -> pl.Expr:
    values = pl.col(column)
    return values.is_null() | (values == "") if kind in TEXTS else values.is_null()


def _cell(column: str, style: int, kind: CellType, some_empty: bool, all_empty: bool) -> list[str | pl.Expr]:
    """Return the XML of a column's cells in parts; the cells follow one another and need no references."""
    before, after = f'<c s="{style}"><v>', "</v></c>"
    text_before, text_after = f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"
    nothing = f'<c s="{style}"/>'
    if kind in TEXTS:
        before, after = text_before, text_after
    elif kind is CellType.OWED:
        nothing = f"{text_before}{UNKNOWN_TEXT}{text_after}"
    if all_empty:
        return [nothing]
    filled: list[str | pl.Expr] = [before, pl.col(column).cast(pl.String), after]
    if not some_empty:
        return filled
    return [pl.when(_is_empty(column, kind)).then(pl.lit(nothing)).otherwise(pl.concat_str(_join_texts(filled)))]
