"""Standard dialogs of Windows: message boxes, pickers and the progress dialog of the shell. Nothing is printed."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    import os
    from contextlib import contextmanager
    from ctypes import wintypes
    from pathlib import Path
    from typing import TYPE_CHECKING, Any

    from canbao_addin.doors.dialogs import CancelledError

    if TYPE_CHECKING:
        from collections.abc import Callable, Iterator, Sequence

        from canbao_addin.texts import Texts

    _WARNING, _INFORMATION, _QUESTION = 0x30, 0x40, 0x20
    _YES_NO, _YES = 0x4, 6
    _IN_FRONT = 0x10000 | 0x40000  # MB_SETFOREGROUND, MB_TOPMOST: no window of ours stands behind it
    _MUST_EXIST, _HIDE_READ_ONLY = 0x1000 | 0x800, 0x4
    _FOLDERS_ONLY, _NEW_STYLE = 0x1, 0x40

    class WindowsDialogs:
        """The dialogs of the user who is signed in."""

        def __init__(self, texts: Texts) -> None:
            self._texts = texts

        def tell(self, text: str, *, title: str, trouble: bool = False) -> None:
            """Show a message box."""
            _message(text, title, _WARNING if trouble else _INFORMATION)

        def confirm(self, text: str, *, title: str) -> bool:
            """Show a message box with yes and no."""
            return _message(text, title, _QUESTION | _YES_NO) == _YES

        def ask_text(self, text: str, *, title: str, secret: bool = False) -> str | None:
            """Show a box with a field; Windows has none of its own."""
            from canbao_addin.doors.windows_field import ask  # noqa: PLC0415 - loads pywin32, as below

            return ask(text, title, self._buttons(), secret=secret)

        def choose_folder(self, title: str, start: Path) -> Path | None:  # noqa: ARG002 - the shell remembers its own
            """Show the folder picker of the shell."""
            from win32com.shell import shell  # noqa: PLC0415 - loads COM, which a message needs not

            chosen, _, _ = shell.SHBrowseForFolder(0, None, title, _FOLDERS_ONLY | _NEW_STYLE)
            return Path(os.fsdecode(shell.SHGetPathFromIDListW(chosen))) if chosen else None

        def choose_word(self, text: str, *, title: str, words: Sequence[str]) -> str | None:
            """Show a box with a list; Windows has none of its own."""
            from canbao_addin.doors.windows_field import choose  # noqa: PLC0415 - as above

            return choose(text, title, self._buttons(), words)

        def choose_file(self, title: str, start: Path, suffixes: Sequence[str]) -> Path | None:
            """Show the file picker."""
            import pywintypes  # noqa: PLC0415 - as above
            import win32gui  # noqa: PLC0415 - as above

            flags, patterns = _MUST_EXIST | _HIDE_READ_ONLY, ";".join(f"*{suffix}" for suffix in suffixes)
            try:
                chosen, _, _ = win32gui.GetOpenFileNameW(
                    InitialDir=str(start),
                    Title=title,
                    Filter=f"{patterns}\0{patterns}\0",
                    Flags=flags,
                    MaxFile=32_000,
                )
            except pywintypes.error:  # the person changed their mind
                return None
            return Path(chosen)

        def show_file(self, path: Path) -> None:
            """Open a file with the program that owns its kind."""
            os.startfile(path)  # noqa: S606 - a file that we made, no shell

        def _buttons(self) -> tuple[str, str]:
            return self._texts.say("door_ok"), self._texts.say("door_cancel")

        @contextmanager
        def progress(self, title: str, total: int) -> Iterator[Callable[[str], None]]:
            """Show the shell's progress dialog with what is being worked on, and cancel."""
            dialog = _ProgressDialog(title)
            done = 0

            def step(name: str) -> None:
                nonlocal done
                if dialog.cancelled():
                    raise CancelledError
                dialog.show(done, total, name)
                done += 1

            try:
                yield step
            finally:
                dialog.close()

    def _message(text: str, title: str, kind: int) -> int:
        show = ctypes.windll.user32.MessageBoxW
        show.argtypes = (wintypes.HWND, wintypes.LPCWSTR, wintypes.LPCWSTR, wintypes.UINT)
        return int(show(None, text, title, kind | _IN_FRONT))

    class _Guid(ctypes.Structure):
        _fields_ = (
            ("first", wintypes.DWORD),
            ("second", wintypes.WORD),
            ("third", wintypes.WORD),
            ("rest", ctypes.c_ubyte * 8),
        )

    class _ProgressDialog:
        """The COM object IProgressDialog of shlobj_core.h, called by the places of its functions."""

        _RELEASE, _START, _STOP, _TITLE, _CANCELLED, _PROGRESS, _LINE = 2, 3, 4, 5, 7, 8, 10
        _NO_MINIMISE, _AUTO_TIME = 0x8, 0x2

        def __init__(self, title: str) -> None:
            ole = ctypes.windll.ole32
            ole.CoInitialize(None)
            kind, interface = _Guid(), _Guid()
            ole.CLSIDFromString("{F8383852-FCD3-11d1-A6B9-006097DF5BD4}", ctypes.byref(kind))
            ole.CLSIDFromString("{EBBC7C04-315E-11d2-B62F-006097DF5BD4}", ctypes.byref(interface))
            self._object = ctypes.c_void_p()
            in_process = 1
            made = ole.CoCreateInstance(
                ctypes.byref(kind), None, in_process, ctypes.byref(interface), ctypes.byref(self._object)
            )
            if made:  # a Windows without it works without a bar
                self._object = ctypes.c_void_p()
            self._call(self._TITLE, ctypes.c_wchar_p(title))
            flags = wintypes.DWORD(self._NO_MINIMISE | self._AUTO_TIME)
            self._call(self._START, ctypes.c_void_p(), ctypes.c_void_p(), flags, ctypes.c_void_p())

        def show(self, done: int, total: int, name: str) -> None:
            self._call(self._PROGRESS, wintypes.DWORD(done), wintypes.DWORD(max(1, total)))
            shortened = wintypes.BOOL(0)
            self._call(self._LINE, wintypes.DWORD(1), ctypes.c_wchar_p(name), shortened, ctypes.c_void_p())

        def cancelled(self) -> bool:
            return bool(self._call(self._CANCELLED))

        def close(self) -> None:
            self._call(self._STOP)
            self._call(self._RELEASE)
            self._object = ctypes.c_void_p()

        def _call(self, place: int, *words: Any) -> int:
            if not self._object:
                return 0
            table = ctypes.cast(self._object, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
            function = ctypes.WINFUNCTYPE(ctypes.c_long, ctypes.c_void_p, *(type(word) for word in words))
            return int(function(table[place])(self._object, *words))
