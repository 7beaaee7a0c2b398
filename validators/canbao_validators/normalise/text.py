"""Blanks, invisible characters and full-width forms: what nobody sees and everybody pastes (identity.md section 6)."""

from __future__ import annotations

import re

from canbao_validators.normalise.result import Normalised, note_of

# Written as escapes that both Python's and polars' regular expressions understand inside a class.
BLANKS = r"\s\x1c-\x1f\xa0\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}"
INVISIBLE = (
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\x{61c}\x{180e}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2064}"
    r"\x{2066}-\x{2069}\x{feff}\x{fff9}-\x{fffb}"
)
BREAKS = r"\t\n\x0b\x0c\r\x1c-\x1f\x85\x{2028}\x{2029}"

BLANK_ONLY = f"^[{BLANKS}{INVISIBLE}]*$"
SUSPECT_PLAIN = f"^$|^[{BLANKS}]|[{BLANKS}]$|[{INVISIBLE}{BREAKS}]"

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FULL_WIDTH_ALNUM = {full: half for full, half in _FULL_WIDTH.items() if chr(half).isalnum()}


def compile_pattern(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern written for polars (``\x{200b}``) with Python's engine."""
    return re.compile(re.sub(r"\\x\{([0-9a-f]+)\}", lambda match: f"\\U{int(match[1], 16):08x}", pattern))


_INVISIBLE_RE = compile_pattern(f"[{INVISIBLE}]")
_BLANKS_RE = compile_pattern(f"[{BLANKS}]+")
_BREAKS_RE = compile_pattern(f"[{BLANKS}]*[{BREAKS}][{BLANKS}]*")
_ENDS_RE = compile_pattern(f"^[{BLANKS}]+|[{BLANKS}]+$")


def drop_invisible(text: str) -> str:
    """Return text without zero-width and control characters."""
    return _INVISIBLE_RE.sub("", text)


def drop_blanks(text: str) -> str:
    """Return text without any blank or invisible character."""
    return _BLANKS_RE.sub("", drop_invisible(text))


def squeeze_blanks(text: str) -> str:
    """Return text without blanks at its ends and with single blanks inside."""
    return _BLANKS_RE.sub(" ", _ENDS_RE.sub("", drop_invisible(text)))


def to_half_width(text: str) -> str:
    """Return text with full-width ASCII characters as ordinary ones: for numbers and dates, never for names."""
    return text.translate(_FULL_WIDTH)


def to_half_width_alnum(text: str) -> str:
    """Return text with full-width digits and Latin letters as ordinary ones."""
    return text.translate(_FULL_WIDTH_ALNUM)


def normalise_plain(value: str) -> Normalised:
    """Remove what nobody sees: blanks at the ends, invisible characters, line breaks inside."""
    visible = drop_invisible(value)
    text = _ENDS_RE.sub("", _BREAKS_RE.sub(" ", visible))
    if not text:
        return Normalised(None)
    changes = []
    if visible != value:
        changes.append("V42.invisible")
    if text != visible:
        changes.append("V42.blanks")
    return Normalised(text, note_of(changes))
