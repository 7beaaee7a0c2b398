"""What a folder holds, merged: the beginning of every command that works on all workbooks of a county."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from canbao_addin.actions.list_folder import open_lists
from canbao_addin.actions.made_by import MERGE
from canbao_addin.actions.policies import open_book, open_library
from canbao_addin.actions.register import read_register
from canbao_addin.actions.units_list import expected_names
from canbao_addin.actions.working import working_folder
from canbao_addin.texts import CannotRunError
from canbao_county.merge.intake import SeveralTownshipsError, is_township, merge_files
from canbao_county.merge.merging import combine, combine_villages
from canbao_county.merge.rulings import RULING_SHEETS, read_rulings
from canbao_rulebook.phrases import MORE, SEMICOLON, Phrase, Phrases, enumerate_words
from canbao_validators.apart import read_result_apart, start_workers
from canbao_validators.inbox import find_files
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from canbao_county.merge.merging import Merge
    from canbao_county.merge.parts import Part
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.apart import Reading
    from canbao_validators.inbox import Inbox
    from canbao_validators.settlement.terms import Rulings
    from canbao_validators.workers import Workers

    Progress = Callable[[str, int], AbstractContextManager[Callable[[str], None]]]

_OF_TOWNSHIP = {"zh": "{name}（{files}）", "en": "{name} ({files})"}
_SHOWN = 3  # townships, files of each, and files that do not belong, named in one sentence


@dataclass(frozen=True)
class HandedIn:
    """A folder of workbooks and what is held against them.

    ``lists`` is the folder of imported lists, ``decisions`` an earlier county workbook with decisions of the county's
    own, ``taken`` the workbooks that the county chose where a unit has handed in several, ``units`` a list of the units
    that are waited for, ``register`` the one that is carried on, whose units are waited for where neither a list nor
    the policy says them, ``results`` what this run writes. ``lists_of_villages``: the caller uses the lists itself
    where the folder holds a township's villages.
    """

    folder: Path
    policy: Policy
    reading: Reading
    lists: Path | None = None
    decisions: Path | None = None
    taken: tuple[Path, ...] = ()
    units: Path | None = None
    register: Path | None = None
    results: tuple[Path, ...] = ()
    lists_of_villages: bool = False


class Opened(NamedTuple):
    """The merge, the children that read its files, while both are there, and the files."""

    merge: Merge
    workers: Workers
    inbox: Inbox


@contextmanager
def open_merge(handed_in: HandedIn, progress: Progress, title: str = MERGE) -> Iterator[Opened]:
    """Merge a folder; its rows lie in files of their own until the block ends. Raises CannotRunError."""
    policy, reading = handed_in.policy, handed_in.reading
    inbox = _find(handed_in)
    taken = _taken(handed_in, inbox)
    rulings = _open_rulings(handed_in.decisions, reading)
    book, library = open_book(policy), open_library(policy)
    library.books[policy.meta.id] = book
    with (
        working_folder() as stored,
        start_workers(library, len(inbox.files), (file.path for file in inbox.files)) as workers,
    ):
        with progress(title, len(inbox.files)) as step:
            merge = _merge(handed_in, book, inbox, taken, workers, stored, step, rulings)
        yield Opened(merge, workers, inbox)


def _find(handed_in: HandedIn) -> Inbox:
    """Return the files of the folder. Raises CannotRunError when there are none."""
    own = (*handed_in.results, handed_in.lists, handed_in.decisions, handed_in.units, handed_in.register)
    beside = [path for path in own if path is not None]
    inbox = find_files(handed_in.folder, beside)
    if not inbox.files:
        raise CannotRunError("folder_empty", path=handed_in.folder)
    return inbox


def _taken(handed_in: HandedIn, inbox: Inbox) -> list[Path]:
    """Return the files that were chosen: by their paths, here or in the folder, or by the names that results use.

    Raises CannotRunError for one that is not there, or whose name several files have.
    """
    chosen = []
    for path in handed_in.taken:
        wanted = {path.resolve(), (handed_in.folder / path).resolve()}
        found = [file.path for file in inbox.files if file.path.resolve() in wanted or Path(file.name) == path]
        found = found or [file.path for file in inbox.files if Path(file.name).parts[-len(path.parts) :] == path.parts]
        if not found:
            raise CannotRunError("taken_missing", path=path, folder=handed_in.folder)
        if len(found) > 1:
            names = enumerate_words(file.name for file in inbox.files if file.path in found)
            raise CannotRunError("taken_unclear", path=path, names=names)
        chosen += found
    return chosen


def _merge(
    handed_in: HandedIn,
    book: Rulebook,
    inbox: Inbox,
    taken: Sequence[Path],
    workers: Workers,
    stored: Path,
    step: Callable[[str], None],
    rulings: Rulings | None,
) -> Merge:
    reading, lists = handed_in.reading, handed_in.lists
    try:
        parts = merge_files(inbox, book, workers, stored, reading, step, taken=taken)
        _require_this_year(parts, book.policy)
        if is_township(parts):
            if lists is not None and not handed_in.lists_of_villages:
                raise CannotRunError("lists_county_only")
            return combine_villages(book, parts)
    except SeveralTownshipsError as trouble:
        raise CannotRunError("several_townships", files=_name_files(trouble.files)) from trouble
    except OSError as trouble:
        raise CannotRunError("cannot_store", path=stored.parent, why=trouble) from trouble
    known = None if lists is None else open_lists(lists, book.policy, reading, workers)
    expected = expected_names(handed_in.units, handed_in.folder, book)
    if expected is None and handed_in.register is not None and not book.policy.org.townships:
        expected = [entry.unit for entry in read_register(handed_in.register).entries]
    return combine(book, parts, lists=known, rulings=rulings, expected=expected)


def _require_this_year(parts: Sequence[Part], policy: Policy) -> None:
    """Raise CannotRunError when there are workbooks of ours and none is of this policy year."""
    stated = {part.file: part.stated_policy for part in parts if part.stated_policy}
    if stated and policy.meta.id not in stated.values():
        names = Phrases((enumerate_words(list(stated)[:_SHOWN]), "……" if len(stated) > _SHOWN else ""))
        found = enumerate_words(sorted(set(stated.values())))
        raise CannotRunError("all_of_other_policy", count=len(stated), names=names, found=found, wanted=policy.meta.id)


def _open_rulings(path: Path | None, reading: Reading) -> Rulings | None:
    """Return what the county decided in an earlier workbook, None without one. Raises CannotRunError."""
    if path is None:
        return None
    if not path.is_file():
        raise CannotRunError("file_missing", path=path)
    try:
        return read_rulings(read_result_apart(path, reading.passwords, RULING_SHEETS))
    except UnreadableFile as trouble:
        why = trouble
        raise CannotRunError("cannot_read", path=path, why=why) from trouble


def _name_files(files: dict[str, list[str]]) -> Phrases:
    """Return townships and their files for a sentence."""
    parts = [Phrase(_OF_TOWNSHIP, {"name": name, "files": _some(names)}) for name, names in files.items()][:_SHOWN]
    return Phrases((Phrases(parts, SEMICOLON), MORE if len(files) > _SHOWN else ""))


def _some(names: list[str]) -> Phrases:
    return Phrases((enumerate_words(names[:_SHOWN]), MORE if len(names) > _SHOWN else ""))
