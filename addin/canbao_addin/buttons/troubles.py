"""What goes wrong between a workbook, a file and the program around them without anybody's mistake, as one sentence."""

from __future__ import annotations

from canbao_addin.texts import CannotRunError

# What Excel answers as a COM server (winerror.h, and VBA_E_IGNORE of Excel itself).
_BUSY = {
    0x80010001,
    0x8001010A,
    0x800AC472,
}  # call rejected, retry later, ignored: a cell is being edited, a box is open
_GONE = {0x80010108, 0x800706BA, 0x800706BE, 0x80010012, 0x80010007}  # disconnected, server not there or died
_PROGRAM = {"com_error", "XlwingsError", "OfficeError"}  # pywin32 is on Windows only, so errors are known by name
_LONGEST = 200


def describe_trouble(error: Exception, action: str) -> CannotRunError | None:
    """Return the refusal that an error means; None for one that nobody expected."""
    name = type(error).__name__
    if name == "com_error":
        code = _code(error)
        if code in _BUSY:
            return CannotRunError("host_busy", action=action)
        if code in _GONE:
            return CannotRunError("host_gone", action=action)
    if name in _PROGRAM:
        return CannotRunError("host_refused", why=_said(error), action=action)
    if isinstance(error, OSError):
        return CannotRunError("file_trouble", path=error.filename or "—", why=error, action=action)
    return None


def is_interruption(error: Exception) -> bool:
    """Tell whether the program was busy or was closed: nothing is wrong with what it was asked to do."""
    return type(error).__name__ == "com_error" and _code(error) in _BUSY | _GONE


def _code(error: Exception) -> int:
    """Return the number of a COM error, which pywin32 gives with a sign; of Excel's own where it has one."""
    number = getattr(error, "hresult", None)
    return int(number if number is not None else next(iter(error.args), 0)) & 0xFFFFFFFF


def _said(error: Exception) -> str:
    """Return the program's own sentence: the third part of what a COM error explains, else its text."""
    explained = getattr(error, "excepinfo", None)
    text = explained[2] if isinstance(explained, tuple) and len(explained) > 2 else ""
    return str(text or error)[:_LONGEST]
