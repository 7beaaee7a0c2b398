"""The master: one workbook per policy year, built once by openpyxl; townships' workbooks are stamped from its parts."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.workbook.properties import CalcProperties

from canbao_generator import codes, cover, guide, looks, parameters, summary
from canbao_generator.codes import CodeTable
from canbao_generator.layout import build_layout
from canbao_generator.marks import AREA_TOKEN
from canbao_generator.protection import make_lock, protect_sheet, protect_workbook
from canbao_generator.roster_sheet import fill_roster_sheet
from canbao_generator.rows import RowWriter
from canbao_generator.styles import FONT, StyleBook
from canbao_generator.summary import Summary
from canbao_rulebook.meta import META_SHEET

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from canbao_generator.layout import RosterLayout
    from canbao_rulebook.roster_load import Rulebook

_EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
_CORE = "docProps/core.xml"
_DAY = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"')


@dataclass(frozen=True)
class RosterShell:
    """A roster sheet without data rows: its part, what stands before and after them, and who writes them."""

    layout: RosterLayout
    part: str
    head: bytes
    tail: bytes
    writer: RowWriter


@dataclass(frozen=True)
class Shell:
    """A sheet whose rows are stamped for each unit."""

    part: str
    head: bytes
    tail: bytes


@dataclass(frozen=True)
class Master:
    """Everything that the workbooks of one policy year share. ``parts`` are final but for their tokens."""

    book: Rulebook
    parts: dict[str, bytes]
    rosters: tuple[RosterShell, ...]
    summary: Summary
    summary_shell: Shell
    codes: CodeTable
    codes_shell: Shell
    meta_shell: Shell
    plain_style: int

    @property
    def layouts(self) -> list[RosterLayout]:
        """The layouts of the roster sheets, in order."""
        return [shell.layout for shell in self.rosters]


def build_master(book: Rulebook, password: str | None = None) -> Master:
    """Build the master of a policy year; the password locks every sheet and the workbook's structure."""
    lock = make_lock(password, f"{book.policy.meta.id} {book.policy.sha256}")
    layouts = [build_layout(book, roster) for roster in book.rosters.values()]
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    styles = StyleBook(workbook)
    totals, table = Summary(book, layouts), CodeTable(book, layouts)
    sheets: dict[str, Worksheet] = {name: workbook.create_sheet(name) for name in sheet_names(book)}
    names = cover.fill_cover(sheets[cover.SHEET], book.policy, totals, styles, lock)
    guide.fill_guide(sheets[guide.SHEET], book, styles, lock)
    numbers = {
        layout.roster.code: fill_roster_sheet(sheets[layout.roster.sheet], layout, position, styles, lock)
        for position, layout in enumerate(layouts)
    }
    totals.fill_shell(sheets[summary.SHEET], styles, lock)
    names |= parameters.fill_parameters(sheets[parameters.SHEET], book, styles, lock)
    names |= table.names()
    sheets[codes.SHEET].sheet_state, sheets[META_SHEET].sheet_state = "hidden", "veryHidden"
    for name in (codes.SHEET, META_SHEET):
        protect_sheet(sheets[name], lock)
    for name, reference in names.items():
        workbook.defined_names[name] = DefinedName(name, attr_text=reference)
    plain = styles.number(looks.HIDDEN)
    styles.close()
    _finish(workbook, book)
    protect_workbook(workbook, lock)
    parts = _save(workbook)
    files = {name: f"xl/worksheets/sheet{number}.xml" for number, name in enumerate(sheets, start=1)}
    shells = []
    for layout in layouts:
        shell = _split(parts, files[layout.roster.sheet])
        writer = RowWriter(layout, numbers[layout.roster.code])
        shells.append(RosterShell(layout, shell.part, shell.head, shell.tail, writer))
    return Master(
        book=book,
        rosters=tuple(shells),
        summary=totals,
        summary_shell=_split(parts, files[summary.SHEET]),
        codes=table,
        codes_shell=_split(parts, files[codes.SHEET]),
        meta_shell=_split(parts, files[META_SHEET]),
        plain_style=plain,
        parts=parts,
    )


def sheet_names(book: Rulebook) -> list[str]:
    """Return the names of a township workbook's sheets, in order."""
    rosters = [roster.sheet for roster in book.rosters.values()]
    return [cover.SHEET, guide.SHEET, *rosters, summary.SHEET, parameters.SHEET, codes.SHEET, META_SHEET]


def _finish(workbook: Workbook, book: Rulebook) -> None:
    policy = book.policy.meta
    workbook.calculation = CalcProperties(calcId=145621, fullCalcOnLoad=True)
    workbook.active = 0
    properties = workbook.properties
    properties.creator, properties.title = "canbao", f"{policy.county}{policy.policy_year}年度参保花名册"
    properties.created = _EPOCH
    fonts: Any = vars(workbook)["_fonts"]
    fonts[0].name = FONT  # the default font decides how wide a column is


def _save(workbook: Workbook) -> dict[str, bytes]:
    """Return the parts of a workbook by name; openpyxl writes the time of saving, which we take out."""
    memory = BytesIO()
    workbook.save(memory)
    with zipfile.ZipFile(memory) as package:
        parts = {info.filename: package.read(info) for info in package.infolist()}
    parts[_CORE] = _DAY.sub(_EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), parts[_CORE])
    return parts


def _split(parts: dict[str, bytes], name: str) -> Shell:
    """Take a sheet out of the parts and cut it where its rows end."""
    content = (
        parts.pop(name)
        .replace(b"<sheetData/>", b"<sheetData></sheetData>")
        .replace(b"<sheetData />", b"<sheetData></sheetData>")
    )
    content = _DIMENSION.sub(f'<dimension ref="{AREA_TOKEN}"'.encode(), content)
    end = content.index(b"</sheetData>")
    return Shell(name, content[:end], content[end:])
