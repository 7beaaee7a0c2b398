"""The master: one workbook per policy year, built once by openpyxl; townships' workbooks are stamped from its parts."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from canbao_generator import codes, cover, guide, looks, parameters, results, summary
from canbao_generator.codes import CodeTable
from canbao_generator.layout import build_layout
from canbao_generator.marks import COMMAND_MARK, ROSTER_LAST, print_token
from canbao_generator.plain import build_plain_layout
from canbao_generator.protection import make_lock, protect_sheet, protect_workbook
from canbao_generator.roster_sheet import fill_roster_sheet, print_area
from canbao_generator.rows import RowWriter
from canbao_generator.shell import Shell, finish_workbook, save_parts, split_sheet
from canbao_generator.styles import StyleBook
from canbao_generator.summary import Summary
from canbao_rulebook.kept import RULES, keep
from canbao_rulebook.meta import META_SHEET
from canbao_rulebook.units import TOWNSHIP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openpyxl.worksheet.worksheet import Worksheet

    from canbao_generator.layout import RosterLayout
    from canbao_generator.protection import Lock
    from canbao_rulebook.rulebook import Rulebook


@dataclass(frozen=True)
class RosterShell:
    """A roster sheet without data rows, and who writes them."""

    layout: RosterLayout
    shell: Shell
    writer: RowWriter


@dataclass(frozen=True)
class Master:
    """Everything that the workbooks of one policy year share. ``parts`` are final but for their tokens."""

    book: Rulebook
    parts: dict[str, bytes]
    rosters: tuple[RosterShell, ...]
    summary: Summary
    summary_shell: Shell
    results_shell: Shell
    result_styles: dict[str, int]
    codes: CodeTable
    codes_shell: Shell
    meta_shell: Shell
    plain_style: int
    lock: Lock
    plain: bool = False

    @property
    def layouts(self) -> list[RosterLayout]:
        """The layouts of the roster sheets, in order."""
        return [shell.layout for shell in self.rosters]


_PACKAGES = (*RULES, "canbao_generator", "openpyxl")  # that make a master
_WORKBOOK = "xl/workbook.xml"
_built: deque[Master] = deque(maxlen=16)


def build_master(
    book: Rulebook, password: str | None = None, *, lock: Lock | None = None, plain: bool = False
) -> Master:
    """Build the master of a policy year; the password locks every sheet and the workbook's structure.

    ``lock`` is that of a workbook issued before, to make it anew without knowing its password. Of a whole policy year
    it is the townships' master. ``plain``: no formula of a row stands in a defined name. The same rulebook, lock and
    place of the formulas have the same master while the program runs.
    """
    book = book if book.kind else book.of_kind(TOWNSHIP)
    if lock is None or password:
        lock = make_lock(password, f"{book.policy.meta.id} {book.policy.sha256}")
    wanted = (lock, plain)
    master = next((one for one in _built if one.book is book and (one.lock, one.plain) == wanted), None)
    if master is None:
        key = ("master", book.policy.fingerprint, book.kind, lock, plain)
        shared = {"book": book, "policy": book.policy, **book.rosters}
        master = keep(_PACKAGES, key, lambda: _build(book, lock, plain=plain), shared)
        _built.append(master)
    return master


def _build(book: Rulebook, lock: Lock, *, plain: bool) -> Master:
    layouts = [(build_plain_layout if plain else build_layout)(book, roster) for roster in book.rosters.values()]
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    styles = StyleBook(workbook)
    totals, table = Summary(book, layouts), CodeTable(book, layouts)
    sheets: dict[str, Worksheet] = {name: workbook.create_sheet(name) for name in sheet_names(book)}
    looks_of_rosters = [
        fill_roster_sheet(sheets[layout.roster.sheet], layout, position, styles, lock)
        for position, layout in enumerate(layouts)
    ]
    names = _fill_pages(book, sheets, totals, styles, lock) | table.names()
    result_styles = results.fill_results(sheets[results.SHEET], book.policy, styles, lock)
    for layout in layouts:
        names |= layout.names
    for name, reference in names.items():
        workbook.defined_names[name] = DefinedName(name, attr_text=reference)
    hidden = styles.number(looks.HIDDEN)
    styles.close()
    finish_workbook(workbook, f"{book.policy.meta.county}{book.policy.meta.policy_year}年度参保花名册", COMMAND_MARK)
    protect_workbook(workbook, lock)
    parts = save_parts(workbook)
    for position, layout in enumerate(layouts):
        whole = f"{print_area(layout, ROSTER_LAST + position)}<".encode()
        assert parts[_WORKBOOK].count(whole) == 1
        parts[_WORKBOOK] = parts[_WORKBOOK].replace(whole, f"{print_token(layout.roster.code)}<".encode())
    shells = {name: split_sheet(parts, number) for number, name in enumerate(sheets, start=1) if name in _stamped(book)}
    return Master(
        book=book,
        rosters=tuple(
            RosterShell(layout, shells[layout.roster.sheet], RowWriter(layout, numbers))
            for layout, numbers in zip(layouts, looks_of_rosters, strict=True)
        ),
        summary=totals,
        summary_shell=shells[summary.SHEET],
        results_shell=shells[results.SHEET],
        result_styles=result_styles,
        codes=table,
        codes_shell=shells[codes.SHEET],
        meta_shell=shells[META_SHEET],
        plain_style=hidden,
        lock=lock,
        plain=plain,
        parts=parts,
    )


def _fill_pages(
    book: Rulebook, sheets: Mapping[str, Worksheet], totals: Summary, styles: StyleBook, lock: Lock
) -> dict[str, str]:
    """Write every sheet but the rosters; return the defined names of their cells."""
    names = cover.fill_cover(sheets[cover.SHEET], book, totals, styles, lock)
    guide.fill_guide(sheets[guide.SHEET], book, styles, lock)
    totals.fill_shell(sheets[summary.SHEET], styles, lock)
    names |= totals.names()
    names |= parameters.fill_parameters(sheets[parameters.SHEET], book, styles, lock)
    sheets[codes.SHEET].sheet_state, sheets[META_SHEET].sheet_state = "hidden", "veryHidden"
    for name in (codes.SHEET, META_SHEET):
        protect_sheet(sheets[name], lock)
    return names


def _stamped(book: Rulebook) -> set[str]:
    """Return the sheets whose rows are written for each unit."""
    return {summary.SHEET, results.SHEET, codes.SHEET, META_SHEET, *(roster.sheet for roster in book.rosters.values())}


def sheet_names(book: Rulebook) -> list[str]:
    """Return the names of a township workbook's sheets, in order."""
    rosters = [roster.sheet for roster in book.rosters.values()]
    return [cover.SHEET, guide.SHEET, *rosters, summary.SHEET, results.SHEET, parameters.SHEET, codes.SHEET, META_SHEET]
