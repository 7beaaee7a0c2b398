"""Runs on the Windows of the tests: opens a window of a class, XLMAIN for Excel's, until its standard input ends.

python window.py <class> <title>
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading

import win32con
import win32gui


def main() -> None:
    """Show the window and say so."""
    kind, title = sys.argv[1:]
    made = win32gui.WNDCLASS()
    made.lpszClassName = kind
    made.lpfnWndProc = {win32con.WM_DESTROY: lambda *_: win32gui.PostQuitMessage(0)}
    win32gui.RegisterClass(made)
    style = win32con.WS_OVERLAPPEDWINDOW | win32con.WS_VISIBLE
    window = win32gui.CreateWindow(kind, title, style, 0, 0, 300, 200, 0, 0, 0, None)
    print("here" if ctypes.windll.user32.IsWindow(window) else "no window", flush=True)  # type: ignore[attr-defined]
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    win32gui.PumpMessages()


main()
