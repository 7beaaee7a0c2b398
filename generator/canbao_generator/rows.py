"""The rows of a roster sheet as XML: empty ones in blocks that workbooks share, filled ones by polars expressions."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from canbao_generator.expressions import escape_frame, number_text, stamp_rows
from canbao_generator.package import OF_ROWS, Segment, deflate, deflate_quickly
from canbao_generator.xml import escape_formula
from canbao_rulebook.kinds import UNKNOWN_TEXT, CellKind, ColumnType, Filler
from canbao_rulebook.roster import FIRST_ROW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from canbao_generator.layout import RosterLayout, SheetColumn

BLOCK_ROWS = 300  # takes the least room of those tried, from 200 to 1,000
_FIRST_CHUNK, _CHUNK_ROWS = 50, 20_000  # formulas are put into the first one, which is therefore small
_ROW = pl.col("_r")
_ROW_START = '<row r="'
_NUMBER = "#"
_ROW_REFERENCE = re.compile(rf"(\$[A-Z]{{1,3}}){FIRST_ROW}\b")


class RowWriter:
    """Writes the rows of one roster sheet. ``styles`` are style numbers by column letter."""

    def __init__(self, layout: RosterLayout, styles: Mapping[str, int]) -> None:
        self._layout = layout
        self._styles = styles
        self._blocks: list[Segment] = []
        formulas = [entry for entry in layout.columns if entry.formula]
        self._shared = {entry.letter: number for number, entry in enumerate(formulas)}

    def write(self, data: pl.DataFrame | None, last: int) -> list[Segment]:
        """Return the rows from FIRST_ROW to ``last``: those of ``data`` (one per person), then empty ones."""
        chunks = self._filled(data) if data is not None else []
        row = FIRST_ROW + (0 if data is None else len(data))
        if row <= last:
            chunks.append(self._empty(row, row).encode())
            row += 1
        defined = self._define(chunks, last)
        if data is None:  # a template has the same bytes everywhere
            segments = [deflate(chunk, OF_ROWS) for chunk in defined]
        else:
            segments = [deflate_quickly([chunk]) for chunk in defined]
        return [*segments, *self._rest(row, last)]

    def _rest(self, first: int, last: int) -> Iterator[Segment]:
        """Yield empty rows in blocks, each of which repeats the row above; the first one has none that is empty."""
        row = first
        while row <= last:
            block = row // BLOCK_ROWS
            end = min(last, _last_row(block))
            whole = (row, end) == (_first_row(block), _last_row(block))
            shared = whole and (row > first or block == 0)
            yield self._block(block) if shared else self._compress(row, end, behind_another=row > first)
            row = end + 1

    def _block(self, number: int) -> Segment:
        """Return the empty rows up to a multiple of BLOCK_ROWS, compressed once and kept."""
        while len(self._blocks) <= number:
            block = len(self._blocks)
            self._blocks.append(self._compress(_first_row(block), _last_row(block), behind_another=block > 0))
        return self._blocks[number]

    def _compress(self, first: int, last: int, *, behind_another: bool) -> Segment:
        above = self._empty(first - 1, first - 1) if behind_another else ""
        return deflate(self._empty(first, last).encode(), OF_ROWS, before=above.encode())

    @cached_property
    def _pattern(self) -> str:
        """The XML of an empty row, a mark in each place of its number.

        Every cell carries its reference: implicit ones would make the file smaller, but openpyxl cannot read them.
        """
        cells = [
            f'<c r="{letter}{_NUMBER}" s="{self._styles[letter]}"><f t="shared" si="{shared}"/></c>'
            for letter, shared in self._shared.items()
        ]
        return f'<row r="{_NUMBER}">{"".join(cells)}</row>'

    def _empty(self, first: int, last: int) -> str:
        return "".join(self._pattern.replace(_NUMBER, str(row)) for row in range(first, last + 1))

    def _define(self, chunks: list[bytes], last: int) -> list[bytes]:
        """Put each formula itself into the first cell that has it; a clerk may have overwritten those before."""
        waiting = {entry.letter: entry.formula for entry in self._layout.columns if entry.formula}
        for place, chunk in enumerate(chunks):
            if not waiting:
                break
            text = chunk.decode()
            for letter, formula in list(waiting.items()):
                reference = f'<f t="shared" si="{self._shared[letter]}"/>'
                found = text.find(reference)
                if found < 0:
                    continue
                start = text.rindex(_ROW_START, 0, found) + len(_ROW_START)
                row = int(text[start : text.index('"', start)])
                span = f'<f t="shared" ref="{letter}{row}:{letter}{last}" si="{self._shared[letter]}">'
                full = f"{span}{escape_formula(move_formula(formula, row))}</f>"
                text = text[:found] + full + text[found + len(reference) :]
                del waiting[letter]
            chunks[place] = text.encode()
        return chunks

    def _filled(self, data: pl.DataFrame) -> list[bytes]:
        """Return the XML of the filled rows, in chunks that fit into memory."""
        left_empty = {column.field for column in self._layout.roster.columns if column.filler is Filler.PRINT}
        cells = [self._cell(entry) for entry in self._layout.columns if entry.column.field not in left_empty]
        chunks = []
        starts = [0, *range(_FIRST_CHUNK, len(data), _CHUNK_ROWS)]
        for start, end in pairwise([*starts, len(data)]):
            part = data.slice(start, end - start)
            first = FIRST_ROW + start
            numbered = part.with_columns(pl.int_range(first, first + len(part)).cast(pl.String).alias("_r"))
            row = pl.concat_str(pl.lit(_ROW_START), _ROW, pl.lit('">'), *cells, pl.lit("</row>"))
            chunks.append(b"".join(stamp_rows(escape_frame(numbered), row)))
        return chunks

    def _cell(self, entry: SheetColumn) -> pl.Expr:
        start = pl.concat_str(pl.lit(f'<c r="{entry.letter}'), _ROW, pl.lit(f'" s="{self._styles[entry.letter]}"'))
        if entry.formula is None:
            return _typed_cell(entry, start)
        formula = f'<f t="shared" si="{self._shared[entry.letter]}"/>'
        computed = _computed_cell(entry, start, formula)
        if entry.column.filler is not Filler.DEFAULT:
            return computed
        return pl.when(is_overwritten(entry)).then(_typed_cell(entry, start)).otherwise(computed)


def _first_row(block: int) -> int:
    """Return the first row of a block; the first row of all, which holds the formulas, stands by itself."""
    return max(FIRST_ROW + 1, block * BLOCK_ROWS)


def _last_row(block: int) -> int:
    return (block + 1) * BLOCK_ROWS - 1


def move_formula(formula: str, row: int) -> str:
    """Return a formula of the first data row as another row has it."""
    return _ROW_REFERENCE.sub(rf"\g<1>{row}", formula)


def _typed_cell(entry: SheetColumn, start: pl.Expr) -> pl.Expr:
    """A cell as somebody typed it: a number stays a number, a text a text."""
    name = entry.column.field
    kind, raw = pl.col(f"{name}.kind"), pl.col(f"{name}.raw")
    if entry.column.type.is_number:
        number, text = number_text(pl.col(name)), raw
    else:
        number, text = raw, pl.col(name).fill_null("")
        text = pl.when(text == "").then(raw).otherwise(text)
    truth = pl.when(raw.str.to_uppercase() == "TRUE").then(pl.lit("1")).otherwise(pl.lit("0"))
    forms = {
        CellKind.NUMBER: ("><v>", number, "</v></c>"),
        CellKind.TEXT: (' t="inlineStr"><is><t xml:space="preserve">', text, "</t></is></c>"),
        CellKind.BOOL: (' t="b"><v>', truth, "</v></c>"),
        CellKind.ERROR: (' t="e"><v>', raw, "</v></c>"),
    }
    cells = [
        pl.when(kind == int(of)).then(pl.concat_str(start, pl.lit(before), value, pl.lit(after)))
        for of, (before, value, after) in forms.items()
    ]
    return pl.coalesce(*cells, pl.lit(""))


def _computed_cell(entry: SheetColumn, start: pl.Expr, formula: str) -> pl.Expr:
    """A formula with the value that it has: null is an unknown policy value, NaN an empty cell."""
    value = pl.col(f"{entry.column.field}.computed")
    unknown = pl.lit(f' t="str">{formula}<v>{UNKNOWN_TEXT}</v></c>')
    if entry.column.type is ColumnType.BOOL:
        truth = pl.when(value).then(pl.lit("1")).otherwise(pl.lit("0"))
        known = pl.concat_str(pl.lit(f' t="b">{formula}<v>'), truth, pl.lit("</v></c>"))
    elif entry.column.type.is_number:
        empty = pl.lit(f' t="str">{formula}<v></v></c>')
        filled = pl.concat_str(pl.lit(f">{formula}<v>"), number_text(value), pl.lit("</v></c>"))
        known = pl.when(value.is_nan()).then(empty).otherwise(filled)
    else:
        known = pl.concat_str(pl.lit(f' t="str">{formula}<v>'), value, pl.lit("</v></c>"))
    return pl.concat_str(start, pl.when(value.is_null()).then(unknown).otherwise(known))


def is_overwritten(entry: SheetColumn) -> pl.Expr:
    """Whether the clerk has put something else into an unlocked computed cell."""
    name = entry.column.field
    typed, computed = pl.col(name), pl.col(f"{name}.computed")
    if entry.column.type.is_number:
        typed, computed = typed.fill_nan(None), computed.fill_nan(None)
    shown = pl.col(f"{name}.raw").str.strip_chars() != ""
    return (pl.col(f"{name}.kind") != int(CellKind.BLANK)) & shown & typed.ne_missing(computed)
