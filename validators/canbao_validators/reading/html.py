"""Tables of a web page, as systems export them under the name .xls: each table a sheet, every cell a text."""

from __future__ import annotations

import email
import email.policy
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from canbao_rulebook.kinds import CellKind
from canbao_validators.reading.builder import SheetBuilder, add_sheet
from canbao_validators.reading.encodings import decode_text
from canbao_validators.reading.raw import Form, RawCell, RawSheet, RawWorkbook

if TYPE_CHECKING:
    from canbao_validators.reading.source import Source

_MIME = b"mime-version:"
_MIME_BYTES = 4_096
_MOST_COLUMNS, _MOST_ROWS = 1_000, 65_534  # what the standard lets one cell span
_SPACES = re.compile(r"[ \t\r\n\f]+")
_SILENT = {"script", "style", "title"}


def read_html(source: Source) -> RawWorkbook:
    """Return the tables of a web page or of a web archive, named by their number."""
    with source.open() as stream:
        content = stream.read()
    sheets: dict[str, RawSheet] = {}
    for page in _pages(content):
        parser = _Tables(sheets)
        parser.feed(page)
        parser.close()
        parser.finish()
    return RawWorkbook(source.path, sheets, False, {}, Form.HTML, source.encrypted)


def _pages(content: bytes) -> list[str]:
    """Return the page, or those that a web archive (.mht) holds."""
    if _MIME not in content[:_MIME_BYTES].lower():
        return [decode_text(content)]
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    parts = [part.get_payload(decode=True) for part in message.walk() if part.get_content_type() == "text/html"]
    return [decode_text(part) for part in parts if isinstance(part, bytes)]


class _Table:
    """A table in the making. ``below``: by column, how many rows a cell above still covers."""

    def __init__(self, name: str) -> None:
        self.builder = SheetBuilder(name)
        self.row = self.column = 0
        self.below: dict[int, int] = {}
        self.parts: list[str] | None = None
        self.span = (1, 1)

    def start_row(self) -> None:
        self.close_cell()
        self.row += 1
        self.column = 0

    def start_cell(self, attributes: dict[str, str | None]) -> None:
        self.close_cell()
        if self.row == 0:
            self.start_row()
        self.column += 1
        while self.below.get(self.column, 0) >= self.row:
            self.column += 1
        self.parts = []
        self.span = _span(attributes, "rowspan", _MOST_ROWS), _span(attributes, "colspan", _MOST_COLUMNS)

    def close_cell(self) -> None:
        """Store the open cell, if there is one."""
        if self.parts is None:
            return
        text = "\n".join(_SPACES.sub(" ", line).strip(" ") for line in "".join(self.parts).split("\v"))
        down, across = self.span[0] - 1, self.span[1] - 1
        kind = CellKind.TEXT if text else CellKind.BLANK
        self.builder.add(self.row, self.column, RawCell(kind, 0.0, text, formula=False))
        self.builder.merge(self.row, self.column, down, across)
        if down:
            self.below |= dict.fromkeys(range(self.column, self.column + across + 1), self.row + down)
        self.column += across
        self.parts = None


class _Tables(HTMLParser):
    """Receives the tags of one page. End tags may be missing, tables may stand in cells of others."""

    def __init__(self, sheets: dict[str, RawSheet]) -> None:
        super().__init__(convert_charrefs=True)
        self.sheets = sheets
        self.open: list[_Table] = []
        self.count = len(sheets)
        self.silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        if tag in _SILENT:
            self.silent = tag
        elif tag == "table":
            self.count += 1
            self.open.append(_Table(f"{self.count}"))
        elif self.open and tag == "tr":
            self.open[-1].start_row()
        elif self.open and tag in {"td", "th"}:
            self.open[-1].start_cell(dict(attrs))
        elif self.open and tag == "br" and self.open[-1].parts is not None:
            self.open[-1].parts.append("\v")

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if tag == self.silent:
            self.silent = ""
        elif self.open and tag in {"td", "th", "tr"}:
            self.open[-1].close_cell()
        elif self.open and tag == "table":
            self._close_table()

    def handle_data(self, data: str) -> None:
        """Keep the text of the open cell."""
        if self.open and not self.silent and self.open[-1].parts is not None:
            self.open[-1].parts.append(data)

    def finish(self) -> None:
        """Close the tables that the page leaves open."""
        while self.open:
            self._close_table()

    def _close_table(self) -> None:
        table = self.open.pop()
        table.close_cell()
        add_sheet(self.sheets, table.builder)


def _span(attributes: dict[str, str | None], name: str, most: int) -> int:
    text = (attributes.get(name) or "").strip()
    return max(1, min(int(text), most)) if text.isascii() and text.isdigit() and len(text) < 10 else 1
