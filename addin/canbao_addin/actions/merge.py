"""Merge a folder: townships into the county submission, villages into their township's workbook; with return lists."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canbao_addin.actions.county import county_sheets, findings_sheet
from canbao_addin.actions.encrypting import encrypting
from canbao_addin.actions.file_names import file_names
from canbao_addin.actions.list_folder import open_lists
from canbao_addin.actions.policies import open_book, open_library
from canbao_addin.actions.rounds import ROUNDS_FILE, Screening, read_rounds, rounds_sheet, screen
from canbao_addin.actions.township import write_township
from canbao_addin.actions.working import working_folder
from canbao_addin.texts import CannotRunError
from canbao_generator.atomic import require_closed
from canbao_generator.tables import write_tables
from canbao_rulebook.problem_list import RETURN_PREFIX, RETURN_SHEET
from canbao_validators.apart import read_apart, start_workers
from canbao_validators.merge.intake import MERGED, SeveralTownshipsError, find_files, is_township, merge_files
from canbao_validators.merge.merging import combine, combine_villages
from canbao_validators.merge.rulings import read_rulings
from canbao_validators.reading.package import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from canbao_generator.tables import Render, TableSheet
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.checking import Reading
    from canbao_validators.merge.merging import Merge
    from canbao_validators.settlement.terms import Rulings
    from canbao_validators.workers import Workers

_SHOWN = 3  # townships, and files of each, named in one sentence


@dataclass(frozen=True)
class MergedFolder:
    """The merge and what was written."""

    merge: Merge
    target: Path
    returns: list[Path] = field(default_factory=list)
    screening: Screening | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the JSON of the command-line contract."""
        return self.merge.as_dict() | ({} if self.screening is None else {"rounds": self.screening.as_dict()})

    @property
    def merged(self) -> int:
        """Files that were merged."""
        return sum(status.status == MERGED for status in self.merge.files)

    @property
    def replaced(self) -> int:
        """Rows of the subsidy roster that villages had typed: the township's is made anew."""
        township = self.merge.township
        return 0 if township is None else township.rows.get(township.subsidy_code, 0)

    @property
    def refused(self) -> int:
        """Files that were left out."""
        return len(self.merge.files) - self.merged


def merge_folder(
    folder: Path,
    policy: Policy,
    target: Path | Callable[[Merge], Path],
    reading: Reading,
    *,
    returns: Path | None = None,
    encrypt: str | None = None,
    lists: Path | None = None,
    decisions: Path | None = None,
    previous: Path | None = None,
    progress: Callable[[str, int], AbstractContextManager[Callable[[str], None]]],
) -> MergedFolder:
    """Write the county workbook, or the township's when the folder holds its villages, and the return lists.

    ``target`` may choose the file by what was merged; ``encrypt`` is the password that results open with; ``lists`` is
    the folder of imported lists, ``decisions`` an earlier county workbook with decisions of the county's own,
    ``previous`` the folder of the return lists of the round before. Raises CannotRunError.
    """
    beside = [path for path in (target, returns, lists, decisions, previous) if path is not None and not callable(path)]
    files = find_files(folder, beside)
    if not files:
        raise CannotRunError("folder_empty", path=folder)
    rulings = open_rulings(decisions, reading)
    rounds = read_rounds(previous, reading.passwords) if previous else None
    book = open_book(policy)
    library = open_library(reading.lang, policy)
    library.books[policy.meta.id] = book
    if not callable(target):
        require_writable(target)
    with working_folder() as stored, start_workers(library, len(files)) as workers:
        with progress("merge", len(files)) as step:
            merge = read_units(book, files, workers, stored, reading, step, lists, rulings)
        if callable(target):
            target = target(merge)
        with _encrypting(target, encrypt) as plain:
            if merge.township is not None:
                write_township(merge.township, plain)
            else:
                title = f"{policy.meta.county}{policy.meta.policy_year}"
                _write(plain, county_sheets(merge), title, render=workers.map)
    own = _by_unit(merge)
    screening = screen(rounds, _joined(own)) if rounds else None
    written = _write_returns(own, returns, encrypt, screening) if returns else []
    if returns and screening:
        with _encrypting(returns / ROUNDS_FILE, encrypt) as plain:
            _write(plain, [rounds_sheet(screening, merge.county.unit)], merge.county.unit)
    return MergedFolder(merge, target, written, screening)


def read_units(
    book: Rulebook,
    files: list[Path],
    workers: Workers,
    stored: Path,
    reading: Reading,
    step: Callable[[str], None],
    lists: Path | None = None,
    rulings: Rulings | None = None,
    *,
    lists_of_villages: bool = False,
) -> Merge:
    """Return the merge of files, whose rows are kept in ``stored``. Raises CannotRunError.

    Lists settle a county's money only: beside a township's villages they are refused, or left to the caller.
    """
    try:
        parts = merge_files(files, book.policy.meta.id, workers, stored, reading, step)
        if is_township(parts):
            if lists is not None and not lists_of_villages:
                raise CannotRunError("lists_county_only")
            return combine_villages(book, parts, lang=reading.lang)
    except SeveralTownshipsError as trouble:
        raise CannotRunError("several_townships", files=_name_files(trouble.files)) from trouble
    except OSError as trouble:
        raise CannotRunError("cannot_store", path=stored.parent, why=trouble) from trouble
    known = None if lists is None else open_lists(lists, book.policy, reading, workers)
    return combine(book, parts, lists=known, rulings=rulings, lang=reading.lang)


def open_rulings(path: Path | None, reading: Reading) -> Rulings | None:
    """Return what the county decided in an earlier workbook, None without one. Raises CannotRunError."""
    if path is None:
        return None
    if not path.is_file():
        raise CannotRunError("file_missing", path=path)
    try:
        return read_rulings(read_apart(path, reading.passwords))
    except UnreadableFile as trouble:
        why = trouble.as_finding(path.name, lang=reading.lang).message
        raise CannotRunError("cannot_read", path=path, why=why) from trouble


def require_writable(target: Path) -> None:
    """Say before the long work what would be in the way after it. Raises CannotRunError."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        require_closed(target)
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble


def _name_files(files: dict[str, list[str]]) -> str:
    """Return townships and their files for a sentence."""
    parts = []
    for township, names in list(files.items())[:_SHOWN]:
        parts.append(f"{township}（{'、'.join(names[:_SHOWN])}{'……' if len(names) > _SHOWN else ''}）")
    return "；".join(parts) + ("……" if len(files) > _SHOWN else "")


@contextmanager
def _encrypting(target: Path, password: str | None) -> Iterator[Path]:
    try:
        with encrypting(target, password) as plain:
            yield plain
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble


def _by_unit(merge: Merge) -> list[tuple[str, list[Finding]]]:
    """Return the merged units and what was found in their files."""
    findings: dict[str, list[Finding]] = {}
    for found in merge.findings:
        findings.setdefault(found.file, []).append(found)
    return [(part.unit.name, findings.get(part.file, [])) for part in merge.parts if part.unit]


def _joined(own: list[tuple[str, list[Finding]]]) -> dict[str, list[Finding]]:
    """Return what was found by unit, also where several files are of one unit."""
    joined: dict[str, list[Finding]] = {}
    for unit, findings in own:
        joined.setdefault(unit, []).extend(findings)
    return joined


def _write_returns(
    own: list[tuple[str, list[Finding]]], folder: Path, encrypt: str | None, screening: Screening | None
) -> list[Path]:
    """Write one return list for each merged unit, also when there is nothing to return: the county can show it."""
    paths = []
    for (unit, findings), name in zip(own, file_names(unit for unit, _ in own), strict=True):
        path = folder / f"{RETURN_PREFIX}{name}.xlsx"
        again = None if screening is None else screening.again
        with _encrypting(path, encrypt) as plain:
            _write(plain, [findings_sheet(findings, RETURN_SHEET, f"{unit}{RETURN_SHEET}", again)], unit)
        paths.append(path)
    return paths


def _write(target: Path, sheets: list[TableSheet], title: str, *, render: Render = map) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_tables(target, sheets, title=title, render=render)
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble
