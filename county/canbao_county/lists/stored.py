"""Lists as they are kept: workbooks of ours in one folder, each with 名单 and 导入说明, loaded again for the checks."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_county.lists.headers import fit_sheet
from canbao_county.lists.listed import empty_frame
from canbao_county.lists.rare_values import show_time
from canbao_county.lists.request import ListRequest
from canbao_county.lists.tables import build_table
from canbao_rulebook.findings import Place
from canbao_rulebook.list_kinds import LIST_SCHEMA, LIST_SHEET, NOTES_SHEET, FieldType, ListKind, load_list_kinds
from canbao_rulebook.messages import build_finding
from canbao_validators.apart import read_files, start_workers
from canbao_validators.check_code import format_code
from canbao_validators.reading.sheets import read_workbook
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy import Policy
    from canbao_validators.reading.raw import RawSheet, RawWorkbook
    from canbao_validators.workers import Workers

# What stands in the first column of 导入说明.
SCHEMA_NOTE, KIND_NOTE, AGENCY_NOTE, CATEGORY_NOTE, POLICY_NOTE = "格式", "种类", "部门", "身份类别", "政策年度"
SOURCE_NOTE, AS_OF_NOTE, CODE_NOTE, LEFT_OUT_NOTE = "来源文件", "数据截至", "校验码", "未收入的行"
_LEFT_OUT = ("~$", ".")
_FIELD_END, _ROW_END = "\x1f", "\x1e"
_EXACT = {FieldType.TIME: 86_400}
_TEN_THOUSANDTHS = 10_000
_NOTE_ROWS, _NOTE_COLUMNS = 20_000, 3


@dataclass(frozen=True)
class StoredList:
    """One imported list. ``frame`` holds all fields of its kind, ``row`` and ``part``: where a row stands in our file.

    ``lost`` are names of persons whose number could not be used, so that they are not in ``frame``; ``sources`` are the
    files it came from, with their days; ``as_of`` is the last day that it speaks of.
    """

    file: str
    kind: ListKind
    policy_id: str
    frame: pl.DataFrame
    agency: str = ""
    category: str = ""
    sources: tuple[tuple[str, str], ...] = ()
    as_of: str = ""
    lost: tuple[str, ...] = ()

    def place(self, row: int, part: int = 1, field_name: str = "cert_no") -> Place:
        """Return where a row stands in our file."""
        entry = self.kind.by_field.get(field_name)
        index = next((place for place, one in enumerate(self.kind.fields) if one.field == field_name), None)
        cell = "" if index is None else f"{chr(ord('B') + index)}{row}"
        return Place(sheet_name(part), row, cell, field_name, entry.header if entry else "", file=self.file)


@dataclass(frozen=True)
class Lists:
    """The lists of a folder. A kind that is not there is unknown, not empty. ``findings`` are about files left out."""

    stored: tuple[StoredList, ...] = ()
    findings: tuple[Finding, ...] = ()
    _frames: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False, compare=False)

    @property
    def missing(self) -> tuple[str, ...]:
        """Kinds of which there is no list."""
        present = {entry.kind.code for entry in self.stored}
        return tuple(code for code in load_list_kinds() if code not in present)

    def of_kind(self, kind: str) -> list[StoredList]:
        """Return the lists of a kind; of some, each department has its own."""
        return [entry for entry in self.stored if entry.kind.code == kind]

    def owners(self) -> dict[str, list[StoredList]]:
        """Return the departments' lists by agency."""
        found: dict[str, list[StoredList]] = {}
        for entry in self.of_kind("owner"):
            found.setdefault(entry.agency, []).append(entry)
        return found

    def frame(self, kind: str) -> pl.DataFrame | None:
        """Return all rows of a kind with ``list``, the place of their list in ``stored``; None without a list."""
        if kind not in self._frames:
            parts = [
                entry.frame.with_columns(list=pl.lit(index, dtype=pl.Int64))
                for index, entry in enumerate(self.stored)
                if entry.kind.code == kind
            ]
            if not parts:
                return None
            self._frames[kind] = pl.concat(parts)
        return self._frames[kind]

    def place(self, row: Mapping[str, object], field_name: str = "cert_no") -> Place:
        """Return where a row of ``frame`` stands in our file."""
        return self.stored[int(str(row["list"]))].place(int(str(row["row"])), int(str(row["part"])), field_name)


def sheet_name(part: int) -> str:
    """Return the name of a sheet of ours: a list too long for one goes on in further ones."""
    return LIST_SHEET if part == 1 else f"{LIST_SHEET}({part})"


def list_digest(frame: pl.DataFrame, kind: ListKind) -> str:
    """Return the check code of a list: of its values only, in whatever order."""
    texts = []
    for entry in kind.fields:
        value = pl.col(entry.field)
        if entry.type.is_number:
            scale = _EXACT.get(entry.type, _TEN_THOUSANDTHS)
            value = (value * scale).round().cast(pl.Int64, strict=False).cast(pl.String).fill_null("")
        texts.append(value + _FIELD_END)
    rows = frame.select(row=pl.concat_str(texts))["row"].sort()
    return format_code(sha256(_ROW_END.join(rows.to_list()).encode()).digest())


@dataclass(frozen=True)
class Unusable:
    """A file in the folder of lists that is not used, by the key of the message that says why."""

    key: str
    finding: Finding


def load_lists(folder: Path, policy: Policy, *, workers: Workers | None = None, passwords: Sequence[str] = ()) -> Lists:
    """Return the lists of a folder that were imported for a policy year; every other file in it is a finding.

    Files are read in child processes: in ``workers`` if they are given.
    """
    paths = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith(_LEFT_OUT)]
    if workers is None:
        with start_workers(None, max(1, len(paths))) as own:
            return _load(paths, policy, own, tuple(passwords))
    return _load(paths, policy, workers, tuple(passwords))


def _load(paths: list[Path], policy: Policy, workers: Workers, passwords: tuple[str, ...]) -> Lists:
    stored: list[StoredList] = []
    findings: list[Finding] = []
    tasks = [(path, (policy.meta.id, policy.meta.policy_year, passwords)) for path in paths]
    for path, done in zip(paths, read_files(workers, load_file, tasks), strict=True):
        if isinstance(done, UnreadableFile):
            findings.append(done.as_finding().at(file=path.name))
        elif isinstance(done, StoredList):
            stored.append(done)
        else:
            findings.append(done.finding)
    return Lists(tuple(stored), tuple(findings))


def load_file(_library: object, path: Path, settings: tuple[str, int, tuple[str, ...]]) -> StoredList | Unusable:
    """Return one list of ours, or why a file is none. Raises UnreadableFile."""
    policy_id, year, passwords = settings
    raw = read_workbook(path, passwords)
    notes = _read_notes(raw)
    kind = load_list_kinds().get(_first(notes, KIND_NOTE))
    place = Place(file=path.name)
    if _first(notes, SCHEMA_NOTE) != LIST_SCHEMA or kind is None or LIST_SHEET not in raw.sheets:
        return _unusable("V39.list_foreign", place)
    found = _first(notes, POLICY_NOTE)
    if found != policy_id:
        return _unusable("V39.list_other_year", place, found=found, expected=policy_id)
    frame = _read_rows(raw, kind, ListRequest(kind.code, policy_id, year))
    code, stated = list_digest(frame, kind), _first(notes, CODE_NOTE)
    if code != stated:
        return _unusable("V39.list_changed", place, expected=stated, found=code)
    return StoredList(
        path.name,
        kind,
        policy_id,
        frame,
        _first(notes, AGENCY_NOTE),
        _first(notes, CATEGORY_NOTE),
        tuple(notes.get(SOURCE_NOTE, ())),
        _first(notes, AS_OF_NOTE),
        tuple(name for name, _ in notes.get(LEFT_OUT_NOTE, ()) if name),
    )


def _unusable(key: str, place: Place, **params: str) -> Unusable:
    told: dict[str, Any] = {"value": params.get("found", ""), **params}
    return Unusable(key, build_finding(key, place, **told))


def _read_notes(raw: RawWorkbook) -> dict[str, list[tuple[str, str]]]:
    """Return what 导入说明 says: values and remarks by item."""
    sheet = raw.sheets.get(NOTES_SHEET)
    notes: dict[str, list[tuple[str, str]]] = {}
    for row in range(1, min(sheet.max_row, _NOTE_ROWS) + 1) if sheet else ():
        item, value, remark = (_text(sheet, row, column) for column in range(1, _NOTE_COLUMNS + 1))
        notes.setdefault(item, []).append((value, remark))
    return notes


def _text(sheet: RawSheet | None, row: int, column: int) -> str:
    return sheet.cell(row, column).text if sheet else ""


def _first(notes: Mapping[str, list[tuple[str, str]]], item: str) -> str:
    return next((value for value, _ in notes.get(item, ())), "")


def _read_rows(raw: RawWorkbook, kind: ListKind, request: ListRequest) -> pl.DataFrame:
    frames = []
    part = 1
    while (sheet := raw.sheets.get(sheet_name(part))) is not None:
        fit = fit_sheet(sheet, kind, {})
        table = build_table(raw, sheet, fit, request) if fit.places else None
        frame = empty_frame(kind) if table is None else table.frame
        frames.append(frame.with_columns(part=pl.lit(part, dtype=pl.Int64)))
        part += 1
    return pl.concat(frames)


def stored_frame(frame: pl.DataFrame, kind: ListKind) -> pl.DataFrame:
    """Return the rows of a list as our file shows them: the row in the source, then the fields; times as texts."""
    times = [entry.field for entry in kind.fields if entry.type is FieldType.TIME]
    shown = [pl.col(name).map_elements(show_time, return_dtype=pl.String, skip_nulls=False) for name in times]
    return frame.select("row", *(entry.field for entry in kind.fields)).with_columns(shown)
