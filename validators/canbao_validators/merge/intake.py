"""The files of a merge: which belong to it, which are read, and which are refused beside others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_rulebook.findings import Place, Severity
from canbao_rulebook.messages import build_finding
from canbao_rulebook.problem_list import HELD_PREFIX, RETURN_PREFIX, ROUNDS_SHEET
from canbao_rulebook.units import VILLAGE
from canbao_validators.apart import read_files
from canbao_validators.checking import Reading, refuse_file
from canbao_validators.merge.parts import Part, Storing, check_part
from canbao_validators.reading.package import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from canbao_validators.workers import Workers

MERGED, REFUSED = "merged", "refused"
_LEFT_OUT = ("~$", ".", RETURN_PREFIX, HELD_PREFIX, ROUNDS_SHEET)  # lock files, hidden files, our own lists


@dataclass(frozen=True)
class FileStatus:
    """What became of one file."""

    file: str
    unit: str
    status: str
    rows: int
    check_code: str
    reason: str

    def as_dict(self) -> dict[str, object]:
        """Return the fields of the command-line contract."""
        return {
            "file": self.file,
            "unit": self.unit,
            "status": self.status,
            "rows": self.rows,
            "check_code": self.check_code,
            "reason": self.reason,
        }


class SeveralTownshipsError(Exception):
    """Villages of several townships have no result in common; ``files`` are their names by township."""

    def __init__(self, files: dict[str, list[str]]) -> None:
        super().__init__(files)
        self.files = files


def find_files(folder: Path, leave_out: Iterable[Path] = ()) -> list[Path]:
    """Return the files of a folder and its sub-folders in a fixed order: no lock files, no return lists.

    ``leave_out``: results of an earlier run, as files or as folders inside this one.
    """
    around = {folder.resolve(), *folder.resolve().parents}
    excluded = {path.resolve() for path in leave_out} - around
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.name.startswith(_LEFT_OUT)
        and not excluded & {path.resolve(), *path.resolve().parents}
    ]


def merge_files(
    files: Sequence[Path],
    policy_id: str,
    workers: Workers,
    folder: Path,
    reading: Reading,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Part]:
    """Return the workbooks of one level, checked in child processes, in order; their rows are stored in ``folder``.

    A bad file is one finding. A second workbook of a unit is refused, and so are villages beside townships.
    Raises SeveralTownshipsError for villages of several townships.
    """
    parts: list[Part] = []
    tasks = [(path, Storing(folder, number, policy_id, reading)) for number, path in enumerate(files)]
    checks = read_files(workers, check_part, tasks)
    for path in files:
        progress(path.name)
        done = next(checks)
        part = _unreadable(path, done, reading.lang) if isinstance(done, UnreadableFile) else done
        _refuse_second(part, parts, reading.lang)
        parts.append(part)
    if not is_township(parts):
        _refuse_villages(parts, reading.lang)
    return parts


def _unreadable(path: Path, trouble: UnreadableFile, lang: str) -> Part:
    return Part(**vars(refuse_file(path, trouble, lang)))


def is_township(parts: Sequence[Part]) -> bool:
    """Tell whether the files make a township's workbook. Raises SeveralTownshipsError when they make several."""
    units = [part.unit for part in parts if part.accepted and part.unit]
    if not units or any(unit.kind != VILLAGE for unit in units):
        return False
    files: dict[str, list[str]] = {}
    for part in parts:
        if part.accepted and part.unit:
            files.setdefault(part.unit.township, []).append(part.file)
    if len(files) > 1:
        raise SeveralTownshipsError(files)
    return True


def _refuse_villages(parts: Sequence[Part], lang: str) -> None:
    for part in parts:
        unit = part.unit
        if part.accepted and unit and unit.kind == VILLAGE:
            finding = build_finding(
                "V39.village", Place(file=part.file), value=unit.name, lang=lang, unit=unit.township
            )
            part.reason = finding.message
            part.findings = [finding]


def _refuse_second(part: Part, earlier: Sequence[Part], lang: str) -> None:
    """Refuse a second workbook of the same unit; the same data twice is counted once and said so."""
    if not part.accepted or part.unit is None:
        return
    unit = part.unit.title
    first = next((other for other in earlier if other.accepted and other.unit and other.unit.title == unit), None)
    if first is None:
        return
    same = first.check_code == part.check_code
    severity = Severity.WARNING if same else Severity.ERROR
    place = Place(file=part.file)
    finding = build_finding(
        "V39.unit_twice", place, value=unit, lang=lang, severity=severity, unit=unit, other=first.file
    )
    part.reason = finding.message
    part.findings = [finding]


def file_status(part: Part) -> FileStatus:
    """Return what became of a file: merged, or refused and why."""
    unit = part.unit.name if part.unit else ""
    return FileStatus(
        file=part.file,
        unit=unit,
        status=MERGED if part.accepted else REFUSED,
        rows=sum(part.rows.values()) if part.accepted else 0,
        check_code=part.check_code,
        reason=part.reason,
    )
