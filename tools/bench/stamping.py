"""Fills a generated workbook as Excel would save it: shared strings, and in every formula cell the value it has."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from canbao_generator.cached import add_checks
from canbao_generator.expressions import escape_frame, number_text
from canbao_generator.layout import USED_FIELD, build_layout
from canbao_generator.package import OF_ROWS, PackageWriter, Segment, deflate
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.kinds import UNKNOWN_TEXT, ColumnType
from canbao_rulebook.names import unit_names
from canbao_rulebook.roster import FIRST_ROW, column_index
from canbao_validators.frames import typed_frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from canbao_generator.layout import RosterLayout, SheetColumn
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit

_CHUNK_ROWS = 20_000
_STRINGS = "xl/sharedStrings.xml"
_TYPES, _RELATIONS = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
_STYLE = re.compile(r'<col [^>]*style="(\d+)" min="(\d+)"')
_SHEET = re.compile(r'<sheet [^>]*name="([^"]+)" sheetId="(\d+)"')
_CELL = re.compile(r'<c r="([A-Z]+)\d+" s="(\d+)">(<f [^>]*>[^<]*</f>|<f [^>]*/>)</c>')
_ROW = re.compile(r"<row .*?</row>")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NUMBER = "_r"


@dataclass(frozen=True)
class Filled:
    """How many input cells of a workbook were filled."""

    rows: int
    cells: int


class _Strings:
    """The shared strings of one workbook."""

    def __init__(self, frames: Mapping[str, pl.DataFrame], inputs: Mapping[str, list[str]]) -> None:
        texts = [
            frame[field] for code, frame in frames.items() for field in inputs[code] if frame[field].dtype == pl.String
        ]
        filled = pl.concat([column.rename("text") for column in texts])
        filled = filled.filter(filled != "")
        self.count = len(filled)
        self.table = filled.unique(maintain_order=True)
        self._places = pl.DataFrame({"text": self.table, "place": pl.int_range(len(self.table), eager=True)})

    def places(self, texts: pl.Series) -> pl.Series:
        """Return the numbers of texts, null for empty ones."""
        return texts.to_frame("text").join(self._places, on="text", how="left", maintain_order="left")["place"]

    def part(self) -> bytes:
        """Return the part that holds them."""
        escaped = escape_frame(self.table.to_frame("text"))
        items = escaped.select(pl.concat_str(pl.lit("<si><t>"), "text", pl.lit("</t></si>")).alias("item"))["item"]
        head = f'<sst xmlns="{_MAIN}" count="{self.count}" uniqueCount="{len(self.table)}">'
        return head.encode() + _join(items) + b"</sst>"


def fill_workbook(source: Path, target: Path, book: Rulebook, unit: Unit, tables: Mapping[str, pl.DataFrame]) -> Filled:
    """Write ``target``: the generated workbook ``source`` with the rows of ``tables``, input columns by field."""
    names = {**book.names, **unit_names(unit)}
    layouts = {code: build_layout(book, roster) for code, roster in book.rosters.items()}
    frames = {code: typed_frame(book.rosters[code], table) for code, table in tables.items() if table.height}
    inputs = {
        code: [column.field for column in book.rosters[code].columns if column.field in tables[code].columns]
        for code in frames
    }
    strings = _Strings(frames, inputs)
    with zipfile.ZipFile(source) as package, target.open("wb") as stream:
        places = dict(_SHEET.findall(package.read("xl/workbook.xml").decode()))
        rosters = {f"xl/worksheets/sheet{places[layout.roster.sheet]}.xml": layout for layout in layouts.values()}
        writer = PackageWriter(stream)
        for name in package.namelist():
            content = package.read(name)
            if name in rosters:
                code = rosters[name].roster.code
                frame = frames.get(code)
                if frame is not None:
                    computed = compute_columns(book.rosters[code], frame, names)
                    frame = add_checks(rosters[name], computed, names)
                sheet = _Sheet(rosters[name], content.decode(), strings, inputs.get(code, []))
                writer.add(name, sheet.segments(frame))
            else:
                writer.add(name, [deflate(_declare(name, content))])
        writer.add(_STRINGS, [deflate(strings.part(), OF_ROWS)])
        writer.close()
    return Filled(sum(frame.height for frame in frames.values()), strings.count + _numbers(frames, inputs))


def _numbers(frames: Mapping[str, pl.DataFrame], inputs: Mapping[str, list[str]]) -> int:
    columns = [frame[field] for code, frame in frames.items() for field in inputs[code]]
    return sum(int(column.is_not_nan().sum()) for column in columns if column.dtype == pl.Float64)


def _declare(name: str, content: bytes) -> bytes:
    """Add the part of shared strings to the lists of parts."""
    if name == _TYPES:
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
        return content.replace(b"</Types>", f'<Override PartName="/{_STRINGS}" ContentType="{kind}"/></Types>'.encode())
    if name == _RELATIONS:
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
        entry = f'<Relationship Type="{kind}" Target="/{_STRINGS}" Id="rIdStrings"/></Relationships>'
        return content.replace(b"</Relationships>", entry.encode())
    return content


class _Sheet:
    """One roster sheet: what its empty rows look like, and the same rows filled."""

    def __init__(self, layout: RosterLayout, content: str, strings: _Strings, inputs: list[str]) -> None:
        self._layout = layout
        self._strings = strings
        self._inputs = set(inputs)
        self._styles = {int(first): style for style, first in _STYLE.findall(content)}
        start, last = content.index(f'<row r="{FIRST_ROW}"'), content.rindex("</row>") + len("</row>")
        self._head, self._tail = content[:start], content[last:]
        rows = _ROW.findall(content, start, last)
        self._count = len(rows)
        self._first = {letter: formula for letter, _, formula in _CELL.findall(rows[0])}
        self._next = {letter: (style, formula) for letter, style, formula in _CELL.findall(rows[1])}

    def segments(self, frame: pl.DataFrame | None) -> list[Segment]:
        """Return the whole part: filled rows, then empty ones, formulas with the values that they have."""
        filled = 0 if frame is None else frame.height
        pieces = [deflate(self._head.encode())]
        for number, rows in enumerate([*self._filled(frame), *self._empty(filled)]):
            pieces.append(deflate(self._define(rows) if number == 0 else rows, OF_ROWS))
        return [*pieces, deflate(self._tail.encode())]

    def _define(self, rows: bytes) -> bytes:
        """Write the shared formulas themselves into the first row."""
        end = rows.index(b"</row>")
        first = rows[:end].decode()
        for letter, formula in self._first.items():
            first = first.replace(self._next[letter][1], formula, 1)
        return first.encode() + rows[end:]

    def _filled(self, frame: pl.DataFrame | None) -> Iterator[bytes]:
        if frame is None:
            return
        texts = [name for name in frame.columns if name in self._inputs and frame[name].dtype == pl.String]
        shared = frame.with_columns(self._strings.places(frame[name]).alias(name) for name in texts)
        cells = [self._formula(entry) if entry.formula else self._input(entry) for entry in self._layout.columns]
        present = [cell for cell in cells if cell is not None]
        for start in range(0, frame.height, _CHUNK_ROWS):
            yield self._rows(shared.slice(start, _CHUNK_ROWS), FIRST_ROW + start, present)

    def _empty(self, filled: int) -> Iterator[bytes]:
        cells = []
        for entry in self._layout.columns:
            if entry.formula:
                style, formula = self._next[entry.letter]
                kind, value = ("b", "0") if entry.column.field == USED_FIELD else ("str", "")
                cells.append(_cell(entry, f' s="{style}" t="{kind}">{formula}<v>{value}</v></c>'))
        for start in range(filled, self._count, _CHUNK_ROWS):
            height = min(_CHUNK_ROWS, self._count - start)
            yield self._rows(pl.DataFrame({"none": [None] * height}), FIRST_ROW + start, cells)

    @cached_property
    def _spans(self) -> str:
        return f'" spans="1:{column_index(self._layout.last_letter)}">'

    def _rows(self, part: pl.DataFrame, first: int, cells: list[pl.Expr]) -> bytes:
        number = pl.int_range(first, first + part.height, eager=True).cast(pl.String).alias(_NUMBER)
        numbered = escape_frame(part).with_columns(number)
        row = pl.concat_str(pl.lit('<row r="'), pl.col(_NUMBER), pl.lit(self._spans), *cells, pl.lit("</row>"))
        return _join(numbered.select(row.alias("row"))["row"])

    def _input(self, entry: SheetColumn) -> pl.Expr | None:
        """A cell that was typed into: a shared string or a number; None for a column that nobody fills."""
        name = entry.column.field
        if name not in self._inputs:
            return None
        style = self._styles[column_index(entry.letter)]
        if entry.column.type.is_number:
            value, is_blank, kind = number_text(pl.col(name)), pl.col(name).is_nan(), ""
        else:
            value, is_blank, kind = pl.col(name).cast(pl.String), pl.col(name).is_null(), ' t="s"'
        filled = pl.concat_str(_cell(entry, f' s="{style}"{kind}><v>'), value, pl.lit("</v></c>"))
        return pl.when(is_blank).then(pl.lit("")).otherwise(filled)

    def _formula(self, entry: SheetColumn) -> pl.Expr:
        """A formula with the value that it has: null is an unknown policy value, NaN an empty cell."""
        style, formula = self._next[entry.letter]
        value = pl.col(f"{entry.column.field}.computed")
        text = f' s="{style}" t="str">{formula}<v>'
        unknown = pl.lit(f"{text}{UNKNOWN_TEXT}</v></c>")
        if entry.column.type is ColumnType.BOOL:
            known = _value(f' s="{style}" t="b">{formula}<v>', pl.when(value).then(pl.lit("1")).otherwise(pl.lit("0")))
        elif entry.column.type.is_number:
            number = _value(f' s="{style}">{formula}<v>', number_text(value))
            known = pl.when(value.is_nan()).then(pl.lit(f"{text}</v></c>")).otherwise(number)
        else:
            known = _value(text, value)
        return pl.concat_str(_cell(entry, ""), pl.when(value.is_null()).then(unknown).otherwise(known))


def _join(rows: pl.Series) -> bytes:
    """Return pieces of XML one after the other, on one line as Excel writes them."""
    joined: bytes = rows.str.join("").cast(pl.Binary).item()
    return joined


def _cell(entry: SheetColumn, rest: str) -> pl.Expr:
    return pl.concat_str(pl.lit(f'<c r="{entry.letter}'), pl.col(_NUMBER), pl.lit(f'"{rest}'))


def _value(before: str, value: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit(before), value, pl.lit("</v></c>"))
