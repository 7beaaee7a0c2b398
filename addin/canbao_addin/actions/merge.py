"""Merge a folder: townships into the county submission, villages into their township's workbook; with return lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canbao_addin.actions.county import county_sheets, findings_sheet
from canbao_addin.actions.file_names import file_names
from canbao_addin.actions.generate import reason
from canbao_addin.actions.policies import open_book, open_library
from canbao_addin.actions.township import write_township
from canbao_addin.texts import CannotRunError
from canbao_generator.tables import write_tables
from canbao_rulebook.problem_list import RETURN_PREFIX, RETURN_SHEET
from canbao_validators.merge.merging import MERGED, SeveralTownshipsError, find_files, merge_files
from canbao_validators.workbook import SUBSIDY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from canbao_generator.tables import TableSheet
    from canbao_rulebook.policy import Policy
    from canbao_validators.merge.merging import Merge

_SHOWN = 3  # townships, and files of each, named in one sentence


@dataclass(frozen=True)
class MergedFolder:
    """The merge and what was written."""

    merge: Merge
    target: Path
    returns: list[Path] = field(default_factory=list)

    @property
    def merged(self) -> int:
        """Files that were merged."""
        return sum(status.status == MERGED for status in self.merge.files)

    @property
    def replaced(self) -> int:
        """Rows of the subsidy roster that villages had typed: the township's is made anew."""
        return 0 if self.merge.township is None else self.merge.township.rows.get(SUBSIDY, 0)

    @property
    def refused(self) -> int:
        """Files that were left out."""
        return len(self.merge.files) - self.merged


def merge_folder(
    folder: Path,
    policy: Policy,
    target: Path | Callable[[Merge], Path],
    *,
    returns: Path | None = None,
    lang: str = "zh",
    passwords: Sequence[str] = (),
    progress: Callable[[str, int], AbstractContextManager[Callable[[str], None]]],
) -> MergedFolder:
    """Write the county workbook, or the township's when the folder holds its villages, and the return lists.

    ``target`` may choose the file by what was merged; ``passwords`` are tried in turn where a file asks for one. Raises
    CannotRunError.
    """
    files = find_files(folder, [path for path in (target, returns) if path is not None and not callable(path)])
    if not files:
        raise CannotRunError("folder_empty", path=folder)
    open_book(policy)
    library = open_library(lang, policy)
    with progress("merge", len(files)) as step:
        try:
            merge = merge_files(files, library, policy.meta.id, lang=lang, passwords=passwords, progress=step)
        except SeveralTownshipsError as trouble:
            raise CannotRunError("several_townships", files=_name_files(trouble.files)) from trouble
    if callable(target):
        target = target(merge)
    if merge.township is not None:
        write_township(merge.township, target)
    else:
        _write(target, county_sheets(merge), f"{policy.meta.county}{policy.meta.policy_year}")
    written = _write_returns(merge, returns) if returns else []
    return MergedFolder(merge, target, written)


def _name_files(files: dict[str, list[str]]) -> str:
    """Return townships and their files for a sentence."""
    parts = []
    for township, names in list(files.items())[:_SHOWN]:
        parts.append(f"{township}（{'、'.join(names[:_SHOWN])}{'……' if len(names) > _SHOWN else ''}）")
    return "；".join(parts) + ("……" if len(files) > _SHOWN else "")


def _write_returns(merge: Merge, folder: Path) -> list[Path]:
    """Write one return list for each merged unit, also when there is nothing to return: the county can show it."""
    paths = []
    units = [(workbook.unit, workbook.file) for workbook in merge.workbooks if workbook.unit]
    for (unit, file), name in zip(units, file_names(unit.name for unit, _ in units), strict=True):
        findings = [found for found in merge.findings if found.file == file]
        path = folder / f"{RETURN_PREFIX}{name}.xlsx"
        sheet = findings_sheet(findings, RETURN_SHEET, f"{unit.name}{RETURN_SHEET}")
        _write(path, [sheet], unit.name)
        paths.append(path)
    return paths


def _write(target: Path, sheets: list[TableSheet], title: str) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_tables(target, sheets, title=title)
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=reason(trouble)) from trouble
