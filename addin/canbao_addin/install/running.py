"""Which spreadsheet programs run now: what is installed under a running Excel is gone when it closes."""

from __future__ import annotations

import sys

WINDOW = "XLMAIN"  # the class of Excel's main window

if sys.platform == "win32":
    import ctypes
    from contextlib import suppress

    import win32api
    import win32con
    import win32gui
    import win32process

    _PROGRAMS = {"excel.exe": "excel", "et.exe": "et"}

    def running_programs() -> tuple[str, ...]:
        """Return ``excel`` and ``et`` (WPS) as far as they have a window."""
        found = {"excel"} if ctypes.windll.user32.FindWindowW(WINDOW, None) else set()
        windows: list[int] = []
        win32gui.EnumWindows(lambda window, _: windows.append(window), None)
        found |= {_PROGRAMS[name] for name in map(_program_of, windows) if name in _PROGRAMS}
        return tuple(sorted(found))

    def _program_of(window: int) -> str:
        """Return the file name of the program that a window belongs to, empty for another user's."""
        _, process = win32process.GetWindowThreadProcessId(window)
        rights = win32con.PROCESS_QUERY_INFORMATION | win32con.PROCESS_VM_READ
        with suppress(win32api.error):
            handle = win32api.OpenProcess(rights, False, process)
            return str(win32process.GetModuleFileNameEx(handle, 0)).rpartition("\\")[2].casefold()
        return ""

else:

    def running_programs() -> tuple[str, ...]:
        """Return nothing: the question is Excel's on Windows."""
        return ()
