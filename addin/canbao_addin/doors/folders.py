"""What the doors do with a folder of workbooks. The results lie in a folder of their own beside it."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from canbao_addin.actions.checking import require_open
from canbao_addin.actions.copies import Copies, describe_copies, reconcile_copies
from canbao_addin.actions.folders import find_policy
from canbao_addin.actions.handed_in import HandedIn
from canbao_addin.actions.merge_by_hand import describe_merged, merge_by_hand
from canbao_addin.actions.report import Wanted, report_folder
from canbao_addin.doors.desk import Outcome
from canbao_addin.texts import CannotRunError
from canbao_county.merge.register import count_states
from canbao_validators.apart import Reading
from canbao_validators.inbox import find_files

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_addin.actions.merge import MergedFolder
    from canbao_addin.doors.desk import Desk

_COPIES = 2


def merge(folder: Path, desk: Desk) -> Outcome:
    """Merge the folder: villages into the township's workbook, townships into the county's. Raises CannotRunError."""
    done = _merge(folder, desk)
    return Outcome(describe_merged(done, desk.texts), (done.target,))


def copies(folder: Path, desk: Desk) -> Outcome:
    """Make one workbook of the two copies in the folder. Raises CannotRunError."""
    found = [file.path for file in find_files(folder).files]
    if len(found) != _COPIES:
        raise CannotRunError("door_copies_two", folder=folder, count=len(found))
    target = folder.parent / f"{desk.say('door_result_copies', folder=folder.name)}.xlsx"
    done = reconcile_copies(Copies(*found), target, passwords=_passwords(folder, desk))
    return Outcome("\n".join(describe_copies(done, target, desk.texts)), tuple(filter(None, (target, done.listed))))


def register(folder: Path, desk: Desk) -> Outcome:
    """Merge the folder and show the register: who has handed in what, in which state. Raises CannotRunError."""
    done = _merge(folder, desk)
    return Outcome(desk.say("registered", path=done.register, **count_states(done.registered)), (done.register,))


def report(folder: Path, desk: Desk) -> Outcome:
    """Make the reports of today. Raises CannotRunError."""
    target = folder.parent / desk.say("door_result_report", folder=folder.name)
    wanted = Wanted(as_of=date.today(), codes=())  # noqa: DTZ011 - the day that the clerk's calendar shows
    reading = Reading(_passwords(folder, desk))
    handed_in = HandedIn(folder, find_policy(folder, desk.library, reading), reading)
    done = report_folder(handed_in, target, wanted, desk.progress)
    return Outcome(desk.say("reports", folder=target, as_of=done.as_of, count=len(done.reports)), (target,))


def _merge(folder: Path, desk: Desk) -> MergedFolder:
    reading = Reading(_passwords(folder, desk))
    return merge_by_hand(folder, desk.library, desk.texts, desk.progress, desk.confirm, reading)


def _passwords(folder: Path, desk: Desk) -> tuple[str, ...]:
    """Return the passwords that open the folder's workbooks, asked for where they need one.

    A workbook whose password nobody knows is told of like any other that cannot be read.
    """
    for file in find_files(folder).files:
        with suppress(CannotRunError):
            desk.unlocked(file.path, partial(require_open, file.path))
    return tuple(desk.passwords)
