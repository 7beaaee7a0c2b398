"""合并: a folder of village workbooks into the township's, or of township workbooks into the county submission."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from canbao_addin.actions.folders import find_policy, result_name
from canbao_addin.actions.handed_in import HandedIn
from canbao_addin.actions.merge import merge_folder
from canbao_addin.buttons.session import Outcome
from canbao_county.merge.intake import REFUSED
from canbao_validators.checking import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from canbao_addin.actions.merge import MergedFolder
    from canbao_addin.buttons.session import Session

_NAMED = 5  # files named in the closing message that could not be merged


def merge_books(session: Session) -> Outcome:
    """Ask for a folder, merge it into a new folder beside it, and open the result. Raises CannotRunError."""
    own = Path(session.book.fullname)
    folder = session.host.choose_folder(session.say("choose_merge"), own.parent if own.is_file() else Path.home())
    if folder is None:
        return Outcome()
    policy = find_policy(folder, session.library)
    target_folder = folder.parent / session.say("merge_folder_name", folder=folder.name)
    handed_in = HandedIn(folder, policy, Reading())
    done = _merge(session, handed_in, target_folder)
    taken = _choose(session, done)
    if taken:
        done = _merge(session, replace(handed_in, taken=taken), target_folder)
    session.host.open_book(done.target)
    text = session.say(
        "merged_book",
        merged=done.merged,
        refused=done.refused,
        counts=session.counts(done.merge.findings),
        path=done.target,
        returns=len(done.returns),
    )
    refused = [status for status in done.merge.files if status.status == REFUSED][:_NAMED]
    lines = [session.say("merged_refused", file=status.file, reason=status.reason) for status in refused]
    return Outcome("\n".join([text, *lines]))


def _merge(session: Session, handed_in: HandedIn, folder: Path) -> MergedFolder:
    return merge_folder(
        handed_in,
        lambda merge: folder / f"{result_name(merge)}.xlsx",
        returns=folder,
        progress=lambda _, total: _status_bar(session, total),
    )


def _choose(session: Session, done: MergedFolder) -> tuple[Path, ...]:
    """Ask, for each unit with several different workbooks, which one counts; none where every one is declined."""
    reasons = {status.file: status.reason for status in done.merge.files}
    taken = []
    for unit, files in done.conflicts.items():
        for file in files:
            text = session.say("merge_take", unit=unit, reason=reasons[file.name], file=file.name)
            if session.host.confirm(text, title=session.label):
                taken.append(file.path)
                break
    return tuple(taken)


@contextmanager
def _status_bar(session: Session, total: int) -> Iterator[Callable[[str], None]]:
    """Name the file that is being read in the status bar."""
    number = 0

    def step(name: str) -> None:
        nonlocal number
        number += 1
        session.progress("merging", number=number, total=total, name=name)

    yield step
