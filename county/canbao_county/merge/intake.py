"""The files of a merge: which belong to it, which are read, and which are refused beside others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_county.merge.conflicts import settle_units
from canbao_county.merge.parts import Part, Storing, check_part, check_parts
from canbao_rulebook.findings import Place, Severity
from canbao_rulebook.messages import build_finding, render
from canbao_rulebook.units import VILLAGE
from canbao_validators.apart import Reading, read_files, size_of
from canbao_validators.checked import refuse_file
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.inbox import Inbox, LeftOut
    from canbao_validators.workers import Workers

MERGED, REFUSED = "merged", "refused"
_LARGE = 100_000_000  # bytes of files: what children keep of them costs more than starting other ones


@dataclass(frozen=True)
class FileStatus:
    """What became of one file."""

    file: str
    unit: str
    status: str
    rows: int
    check_code: str
    reason: Finding | None

    def as_dict(self, lang: str) -> dict[str, object]:
        """Return the fields of the command-line contract."""
        return {
            "file": self.file,
            "unit": self.unit,
            "status": self.status,
            "rows": self.rows,
            "check_code": self.check_code,
            "reason": "" if self.reason is None else render(self.reason, lang).message,
        }


class SeveralTownshipsError(Exception):
    """Villages of several townships have no result in common; ``files`` are their names by township."""

    def __init__(self, files: dict[str, list[str]]) -> None:
        super().__init__(files)
        self.files = files


def merge_files(
    inbox: Inbox,
    book: Rulebook,
    workers: Workers,
    folder: Path,
    reading: Reading,
    progress: Callable[[str], None] = lambda _: None,
    *,
    taken: Collection[Path] = (),
) -> list[Part]:
    """Return the workbooks of one level, checked in child processes, in order; their rows are stored in ``folder``.

    A bad file is one finding, and so is what lies beside the files and is not read. Of several workbooks of a unit the
    one in ``taken`` is used (``settle_units``); villages beside townships are refused.
    Raises SeveralTownshipsError for villages of several townships.
    """
    parts: list[Part] = []
    tasks = [
        (file.path, Storing(folder, number, file.name, book.policy.meta.id, reading))
        for number, file in enumerate(inbox.files)
    ]
    checks = read_files(workers, check_part, tasks, together=check_parts)
    for file in inbox.files:
        progress(file.name)
        done = next(checks)
        parts.append(_unreadable(file.name, done) if isinstance(done, UnreadableFile) else done)
    if sum(size_of(file.path) for file in inbox.files) > _LARGE:
        workers.renew()
    for part in parts:
        part.listed = part.reason is None or any(finding.severity is not Severity.INFO for finding in part.findings)
    chosen = {path.resolve() for path in taken}
    names = {file.name for file in inbox.files if file.path.resolve() in chosen}
    settle_units(book, parts, inbox.files, names)
    if not is_township(parts):
        _refuse_villages(parts)
    return [*parts, *(_left_out(entry) for entry in inbox.left_out)]


def _unreadable(name: str, trouble: UnreadableFile) -> Part:
    return Part(**vars(refuse_file(name, trouble)))


def _left_out(entry: LeftOut) -> Part:
    finding = build_finding(entry.key, Place(file=entry.name))
    return Part(entry.name, findings=[finding], reason=finding, listed=finding.severity is not Severity.INFO)


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


def _refuse_villages(parts: Sequence[Part]) -> None:
    for part in parts:
        unit = part.unit
        if part.accepted and unit and unit.kind == VILLAGE:
            finding = build_finding("V39.village", Place(file=part.file), value=unit.name, unit=unit.township)
            part.reason = finding
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
