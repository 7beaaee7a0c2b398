"""What openpyxl makes, taken apart: sheets are cut where their rows end, so that rows can be stamped in as XML."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from openpyxl.workbook.properties import CalcProperties

from canbao_generator.atomic import atomic_write
from canbao_generator.marks import AREA_TOKEN
from canbao_generator.package import PackageWriter
from canbao_generator.styles import FONT
from canbao_rulebook.meta import ORIGIN_WORD, WRITTEN_ON

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from openpyxl import Workbook

    from canbao_generator.package import Segment

_EPOCH = datetime.fromisoformat(WRITTEN_ON)
_CORE = "docProps/core.xml"
_FRONT = ("[Content_Types].xml", "_rels/.rels")
_DAY = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"')
_NO_ROWS = re.compile(rb"<sheetData ?/>")
_CALC_VERSION = 145_621  # Excel 2010
_NEWEST_CALC_VERSION = 191_029  # Excel 2019 and later: an older one makes these calculate, whatever else the file says
_SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")
_UNKNOWN = re.compile(rb"<c ([^>]*)><f>NA\(\)</f><v ?(?:/>|></v>)</c>")  # openpyxl writes no values of formulas
_AFTER_IGNORED = re.compile(rb"<(?:smartTags|drawing|legacyDrawing|picture|tableParts|extLst)\b|</worksheet>")
_IGNORED = (  # whole numbers stand as texts on purpose: "convert to number" takes digits off them for ever
    b'<ignoredErrors><ignoredError sqref="A1:XFD1048576" numberStoredAsText="1" unlockedFormula="1"/></ignoredErrors>'
)


@dataclass(frozen=True)
class Shell:
    """A sheet part: what stands before the place of its rows, and after it. Its used area is AREA_TOKEN."""

    part: str
    head: bytes
    tail: bytes


def finish_workbook(workbook: Workbook, title: str, command: str, *, computed: bool = False) -> None:
    """Set what every workbook of ours has: no clock, our font, the command that wrote it.

    By the command a result of an earlier run is known again: that one may be replaced, nothing else. Excel calculates
    it on opening, unless every formula is ``computed``: then it opens as it is, and closes without asking to be saved.
    """
    version = _NEWEST_CALC_VERSION if computed else _CALC_VERSION
    workbook.calculation = CalcProperties(calcId=version, fullCalcOnLoad=not computed)
    workbook.active = 0
    workbook.properties.creator, workbook.properties.title = "canbao", title
    workbook.properties.created = _EPOCH
    workbook.properties.keywords = f"{ORIGIN_WORD} {command}"
    fonts: Any = vars(workbook)["_fonts"]
    fonts[0].name = FONT  # the default font decides how wide a column is


def save_parts(workbook: Workbook) -> dict[str, bytes]:
    """Return the parts of a workbook by name.

    openpyxl writes the time of saving, which is taken out, and neither values of formulas nor ``ignoredErrors``, which
    are put in.
    """
    memory = BytesIO()
    workbook.save(memory)
    with zipfile.ZipFile(memory) as package:
        parts = {info.filename: package.read(info) for info in package.infolist()}
    parts[_CORE] = _DAY.sub(WRITTEN_ON.encode(), parts[_CORE])
    for name in filter(_SHEET.fullmatch, parts):
        parts[name] = _UNKNOWN.sub(rb'<c \1 t="e"><f>NA()</f><v>#N/A</v></c>', parts[name])
        parts[name] = _AFTER_IGNORED.sub(lambda found: _IGNORED + found[0], parts[name], count=1)
    return parts


def split_sheet(parts: dict[str, bytes], number: int) -> Shell:
    """Take the sheet of a 1-based number out of the parts and cut it where its rows end."""
    name = f"xl/worksheets/sheet{number}.xml"
    content = _NO_ROWS.sub(b"<sheetData></sheetData>", parts.pop(name))
    content = _DIMENSION.sub(f'<dimension ref="{AREA_TOKEN}"'.encode(), content)
    end = content.index(b"</sheetData>")
    return Shell(name, content[:end], content[end:])


def writing_order(name: str) -> tuple[int, str]:
    """Return by what parts are put in the order in which they are written."""
    return (_FRONT.index(name) if name in _FRONT else len(_FRONT), name)


def write_package(target: Path, parts: Mapping[str, Iterable[Segment]]) -> None:
    """Write the parts to a file, whole or not at all, in their ``writing_order``: each is made when its turn comes."""
    with atomic_write(target) as stream:
        package = PackageWriter(stream)
        for name in sorted(parts, key=writing_order):
            package.add(name, parts[name])
        package.close()
