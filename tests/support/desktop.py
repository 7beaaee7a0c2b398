"""A desktop for a person who is not there: a virtual screen, a home folder, LibreOffice with windows, a mouse.

LibreOffice lets root install no extension, so where tests run as root (as in CI) everything here runs as ``nobody``,
who may still read what root may. Nothing is waited for by the clock: what should happen is polled until a deadline.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from canbao_addin.hosts.libreoffice import connect
from canbao_addin.hosts.libreoffice.errors import OfficeError
from canbao_generator.oxt import TOOLBAR
from support.accessible import Widget, describe, find_widgets, is_kind
from support.libreoffice import write_profile
from support.programs import find_program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import xlwings as xw

SCREEN = (1400, 900)
START_SECONDS = 60
WAIT_SECONDS = 40
_USER = "nobody"
_KEEP_READING = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
_SETTINGS = [
    ("org.openoffice.Office.Linguistic/General", "UILocale", "zh-CN"),
    ("org.openoffice.Office.Common/Misc", "ShowTipOfTheDay", "false"),
    ("org.openoffice.Setup/Product", "ooSetupLastVersion", "99.9"),  # no bar that tells what is new
    ("org.openoffice.Setup/Product", "LastTimeGetInvolvedShown", "4102444800"),
    ("org.openoffice.Setup/Product", "LastTimeDonateShown", "4102444800"),
    ("org.openoffice.Office.Recovery/AutoSave", "Enabled", "false"),
]
_COLOURS = 20  # fewer are a window that is not drawn yet
Place = tuple[int, int, int, int]  # left, top, width, height in pixels
T = TypeVar("T")


class DesktopError(RuntimeError):
    """Something did not appear or did not work; the message says what."""


@dataclass(frozen=True)
class Desktop:
    """A screen and the home of its user."""

    home: Path
    environment: dict[str, str]

    def run(self, command: Sequence[str | Path], *, seconds: float = WAIT_SECONDS) -> str:
        """Run a program as the desktop's user and return what it printed. Raises DesktopError with what it said."""
        words = [*_as_user(), *map(str, command)]
        try:
            done = subprocess.run(
                words, env=self.environment, cwd=self.home, capture_output=True, text=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            raise DesktopError(f"{command[0]} did not finish in {seconds:g} s.") from None
        if done.returncode:
            raise DesktopError(f"{command[0]} failed ({done.returncode}): {done.stdout}{done.stderr}")
        return done.stdout

    def give(self, path: Path) -> Path:
        """Copy a file into the home and return its new path."""
        copy = self.home / path.name
        shutil.copyfile(path, copy)
        _give_to_user(copy)
        return copy

    def click(self, widget: Widget) -> None:
        """Press the left button of the mouse in the middle of a widget."""
        self.point(widget)
        self.run(["xdotool", "click", "1"])

    def point(self, widget: Widget) -> None:
        """Move the mouse to the middle of a widget."""
        left, top, width, height = widget.place
        self.run(["xdotool", "mousemove", "--sync", str(left + width // 2), str(top + height // 2)])

    def take_picture(self, target: Path, place: Place = (0, 0, *SCREEN)) -> Path:
        """Write a PNG of a place on the screen once it stands still and something is drawn there."""
        before = b""

        def is_drawn() -> bool:
            nonlocal before
            last, before = before, self._look_at(place)
            return last == before and len({before[at : at + 3] for at in range(0, len(before), 3)}) >= _COLOURS

        wait_for(is_drawn, "the screen to stand still")
        size = "{2}x{3}".format(*place)
        picture = ["convert", "-size", size, "-depth", "8", "rgb:-", "-strip", "+dither", "-colors", "255", str(target)]
        subprocess.run(picture, input=before, check=True)
        return target

    def _look_at(self, place: Place) -> bytes:
        """Return the pixels of a place on the screen, three bytes each."""
        shot = self.home / "screen.rgb"
        area = "{2}x{3}+{0}+{1}".format(*place)
        self.run(["import", "-silent", "-window", "root", "-crop", area, "-depth", "8", shot])
        return shot.read_bytes()


@dataclass(frozen=True)
class Office:
    """LibreOffice with its windows on a desktop, also as xlwings sees it over a socket."""

    desktop: Desktop
    app: xw.App

    def buttons(self, name: str) -> list[Widget]:
        """Return the buttons of canbao's toolbar in the window of a document, once they are on the screen."""
        return wait_for(lambda: self._buttons(name), f"the toolbar 参保 in the window of {name}")

    def press(self, name: str, label: str) -> None:
        """Click on a button of canbao's toolbar in the window of a document."""
        self.point(name, label)
        self.desktop.run(["xdotool", "click", "1"])

    def point(self, name: str, label: str) -> None:
        """Move the mouse to a button of canbao's toolbar in the window of a document."""
        button = next((each for each in self.buttons(name) if each.name == label), None)
        if button is None:
            raise DesktopError(f"The toolbar in the window of {name} has no button {label}.")
        self.bring_forward(name)
        self.desktop.point(button)

    def type_into(self, name: str, sheet: str, cell: str, text: str) -> str:
        """Type another text into a cell, nothing to clear it; return what a box says, and close it."""
        area = self.app.books[name].sheets[sheet].range(cell)
        before = area.formula
        self.bring_forward(name)
        area.select()
        keys = ["type", "--delay", "30", "--", text] if text else ["key", "Delete"]
        self.desktop.run(["xdotool", *keys])
        if text:
            self.desktop.run(["xdotool", "key", "Return"])

        wait_for(
            lambda: self._top_window("DIALOG", "ALERT") or area.formula != before,
            f"{text or 'Delete'} in {cell} to be taken in",
        )
        self.wait_until_idle()
        return self.dismiss() if self._top_window("DIALOG", "ALERT") else ""

    def wait_until_idle(self) -> None:
        """Let the office take in what was typed, box or not."""
        self.app.impl.create("com.sun.star.awt.Toolkit").processEventsToIdle()

    def bring_forward(self, name: str) -> None:
        """Put the window of a document in front of the others and give it the keyboard, as a window manager does.

        Without this, the first click after a message box only wakes the window.
        """
        window = ["search", "--onlyvisible", "--limit", "1", "--name", re.escape(name)]
        self.desktop.run(["xdotool", *window, "windowraise", "%1", "windowfocus", "%1"])

    def tooltip(self) -> str:
        """Return the text of the tooltip that is or will be on the screen."""
        return wait_for(lambda: self._top_window("TOOL_TIP"), "a tooltip").name

    def dialog(self) -> Widget:
        """Return the message box that is or will be on the screen."""
        return wait_for(lambda: self._top_window("DIALOG", "ALERT"), "a message box")

    def dismiss(self) -> str:
        """Close the message box that is or will be on the screen with its first button and return what it said."""
        box = self.dialog()
        said = " ".join(each.name for each in find_widgets(box.native, "STATIC") if each.name)
        self.desktop.click(find_widgets(box.native, "PUSH_BUTTON")[0])
        wait_for(lambda: self._top_window("DIALOG", "ALERT") is None, "the message box to close")
        return said

    def _buttons(self, name: str) -> list[Widget]:
        layout = self.app.books[name].api.CurrentController.Frame.LayoutManager
        toolbar = layout.getElement(f"private:resource/toolbar/addon_{TOOLBAR}")
        return find_widgets(toolbar.RealInterface, "PUSH_BUTTON") if toolbar else []

    def _top_window(self, *kinds: str) -> Widget | None:
        toolkit = self.app.impl.create("com.sun.star.awt.Toolkit")
        for number in range(toolkit.TopWindowCount):
            window = toolkit.getTopWindow(number)
            if is_kind(window, *kinds):
                return describe(window)
        return None


@contextlib.contextmanager
def open_desktop() -> Iterator[Desktop]:
    """A screen and an empty home with a fresh LibreOffice profile, gone afterwards with all that ran there."""
    for tool, package in (("xdotool", "xdotool"), ("import", "imagemagick")):
        find_program(tool, package)
    with tempfile.TemporaryDirectory(prefix="canbao-") as name:
        home = Path(name)
        write_profile(home / ".config" / "libreoffice" / "4", _SETTINGS)
        _give_to_user(home)
        with virtual_screen() as display:
            yield Desktop(home, _environment(home, display))


@contextlib.contextmanager
def start_office(desktop: Desktop, books: Sequence[Path], *, toolbar: bool = True) -> Iterator[Office]:
    """LibreOffice with a window for each workbook, ended afterwards; ``toolbar``: with the buttons of the add-in."""
    accept = f"socket,host=127.0.0.1,port={_free_port()}"
    command = ["soffice", "--norestore", "--nologo", f"--accept={accept};urp;", *map(str, books)]
    log = desktop.home / "soffice.log"
    with (
        log.open("wb") as errors,
        _running([*_as_user(), *command], env=desktop.environment, cwd=desktop.home, stderr=errors) as process,
    ):
        try:
            office = Office(desktop, connect(accept, hidden=False, timeout_seconds=START_SECONDS))
        except OfficeError as missing:
            ended = process.poll()
            raise DesktopError(f"{missing} Exit status: {ended}. It said: {log.read_text(errors='replace')}") from None
        for book in books:
            if toolbar:
                office.buttons(book.name)
            else:
                wait_for(lambda name=book.name: office.app.books[name], f"the window of {book.name}")
        yield office


def wait_for(look: Callable[[], T | None], what: str, seconds: float = WAIT_SECONDS) -> T:
    """Look until there is something and return it. Raises DesktopError when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            found = look()
        except DesktopError:
            raise
        except Exception:  # noqa: BLE001 - an office that starts or repaints answers with many kinds of errors
            found = None
        if found:
            return found
        if time.monotonic() > deadline:
            raise DesktopError(f"Waited {seconds:g} s for {what}.")
        time.sleep(0.1)


def _free_port() -> int:
    """Return a port below those that the system hands out to outgoing connections, which could take it before us."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def virtual_screen() -> Iterator[str]:
    """A screen of its own; the name of its display."""
    width, height = SCREEN
    display = f":{random.randrange(1_000, 30_000)}"  # one that Xvfb looks for itself may be another's that is ending
    stays = "-noreset"  # or it starts afresh when its last program leaves, and the next one finds no display
    shown = ["-screen", "0", f"{width}x{height}x24"]
    command = [find_program("Xvfb", "xvfb"), display, "-displayfd", "1", *shown, "-nolisten", "tcp", "-ac", stays]
    with _running(command, ending=signal.SIGTERM, stdout=subprocess.PIPE) as process:
        assert process.stdout
        if not process.stdout.readline():  # the number is printed once the screen is ready
            raise DesktopError("Xvfb did not start.")
        yield display


@contextlib.contextmanager
def _running(
    command: Sequence[str], *, ending: signal.Signals = signal.SIGKILL, **how: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A program in the background; it and everything it started end with the block."""
    how = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **how}
    with subprocess.Popen(command, start_new_session=True, **how) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, ending)


def _as_user() -> list[str]:
    """The words before a command that run it as someone other than root; none when this is not root."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam(_USER)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *_KEEP_READING]


def _give_to_user(path: Path) -> None:
    """Let the desktop's user own a file, or a folder with all that is in it."""
    if os.geteuid() != 0:
        return
    user = pwd.getpwnam(_USER)
    for each in (path, *path.rglob("*")):
        os.chown(each, user.pw_uid, user.pw_gid)


def _environment(home: Path, display: str) -> dict[str, str]:
    """No variable of the developer's own: LibreOffice would take its Python from a virtual environment on the PATH."""
    return {"HOME": str(home), "DISPLAY": display, "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
