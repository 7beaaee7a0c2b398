"""A person in front of the Windows of the tests: what is on its screen is read and answered there."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from subprocess import list2cmdline

from support.installation import FOLDER, here
from support.wine import Windows

INSIDE = Path(__file__).parents[1] / "windows" / "inside"
PLACE = PureWindowsPath(r"C:\inside")
PYTHON = FOLDER / "python" / "python.exe"


@dataclass(frozen=True)
class Box:
    """What a box said, and how it was answered."""

    title: str
    text: str
    answer: str


@dataclass(frozen=True)
class Watched:
    """What came of a program: its exit status, and the boxes that it showed, in order."""

    status: int
    boxes: tuple[Box, ...]

    @property
    def said(self) -> list[Box]:
        """The boxes that were answered; those with a bar are only looked at."""
        return [box for box in self.boxes if box.answer]


class Person:
    """Works with the packed Python on a copy of the programs of tests/windows/inside."""

    def __init__(self, windows: Windows) -> None:
        self._windows = windows
        folder = here(windows, PLACE)
        if not folder.exists():
            shutil.copytree(INSIDE, folder, ignore=shutil.ignore_patterns("__pycache__"))

    def runs(self, line: str, *answers: str) -> Watched:
        """Start a command line, as it stands in the registry, and answer its boxes; the last answer is repeated."""
        done = self._windows.run(PYTHON, "-X", "utf8", PLACE / "person.py", ",".join(answers or ("ok",)), line)
        said = next((row for row in done.stdout.splitlines() if row.startswith('{"status"')), None)
        assert said, done.stdout
        found = json.loads(said)
        return Watched(found["status"], tuple(Box(**box) for box in found["boxes"]))

    def drops(self, shortcut: PureWindowsPath, *files: PureWindowsPath) -> Watched:
        """Drop files on a shortcut."""
        return self.runs(list2cmdline(map(str, (PYTHON, "-X", "utf8", PLACE / "drop.py", shortcut, *files))))

    def closes(self, folder: str) -> None:
        """Close the window of Explorer that shows a folder."""
        done = self._windows.run(PYTHON, "-X", "utf8", PLACE / "close.py", folder)
        assert done.returncode == 0, done.stdout

    @contextmanager
    def sees_window(self, kind: str, program: PureWindowsPath = PYTHON) -> Iterator[None]:
        """Have a window of a class on the screen, XLMAIN for Excel's, of a program that is a copy of Python."""
        running = self._windows.start(program, "-X", "utf8", PLACE / "window.py", kind, "工作簿1")
        assert running.stdout
        assert running.stdout.readline().strip() == "here"
        yield
        running.communicate("", timeout=60)
