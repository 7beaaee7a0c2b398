"""What a workbook says of itself: the hidden sheets that bind it to a policy year, a unit and its templates."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING

from canbao_rulebook.kinds import CellKind
from canbao_rulebook.meta import (
    ACCOUNT_KEY,
    CODE_SHEET,
    COVER_CODE_NAME,
    COVER_OWNER_NAME,
    COVER_PHONE_NAME,
    COVER_SHEET,
    DIGEST_KEY,
    INSURER_KEY,
    META_SCHEMA,
    META_SHEET,
    PARENT_KEY,
    PARENT_TARGET_KEY,
    PARENT_VILLAGES_KEY,
    ROSTER_KEY,
    VILLAGE_KEY,
    digest_row,
)
from canbao_rulebook.roster import FIRST_ROW, column_index
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP, VILLAGE, Unit
from canbao_validators.reading.numbers import MAX_ROW, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_validators.reading.raw import RawColumn, RawSheet, RawWorkbook

COVER_NAMES = (COVER_CODE_NAME, COVER_OWNER_NAME, COVER_PHONE_NAME)
LIST_NAMES = (VILLAGES_NAME, GROUPS_NAME) = ("村名单", "村组名单")  # defined names of the unit's own lists
_MOST_ROWS, _MOST_LISTED = 10_000, 100_000
_COVER_LABELS = 2  # column of the cover
_LAST_ROW, _HEADER_HASH = 3, 4  # places among the values of a roster's row


def roster_key(code: str) -> str:
    """Return the key under which a roster's row is kept: several rows share the first word."""
    return f"{ROSTER_KEY}:{code}"


@dataclass(frozen=True)
class Meta:
    """The key and value rows of ``_meta``; empty when the workbook was not issued by canbao."""

    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def is_sealed(self) -> bool:
        """Whether the rows were issued with a digest; older workbooks have none."""
        return DIGEST_KEY in self.values or self.get("schema") == META_SCHEMA

    def altered_rows(self) -> list[int]:
        """Return the 1-based rows that are not what their digest says; the digest's own row when that was edited."""
        if not self.is_sealed:
            return []
        place = next((index for index, row in enumerate(self.rows) if row[0] == DIGEST_KEY), None)
        if place is None:
            return [len(self.rows)]
        _, seal, stated, *beside = (*self.rows[place], "", "")
        digests = stated.split()
        if digest_row(digests) != seal or any(beside):
            return [place + 1]
        found = [digest_row(row) for row in (*self.rows[:place], *self.rows[place + 1 :])]
        pairs = enumerate(zip_longest(found, digests, fillvalue=digest_row(())), start=1)
        return [number if number <= place else number + 1 for number, (digest, right) in pairs if digest != right]

    def villages(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return the villages of the unit with their groups, as they were when the workbook was issued."""
        return [(row[1], row[2:]) for row in self.rows if row[0] == VILLAGE_KEY and len(row) > 1]

    def get(self, key: str) -> str:
        """Return the first value of a key, or an empty string."""
        return next(iter(self.values.get(key, ())), "")

    def number(self, key: str) -> int | None:
        """Return the first value of a key as a whole number, None when it is none."""
        text = self.get(key)
        return whole(text) if text.isdigit() else None

    def roster(self, code: str) -> tuple[str, ...]:
        """Return the values of a roster's row: edition, sheet, first row, last row, header hash."""
        return self.values.get(roster_key(code), ())

    def edition(self, code: str) -> str:
        """Return the edition of a roster sheet; workbooks from before the digests state a number."""
        return next(iter(self.roster(code)), "")

    def header_hash(self, code: str) -> str:
        """Return the hash of the header row that a roster sheet was issued with, or an empty string."""
        return self.roster(code)[_HEADER_HASH] if len(self.roster(code)) > _HEADER_HASH else ""

    def row_limit(self, code: str) -> int:
        """Return how many rows a roster sheet has room for; 0 when the sheet does not say."""
        stated = self.roster(code)
        last = stated[_LAST_ROW] if len(stated) > _LAST_ROW else ""
        return min(MAX_ROW, max(0, (whole(last) or 0) - FIRST_ROW + 1))


def read_meta(raw: RawWorkbook) -> Meta:
    """Return what the very hidden sheet says."""
    sheet = raw.sheets.get(META_SHEET)
    if sheet is None:
        return Meta()
    values: dict[str, tuple[str, ...]] = {}
    rows = _read_rows(sheet)
    for key, *cells in rows:
        if key == ROSTER_KEY and cells:
            values[roster_key(cells[0])] = tuple(cells[1:])
        elif key:
            values[key] = tuple(cells)
    return Meta(values, rows)


def _read_rows(sheet: RawSheet) -> tuple[tuple[str, ...], ...]:
    """Return the texts of every row, without blank cells at its end; a blank row is one blank text."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for index, column in sheet.columns.items():
        for row, text in _texts_of(column):
            if row <= _MOST_ROWS and text:
                found[row][index] = text
    return tuple(
        tuple(found[row].get(index, "") for index in range(1, max(found[row], default=1) + 1))
        for row in range(1, max(found, default=0) + 1)
    )


def _texts_of(column: RawColumn) -> Iterator[tuple[int, str]]:
    """Yield the rows of a column with what ``_text`` returns of them; of one that stands there twice, the last."""
    kinds, numbers, texts = column.kinds.tolist(), column.numbers.tolist(), column.texts.to_list()
    said = (_say(kind, number, text) for kind, number, text in zip(kinds, numbers, texts, strict=True))
    yield from dict(zip(column.rows.tolist(), said, strict=True)).items()


def read_unit(raw: RawWorkbook, meta: Meta) -> Unit:
    """Return the unit with its villages and groups; older workbooks name them nowhere but in their hidden lists."""
    listed = meta.villages() if meta.is_sealed else _read_lists(raw)
    return Unit(
        name=meta.get("unit"),
        villages=tuple(village for village, _ in listed),
        groups=tuple((village, groups) for village, groups in listed if groups),
        target=meta.number("target"),
        parent=_read_parent(meta),
        body=read_kind(meta) if read_kind(meta) != VILLAGE else TOWNSHIP,
        insurer=meta.get(INSURER_KEY),
        account=meta.get(ACCOUNT_KEY),
    )


def read_kind(meta: Meta) -> str:
    """Return the kind of unit; older workbooks that do not say one are townships'."""
    kind = meta.get("unit_kind")
    return kind if kind in {VILLAGE, SCHOOL, AGENCY} else TOWNSHIP


def _read_lists(raw: RawWorkbook) -> list[tuple[str, tuple[str, ...]]]:
    villages = tuple(text for text in read_list(raw, VILLAGES_NAME) if text)
    keys = [text for text in read_list(raw, GROUPS_NAME) if text]
    return [
        (village, tuple(key.partition("/")[2] for key in keys if key.startswith(f"{village}/"))) for village in villages
    ]


def _read_parent(meta: Meta) -> Unit | None:
    """Return the township of a village; workbooks that do not say what they are belong to townships."""
    if meta.get("unit_kind") != VILLAGE:
        return None
    villages = tuple(name for name in meta.values.get(PARENT_VILLAGES_KEY, ()) if name)
    return Unit(meta.get(PARENT_KEY), villages, target=meta.number(PARENT_TARGET_KEY))


def read_cover(raw: RawWorkbook) -> dict[str, str]:
    """Return what stands in the white cells of the cover, by defined name."""
    return {name: _beside(raw, name) or next(iter(read_name(raw, name)), "") for name in COVER_NAMES}


def _beside(raw: RawWorkbook, label: str) -> str:
    """Return the text to the right of a label on the cover; a defined name may be lost or lead astray."""
    sheet = raw.sheets.get(COVER_SHEET)
    if sheet is None or _COVER_LABELS not in sheet.columns:
        return ""
    rows = (row for row in sorted(sheet.columns[_COVER_LABELS].rows) if _text(sheet, row, _COVER_LABELS) == label)
    return next((_text(sheet, row, _COVER_LABELS + 1) for row in rows), "")


def read_list(raw: RawWorkbook, name: str) -> list[str]:
    """Return the texts of a hidden list: the column with its name above it, else what its defined name covers."""
    sheet = raw.sheets.get(CODE_SHEET)
    for column, cells in sorted(sheet.columns.items()) if sheet else ():
        if sheet and _text(sheet, 1, column) == name:
            return [_text(sheet, row, column) for row in range(2, min(max(cells.rows), _MOST_LISTED) + 1)]
    return read_name(raw, name)


def read_name(raw: RawWorkbook, name: str) -> list[str]:
    """Return the texts of the cells that a defined name covers; one column of one sheet, or a single cell."""
    sheet_name, _, area = raw.defined_names.get(name, "").rpartition("!")
    sheet = raw.sheets.get(sheet_name.strip("'").replace("''", "'"))
    if sheet is None:
        return []
    first, _, last = area.replace("$", "").partition(":")
    column, start = _split(first)
    _, end = _split(last or first)
    if not column or end - start > _MOST_LISTED:
        return []
    return [_text(sheet, row, column) for row in range(start, end + 1)]


def _split(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not (letters.isalpha() and letters.isascii() and letters.isupper() and digits):
        return 0, 0
    return column_index(letters), whole(digits) or 0


def _text(sheet: RawSheet, row: int, column: int) -> str:
    cell = sheet.cell(row, column)
    return _say(cell.kind, cell.number, cell.text)


def _say(kind: int, number: float, text: str) -> str:
    if kind == CellKind.NUMBER:
        return str(int(number)) if number.is_integer() else str(number)
    return text if kind == CellKind.TEXT else ""
