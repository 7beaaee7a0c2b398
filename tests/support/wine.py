"""A Windows to install into: Wine as Windows 10, Chinese (code page 936), its user 张 三, in a folder of its own.

Its windows stand on a virtual screen, and nothing of it reaches the home of whoever runs the tests.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING

from support.desktop import virtual_screen
from support.wine_gaps import fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path, PurePath

TIMEOUT_SECONDS = 600
LAST_LINES_SECONDS = 2
# Nothing of Wine's own gets in between: no entries in our desktop's menus, no offers to fetch Mono or Gecko.
OVERRIDES = "ucrtbase=n;winemenubuilder.exe=d;mscoree=;mshtml="


@dataclass(frozen=True)
class Windows:
    """A Wine prefix; ``environment`` is what every program there gets."""

    prefix: Path
    environment: dict[str, str]

    @property
    def drive(self) -> Path:
        """Drive C:."""
        return self.prefix / "drive_c"

    @property
    def home(self) -> Path:
        """The user's own folder."""
        (folder,) = (path for path in (self.drive / "users").iterdir() if path.name != "Public")
        return folder

    def run(self, *words: str | PurePath, timeout: float = TIMEOUT_SECONDS) -> subprocess.CompletedProcess[str]:
        """Run a program to its end; its output, UTF-8, comes through a pipe, as Wine's Python takes no file for it.

        Wine's desktop, which the first program with a window starts, inherits the pipe and may outlive the program.
        """
        process = subprocess.Popen(
            ["wine", *map(str, words)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        assert process.stdout is not None
        lines: list[str] = []
        reader = Thread(target=lines.extend, args=(process.stdout,), daemon=True)
        reader.start()
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        reader.join(LAST_LINES_SECONDS)
        return subprocess.CompletedProcess(words, status, "".join(lines))

    def start(self, *words: str | PurePath) -> subprocess.Popen[str]:
        """Start a program and go on; what is written to its standard input reaches it."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            ["wine", *map(str, words)], env=self.environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )

    def settle(self) -> None:
        """Wait until every program there has ended."""
        subprocess.run(["wineserver", "-w"], env=self.environment, check=True, timeout=TIMEOUT_SECONDS)

    def set_version(self, version: str) -> None:
        """Pretend to be another Windows: "win10", "win7"."""
        self.run("reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", version, "/f")

    def registry(self) -> dict[str, set[str]]:
        """Return the values of the user's registry by key, as Wine writes them, without what Wine keeps for itself."""
        self.settle()
        text = (self.prefix / "user.reg").read_text(encoding="utf-8")
        found = {}
        for block in text.split("\n\n")[1:]:
            head, *lines = block.strip().splitlines()
            key = head[1:].partition("]")[0]  # the time of the last change follows
            if not key.startswith(("Software\\\\Wine", "Control Panel", "Console")):
                found[key] = {line for line in lines if not line.startswith("#")}
        return found

    def files(self) -> set[Path]:
        """Return everything on drive C: but the temporary folders."""
        return {
            path.relative_to(self.drive)
            for path in self.drive.rglob("*")
            if "temp" not in map(str.lower, path.relative_to(self.drive).parts)
        }


@contextmanager
def chinese_windows(folder: Path) -> Iterator[Windows]:
    """Make a Windows in ``folder`` and end everything that runs there afterwards."""
    with virtual_screen() as display:
        yield from _run_windows(Windows(folder / "prefix", _environment(folder, display)))


def _environment(folder: Path, display: str) -> dict[str, str]:
    """What programs there get: nothing of Python's, nothing that tests have set, as on any PC."""
    locale, home = folder / "locale", folder / "home"
    locale.mkdir()
    (home / "Desktop").mkdir(parents=True)
    subprocess.run(["localedef", "-i", "zh_CN", "-f", "UTF-8", str(locale / "zh_CN.UTF-8")], check=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHON", "CANBAO_"))}
    return kept | {
        "LOCPATH": str(locale),
        "LANG": "zh_CN.UTF-8",
        "LC_ALL": "zh_CN.UTF-8",
        "HOME": str(home),
        "USER": "张 三",
        "WINEPREFIX": str(folder / "prefix"),
        "WINEARCH": "win64",
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": OVERRIDES,
        "DISPLAY": display,
    }


def _run_windows(windows: Windows) -> Iterator[Windows]:
    environment = windows.environment
    try:
        subprocess.run(
            ["wineboot", "--init"],
            env=environment | {"WINEDLLOVERRIDES": OVERRIDES.removeprefix("ucrtbase=n;")},
            check=True,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
        )
        fill(windows.drive / "windows" / "system32")
        for link in windows.home.iterdir():
            if link.is_symlink():  # Desktop, Documents …
                link.unlink()
                link.mkdir()
        windows.set_version("win10")
        windows.settle()
        yield windows
    finally:
        subprocess.run(["wineserver", "-k"], env=environment, check=False, timeout=TIMEOUT_SECONDS)
