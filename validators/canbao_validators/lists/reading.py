"""Read a strange file as a list of a kind: choose the sheet, find the headers, judge the rows. In a child process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.findings import Finding, Place
from canbao_rulebook.messages import build_finding
from canbao_validators.apart import read_files, start_workers
from canbao_validators.lists.entries import find_repeated, judge_table
from canbao_validators.lists.headers import HEADER_ROWS, HeaderFit, fit_sheet, fold_header
from canbao_validators.lists.tables import ListTable, build_table, empty_frame
from canbao_validators.reading.package import UnreadableFile
from canbao_validators.reading.sheets import read_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from canbao_validators.lists.request import ListRequest
    from canbao_validators.reading.raw import RawSheet, RawWorkbook

_VISIBLE = "visible"


def read_lists(
    paths: Sequence[Path], request: ListRequest, progress: Callable[[str], None] = lambda _: None
) -> list[ListTable]:
    """Return files as lists of a kind, each read in a child process. Never raises for what stands in a file."""
    tables = []
    with start_workers(None, len(paths)) as workers:
        done = read_files(workers, _read_list, [(path, request) for path in paths])
        for path in paths:
            progress(path.name)
            table = next(done)
            tables.append(_unreadable(path, table, request) if isinstance(table, UnreadableFile) else table)
    for index, finding in find_repeated(tables, request.lang):
        tables[index].findings.append(finding)
    return tables


def _read_list(_library: None, path: Path, request: ListRequest) -> ListTable:
    return understand(read_workbook(path, request.passwords), request)


def _unreadable(path: Path, trouble: UnreadableFile, request: ListRequest) -> ListTable:
    return _refuse(path.name, HeaderFit(""), request, [trouble.as_finding(path.name, lang=request.lang)])


def understand(raw: RawWorkbook, request: ListRequest) -> ListTable:
    """Return a workbook that was read already as a list of a kind."""
    file, lang = raw.path.name, request.lang
    sheets = _candidates(raw, request.sheet)
    if not sheets:
        place = Place(file, request.sheet)
        names = "、".join(raw.sheets)
        finding = build_finding("V39.list_no_sheet", place, value=request.sheet, lang=lang, names=names)
        return _refuse(file, HeaderFit(""), request, [finding])
    fits = {sheet.name: fit_sheet(sheet, request.kind, request.given, supplied=request.supplied) for sheet in sheets}
    best = max(sheets, key=lambda sheet: _quality(sheet, fits[sheet.name]))
    fit = fits[best.name]
    unmet = _unmet(fit, request)
    if fit.missing or unmet:
        return _refuse(file, fit, request, _not_understood(file, fit, unmet, lang))
    table = build_table(raw, best, fit, request)
    table.findings += _doubled(table, lang)
    judge_table(table, request)
    table.findings.sort(key=Finding.sort_key)
    return table


def _candidates(raw: RawWorkbook, wanted: str) -> list[RawSheet]:
    """Return the sheets that may hold the list: the one that was named, else all that people see."""
    if wanted:
        return [sheet for name, sheet in raw.sheets.items() if name == wanted]
    seen = [sheet for sheet in raw.sheets.values() if sheet.state == _VISIBLE]
    return seen or list(raw.sheets.values())


def _quality(sheet: RawSheet, fit: HeaderFit) -> tuple[int, int, int]:
    return -len(fit.missing), len(fit.places), sheet.max_row - fit.row


def _unmet(fit: HeaderFit, request: ListRequest) -> list[str]:
    """Return headers that were given by hand and stand nowhere."""
    present = {fold_header(text) for text in fit.texts.values()}
    return [header for header in request.given if fold_header(header) not in present]


def _not_understood(file: str, fit: HeaderFit, unmet: list[str], lang: str) -> list[Finding]:
    place = Place(file, fit.sheet, fit.row or None, f"A{fit.row}" if fit.row else "")
    findings = []
    if unmet:
        findings.append(build_finding("V39.list_no_header", place, value="、".join(unmet), lang=lang))
    if fit.missing:
        shown = "、".join(text[:12] for text in list(fit.texts.values())[:12]) or "—"
        columns = "、".join(fit.missing)
        findings.append(
            build_finding("V39.list_columns", place, lang=lang, columns=columns, limit=HEADER_ROWS, found=shown)
        )
    return findings


def _doubled(table: ListTable, lang: str) -> list[Finding]:
    findings = []
    for header, field in table.fit.doubled.items():
        place = table.place(field)
        findings.append(build_finding("V39.list_two_columns", place, value=header, lang=lang, other=place.header))
    return findings


def _refuse(file: str, fit: HeaderFit, request: ListRequest, findings: list[Finding]) -> ListTable:
    table = ListTable(file, request.kind, fit, empty_frame(request.kind), findings)
    table.reason = findings[0].message
    return table
