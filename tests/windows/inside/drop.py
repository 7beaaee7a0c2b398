"""Runs on the Windows of the tests: drops files on a shortcut, as Explorer does, and waits until the door has closed.

    python drop.py <shortcut> <file> ...

Explorer puts the paths behind the shortcut's own arguments. The shell does not say which process it has started, so
it is looked for by the program that doors run in.
"""

import subprocess
import sys
import time

import pythoncom
import win32api
import win32con
import win32process
from win32com.shell import shell, shellcon

DOORS_RUN_IN = "pythonw.exe"
SECONDS = 120


def is_open() -> bool:
    """Whether a door is open."""
    rights = win32con.PROCESS_QUERY_INFORMATION | win32con.PROCESS_VM_READ
    for process in win32process.EnumProcesses():
        try:
            handle = win32api.OpenProcess(rights, False, process)
            path = str(win32process.GetModuleFileNameEx(handle, 0))
        except win32api.error:
            continue
        if path.casefold().endswith(DOORS_RUN_IN):
            return True
    return False


def wait(wanted: bool) -> None:
    """Wait until a door is open, or none."""
    deadline = time.monotonic() + SECONDS
    while is_open() != wanted:
        if time.monotonic() > deadline:
            sys.exit(f"waited for {DOORS_RUN_IN}")
        time.sleep(0.2)


def main() -> None:
    """Drop them."""
    pythoncom.CoInitialize()
    paths = subprocess.list2cmdline(sys.argv[2:])
    shell.ShellExecuteEx(fMask=shellcon.SEE_MASK_FLAG_NO_UI, lpFile=sys.argv[1], lpParameters=paths, nShow=1)
    wait(wanted=True)
    wait(wanted=False)


main()
