"""A box with a text, a field and two buttons, for Windows, which has a standard dialog for everything but this."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import win32con
    import win32gui

    _FONT = (9, "MS Shell Dlg")
    _WIDTH, _HEIGHT = 260, 92  # in units of the font, as all places here
    _FIELD = 100
    _BUTTON, _EDIT, _STATIC = 128, 129, 130  # classes of controls
    _BOX = (
        win32con.DS_MODALFRAME | win32con.DS_SETFONT | win32con.DS_SETFOREGROUND | win32con.DS_CENTER
        | win32con.WS_POPUP | win32con.WS_CAPTION | win32con.WS_SYSMENU | win32con.WS_VISIBLE
    )  # fmt: skip
    _CONTROL = win32con.WS_CHILD | win32con.WS_VISIBLE

    def ask(text: str, title: str, buttons: tuple[str, str], *, secret: bool) -> str | None:
        """Return what was typed, None where the box was left; ``buttons``: what stands on OK and Cancel."""
        typed: list[str] = []

        def answer(window: int, message: int, pressed: int, _: int) -> int:
            if message == win32con.WM_INITDIALOG:
                win32gui.SetFocus(win32gui.GetDlgItem(window, _FIELD))
                return 0
            chosen = pressed & 0xFFFF
            if message != win32con.WM_COMMAND or chosen not in {win32con.IDOK, win32con.IDCANCEL}:
                return 0
            if chosen == win32con.IDOK:
                typed.append(win32gui.GetDlgItemText(window, _FIELD))
            win32gui.EndDialog(window, chosen)
            return 1

        win32gui.DialogBoxIndirect(win32gui.GetModuleHandle(None), _layout(text, title, buttons, secret), 0, answer)
        return typed[0] if typed and typed[0] else None

    def _layout(text: str, title: str, buttons: tuple[str, str], secret: bool) -> list[list[object]]:
        field = _CONTROL | win32con.WS_TABSTOP | win32con.WS_BORDER | win32con.ES_AUTOHSCROLL
        field |= win32con.ES_PASSWORD if secret else 0
        button = _CONTROL | win32con.WS_TABSTOP
        (ok, cancel), top = buttons, _HEIGHT - 22
        return [
            [title, (0, 0, _WIDTH, _HEIGHT), _BOX, 0, _FONT],
            [_STATIC, text, -1, (8, 8, _WIDTH - 16, 36), _CONTROL | win32con.SS_NOPREFIX],
            [_EDIT, "", _FIELD, (8, 48, _WIDTH - 16, 14), field],
            [_BUTTON, ok, win32con.IDOK, (_WIDTH - 116, top, 50, 14), button | win32con.BS_DEFPUSHBUTTON],
            [_BUTTON, cancel, win32con.IDCANCEL, (_WIDTH - 58, top, 50, 14), button],
        ]
