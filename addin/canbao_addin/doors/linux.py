"""Dialogs of Linux desktops: zenity's, else kdialog's, else the terminal's."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager, suppress
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from canbao_addin.doors.dialogs import CancelledError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from canbao_addin.doors.dialogs import Dialogs
    from canbao_addin.texts import Texts


def linux_dialogs(texts: Texts) -> Dialogs:
    """Return the dialogs that this desktop has programs for; without a screen these would say nothing to anybody."""
    has_screen = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if has_screen and shutil.which("zenity"):
        return ZenityDialogs(texts)
    if has_screen and shutil.which("kdialog"):
        return KdialogDialogs(texts)
    return TerminalDialogs(texts)


class _Desktop:
    """What all have in common: another program opens files."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def show_file(self, path: Path) -> None:
        """Open a file with the program that the desktop has for it."""
        opener = shutil.which("xdg-open") or shutil.which("gio")
        if opener is None:
            raise FileNotFoundError(path)
        words = [opener, "open", str(path)] if Path(opener).name == "gio" else [opener, str(path)]
        if subprocess.run(words, check=False, capture_output=True).returncode:
            raise FileNotFoundError(path)


class ZenityDialogs(_Desktop):
    """Dialogs of GNOME, UKUI (Kylin) and others that have zenity."""

    def tell(self, text: str, *, title: str, trouble: bool = False) -> None:
        """Show a message box."""
        _ask("zenity", "--warning" if trouble else "--info", "--no-markup", "--width=480", *_about(title, text))

    def confirm(self, text: str, *, title: str) -> bool:
        """Show a message box with yes and no."""
        return _ask("zenity", "--question", "--no-markup", "--width=480", *_about(title, text)) is not None

    def ask_text(self, text: str, *, title: str, secret: bool = False) -> str | None:
        """Show a field; an underscore in its text would underline the letter after it."""
        hidden = ["--hide-text"] if secret else []
        return _ask("zenity", "--entry", *hidden, "--width=480", *_about(title, _plain(text).replace("_", "__")))

    def choose_folder(self, title: str, start: Path) -> Path | None:
        """Show the folder picker."""
        return _path(_ask("zenity", "--file-selection", "--directory", f"--filename={start}/", f"--title={title}"))

    def choose_file(self, title: str, start: Path, suffixes: Sequence[str]) -> Path | None:
        """Show the file picker."""
        words = (f"--filename={start}/", f"--title={title}", f"--file-filter={_patterns(suffixes)}")
        return _path(_ask("zenity", "--file-selection", *words))

    def choose_word(self, text: str, *, title: str, words: Sequence[str]) -> str | None:
        """Show a list; the text above it is taken for markup, whatever is asked."""
        shape = ("--column=", "--hide-header", "--width=480", "--height=480")
        return _ask("zenity", "--list", *shape, *_about(title, _plain(escape(text, quote=False))), *words) or None

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator[Callable[[str], None]]:
        """Show a bar with what is being worked on, and cancel."""
        words = ["zenity", "--progress", "--auto-close", "--width=480", f"--title={title}", f"--text={title}"]
        bar = subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        done = 0

        def step(name: str) -> None:
            nonlocal done
            if bar.poll() is not None:
                raise CancelledError
            with suppress(OSError):
                print(f"{min(99, 100 * done // max(1, total))}\n# {name}", file=bar.stdin, flush=True)
            done += 1

        try:
            yield step
        finally:
            with suppress(OSError):
                bar.communicate("100\n", timeout=5)
            bar.kill()


class KdialogDialogs(_Desktop):
    """Dialogs of KDE and of Deepin (UOS); a bar cannot be cancelled there, so a bubble says what is being done."""

    def tell(self, text: str, *, title: str, trouble: bool = False) -> None:
        """Show a message box."""
        _ask("kdialog", "--title", title, "--sorry" if trouble else "--msgbox", text)

    def confirm(self, text: str, *, title: str) -> bool:
        """Show a message box with yes and no."""
        return _ask("kdialog", "--title", title, "--yesno", text) is not None

    def ask_text(self, text: str, *, title: str, secret: bool = False) -> str | None:
        """Show a field."""
        return _ask("kdialog", "--title", title, "--password" if secret else "--inputbox", text)

    def choose_folder(self, title: str, start: Path) -> Path | None:
        """Show the folder picker."""
        return _path(_ask("kdialog", "--title", title, "--getexistingdirectory", str(start)))

    def choose_file(self, title: str, start: Path, suffixes: Sequence[str]) -> Path | None:
        """Show the file picker."""
        return _path(_ask("kdialog", "--title", title, "--getopenfilename", str(start), _patterns(suffixes)))

    def choose_word(self, text: str, *, title: str, words: Sequence[str]) -> str | None:
        """Show a list, whose entries are a key and a text each."""
        entries = [part for word in words for part in (word, word)]
        return _ask("kdialog", "--title", title, "--menu", text, *entries) or None

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator[Callable[[str], None]]:
        """Say once that the work has begun."""
        bubble = subprocess.Popen(["kdialog", "--title", title, "--passivepopup", f"{title}（{total}）……", "5"])
        try:
            yield lambda _name: None
        finally:
            bubble.kill()


class TerminalDialogs(_Desktop):
    """Where the desktop has neither: what is said stands in the terminal; nobody agrees to what nobody reads."""

    def tell(self, text: str, *, title: str, trouble: bool = False) -> None:
        """Print the message, and let the desktop show it as a notice."""
        print(f"{title}：{text}", file=sys.stderr if trouble else sys.stdout)
        if shutil.which("notify-send") and not sys.stdout.isatty():
            subprocess.run(["notify-send", title, text], check=False, capture_output=True)

    def confirm(self, text: str, *, title: str) -> bool:
        """Ask in the terminal; no where there is none."""
        if not sys.stdin.isatty():
            return False
        print(f"{title}：{text}")
        return input("[y/N] ").strip().casefold() in {"y", "yes"}

    def ask_text(self, text: str, *, title: str, secret: bool = False) -> str | None:
        """Ask in the terminal; nothing where there is none."""
        if not sys.stdin.isatty():
            return None
        print(f"{title}：{text}")
        return (getpass.getpass("> ") if secret else input("> ")) or None

    def choose_folder(self, title: str, start: Path) -> Path | None:  # noqa: ARG002 - as the others
        """Nothing is chosen: the command names what it works on."""
        return None

    def choose_file(self, title: str, start: Path, suffixes: Sequence[str]) -> Path | None:  # noqa: ARG002 - as above
        """Nothing is chosen, as above."""
        return None

    def choose_word(self, text: str, *, title: str, words: Sequence[str]) -> str | None:
        """Ask in the terminal for a number; nothing where there is none."""
        if not sys.stdin.isatty():
            return None
        print(f"{title}：{text}")
        for number, word in enumerate(words, start=1):
            print(f"{number:3} {word}")
        typed = input("> ").strip()
        return words[int(typed) - 1] if typed.isdecimal() and 0 < int(typed) <= len(words) else None

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator[Callable[[str], None]]:
        """Print what is being worked on, where somebody sees it."""
        done = 0

        def step(name: str) -> None:
            nonlocal done
            done += 1
            if sys.stderr.isatty():
                print(f"{title} {done}/{total} {name}", file=sys.stderr)

        yield step


def _ask(*words: str) -> str | None:
    """Return what a dialog printed, None where it was declined."""
    done = subprocess.run(words, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return None if done.returncode else done.stdout.rstrip("\n")


def _about(title: str, text: str) -> tuple[str, str]:
    return f"--title={title}", f"--text={text}"


def _plain(text: str) -> str:
    """Return a text of which zenity's fields and lists take no backslash for the beginning of another sign."""
    return text.replace("\\", "\\\\")


def _patterns(suffixes: Sequence[str]) -> str:
    return " ".join(f"*{suffix}" for suffix in suffixes)


def _path(chosen: str | None) -> Path | None:
    return Path(chosen) if chosen else None
