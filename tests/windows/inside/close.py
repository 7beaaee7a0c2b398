"""Runs on the Windows of the tests: closes the window of Explorer that shows a folder, once it is there.

python close.py <name of the folder>
"""

import sys
import time

import win32con
import win32gui

EXPLORER = {"ExplorerWClass", "CabinetWClass"}  # Wine's and Windows's
SECONDS = 60


def windows_of(name: str) -> list[int]:
    """The windows of Explorer whose title is a name."""
    found: list[int] = []

    def visit(window: int, _: object) -> bool:
        if win32gui.GetClassName(window) in EXPLORER and win32gui.GetWindowText(window) == name:
            found.append(window)
        return True

    win32gui.EnumWindows(visit, None)
    return found


def main() -> None:
    """Wait for it, close it, wait until it has gone."""
    name, deadline, closed = sys.argv[1], time.monotonic() + SECONDS, False
    while not closed or windows_of(name):
        if time.monotonic() > deadline:
            sys.exit(f"no window {name}" if not closed else f"the window {name} stays")
        for window in windows_of(name):
            win32gui.PostMessage(window, win32con.WM_CLOSE, 0, 0)
            closed = True
        time.sleep(0.2)


main()
