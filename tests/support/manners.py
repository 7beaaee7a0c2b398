"""What Excel makes of a workbook of ours before anybody touches it: warnings, calculation, what a preview shows."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

_SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")
_ORDER = ("pageMargins", "pageSetup", "headerFooter", "ignoredErrors", "drawing", "legacyDrawing", "extLst")
_WHOLE_SHEET = 'sqref="A1:XFD1048576"'
_FORMULA = re.compile(r"<c ([^>]*)>(<f[^>]*/>|<f.*?</f>)(<v>.*?</v>|<v ?/>)?</c>", re.DOTALL)


def sheets(path: Path) -> dict[str, str]:
    """Return the sheet parts of a workbook."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name).decode() for name in package.namelist() if _SHEET.fullmatch(name)}


def calculates_on_opening(path: Path) -> bool:
    """Whether the file asks for a full calculation when it is opened."""
    with zipfile.ZipFile(path) as package:
        return 'fullCalcOnLoad="1"' in package.read("xl/workbook.xml").decode()


def valueless(path: Path) -> set[str]:
    """Return the parts of the sheets that have formulas without a value."""
    return {name for name, part in sheets(path).items() for found in _FORMULA.finditer(part) if found[3] is None}


def lint_manners(path: Path) -> list[str]:
    """Return what Excel would show or do that nobody wants: green triangles, calculation that nothing needs."""
    return [*_triangles(path), *_calculation(path)]


def _triangles(path: Path) -> Iterator[str]:
    for name, part in sheets(path).items():
        ignored = re.search(r"<ignoredErrors>.*?</ignoredErrors>", part)
        wanted = (_WHOLE_SHEET, 'numberStoredAsText="1"', 'unlockedFormula="1"')
        if not ignored or any(word not in ignored[0] for word in wanted):
            yield f"{name}: texts that are numbers get green triangles"
        places = [part.find(f"<{tag}", part.index("</sheetData>")) for tag in _ORDER]
        there = [place for place in places if place >= 0]
        if there != sorted(there):
            yield f"{name}: ignoredErrors do not stand where the schema has them"


def _calculation(path: Path) -> Iterator[str]:
    missing = valueless(path)
    if calculates_on_opening(path) != bool(missing):
        yield f"calculates on opening: {not missing}, formulas without values: {sorted(missing)}"
