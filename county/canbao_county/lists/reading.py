"""Read a strange file as a list of a kind: every sheet that fits, its headers, its rows. In a child process."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from canbao_county.lists.entries import find_repeated, find_two_names, judge_table
from canbao_county.lists.header_rows import HEADER_ROWS
from canbao_county.lists.headers import HeaderFit, fit_sheet, fold_header
from canbao_county.lists.listed import ListFile
from canbao_county.lists.sheet_names import SheetWord, read_name
from canbao_county.lists.tables import build_table
from canbao_county.lists.unread import is_empty_sheet, say_unread
from canbao_rulebook.findings import Finding, Place, name_file
from canbao_rulebook.messages import build_finding
from canbao_rulebook.phrases import enumerate_words
from canbao_rulebook.vocabulary import small_words
from canbao_validators.apart import read_files, start_workers
from canbao_validators.damaged_sheets import tell_faults
from canbao_validators.inbox import name_files
from canbao_validators.reading.sheets import read_workbook
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from canbao_county.lists.listed import ListTable
    from canbao_county.lists.request import ListRequest
    from canbao_rulebook.phrases import Text
    from canbao_validators.reading.raw import RawSheet, RawWorkbook

_VISIBLE = "visible"


def read_lists(
    paths: Sequence[Path], request: ListRequest, progress: Callable[[str], None] = lambda _: None
) -> list[ListFile]:
    """Return files as lists of a kind, each read in a child process. Never raises for what stands in a file."""
    files: list[ListFile] = []
    with start_workers(None, len(paths)) as workers:
        named = name_files([path.absolute() for path in paths])
        done = read_files(
            workers, _read_list, [(path, (name, request)) for path, name in zip(paths, named, strict=True)]
        )
        for name in named:
            progress(name)
            file = next(done)
            files.append(_unreadable(name, file, request) if isinstance(file, UnreadableFile) else file)
    tables = [table for file in files for table in file.tables]
    for index, finding in (*find_repeated(tables), *find_two_names(tables)):
        tables[index].findings.append(finding)
    return files


def _read_list(_library: None, path: Path, settings: tuple[str, ListRequest]) -> ListFile:
    name, request = settings
    raw = read_workbook(path, request.passwords)
    raw.name = name
    return understand(raw, request)


def _unreadable(name: str, trouble: UnreadableFile, request: ListRequest) -> ListFile:
    return _refuse(name, HeaderFit(""), request, [trouble.as_finding().at(file=name)])


def understand(raw: RawWorkbook, request: ListRequest) -> ListFile:
    """Return a workbook that was read already as a list of a kind."""
    file = raw.name
    unknown = [name for name in request.sheets if name not in raw.sheets]
    if unknown:
        finding = build_finding(
            "V39.list_no_sheet", Place(unknown[0], file=file), value=unknown[0], names=enumerate_words(raw.sheets)
        )
        return _refuse(file, HeaderFit(""), request, [finding])
    sheets = [sheet for name, sheet in raw.sheets.items() if not request.sheets or name in request.sheets]
    understood = {sheet.name: _understand_sheet(sheet, request) for sheet in sheets}
    fits = {name: fit for name, (fit, _) in understood.items()}
    fitting = [sheet for sheet in sheets if not fits[sheet.name].missing]
    unmet = _unmet(fits.values(), request)
    if unmet or not fitting:
        best = max(sheets, key=lambda sheet: _quality(sheet, fits[sheet.name]), default=None)
        fit = fits[best.name] if best else HeaderFit("")
        return _refuse(file, fit, request, _not_understood(file, fit, unmet))
    done = ListFile(file, request.kind)
    done.notices += name_file(tell_faults(raw), file)
    if raw.separator not in {"", ","}:
        shown = raw.separator.replace("\t", "Tab")
        done.notices.append(build_finding("V42.list_separator", Place(file=file), value=shown))
    for sheet in sheets:
        fit, word = understood[sheet.name]
        if fit.missing and not is_empty_sheet(sheet):
            say_unread(done, sheet, fit, request)
        elif not fit.missing:
            _add_table(done, raw, sheet, fit, word, request)
    _drop_empty(done)
    for table in done.tables:
        judge_table(table, request)
    return done


def _understand_sheet(sheet: RawSheet, request: ListRequest) -> tuple[HeaderFit, SheetWord | None]:
    """Return how a sheet was understood; what its name says need have no column."""
    fit = fit_sheet(sheet, request.kind, request.given, supplied=request.supplied, remembered=request.remembered)
    word = read_name(sheet.name, fit, request) if fit.places else None
    if word is not None:
        header = request.kind[word.field].header
        fit = replace(fit, missing=tuple(name for name in fit.missing if name != header))
    return fit, word


def _add_table(
    done: ListFile, raw: RawWorkbook, sheet: RawSheet, fit: HeaderFit, word: SheetWord | None, request: ListRequest
) -> None:
    table = build_table(raw, sheet, fit, request)
    table.findings += _doubled(table)
    if word is not None:
        table.say_all(word.field, word.value)
        if not word.known and word.field != "category":  # of identities V15 says so
            table.findings.append(
                build_finding("V06.list_sheet", table.place(word.field), value=word.value, suggestion=_or(word))
            )
    if sheet.state != _VISIBLE:
        place = Place(sheet.name, file=done.file)
        done.notices.append(build_finding("V39.list_hidden", place, value=sheet.name, count=table.frame.height))
    done.tables.append(table)


def _or(word: SheetWord) -> Text:
    return small_words("is_it", text=word.near[0]) if word.near else ""


def _drop_empty(done: ListFile) -> None:
    """Leave out tables without rows beside others that have some; a file of nothing but such is told as empty."""
    empty = [table for table in done.tables if table.frame.is_empty() and not table.left_out]
    if len(empty) == len(done.tables):
        return
    for table in empty:
        place = Place(table.fit.sheet, file=done.file)
        done.notices.append(build_finding("V39.list_sheet_empty", place, value=table.fit.sheet))
        done.tables.remove(table)


def _quality(sheet: RawSheet, fit: HeaderFit) -> tuple[int, int, int]:
    return -len(fit.missing), len(fit.places), sheet.max_row - fit.row


def _unmet(fits: Iterable[HeaderFit], request: ListRequest) -> list[str]:
    """Return headers that were given by hand and stand nowhere."""
    present = {
        fold_header(text) for fit in fits for texts in (fit.texts.values(), *fit.standing.values()) for text in texts
    }
    return [header for header in request.given if fold_header(header) not in present]


def _not_understood(file: str, fit: HeaderFit, unmet: list[str]) -> list[Finding]:
    place = Place(fit.sheet, fit.row or None, f"A{fit.row}" if fit.row else "", file=file)
    findings = []
    if unmet:
        findings.append(build_finding("V39.list_no_header", place, value="、".join(unmet)))
    if fit.missing:
        shown = enumerate_words(text[:12] for text in list(fit.texts.values())[:12]) if fit.texts else "—"
        columns = enumerate_words(fit.missing)
        findings.append(build_finding("V39.list_columns", place, columns=columns, limit=HEADER_ROWS, found=shown))
    return findings


def _doubled(table: ListTable) -> list[Finding]:
    findings = []
    for header, field in table.fit.doubled.items():
        place = table.place(field)
        findings.append(build_finding("V39.list_two_columns", place, value=header, other=place.header))
    return findings


def _refuse(file: str, fit: HeaderFit, request: ListRequest, findings: list[Finding]) -> ListFile:
    return ListFile(file, request.kind, notices=findings, refused=findings[0], unfit=fit)
