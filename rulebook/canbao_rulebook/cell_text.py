"""What a cell of a workbook can hold: the one place that knows, and that makes any text fit for it."""

from __future__ import annotations

import re

MAX_TEXT = 32_767  # UTF-16 units, as Excel counts
# What XML 1.0 cannot hold at all, halves of surrogate pairs included; for polars these are written otherwise.
UNWRITABLE = "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
UNWRITABLE_IN_POLARS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"
LOST = "\ufffd"  # what stands for a character that could not be read
_UNWRITABLE = re.compile(UNWRITABLE)


def text_length(text: str) -> int:
    """Return how long a text is for a cell, in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut_text(text: str) -> str:
    """Return as much of a text as a cell can hold; no character is cut in half."""
    if len(text) * 2 <= MAX_TEXT or text_length(text) <= MAX_TEXT:
        return text
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * MAX_TEXT]
    return units.decode("utf-16-le", "ignore")


def clean_text(text: str) -> str:
    """Return a text that a cell can hold: without control characters and halves of characters, and not too long."""
    return cut_text(_UNWRITABLE.sub("", text))
