"""Workbooks that careless hands rearranged, as Excel saves them: rows put in above the headers, sheets renamed."""

import re
from collections.abc import Callable

from support.edits import Edit, swap

_CELL = re.compile(r'(<c r="[A-Z]+)(\d+)"')
_ROW = re.compile(r'(<row r=")(\d+)"')


def insert_rows(count: int, texts: tuple[str, ...] = ("会宁县2021年参保花名册",)) -> Edit:
    """Put rows above everything, the first ones with a text; a negative count deletes rows."""

    def edit(part: str) -> str:
        head, start, rest = part.partition("<sheetData>")
        rows, end, tail = rest.partition("</sheetData>")
        if count < 0:
            rows = "".join(row for row in re.findall(r"<row .*?</row>|<row [^>]*/>", rows) if _number(row) > -count)
        rows = _shift(_ROW, _shift(_CELL, rows, count), count)
        new = "".join(
            f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>{text}</t></is></c></row>'
            for row, text in enumerate(texts[:count] if count > 0 else (), start=1)
        )
        return head + start + new + rows + end + tail

    return edit


def _number(row: str) -> int:
    match = _ROW.search(row)
    return int(match[2]) if match else 0


def _shift(pattern: re.Pattern[str], text: str, count: int) -> str:
    return pattern.sub(lambda match: f'{match[1]}{int(match[2]) + count}"', text)


def rename_sheet(name: str, other: str) -> Edit:
    """Rename a sheet in workbook.xml, and in the formulas of defined names."""
    return lambda part: swap(f'(<sheet [^>]*name="){name}"', rf'\1{other}"')(part).replace(f"{name}!", f"{other}!")


def change_headers(change: Callable[[str], str], row: int = 4) -> Edit:
    """Change the text of every visible header."""

    def edit(part: str) -> str:
        found = re.search(rf'<row r="{row}".*?</row>', part, re.DOTALL)
        assert found is not None
        changed = re.sub(r"(<t[^>]*>)([^<※]+)(</t>)", lambda match: match[1] + change(match[2]) + match[3], found[0])
        return part[: found.start()] + changed + part[found.end() :]

    return edit
