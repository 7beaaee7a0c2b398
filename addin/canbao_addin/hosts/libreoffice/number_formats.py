"""Number formats: what kind of value a cell's format makes of its number, and Excel's codes for them."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Any

from canbao_addin.hosts.libreoffice.addresses import Area
from canbao_addin.hosts.libreoffice.bridge import struct

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATE_OR_TIME, _TEXT, _LOGICAL = 2 | 4, 256, 1024  # com.sun.star.util.NumberFormat
_KEYS_PER_LOCALE = 10_000  # the first key of each locale is its General
_QUOTED = re.compile(r'("[^"]*"|\\.|AM/PM|A/P)')


class Kind(Enum):
    GENERAL = "General"
    TEXT = "@"
    LOGICAL = "TRUE or FALSE, which Excel needs no format for"
    DATE = "a date or a time"
    OTHER = "another number format"


class NumberFormats:
    """The formats of one document, asked for by key."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._kinds: dict[int, Kind] = {}

    def kind(self, key: int) -> Kind:
        if key not in self._kinds:
            self._kinds[key] = self._find_kind(key)
        return self._kinds[key]

    def _find_kind(self, key: int) -> Kind:
        if key % _KEYS_PER_LOCALE == 0:
            return Kind.GENERAL
        type_: int = self._document.NumberFormats.getByKey(key).Type
        if type_ & _TEXT:
            return Kind.TEXT
        if type_ & _LOGICAL:
            return Kind.LOGICAL
        return Kind.DATE if type_ & _DATE_OR_TIME else Kind.OTHER

    def areas(self, cells: Any) -> Iterator[tuple[Kind, Area]]:
        """The kinds in a UNO cell range, each with areas of it; together they cover the range once."""
        for group in format_groups(cells):
            kind = self.kind(group.NumberFormat)
            for address in group.getRangeAddresses():
                yield kind, Area.of(address)

    def key(self, code: str) -> int:
        """The key of an Excel format code, made when it is new."""
        if code.lower() == "general":
            return 0
        formats, english = self._document.NumberFormats, struct("lang.Locale", "en", "US", "")
        key: int = formats.queryKey(code, english, False)
        return key if key != -1 else int(formats.addNew(code, english))

    def code(self, key: int) -> str:
        """Excel's code: in English; date parts are written small, as Excel hands them out."""
        kind = self.kind(key)
        if kind in (Kind.GENERAL, Kind.LOGICAL):
            return "General"
        formats = self._document.NumberFormats
        format_ = formats.getByKey(key)
        code: str = format_.FormatString
        if format_.Locale.Language not in ("", "en"):
            english = struct("lang.Locale", "en", "US", "")
            code = formats.getByKey(formats.addNewConverted(code, format_.Locale, english)).FormatString
        if kind is not Kind.DATE:
            return code
        parts = _QUOTED.split(code)
        return "".join(part if place % 2 else part.lower() for place, part in enumerate(parts))


def format_groups(cells: Any) -> Iterator[Any]:
    """The parts of a UNO cell range that are formatted alike, each as UNO cell ranges."""
    groups = cells.UniqueCellFormatRanges
    for index in range(groups.Count):
        yield groups.getByIndex(index)
