"""Import what others send: read it as a list of a kind, hold it against the list of before, keep it as a workbook."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from canbao_addin.actions.list_sheets import list_sheets
from canbao_addin.texts import CannotRunError
from canbao_generator.tables import write_tables
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_validators.apart import read_files, start_workers
from canbao_validators.lists.comparing import ADDED, CHANGED, REMOVED, Difference, compare_lists
from canbao_validators.lists.reading import read_lists
from canbao_validators.lists.stored import StoredList, load_file
from canbao_validators.reading.package import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy import Policy
    from canbao_validators.lists.request import ListRequest
    from canbao_validators.lists.tables import ListTable


@dataclass(frozen=True)
class Imported:
    """The files of one import, and what was written; ``target`` is None for a refused list and a preview.

    ``difference`` is told against the list that was replaced; ``earlier`` findings are about that one.
    """

    request: ListRequest
    tables: list[ListTable]
    target: Path | None = None
    difference: Difference | None = None
    earlier: list[Finding] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """All findings, file by file."""
        return [*self.earlier, *(finding for table in self.tables for finding in table.findings)]

    def as_dict(self) -> dict[str, object]:
        """Return the JSON of the command-line contract: an entry a file, the whole list's difference in the first."""
        counts = self.count_changes()
        nothing = dict.fromkeys(counts, 0)
        return {
            "lists": [
                {
                    "file": table.file,
                    "kind": self.request.kind_code,
                    "agency": self.request.agency or None,
                    "rows": table.frame.height if not table.reason else 0,
                    "mapping": table.fit.mapping,
                    "ignored": list(table.fit.ignored),
                    **(nothing if index else counts),
                    "findings": [finding.as_dict() for finding in [*(() if index else self.earlier), *table.findings]],
                }
                for index, table in enumerate(self.tables)
            ]
        }

    def count_changes(self) -> dict[str, int]:
        """Return how many persons came, went or changed; without an earlier list all of them came."""
        if self.difference is not None:
            names = {"added": ADDED, "removed": REMOVED, "changed": CHANGED}
            return {name: self.difference.count(change) for name, change in names.items()}
        persons = 0 if self.target is None else _combine(self.tables).n_unique(list(self.request.kind.person))
        return {"added": persons, "removed": 0, "changed": 0}


def import_files(
    paths: Sequence[Path],
    request: ListRequest,
    folder: Path | None,
    progress: Callable[[str], None] = lambda _: None,
) -> Imported:
    """Read files as one list and keep it in ``folder`` instead of the earlier one; without a folder write nothing.

    The list is refused as a whole when one of its files is. Raises CannotRunError.
    """
    tables = read_lists(paths, request, progress)
    if folder is None or any(table.reason for table in tables):
        return Imported(request, tables)
    target = folder / f"{request.stem}.xlsx"
    before, earlier = _load_earlier(target, request)
    frame = _combine(tables)
    difference = None if before is None else compare_lists(before.frame, frame, request.kind)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sheets = list_sheets(request, list(zip(paths, tables, strict=True)), frame, difference)
        write_tables(target, sheets, command="import", title=request.kind.name)
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble
    return Imported(request, tables, target, difference, earlier)


def _combine(tables: Sequence[ListTable]) -> pl.DataFrame:
    return pl.concat([table.frame for table in tables])


def _load_earlier(target: Path, request: ListRequest) -> tuple[StoredList | None, list[Finding]]:
    """Return the list that will be replaced. A file that is no list of this policy year is never replaced."""
    if not target.exists():
        return None, []
    settings = (request.policy_id, request.policy_year, request.lang, request.passwords)
    with start_workers(None, 1) as workers:
        done = next(read_files(workers, load_file, [(target, settings)]))
    if isinstance(done, StoredList):
        return done, []
    if isinstance(done, UnreadableFile):
        raise CannotRunError("list_target", path=target, why=done.as_finding(target.name, lang=request.lang).message)
    if done.key == "V39.list_changed":
        return None, [done.finding]
    raise CannotRunError("list_target", path=target, why=done.finding.message)


def find_agency(policy: Policy, text: str) -> str:
    """Return the code of a department by its code or its name. Raises CannotRunError."""
    for code, agency in policy.org.agencies.items():
        if text in {code, agency.name}:
            return code
    known = "、".join(f"{code} {agency.name}" for code, agency in policy.org.agencies.items())
    raise CannotRunError("list_agency_unknown", name=text, known=known)


def require_agency(policy: Policy, kind: str, agency: str) -> None:
    """Raise CannotRunError when a kind of list needs to say which department it is from."""
    if load_list_kinds()[kind].needs_agency and not agency:
        known = "、".join(f"{code} {entry.name}" for code, entry in policy.org.agencies.items())
        raise CannotRunError("list_agency_missing", known=known)


def find_category(policy: Policy, text: str) -> str:
    """Return the code of a category by code, name or alias. Raises CannotRunError."""
    for category in policy.subsidy.categories:
        if text in {category.code, category.name, *category.aliases}:
            return category.code
    known = "、".join(category.name for category in policy.subsidy.categories)
    raise CannotRunError("list_category_unknown", name=text, known=known)


def read_mapping(kind: str, given: Sequence[str]) -> Mapping[str, str]:
    """Return fields by header from ``表头=字段``; a field is named by its code or its header. Raises CannotRunError."""
    fields = load_list_kinds()[kind].fields
    names = {word: entry.field for entry in fields for word in (entry.field, entry.header)}
    mapping = {}
    for text in given:
        header, equals, name = text.rpartition("=")
        if not equals or not header.strip() or name.strip() not in names:
            known = "、".join(f"{entry.header}({entry.field})" for entry in fields)
            raise CannotRunError("list_map", text=text, known=known)
        mapping[header.strip()] = names[name.strip()]
    return mapping
