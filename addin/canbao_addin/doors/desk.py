"""What an action at a door works with, and what it leaves."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from canbao_addin.actions.file_names import shorten_stem
from canbao_addin.actions.policies import open_library
from canbao_addin.texts import CannotRunError
from canbao_rulebook.masking import mask_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from canbao_addin.doors.dialogs import Dialogs
    from canbao_addin.texts import Texts
    from canbao_validators.library import Library

T = TypeVar("T")
_LOCKED = {"V39.encrypted", "V39.wrong_password"}


@dataclass(frozen=True)
class Outcome:
    """What to say when it is done, and the results to open; an empty text says nothing. ``trouble``: not done."""

    text: str = ""
    results: tuple[Path, ...] = ()
    trouble: bool = False


@dataclass
class Desk:
    """The dialogs, the words and the name of the action; the passwords that were typed since it was opened."""

    dialogs: Dialogs
    texts: Texts
    label: str
    passwords: list[str] = field(default_factory=list)

    @cached_property
    def library(self) -> Library:
        """The policy years that this PC knows."""
        return open_library()

    def say(self, key: str, **params: object) -> str:
        """Return a sentence of the catalogue."""
        return self.texts.say(key, **params)

    def tell(self, text: str, *, trouble: bool = False) -> None:
        """Show a message without anybody's number, as a warning where there is ``trouble``."""
        with suppress(Exception):  # without a dialog nobody can be told
            self.dialogs.tell(mask_numbers(text), title=self.label, trouble=trouble)

    def show(self, path: Path) -> None:
        """Open a file or a folder with the program that owns it; where there is none, say so."""
        try:
            self.dialogs.show_file(path)
        except OSError:
            self.tell(self.say("door_no_viewer", path=path), trouble=True)

    def confirm(self, text: str) -> bool:
        """Ask a yes-or-no question without anybody's number."""
        return self.dialogs.confirm(mask_numbers(text), title=self.label)

    def progress(self, _title: str, total: int) -> AbstractContextManager[Callable[[str], None]]:
        """Show how far the action is, under its own name."""
        return self.dialogs.progress(self.label, total)

    def ask(self, text: str, *, secret: bool = False) -> str | None:
        """Let the person type a word; None when they changed their mind."""
        return self.dialogs.ask_text(mask_numbers(text), title=self.label, secret=secret)

    def choose(self, text: str, words: Sequence[str]) -> str | None:
        """Let the person choose one of some words; None when they changed their mind."""
        return self.dialogs.choose_word(mask_numbers(text), title=self.label, words=words)

    def unlocked(self, path: Path, work: Callable[[tuple[str, ...]], T]) -> T:
        """Do something with a workbook and the passwords known; ask for one as long as none opens it.

        Raises CannotRunError, also when nobody knows it.
        """
        while True:
            try:
                return work(tuple(self.passwords))
            except CannotRunError as refusal:
                if _reason(refusal) not in _LOCKED:
                    raise
                again = "door_password_again" if _reason(refusal) == "V39.wrong_password" else "door_password"
                typed = self.ask(self.say(again, file=path.name), secret=True)
                if typed is None:
                    raise
                self.passwords.append(typed)

    def beside(self, path: Path, key: str) -> Path:
        """Return where a result about a workbook goes: beside it, under a name of its own."""
        return path.with_name(f"{self.say(key, name=shorten_stem(path.stem))}.xlsx")


def _reason(refusal: CannotRunError) -> str:
    """Return the key of the finding for which a file could not be read."""
    why = refusal.params.get("reason", refusal.params.get("why"))
    return str(getattr(why, "key", ""))
