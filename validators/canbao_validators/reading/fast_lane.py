"""The fast lane: sheets as spreadsheet programs write them, read by vector; not sure of something, it reads nothing.

It looks at every cell's beginning and end, and at the inside of the cells that are kept. A cell of an unusual form is
read by the slow lane, with everything that form may mean; a sheet of an unusual form raises UnsureError.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from canbao_rulebook.meta import OWN_SHEETS
from canbao_rulebook.roster import HEADER_ROW, TECHNICAL_MARK, column_letter
from canbao_validators.reading import slow_lane
from canbao_validators.reading.by_scanner import Scanner
from canbao_validators.reading.by_vector import VectorCells
from canbao_validators.reading.inflate import UnsureError, inflate_part, is_utf8
from canbao_validators.reading.pages import PageMemory
from canbao_validators.reading.raw import RawColumn, RawSheet, join_columns
from canbao_validators.reading.shape_book import ShapeBook
from canbao_validators.reading.shape_matching import COLUMNS
from canbao_validators.reading.slabs import SLAB_BYTES, SlabReader
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.reading.values import BLANK, EPOCH_1900, EPOCH_1904
from canbao_validators.reading.xml import MAIN, feed, main_tags, make_parser

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from canbao_validators.reading.contents import Values
    from canbao_validators.reading.package import Package
    from canbao_validators.reading.shape_matching import Contents
    from canbao_validators.reading.slabs import Slab
    from canbao_validators.reading.strings import SharedStrings
    from canbao_validators.reading.tokens import Tokens
    from canbao_validators.reading.watching import SheetWatch

MAX_STRANGE = 20_000  # cells of one slab that the slow lane reads one by one
_FIRST_ALONE = HEADER_ROW + 1  # no row in which the slow lane looks for headers
_ROW, _NAMED = b"<row", b'<c r="'
_SHEET_DATA = main_tags("sheetData")


def read_sheet(
    package: Package,
    part: str,
    sheet: RawSheet,
    shared: SharedStrings,
    *,
    date1904: bool,
    slab_bytes: int = SLAB_BYTES,
    watch: SheetWatch | None = None,
) -> None:
    """Fill ``sheet`` from one worksheet part. Raises UnsureError when the slow lane must read it."""
    slabs = SlabReader(inflate_part(package.source, package.entry(part)), slab_bytes)
    shapes = ShapeBook()
    reader = _Reader(shared, date1904, watch, Scanner.open(shapes), shapes)
    if sheet.name in OWN_SHEETS:
        reader.technical = set()  # whatever somebody is called, a page has no such column
    for slab in slabs:
        reader.read(slab, slabs.prefixes)
    sheet.merged = _merged_ranges(slabs.skeleton)
    sheet.columns = reader.columns()
    sheet.max_row = max((int(column.rows[-1]) for column in sheet.columns.values()), default=0)
    if watch is not None:
        watch.close(slabs.skeleton)


_skeletons = PageMemory[list[str]]()


def _merged_ranges(skeleton: bytes) -> list[str]:
    """Do the same as ``_read_skeleton``, once for sheets of the same skeleton."""
    return list(_skeletons.read(skeleton, (), lambda _: _read_skeleton(skeleton)))


def _read_skeleton(skeleton: bytes) -> list[str]:
    """Return the merged ranges from around the rows. Raises UnsureError unless the rows were what they seemed."""
    if not is_utf8(skeleton):
        raise UnsureError
    around = RawSheet("")
    try:
        slow_lane.read_sheet(io.BytesIO(skeleton), around, (), date1904=False)
    except UnreadableFile as error:
        raise UnsureError from error
    if around.columns or not _is_plain_sheet(skeleton):
        raise UnsureError
    return around.merged


def _is_plain_sheet(skeleton: bytes) -> bool:
    """Tell whether the rows stand in the one ``sheetData`` of a worksheet."""
    path: list[str] = []
    found: list[tuple[str, ...]] = []

    def start(name: str, _attributes: dict[str, str]) -> None:
        path.append(name)
        if name in _SHEET_DATA:
            found.append(tuple(path))

    parser = make_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: path.pop()
    feed(parser, io.BytesIO(skeleton))
    return found in [[(f"{namespace} worksheet", f"{namespace} sheetData")] for namespace in MAIN]


class CellsOfSlab(Protocol):
    """The cells of one slab, found by the compiled scanner or by numpy; some of them are meant by the first and last.

    ``found`` is what ``contents`` gave for the cells from ``first`` on; ``wanted`` is by column number.
    """

    @property
    def tokens(self) -> Tokens:
        """Where the cells are."""

    def contents(self, first: int, last: int) -> Contents:
        """Return what some cells hold, as found, in the order of the file."""

    def read(
        self, found: Contents, first: int, wanted: NDArray[np.bool_], shared: SharedStrings, epoch: datetime
    ) -> tuple[NDArray[np.int64], Values]:
        """Return cells of wanted columns, all but blank ones at least, and their values. Raises UnsureError."""

    def unclear(self, found: Contents, first: int, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return cells of other columns that may not be well-formed."""


@dataclass(slots=True)
class _Reader:
    """Collects columns slab by slab."""

    shared: SharedStrings
    date1904: bool
    watch: SheetWatch | None
    scanner: Scanner | None
    shapes: ShapeBook
    parts: dict[int, list[RawColumn]] = field(default_factory=dict)
    technical: set[int] | None = None
    last_row: int = 0

    def read(self, slab: Slab, prefixes: frozenset[bytes]) -> None:
        """Read the cells of one slab; down to the header row all of them, below it those of wanted columns."""
        cells = self._find(slab, prefixes)
        if cells is None:
            return
        tokens = cells.tokens
        self.last_row = int(tokens.row_numbers[-1])
        body = int(tokens.row_index.searchsorted(tokens.row_numbers.searchsorted(HEADER_ROW, side="right")))
        if body:
            self._keep(slab, cells, cells.contents(0, body), 0, np.ones(COLUMNS, dtype=np.bool_))
        if self.watch is not None and body:
            end = slab.data.rfind(_ROW, 0, int(tokens.starts[body])) if body < len(tokens.starts) else slab.end
            self.watch.above(slab.data[slab.start : end])
        if body < len(tokens.starts):
            found, wanted = cells.contents(body, len(tokens.starts)), self._wanted()
            if self.watch is not None:
                self.watch.see(slab, tokens, np.arange(body, len(tokens.starts)), found, self.shapes.forms)
            self._keep(slab, cells, found, body, wanted)
            self._parse(slab, tokens, cells.unclear(found, body, wanted))

    def _find(self, slab: Slab, prefixes: frozenset[bytes]) -> CellsOfSlab | None:
        """Return the cells of a slab, None when it has none: those of the scanner, where it is sure of all."""
        found = self.scanner.find(slab, self.last_row, prefixes) if self.scanner else None
        return found or VectorCells.find(slab, self.shapes, self.last_row, prefixes)

    def _wanted(self) -> NDArray[np.bool_]:
        """Return by column number what is kept below the header row."""
        if self.technical is None:
            self.technical = {
                index
                for index, parts in self.parts.items()
                if (parts[-1].rows[-1] == HEADER_ROW and str(parts[-1].texts[-1]).startswith(TECHNICAL_MARK))
            }
        wanted = np.ones(COLUMNS, dtype=np.bool_)
        wanted[list(self.technical)] = False
        return wanted

    def _keep(self, slab: Slab, cells: CellsOfSlab, found: Contents, first: int, wanted: NDArray[np.bool_]) -> None:
        """Add some cells to their columns, all but blank ones."""
        epoch = EPOCH_1904 if self.date1904 else EPOCH_1900
        kept, values = cells.read(found, first, wanted, self.shared, epoch)
        self._read_strange(slab, cells.tokens, kept, values)
        columns = cells.tokens.columns[kept]
        filled = (values.kinds != BLANK) | values.formulas
        if not filled.all() or (columns[1:] < columns[:-1]).any():
            order = np.argsort(columns, kind="stable")
            order = order[filled[order]]
            kept, values, columns = kept[order], values.take(order), columns[order]
        if len(kept) == 0:
            return
        indexes, starts = np.unique(columns, return_index=True)
        rows = cells.tokens.rows(kept)
        for index, start, end in zip(indexes.tolist(), starts, np.append(starts[1:], len(kept)), strict=True):
            span = slice(int(start), int(end))
            part = RawColumn(
                rows[span], values.kinds[span], values.numbers[span], values.texts[span], values.formulas[span]
            )
            self.parts.setdefault(index, []).append(part)

    def _parse(self, slab: Slab, tokens: Tokens, cells: NDArray[np.int64]) -> None:
        """Make sure that cells which are not kept, and have no known form, are well-formed."""
        if len(cells) > MAX_STRANGE:
            raise UnsureError
        if len(cells) == 0:
            return
        spans = zip(tokens.starts[cells].tolist(), tokens.ends[cells].tolist(), strict=True)
        text = b"".join(slab.data[start:end] for start, end in spans)
        try:
            feed(make_parser(), io.BytesIO(b'<row xmlns="%b">%b</row>' % (MAIN[0].encode(), text)))
        except UnreadableFile as error:
            raise UnsureError from error

    def _read_strange(self, slab: Slab, tokens: Tokens, cells: NDArray[np.int64], values: Values) -> None:
        """Let the slow lane read the cells that stayed strange, each in a row of its own."""
        strange = values.strange
        if len(strange) == 0:
            return
        if len(strange) > MAX_STRANGE:
            raise UnsureError
        own = cells[strange]
        spans = zip(tokens.starts[own].tolist(), tokens.ends[own].tolist(), tokens.columns[own].tolist(), strict=True)
        rows = [
            b'<row r="%d">%b</row>' % (row, _with_reference(slab.data[start:end], column, row))
            for row, (start, end, column) in enumerate(spans, _FIRST_ALONE)
        ]
        text = b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>' % (MAIN[0].encode(), b"".join(rows))
        alone = RawSheet("")
        try:
            slow_lane.read_sheet(io.BytesIO(text), alone, self.shared.texts, date1904=self.date1904, alone=True)
        except UnreadableFile as error:
            raise UnsureError from error
        if alone.faults:
            raise UnsureError
        values.kinds[strange] = BLANK
        values.formulas[strange] = False
        values.texts = values.texts.scatter(strange, "")
        for index, column in alone.columns.items():
            places = strange[column.rows - _FIRST_ALONE]
            if (tokens.columns[cells[places]] != index).any():
                raise UnsureError
            values.kinds[places] = column.kinds
            values.numbers[places] = column.numbers
            values.formulas[places] = column.formulas
            values.texts = values.texts.scatter(places, column.texts)

    def columns(self) -> dict[int, RawColumn]:
        """Return everything that was read."""
        return {index: join_columns(parts) for index, parts in sorted(self.parts.items())}


def _with_reference(cell: bytes, column: int, row: int) -> bytes:
    """Return a cell that may have none with a reference: alone, it does not follow any other."""
    return cell if cell.startswith(_NAMED) else b'%b%b%d"%b' % (_NAMED, column_letter(column).encode(), row, cell[2:])
