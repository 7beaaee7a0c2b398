"""Message boxes and pickers of the office; they need a window to stand before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbao_addin.hosts.libreoffice.bridge import enum, file_path, file_url, load_uno

if TYPE_CHECKING:
    from canbao_addin.hosts.libreoffice.apps import App

_BUTTONS = {"ok": 1, "ok_cancel": 2, "yes_no": 3, "yes_no_cancel": 4}  # com.sun.star.awt.MessageBoxButtons
_ANSWERS = {0: "cancel", 1: "ok", 2: "yes", 3: "no"}  # com.sun.star.awt.MessageBoxResults
_CHANGES_NOTHING = {"ok": "ok", "ok_cancel": "cancel", "yes_no": "no", "yes_no_cancel": "cancel"}
_SIMPLE_OPEN = 0  # com.sun.star.ui.dialogs.TemplateDescription.FILEOPEN_SIMPLE
_CHOSEN = 1  # com.sun.star.ui.dialogs.ExecutableDialogResults.OK


def window(app: App) -> Any:
    """The window in front, or None when the office has none."""
    if app.hidden:
        return None
    frame = app.desktop.getCurrentFrame()
    return frame and frame.ContainerWindow


def alert(app: App, text: str, title: str, buttons: str = "ok", mode: str | None = None) -> str:
    """Show a message and wait; the button pressed. Without a window nobody is asked, and nothing is agreed to."""
    parent = window(app)
    if parent is None:
        return _CHANGES_NOTHING[buttons]
    kind = {"critical": "ERRORBOX", "warning": "WARNINGBOX"}.get(mode or "", "INFOBOX")
    if buttons != "ok":
        kind = "QUERYBOX"
    toolkit = app.create("com.sun.star.awt.Toolkit")
    box = toolkit.createMessageBox(parent, enum("awt.MessageBoxType", kind), _BUTTONS[buttons], title, text)
    try:
        return _ANSWERS.get(box.execute(), _CHANGES_NOTHING[buttons])
    finally:
        box.dispose()


def choose_folder(app: App, title: str, start: Path) -> Path | None:
    picker = app.create("com.sun.star.ui.dialogs.FolderPicker")
    picker.setTitle(title)
    picker.setDisplayDirectory(file_url(str(start.absolute())))
    return Path(file_path(picker.getDirectory())) if picker.execute() == _CHOSEN else None


def choose_file(app: App, title: str, start: Path, pattern: str) -> Path | None:
    """``pattern``: e.g. ``*.xlsx``."""
    picker = app.create("com.sun.star.ui.dialogs.FilePicker")
    load_uno().invoke(picker, "initialize", ((load_uno().Any("short", _SIMPLE_OPEN),),))
    picker.setTitle(title)
    picker.setDisplayDirectory(file_url(str(start.absolute())))
    picker.appendFilter(pattern, pattern)
    if picker.execute() != _CHOSEN:
        return None
    return Path(file_path(picker.getSelectedFiles()[0]))
