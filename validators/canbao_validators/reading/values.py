"""What a value element means: the one place where both lanes of the reader turn stored text into kinds and numbers."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time, timedelta

from canbao_rulebook.kinds import CellKind
from canbao_validators.reading.xml import unescape

EPOCH_1900 = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet knows no time zone
EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001

Value = tuple[int, float, str]  # kind, number, text

NUMBER, TEXT, BOOL, ERROR, BLANK = (
    int(kind) for kind in (CellKind.NUMBER, CellKind.TEXT, CellKind.BOOL, CellKind.ERROR, CellKind.BLANK)
)
TEXT_TYPES = frozenset({"str", "inlineStr"})
NOTHING: Value = (BLANK, 0.0, "")


def to_serial(moment: date, epoch: datetime = EPOCH_1900) -> float:
    """Return the serial number of a day or a moment; what zone it says does not matter."""
    clock = moment if isinstance(moment, datetime) else datetime.combine(moment, time())
    return (clock.replace(tzinfo=None) - epoch) / timedelta(days=1)


def read_value(kind: str, text: str, epoch: datetime) -> Value:
    """Return kind, number and text of a value element in a cell of type ``kind``, texts and shared strings apart.

    Raises ValueError for a number that is none. An unknown type is read as text.
    """
    if not text or text.isspace():
        return NOTHING
    if kind == "n":
        number = read_number(text)
        return (ERROR, 0.0, "#NUM!") if number is None else (NUMBER, number, "")
    text = text.strip()
    if kind == "b":
        return BOOL, float(text in {"1", "true"}), ""
    if kind == "e":
        return ERROR, 0.0, text
    return _iso_date(text, epoch) if kind == "d" else (TEXT, 0.0, unescape(text))


def read_number(text: str) -> float | None:
    """Return the number of a value element as Excel writes it, None for infinity and what is no number.

    Raises ValueError for a text that means none at all. Python takes more for a number than XML Schema does: digits of
    other scripts, underscores.
    """
    number = float(text)
    if number - number != 0:  # NaN and infinity
        return None
    if not text.isascii() or "_" in text:
        raise ValueError(text)
    return number + 0.0  # no negative zero


def _iso_date(text: str, epoch: datetime) -> Value:
    """Return a date cell of a strict file as the serial number other files would hold."""
    with suppress(ValueError):
        return NUMBER, to_serial(datetime.fromisoformat(text), epoch), ""
    return TEXT, 0.0, text
