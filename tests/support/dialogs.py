"""Dialogs whose person answers at once."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from canbao_addin.doors.dialogs import CancelledError


@dataclass
class AnsweringDialogs:
    """Says yes (or no), chooses ``chosen``, cancels at the given step, and keeps what it was told, asked and shown."""

    yes: bool = True
    chosen: Path | None = None
    cancel_at: int | None = None
    viewer: bool = True
    typed: list[str] = field(default_factory=list)  # into fields, in turn; then nothing more
    picked: list[str] = field(default_factory=list)  # of lists, in turn; then they are left
    said: list[tuple[str, str, bool]] = field(default_factory=list)  # title, text, trouble
    asked: list[str] = field(default_factory=list)
    shown: list[Path] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    def tell(self, text: str, *, title: str, trouble: bool = False) -> None:
        self.said.append((title, text, trouble))

    def confirm(self, text: str, *, title: str) -> bool:
        assert title
        self.asked.append(text)
        return self.yes

    def ask_text(self, text: str, *, title: str, secret: bool = False) -> str | None:
        assert title
        self.asked.append(f"***{text}" if secret else text)
        return self.typed.pop(0) if self.typed else None

    def choose_folder(self, title: str, start: Path) -> Path | None:
        assert title
        assert start.is_dir()
        return self.chosen

    def choose_file(self, title: str, start: Path, suffixes: Sequence[str]) -> Path | None:
        assert self.chosen is None or self.chosen.suffix in suffixes
        return self.choose_folder(title, start)

    def choose_word(self, text: str, *, title: str, words: Sequence[str]) -> str | None:
        assert title
        self.asked.append(text)
        return words[words.index(self.picked.pop(0))] if self.picked else None

    def show_file(self, path: Path) -> None:
        if not self.viewer:
            raise FileNotFoundError(path)
        self.shown.append(path)

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator[Callable[[str], None]]:
        assert title
        assert total

        def step(name: str) -> None:
            if self.cancel_at == len(self.steps):
                raise CancelledError
            self.steps.append(name)

        yield step
