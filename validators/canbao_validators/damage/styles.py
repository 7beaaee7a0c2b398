"""The looks of a workbook as far as data depends on them: kind of number format, locked or not, fill."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from canbao_validators.reading.numbers import style_number
from canbao_validators.reading.workbook import TRUE_WORDS
from canbao_validators.reading.xml import feed, main_tags, make_parser

if TYPE_CHECKING:
    from canbao_validators.reading.package import Package

_DATE_IDS = frozenset({*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)})
_TEXT_ID, _FIRST_OWN = 49, 164
_GENERAL_CODES = frozenset({"", "general", "g/通用格式"})
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DATE_LETTERS = re.compile(r"[ymdhs年月日]", re.IGNORECASE)
_TAGS = main_tags("numFmt", "fills", "fill", "patternFill", "fgColor", "cellXfs", "cellStyleXfs", "xf", "protection")


class FormatClass(StrEnum):
    """What a number format makes of a number."""

    GENERAL = "general"
    TEXT = "text"
    DATE = "date"
    NUMBER = "number"


class Style(NamedTuple):
    """``fill`` is a colour as written, "" for none."""

    format: FormatClass = FormatClass.GENERAL
    locked: bool = True
    fill: str = ""


def classify_format(code: str) -> FormatClass:
    """Return what a format code does; programs write the same code with other quotes and prefixes."""
    section = code.partition(";")[0].strip()
    if section.casefold() in _GENERAL_CODES:
        return FormatClass.GENERAL
    if section == "@":
        return FormatClass.TEXT
    return FormatClass.DATE if _DATE_LETTERS.search(_QUOTED.sub("", section)) else FormatClass.NUMBER


def read_styles(package: Package, part: str) -> list[Style]:
    """Return the cell styles of styles.xml by number."""
    scanner = _Scanner()
    parser = make_parser()
    parser.StartElementHandler = scanner.start
    with package.open(part) as stream:
        feed(parser, stream)
    return scanner.finish()


class _Scanner:
    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.fills: list[str] = []
        self.styles: list[dict[str, str]] = []
        self.section = ""
        self.solid = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = _TAGS.get(name)
        if tag in {"cellXfs", "cellStyleXfs", "fills"}:
            self.section = tag
        elif tag == "numFmt":
            self.codes.setdefault(attributes.get("numFmtId", ""), attributes.get("formatCode", ""))
        elif tag == "fill" and self.section == "fills":
            self.fills.append("")
        elif tag == "patternFill":
            self.solid = attributes.get("patternType") == "solid"
        elif tag == "fgColor" and self.section == "fills" and self.solid:
            self.fills[-1] = " ".join(f"{key}={value}" for key, value in sorted(attributes.items()))
        elif tag == "xf" and self.section == "cellXfs":
            self.styles.append(dict(attributes))
        elif tag == "protection" and self.section == "cellXfs" and self.styles:
            self.styles[-1]["locked"] = attributes.get("locked", "1")

    def finish(self) -> list[Style]:
        return [self._style(entry) for entry in self.styles]

    def _style(self, entry: dict[str, str]) -> Style:
        fill = style_number(entry.get("fillId", "0"))
        colour = self.fills[fill] if 0 <= fill < len(self.fills) else ""
        return Style(self._format(entry.get("numFmtId", "0")), entry.get("locked", "1") in TRUE_WORDS, colour)

    def _format(self, stated: str) -> FormatClass:
        if stated in self.codes:
            return classify_format(self.codes[stated])
        number = style_number(stated)
        if number <= 0 or number >= _FIRST_OWN:
            return FormatClass.GENERAL
        if number == _TEXT_ID:
            return FormatClass.TEXT
        return FormatClass.DATE if number in _DATE_IDS else FormatClass.NUMBER
