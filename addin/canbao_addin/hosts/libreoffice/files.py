"""Opening and saving documents; every failure is a sentence, never a missing document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from canbao_addin.hosts.libreoffice.bridge import file_url, properties, uno_exception
from canbao_addin.hosts.libreoffice.errors import OfficeError
from canbao_addin.hosts.libreoffice.saved_protection import remember

if TYPE_CHECKING:
    from canbao_addin.hosts.libreoffice.apps import App

_FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".xls": "MS Excel 97",
    ".ods": "calc8",
}
_NEVER_RUN_MACROS = _NEVER_UPDATE_LINKS = 0
_ENCRYPTED = bytes.fromhex("D0CF11E0A1B11AE1")  # an .xlsx with this beginning is a container with an encrypted package
_ZIP = b"PK"


def new_document(app: App) -> Any:
    return app.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, properties(Hidden=app.hidden))


def open_document(app: App, path: Path, read_only: bool, password: str | None) -> Any:
    """Load a file. With a window LibreOffice may ask for a password; hidden, it asks nothing and fails."""
    path = path.absolute()
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    _look_at(path, has_password=bool(password) or not app.hidden)
    options: dict[str, Any] = {
        "Hidden": app.hidden,
        "ReadOnly": read_only,
        "MacroExecutionMode": _NEVER_RUN_MACROS,
        "UpdateDocMode": _NEVER_UPDATE_LINKS,
    }
    if not app.hidden:
        options["InteractionHandler"] = app.create("com.sun.star.task.InteractionHandler")
    if password:
        options["Password"] = password
    if path.suffix.lower() in _FILTERS:
        options["FilterName"] = _FILTERS[path.suffix.lower()]
    try:
        document = app.desktop.loadComponentFromURL(file_url(str(path)), "_blank", 0, properties(**options))
    except uno_exception() as error:
        raise OfficeError(_why_not(path, password)) from error
    if document is None:
        raise OfficeError(_why_not(path, password))
    if document.isReadonly() and not read_only and lock_file(path).exists():
        document.close(True)
        raise OfficeError(_why_not(path, password))
    if not hasattr(document, "Sheets"):
        document.close(True)
        raise OfficeError(f"{path} is not a spreadsheet.")
    return document


def _look_at(path: Path, *, has_password: bool) -> None:
    """What LibreOffice would open as an empty book, or without saying what is wrong."""
    with path.open("rb") as file:
        head = file.read(len(_ENCRYPTED))
    if not head:
        raise OfficeError(f"{path} is empty.")
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return
    if head == _ENCRYPTED:
        if not has_password:
            raise OfficeError(f"{path} is protected by a password, or is an old .xls file with a new name.")
    elif not head.startswith(_ZIP):
        raise OfficeError(f"{path} is damaged: it is not an Excel workbook.")


def _why_not(path: Path, password: str | None) -> str:
    if lock_file(path).exists():
        return (
            f"LibreOffice cannot open {path}: it is open elsewhere. If it is not, an office that crashed left the "
            f"hidden file {lock_file(path).name} beside it; delete that."
        )
    if password:
        return f"LibreOffice cannot open {path}: the password is wrong, or the file is damaged."
    return f"LibreOffice cannot open {path}: the file is damaged, protected by a password, or open in another program."


def lock_file(path: Path) -> Path:
    """The hidden file that LibreOffice keeps beside a book while it is open."""
    return path.with_name(f".~lock.{path.name}#")


def save_document(document: Any, path: str | None, password: str | None, name: str) -> None:
    """``path`` None: where it was; of a book that was never saved, its name in the current folder, as xlsx."""
    if password:
        raise OfficeError("LibreOffice does not put a password on an Excel file when it is called from a program.")
    remember(document)
    if path is None and document.URL:
        _store(document.store, name)
        return
    target = Path.cwd() / f"{name}.xlsx" if path is None else Path(path).absolute()
    suffix = target.suffix.lower()
    if suffix not in _FILTERS:
        raise OfficeError(f"Books are saved as {', '.join(_FILTERS)}, not as {target.name}.")
    if not target.parent.is_dir():
        raise OfficeError(f"There is no folder {target.parent}.")
    options = properties(FilterName=_FILTERS[suffix], Overwrite=True)
    _store(lambda: document.storeAsURL(file_url(str(target)), options), str(target))


def _store(action: Any, name: str) -> None:
    try:
        action()
    except uno_exception() as error:
        raise OfficeError(
            f"LibreOffice cannot save {name}: the file is read-only or open elsewhere, or the disk is full."
        ) from error
