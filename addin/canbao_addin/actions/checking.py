"""Check one file that a person named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.files import require_files
from canbao_addin.actions.policies import open_library, open_policy
from canbao_addin.texts import CannotRunError
from canbao_validators.apart import Reading, read_apart, read_files, start_workers
from canbao_validators.checking import check_raw, check_workbook
from canbao_validators.reading.package import open_source
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from canbao_validators.library import Library
    from canbao_validators.reading.raw import RawWorkbook
    from canbao_validators.workbook import FilledWorkbook


def check_file(file: Path, policy_name: str | None, passwords: Sequence[str] = ()) -> FilledWorkbook:
    """Return a workbook with its findings, checked in a child process. Raises CannotRunError."""
    require_files([file])
    given = [open_policy(policy_name)] if policy_name else []
    with start_workers(open_library(*given), 1) as workers:
        done = next(read_files(workers, _check_whole, [(file, Reading(tuple(passwords)))]))
    if isinstance(done, UnreadableFile):
        raise _refused(file, done) from done
    return done


def _check_whole(library: Library, path: Path, reading: Reading) -> FilledWorkbook:
    return check_workbook(path, library, passwords=reading.passwords)


def _refused(file: Path, trouble: UnreadableFile) -> CannotRunError:
    return CannotRunError("refused", file=file.name, reason=trouble)


def read_cells(file: Path, passwords: Sequence[str] = ()) -> RawWorkbook:
    """Return the cells of a workbook, read in a child process; passwords are tried in turn. Raises CannotRunError."""
    require_files([file])
    try:
        return read_apart(file, passwords)
    except UnreadableFile as trouble:
        raise _refused(file, trouble) from trouble


def require_open(file: Path, passwords: Sequence[str] = ()) -> None:
    """Raise CannotRunError for a file that no password opens, or that is no table, without reading what is in it."""
    try:
        open_source(file, passwords)
    except UnreadableFile as trouble:
        raise _refused(file, trouble) from trouble


def check_cells(raw: RawWorkbook, policy_name: str | None) -> FilledWorkbook:
    """Return the workbook that was read, with its findings, checked with the policy year named or the one it names."""
    given = [open_policy(policy_name)] if policy_name else []
    return check_raw(raw, open_library(*given))
