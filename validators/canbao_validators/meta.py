"""What a workbook says of itself: the hidden sheets that bind it to a policy year, a unit and its templates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canbao_rulebook.kinds import CellKind
from canbao_rulebook.meta import (
    CODE_SHEET,
    COVER_CODE_NAME,
    COVER_OWNER_NAME,
    COVER_PHONE_NAME,
    COVER_SHEET,
    META_SHEET,
    PARENT_KEY,
    PARENT_TARGET_KEY,
    PARENT_VILLAGES_KEY,
    ROSTER_KEY,
)
from canbao_rulebook.roster import FIRST_ROW, column_index
from canbao_rulebook.units import VILLAGE, Unit

if TYPE_CHECKING:
    from canbao_validators.reading.raw import RawSheet, RawWorkbook

COVER_NAMES = (COVER_CODE_NAME, COVER_OWNER_NAME, COVER_PHONE_NAME)
LIST_NAMES = (VILLAGES_NAME, GROUPS_NAME) = ("村名单", "村组名单")  # defined names of the unit's own lists
_MOST_ROWS, _MOST_LISTED = 1000, 100_000
_COVER_LABELS = 2  # column of the cover
_LAST_ROW = 3  # place of the last data row among the values of a roster's row


def roster_key(code: str) -> str:
    """Return the key under which a roster's row is kept: several rows share the first word."""
    return f"{ROSTER_KEY}:{code}"


@dataclass(frozen=True)
class Meta:
    """The key and value rows of ``_meta``; empty when the workbook was not issued by canbao."""

    values: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def get(self, key: str) -> str:
        """Return the first value of a key, or an empty string."""
        return next(iter(self.values.get(key, ())), "")

    def number(self, key: str) -> int | None:
        """Return the first value of a key as a whole number, None when it is none."""
        text = self.get(key)
        return int(text) if text.isascii() and text.isdigit() else None

    def roster(self, code: str) -> tuple[str, ...]:
        """Return the values of a roster's row: version, sheet, first row, last row, header hash."""
        return self.values.get(roster_key(code), ())

    def version(self, code: str) -> str:
        """Return the version of the template that a roster sheet was made from."""
        return next(iter(self.roster(code)), "")

    def row_limit(self, code: str) -> int:
        """Return how many rows a roster sheet has room for; 0 when the sheet does not say."""
        stated = self.roster(code)
        last = stated[_LAST_ROW] if len(stated) > _LAST_ROW else ""
        return max(0, int(last) - FIRST_ROW + 1) if last.isdigit() else 0


def read_meta(raw: RawWorkbook) -> Meta:
    """Return what the very hidden sheet says."""
    sheet = raw.sheets.get(META_SHEET)
    if sheet is None:
        return Meta()
    values: dict[str, tuple[str, ...]] = {}
    for row in range(1, min(sheet.max_row, _MOST_ROWS) + 1):
        cells = [_text(sheet, row, column) for column in range(1, max(sheet.columns, default=0) + 1)]
        if cells and cells[0] == ROSTER_KEY and len(cells) > 1:
            values[roster_key(cells[1])] = tuple(cells[2:])
        elif cells and cells[0]:
            values[cells[0]] = tuple(cells[1:])
    return Meta(values)


def read_unit(raw: RawWorkbook, meta: Meta) -> Unit:
    """Return the unit with the villages and groups that its hidden lists name."""
    villages = tuple(text for text in read_list(raw, VILLAGES_NAME) if text)
    keys = [text for text in read_list(raw, GROUPS_NAME) if text]
    groups = {
        village: tuple(key.partition("/")[2] for key in keys if key.startswith(f"{village}/")) for village in villages
    }
    return Unit(
        name=meta.get("unit"),
        villages=villages,
        groups=tuple((village, names) for village, names in groups.items() if names),
        target=meta.number("target"),
        parent=_read_parent(meta),
    )


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
    return column_index(letters), int(digits)


def _text(sheet: RawSheet, row: int, column: int) -> str:
    cell = sheet.cell(row, column)
    if cell.kind is CellKind.NUMBER:
        return str(int(cell.number)) if cell.number.is_integer() else str(cell.number)
    return cell.text if cell.kind is CellKind.TEXT else ""
