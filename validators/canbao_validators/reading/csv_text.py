"""Texts with separators: one sheet, every cell a text."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING

from canbao_rulebook.kinds import CellKind
from canbao_validators.reading.builder import SheetBuilder
from canbao_validators.reading.encodings import CONTROLS, SEPARATORS, decode_text
from canbao_validators.reading.raw import Form, RawCell, RawWorkbook
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from canbao_validators.reading.source import Source

_SHEET = "1"
_START = 8_192  # characters


def read_csv(source: Source) -> RawWorkbook:
    """Return the rows of a text. Raises UnreadableFile when it turns out to be none."""
    with source.open() as stream:
        text = decode_text(stream.read())
    if CONTROLS & set(text):
        raise UnreadableFile("V39.not_workbook")
    builder, separator = SheetBuilder(_SHEET, endless=True), find_separator(text)
    try:
        for row, texts in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1):
            for column, cell in enumerate(texts, start=1):
                if cell:
                    builder.add(row, column, RawCell(CellKind.TEXT, 0.0, cell, formula=False))
    except csv.Error as error:
        raise UnreadableFile("V39.not_workbook") from error
    return RawWorkbook(
        source.path, {_SHEET: builder.build()}, False, {}, Form.CSV, source.encrypted, separator=separator
    )


def find_separator(text: str) -> str:
    """Return the separator that most of the first lines hold equally often: titles and remarks hold others."""
    lines = text[:_START].splitlines()
    counts = {separator: Counter(filter(None, (line.count(separator) for line in lines))) for separator in SEPARATORS}
    usual = {
        separator: max(((lines, times) for times, lines in found.items()), default=(0, 0))
        for separator, found in counts.items()
    }
    return max(SEPARATORS, key=lambda separator: usual[separator])
