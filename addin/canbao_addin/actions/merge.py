"""Merge a folder of township workbooks into the county submission, with a return list for each township."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canbao_addin.actions.county import county_sheets, findings_sheet
from canbao_addin.actions.generate import reason
from canbao_addin.actions.policies import open_book, open_library
from canbao_addin.texts import CannotRunError
from canbao_generator.tables import write_tables
from canbao_validators.merge.merging import MERGED, find_files, merge_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from canbao_generator.tables import TableSheet
    from canbao_rulebook.policy import Policy
    from canbao_validators.merge.merging import Merge

RETURN_PREFIX = "退回清单_"


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
    def refused(self) -> int:
        """Files that were left out."""
        return len(self.merge.files) - self.merged


def merge_folder(
    folder: Path,
    policy: Policy,
    target: Path,
    *,
    returns: Path | None = None,
    lang: str = "zh",
    progress: Callable[[str, int], AbstractContextManager[Callable[[str], None]]],
) -> MergedFolder:
    """Write the county workbook and the return lists. Raises CannotRunError."""
    files = find_files(folder, [target, *([returns] if returns else [])])
    if not files:
        raise CannotRunError("folder_empty", path=folder)
    open_book(policy)
    library = open_library(lang, policy)
    with progress("merge", len(files)) as step:
        merge = merge_files(files, library, policy.meta.id, lang=lang, progress=step)
    title = f"{policy.meta.county}{policy.meta.policy_year}"
    _write(target, county_sheets(merge), title)
    written = _write_returns(merge, returns) if returns else []
    return MergedFolder(merge, target, written)


def _write_returns(merge: Merge, folder: Path) -> list[Path]:
    """Write one return list for each merged township, also when there is nothing to return: the county can show it."""
    paths = []
    for workbook in merge.workbooks:
        if workbook.unit is None:
            continue
        findings = [found for found in merge.findings if found.file == workbook.file]
        path = folder / f"{RETURN_PREFIX}{workbook.unit.name}.xlsx"
        sheet = findings_sheet(findings, "退回清单", f"{workbook.unit.name}退回清单")
        _write(path, [sheet], workbook.unit.name)
        paths.append(path)
    return paths


def _write(target: Path, sheets: list[TableSheet], title: str) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_tables(target, sheets, title=title)
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=reason(trouble)) from trouble
