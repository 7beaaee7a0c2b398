"""Boxes with a text, a field or a list, and two buttons: for these alone Windows has no standard dialog."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    from typing import TYPE_CHECKING

    import win32con
    import win32gui

    if TYPE_CHECKING:
        from collections.abc import Callable, Sequence

    _FONT = (9, "MS Shell Dlg")
    _WIDTH, _MARGIN, _LINE = 260, 8, 14  # in units of the font, as all places here
    _TEXT_HEIGHT, _LIST_HEIGHT = 36, 120
    _ENTERED = 100  # the control that the person works with
    _BUTTON, _EDIT, _STATIC, _LIST = 128, 129, 130, 131  # classes of controls
    _BOX = (
        win32con.DS_MODALFRAME | win32con.DS_SETFONT | win32con.DS_SETFOREGROUND | win32con.DS_CENTER
        | win32con.WS_POPUP | win32con.WS_CAPTION | win32con.WS_SYSMENU | win32con.WS_VISIBLE
    )  # fmt: skip
    _CONTROL = win32con.WS_CHILD | win32con.WS_VISIBLE
    _ENTRY = _CONTROL | win32con.WS_TABSTOP | win32con.WS_BORDER

    def ask(text: str, title: str, buttons: tuple[str, str], *, secret: bool) -> str | None:
        """Return what was typed, None where the box was left; ``buttons``: what stands on OK and Cancel."""
        look = _ENTRY | win32con.ES_AUTOHSCROLL | (win32con.ES_PASSWORD if secret else 0)
        layout = _layout(text, title, buttons, (_EDIT, look, _LINE))
        return _show(layout, lambda _: None, lambda box: str(win32gui.GetDlgItemText(box, _ENTERED))) or None

    def choose(text: str, title: str, buttons: tuple[str, str], words: Sequence[str]) -> str | None:
        """Return the word that was chosen, None where the box was left."""
        layout = _layout(
            text, title, buttons, (_LIST, _ENTRY | win32con.WS_VSCROLL | win32con.LBS_NOTIFY, _LIST_HEIGHT)
        )

        def fill(box: int) -> None:
            for word in words:
                _send(box, win32con.LB_ADDSTRING, 0, word)
            _send(box, win32con.LB_SETCURSEL, 0, 0)

        return _show(layout, fill, lambda box: words[_send(box, win32con.LB_GETCURSEL, 0, 0)])

    def _send(box: int, message: int, first: int, second: int | str) -> int:
        return int(win32gui.SendMessage(win32gui.GetDlgItem(box, _ENTERED), message, first, second))

    def _show(layout: list[list[object]], fill: Callable[[int], None], read: Callable[[int], str]) -> str | None:
        """Show a box until it is left; return what was read from it, None where it was cancelled."""
        entered: list[str] = []

        def answer(box: int, message: int, pressed: int, _: int) -> int:
            if message == win32con.WM_INITDIALOG:
                fill(box)
                win32gui.SetFocus(win32gui.GetDlgItem(box, _ENTERED))
                return 0
            button, what = pressed & 0xFFFF, pressed >> 16
            if (button, what) == (_ENTERED, win32con.LBN_DBLCLK):
                button = win32con.IDOK
            if message != win32con.WM_COMMAND or button not in {win32con.IDOK, win32con.IDCANCEL}:
                return 0
            if button == win32con.IDOK:
                entered.append(read(box))
            win32gui.EndDialog(box, button)
            return 1

        win32gui.DialogBoxIndirect(win32gui.GetModuleHandle(None), layout, 0, answer)
        return entered[0] if entered else None

    def _layout(text: str, title: str, buttons: tuple[str, str], entry: tuple[int, int, int]) -> list[list[object]]:
        """Return a box; ``entry``: class, look and height of the control that the person works with."""
        kind, look, height = entry
        (ok, cancel), wide = buttons, _WIDTH - 2 * _MARGIN
        below = _MARGIN + _TEXT_HEIGHT + 4
        top = below + height + _MARGIN
        button = _CONTROL | win32con.WS_TABSTOP
        return [
            [title, (0, 0, _WIDTH, top + _LINE + _MARGIN), _BOX, 0, _FONT],
            [_STATIC, text, -1, (_MARGIN, _MARGIN, wide, _TEXT_HEIGHT), _CONTROL | win32con.SS_NOPREFIX],
            [kind, "", _ENTERED, (_MARGIN, below, wide, height), look],
            [_BUTTON, ok, win32con.IDOK, (_WIDTH - 116, top, 50, _LINE), button | win32con.BS_DEFPUSHBUTTON],
            [_BUTTON, cancel, win32con.IDCANCEL, (_WIDTH - 58, top, 50, _LINE), button],
        ]
