"""The shared strings of a workbook, read when the first sheet asks for them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from canbao_validators.reading.xml import feed, main_tags, make_parser, unescape

if TYPE_CHECKING:
    from canbao_validators.reading.package import Package

_TAGS = main_tags("si", "t", "rPh")


class SharedStrings:
    """The strings of the part named ``part``; none when the workbook has no such part."""

    def __init__(self, package: Package, part: str) -> None:
        self._package = package
        self._part = part

    @cached_property
    def texts(self) -> list[str]:
        """The strings in their order. Raises UnreadableFile when the part is damaged."""
        return read_shared_strings(self._package, self._part) if self._part in self._package else []

    @cached_property
    def series(self) -> pl.Series:
        """The same as a polars series."""
        return pl.Series(self.texts, dtype=pl.String)


def read_shared_strings(package: Package, part: str) -> list[str]:
    """Return the shared strings: runs of rich text joined, phonetic readings left out, escapes decoded."""
    strings: list[str] = []
    runs: list[str] = []
    parts: list[str] = []
    phonetic = False

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal phonetic
        parts.clear()
        if _TAGS.get(tag) == "rPh":
            phonetic = True

    def end(tag: str) -> None:
        nonlocal phonetic
        match _TAGS.get(tag):
            case "t" if not phonetic:
                runs.append("".join(parts))
            case "si":
                strings.append(unescape("".join(runs)))
                runs.clear()
            case "rPh":
                phonetic = False

    parser = make_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = parts.append
    with package.open(part) as stream:
        feed(parser, stream)
    return strings
