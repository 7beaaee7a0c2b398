"""Merge a folder: townships into the county submission, villages into their township's workbook; with return lists."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from canbao_addin.actions.dataset_file import require_dataset_target, write_dataset_file
from canbao_addin.actions.file_names import file_names
from canbao_addin.actions.handed_in import open_merge
from canbao_addin.actions.made_by import MERGE
from canbao_addin.actions.register import register_merge, register_path
from canbao_addin.actions.results import require_target, result_file
from canbao_addin.actions.rounds import ROUNDS_FILE, Screening, read_rounds, rounds_sheet, screen
from canbao_addin.actions.township import write_township
from canbao_county.merge.intake import MERGED
from canbao_county.submission import county_sheets, findings_sheet
from canbao_generator.tables import write_tables
from canbao_rulebook.problem_list import RETURN_PREFIX, RETURN_SHEET

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from canbao_addin.actions.handed_in import HandedIn, Progress
    from canbao_county.merge.merging import Merge
    from canbao_county.merge.register import Entry
    from canbao_rulebook.findings import Finding
    from canbao_validators.inbox import Inbox, InputFile


@dataclass(frozen=True)
class MergedFolder:
    """The merge and what was written."""

    merge: Merge
    target: Path
    register: Path
    registered: list[Entry]
    inbox: Inbox
    returns: list[Path] = field(default_factory=list)
    screening: Screening | None = None
    sparing: bool = False

    def as_dict(self, lang: str) -> dict[str, object]:
        """Return the JSON of the command-line contract."""
        return self.merge.as_dict(lang) | ({} if self.screening is None else {"rounds": self.screening.as_dict()})

    @property
    def merged(self) -> int:
        """Files that were merged."""
        return sum(status.status == MERGED for status in self.merge.files)

    @property
    def conflicts(self) -> dict[str, list[InputFile]]:
        """The workbooks of each unit that has handed in several different ones, of which none was chosen."""
        merged = {status.unit for status in self.merge.files if status.status == MERGED}
        files = {file.name: file for file in self.inbox.files}
        found: dict[str, list[InputFile]] = {}
        for status in self.merge.files:
            if status.unit and status.unit not in merged:
                found.setdefault(status.unit, []).append(files[status.file])
        return {unit: own for unit, own in found.items() if len(own) > 1}

    @property
    def left_out(self) -> list[str]:
        """What lies in the folder and is no workbook that anybody handed in."""
        return [part.file for part in self.merge.received if not part.listed]

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
    handed_in: HandedIn,
    target: Path | Callable[[Merge], Path],
    *,
    lang: str = "zh",
    returns: Path | None = None,
    encrypt: str | None = None,
    previous: Path | None = None,
    dataset: Path | None = None,
    progress: Progress,
) -> MergedFolder:
    """Write the county workbook, or the township's when the folder holds its villages, and the return lists.

    ``target`` may choose the file by what was merged; ``encrypt`` is the password that results open with; ``previous``
    is the folder of the return lists of the round before; ``dataset`` the Parquet file to write, too. A register that
    is not named lies beside the target. Raises CannotRunError.
    """
    reading, policy = handed_in.reading, handed_in.policy
    rounds = read_rounds(previous, reading.passwords) if previous else None
    if not callable(target):
        require_target(target, MERGE, [handed_in.decisions], encrypt)
    if dataset is not None:
        require_dataset_target(dataset, [handed_in.decisions], encrypt)
    own_files = [path for path in (target, returns, previous, dataset) if path is not None and not callable(path)]
    with open_merge(replace(handed_in, results=(*handed_in.results, *own_files)), progress) as (merge, workers, inbox):
        if callable(target):
            target = target(merge)
        with result_file(target, MERGE, encrypt) as plain:
            if merge.township is not None:
                write_township(merge.township, plain)
            else:
                title = f"{policy.meta.county}{policy.meta.policy_year}"
                sheets = county_sheets(merge, lang)
                if dataset is None:
                    merge.release_people()  # the children that write need the room
                write_tables(plain, sheets, command=MERGE, title=title, render=workers.map)
        if dataset is not None:
            write_dataset_file(merge, dataset)
    name = policy.meta.id if merge.township is None else merge.county.unit
    register = handed_in.register or register_path(target, name)
    told = {"submissions": handed_in.folder, "lists": handed_in.lists, "results": target.parent, "county": target}
    registered = register_merge(register, merge, returned=returns is not None, told=told, encrypt=encrypt)
    own = _by_unit(merge)
    screening = screen(rounds, _joined(own)) if rounds else None
    written = _write_returns(own, returns, encrypt, screening, lang) if returns else []
    if returns and screening:
        with result_file(returns / ROUNDS_FILE, MERGE, encrypt) as plain:
            unit = merge.county.unit
            write_tables(plain, [rounds_sheet(screening, unit)], command=MERGE, title=unit)
    return MergedFolder(merge, target, register, registered, inbox, written, screening, workers.sparing)


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
    own: list[tuple[str, list[Finding]]], folder: Path, encrypt: str | None, screening: Screening | None, lang: str
) -> list[Path]:
    """Write one return list for each merged unit, also when there is nothing to return: the county can show it."""
    paths = []
    for (unit, findings), name in zip(own, file_names(unit for unit, _ in own), strict=True):
        path = folder / f"{RETURN_PREFIX}{name}.xlsx"
        again = None if screening is None else screening.again
        with result_file(path, MERGE, encrypt) as plain:
            sheets = [findings_sheet(findings, lang, RETURN_SHEET, f"{unit}{RETURN_SHEET}", again)]
            write_tables(plain, sheets, command=MERGE, title=unit)
        paths.append(path)
    return paths
