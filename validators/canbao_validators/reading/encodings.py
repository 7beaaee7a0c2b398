"""Texts that do not surely say how they are encoded."""

from __future__ import annotations

import codecs
import re

SEPARATORS = (",", "\t", ";", "，", "|", "；")
CONTROLS = frozenset(map(chr, range(32))) - set("\t\r\n\f")  # none of them stands in a text
_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_DECLARED_BYTES = 4_096
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHINESE = {"gb2312", "gbk", "hz", "cp936", "x-gbk"}
_FALLBACK = "gb18030"


def decode_text(content: bytes) -> str:
    """Return bytes as text: by their mark, by what they declare, as UTF-8 if they are, else as GB 18030.

    What still cannot be told becomes U+FFFD.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    for encoding in (_declared(content), "utf-8"):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode(_FALLBACK, "replace")


def _declared(content: bytes) -> str:
    """Return the encoding that a web page states, UTF-8 when it states none; GB 18030 holds its predecessors."""
    match = _DECLARED.search(content, 0, _DECLARED_BYTES)
    if match is None:
        return "utf-8"
    name = match[1].decode("ascii", "replace").casefold()
    return _FALLBACK if name in _CHINESE else name
