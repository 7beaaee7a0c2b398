"""Which spreadsheet programs run now: what is installed under a running Excel is gone when it closes."""

from __future__ import annotations

import sys

WINDOW = "XLMAIN"  # the class of Excel's main window, and of WPS's
_PROGRAMS = {"excel.exe": "excel", "et.exe": "et", "wps.exe": "et"}  # wps.exe: all of WPS in one window


def name_program(window_class: str, file_name: str) -> str:
    """Return ``excel`` or ``et`` (WPS) for a window of theirs, else nothing.

    A window of Excel's class is Excel's, unless its program is WPS's; the name of a program may be unknown, empty.
    """
    known = _PROGRAMS.get(file_name.casefold(), "")
    return known or ("excel" if window_class == WINDOW else "")


if sys.platform == "win32":
    from contextlib import suppress

    import win32api
    import win32con
    import win32gui
    import win32process

    def running_programs() -> tuple[str, ...]:
        """Return ``excel`` and ``et`` (WPS) as far as they have a window."""
        windows: list[int] = []
        win32gui.EnumWindows(lambda window, _: windows.append(window), None)
        return tuple(sorted({_name(window) for window in windows} - {""}))

    def _name(window: int) -> str:
        with suppress(win32gui.error):
            return name_program(win32gui.GetClassName(window), _file_of(window))
        return ""  # it has been closed meanwhile

    def _file_of(window: int) -> str:
        """Return the file name of the program that a window belongs to, empty for another user's."""
        _, process = win32process.GetWindowThreadProcessId(window)
        rights = win32con.PROCESS_QUERY_INFORMATION | win32con.PROCESS_VM_READ
        with suppress(win32api.error):
            handle = win32api.OpenProcess(rights, False, process)
            return str(win32process.GetModuleFileNameEx(handle, 0)).rpartition("\\")[2]
        return ""

else:

    def running_programs() -> tuple[str, ...]:
        """Return nothing: the question is Excel's on Windows."""
        return ()
