"""A synthetic county filled at either level: by townships, or by the villages that its rows name."""

from collections import defaultdict
from pathlib import Path

from canbao_addin.actions.generate import generate_workbooks
from canbao_demo import Row, SyntheticCounty
from canbao_rulebook.rulebook import Rulebook
from canbao_rulebook.units import Unit
from support.cli import fill

Sheets = dict[str, list[Row]]


def fill_townships(book: Rulebook, county: SyntheticCounty, folder: Path) -> list[Path]:
    """One filled workbook a township."""
    paths = generate_workbooks(book, county.units, folder)
    for unit, path in zip(county.units, paths, strict=True):
        fill(path, _by_sheet(book, county.rows[unit.name]))
    return paths


def fill_villages(book: Rulebook, county: SyntheticCounty, folder: Path) -> list[Path]:
    """One filled workbook a village; a row that names none of the township's villages is typed in the first one's."""
    paths = []
    for township in county.units:
        groups = dict(township.groups)
        villages = [Unit(name, (name,), ((name, groups[name]),), parent=township) for name in township.villages]
        split = [_rows_of(county.rows[township.name], village.name, township) for village in villages]
        most = max(len(entries) for rows in split for entries in rows.values())
        made = generate_workbooks(book, villages, folder, rows=most)
        for rows, path in zip(split, made, strict=True):
            if rows:
                fill(path, _by_sheet(book, rows))
        paths += made
    return paths


def _rows_of(rosters: Sheets, village: str, township: Unit) -> Sheets:
    first = township.villages[0]
    rows: Sheets = defaultdict(list)
    for code, entries in rosters.items():
        for row in entries:
            named = row.get("村(社区)")
            if village == (named if named in township.villages else first):
                rows[code].append(row)
    return rows


def _by_sheet(book: Rulebook, rows: Sheets) -> Sheets:
    return {book.rosters[code].sheet: entries for code, entries in rows.items() if entries}
