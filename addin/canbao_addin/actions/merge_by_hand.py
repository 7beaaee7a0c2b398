"""A merge that somebody asked for by pointing at a folder: no year, no target; questions where units conflict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from canbao_addin.actions.folders import NO_PASSWORDS, find_policy, result_name
from canbao_addin.actions.handed_in import HandedIn
from canbao_addin.actions.merge import merge_folder
from canbao_county.merge.intake import REFUSED
from canbao_rulebook.findings import count_severities

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from canbao_addin.actions.handed_in import Progress
    from canbao_addin.actions.merge import MergedFolder
    from canbao_addin.texts import Texts
    from canbao_county.merge.merging import Merge
    from canbao_validators.apart import Reading
    from canbao_validators.library import Library

_NAMED = 5  # files named in the closing message that could not be merged


def merge_by_hand(
    folder: Path,
    library: Library,
    texts: Texts,
    progress: Progress,
    confirm: Callable[[str], bool],
    reading: Reading = NO_PASSWORDS,
) -> MergedFolder:
    """Merge a folder into a new folder beside it, with return lists; ask which workbook counts where there are several.

    Raises CannotRunError.
    """
    target_folder = folder.parent / texts.say("merge_folder_name", folder=folder.name)
    return merge_asking(
        HandedIn(folder, find_policy(folder, library, reading), reading),
        lambda merged: target_folder / f"{result_name(merged)}.xlsx",
        texts,
        confirm,
        returns=target_folder,
        progress=progress,
    )


def merge_asking(
    handed_in: HandedIn,
    target: Callable[[Merge], Path],
    texts: Texts,
    confirm: Callable[[str], bool],
    *,
    returns: Path,
    previous: Path | None = None,
    progress: Progress,
) -> MergedFolder:
    """Merge; ask which workbook counts where a unit has handed in several, and merge anew with it.

    Raises CannotRunError.
    """

    def merge(handed_in: HandedIn) -> MergedFolder:
        return merge_folder(handed_in, target, returns=returns, previous=previous, progress=progress)

    done = merge(handed_in)
    taken = _choose(done, texts, confirm)
    return merge(replace(handed_in, taken=taken)) if taken else done


def describe_merged(done: MergedFolder, texts: Texts) -> str:
    """Return what was merged, where it is, and the first files that could not be merged."""
    text = texts.say(
        "merged_book",
        merged=done.merged,
        refused=done.refused,
        counts=texts.say("counts", **count_severities(done.merge.findings)),
        path=done.target,
        returns=len(done.returns),
        folder=(done.returns[0] if done.returns else done.target).parent,
    )
    refused = [status for status in done.merge.files if status.status == REFUSED][:_NAMED]
    lines = [texts.say("merged_refused", file=status.file, reason=status.reason) for status in refused]
    return "\n".join([text, *lines])


def _choose(done: MergedFolder, texts: Texts, confirm: Callable[[str], bool]) -> tuple[Path, ...]:
    """Ask, for each unit with several different workbooks, which one counts; none where every one is declined."""
    reasons = {status.file: status.reason for status in done.merge.files}
    taken = []
    for unit, files in done.conflicts.items():
        for file in files:
            if confirm(texts.say("merge_take", unit=unit, reason=reasons[file.name], file=file.name)):
                taken.append(file.path)
                break
    return tuple(taken)
