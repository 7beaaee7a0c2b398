"""Import what others send: read it as a list of a kind, hold it against the list of before, keep it as a workbook."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from canbao_addin.actions.list_memory import load_memory, recall, remember
from canbao_addin.actions.made_by import IMPORT
from canbao_addin.texts import CannotRunError
from canbao_county.lists.comparing import ADDED, CHANGED, REMOVED, Difference, compare_lists
from canbao_county.lists.reading import read_lists
from canbao_county.lists.sheet_names import bare_name
from canbao_county.lists.sheets import list_sheets
from canbao_county.lists.stored import StoredList, load_file
from canbao_generator.tables import write_tables
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.messages import render_all
from canbao_rulebook.phrases import enumerate_words
from canbao_validators.apart import read_files, start_workers
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from canbao_county.lists.listed import ListFile, ListTable
    from canbao_county.lists.request import ListRequest
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy import Policy


_FEW = 5  # a list that loses more than a fifth of its persons may be another one


@dataclass(frozen=True)
class Held:
    """Why a list waits for ``--replace``: of ``persons`` before ``removed`` are gone, ``unread`` rows were not read."""

    persons: int
    removed: int
    unread: int


@dataclass(frozen=True)
class Imported:
    """The files of one import, and what was written; ``target`` is None for a refused or held list and a preview.

    ``difference`` is told against the list that was replaced; ``earlier`` findings are about that one.
    """

    request: ListRequest
    files: list[ListFile]
    target: Path | None = None
    difference: Difference | None = None
    earlier: list[Finding] = field(default_factory=list)
    held: Held | None = None

    @property
    def findings(self) -> list[Finding]:
        """All findings, file by file."""
        return [*self.earlier, *(finding for file in self.files for finding in file.findings)]

    def as_dict(self, lang: str) -> dict[str, object]:
        """Return the JSON of the command-line contract: an entry a file, the whole list's difference in the first."""
        counts = self.count_changes()
        nothing = dict.fromkeys(counts, 0)
        return {
            "lists": [
                {
                    "file": file.file,
                    "kind": self.request.kind_code,
                    "agency": self.request.agency or None,
                    "rows": file.frame.height if not file.reason else 0,
                    "mapping": file.fit.mapping,
                    "ignored": list(file.fit.ignored),
                    "sheets": [_describe_sheet(table) for table in file.tables],
                    **(nothing if index else counts),
                    "findings": render_all([*(() if index else self.earlier), *file.findings], lang),
                }
                for index, file in enumerate(self.files)
            ]
        }

    def count_changes(self) -> dict[str, int]:
        """Return how many persons came, went or changed; without an earlier list all of them came."""
        if self.difference is not None:
            names = {"added": ADDED, "removed": REMOVED, "changed": CHANGED}
            return {name: self.difference.count(change) for name, change in names.items()}
        persons = 0 if self.target is None else _combine(self.files).n_unique(list(self.request.kind.person))
        return {"added": persons, "removed": 0, "changed": 0}


def _describe_sheet(table: ListTable) -> dict[str, object]:
    return {
        "sheet": table.fit.sheet,
        "row": table.fit.row,
        "rows": table.frame.height,
        "mapping": table.fit.mapping,
        "ignored": list(table.fit.ignored),
    }


def import_files(
    paths: Sequence[Path],
    request: ListRequest,
    folder: Path | None,
    progress: Callable[[str], None] = lambda _: None,
    *,
    lang: str = "zh",
    preview: bool = False,
    replace: bool = False,
) -> Imported:
    """Read files as one list and keep it in ``folder`` instead of the earlier one; ``preview`` writes nothing.

    The list is refused as a whole when one of its files is; it is held where it would replace an earlier one and does
    not look like its successor, unless ``replace`` says that it is. Raises CannotRunError.
    """
    memory = load_memory(folder)
    asked = recall(memory, request)
    files = read_lists(paths, asked, progress)
    _require_sheets(files, request)
    if folder is None or any(file.reason for file in files):
        return Imported(asked, files)
    target = folder / f"{request.stem}.xlsx"
    before, earlier = _load_earlier(target, request)
    frame = _combine(files)
    difference = None if before is None else compare_lists(before.frame, frame, request.kind)
    held = None if before is None or difference is None or replace else _doubt(before, difference, files)
    if preview or held is not None:
        return Imported(asked, files, None, difference, earlier, held)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sheets = list_sheets(request, list(zip(paths, files, strict=True)), frame, difference, lang)
        write_tables(target, sheets, command=IMPORT, title=request.kind.name)
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble
    remember(memory, request, (table for file in files for table in file.tables), folder)
    return Imported(asked, files, target, difference, earlier)


def _require_sheets(files: Sequence[ListFile], request: ListRequest) -> None:
    """Raise CannotRunError when something was said of a sheet that was not read: a slip there loses an identity."""
    read = [table.fit.sheet for file in files for table in file.tables]
    known = {word for sheet in read for word in (sheet, bare_name(sheet))}
    unknown = [name for name in request.sheet_words if name not in known]
    if read and unknown:
        raise CannotRunError("list_sheet_unknown", name=unknown[0], names=enumerate_words(dict.fromkeys(read)))


def _doubt(before: StoredList, difference: Difference, files: Sequence[ListFile]) -> Held | None:
    """Tell why a list may not be the successor of an earlier one, None where nothing speaks against it."""
    persons = before.frame.n_unique(list(before.kind.person)) if before.frame.height else 0
    removed = difference.count(REMOVED)
    unread = sum(file.count_unread() for file in files)
    return Held(persons, removed, unread) if removed * _FEW > persons or unread else None


def _combine(files: Sequence[ListFile]) -> pl.DataFrame:
    return pl.concat([file.frame for file in files])


def _load_earlier(target: Path, request: ListRequest) -> tuple[StoredList | None, list[Finding]]:
    """Return the list that will be replaced. A file that is no list of this policy year is never replaced."""
    if not target.exists():
        return None, []
    settings = (request.policy_id, request.policy_year, request.passwords)
    with start_workers(None, 1) as workers:
        done = next(read_files(workers, load_file, [(target, settings)]))
    if isinstance(done, StoredList):
        return done, []
    if isinstance(done, UnreadableFile):
        raise CannotRunError("list_target", path=target, why=done)
    if done.key == "V39.list_changed":
        return None, [done.finding]
    raise CannotRunError("list_target", path=target, why=done.finding)


def find_agency(policy: Policy, text: str) -> str:
    """Return the code of a department by its code or its name. Raises CannotRunError."""
    for code, agency in policy.org.agencies.items():
        if text in {code, agency.name}:
            return code
    known = enumerate_words(f"{code} {agency.name}" for code, agency in policy.org.agencies.items())
    raise CannotRunError("list_agency_unknown", name=text, known=known)


def require_agency(policy: Policy, kind: str, agency: str) -> None:
    """Raise CannotRunError when a kind of list needs to say which department it is from."""
    if load_list_kinds()[kind].needs_agency and not agency:
        known = enumerate_words(f"{code} {entry.name}" for code, entry in policy.org.agencies.items())
        raise CannotRunError("list_agency_missing", known=known)


def find_category(policy: Policy, text: str) -> str:
    """Return the code of a category by code, name or alias. Raises CannotRunError."""
    for category in policy.subsidy.categories:
        if text in {category.code, category.name, *category.aliases}:
            return category.code
    known = enumerate_words(category.name for category in policy.subsidy.categories)
    raise CannotRunError("list_category_unknown", name=text, known=known)


def read_mapping(kind: str, given: Sequence[str]) -> Mapping[str, str]:
    """Return fields by header from ``表头=字段``; a field is named by its code or its header. Raises CannotRunError."""
    fields = load_list_kinds()[kind].fields
    names = {word: entry.field for entry in fields for word in (entry.field, entry.header)}
    mapping = {}
    for text in given:
        header, equals, name = text.rpartition("=")
        if not equals or not header.strip() or name.strip() not in names:
            known = enumerate_words(f"{entry.header}({entry.field})" for entry in fields)
            raise CannotRunError("list_map", text=text, known=known)
        mapping[header.strip()] = names[name.strip()]
    return mapping


def read_sheet_words(policy: Policy, given: Sequence[str]) -> Mapping[str, str]:
    """Return what the rows of sheets are, by the sheet's name, from ``表名=身份或乡镇``. Raises CannotRunError."""
    categories = policy.subsidy.categories
    names = {word: entry.name for entry in categories for word in (entry.code, entry.name, *entry.aliases)}
    words = {}
    for text in given:
        sheet, equals, word = text.rpartition("=")
        if not equals or not sheet.strip() or not word.strip():
            raise CannotRunError("list_sheet_as", text=text)
        words[sheet.strip()] = names.get(word.strip(), word.strip())
    return words
