"""Edits of a workbook's parts as text, without a library that would tidy up the rest."""

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from canbao_rulebook.roster import column_index

Edit = Callable[[str], str]


def edit_parts(source: Path, target: Path, edits: Mapping[str, Edit]) -> Path:
    """Write a workbook with some parts (names below xl/, without .xml) changed, the others copied."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            for part, edit in edits.items():
                if name == f"xl/{part}.xml":
                    before = content.decode()
                    content = edit(before).encode()
                    assert content.decode() != before, f"nothing changes in {part}"
            new.writestr(name, content)
    return target


def swap(pattern: str, text: str) -> Edit:
    """Replace the first place that a pattern matches."""
    return lambda part: re.sub(pattern, text, part, count=1, flags=re.DOTALL)


def cell(reference: str, text: str) -> Edit:
    """Replace a whole cell; `\\g<s>` is the attribute of its style."""
    return swap(rf'<c r="{reference}"(?P<s> s="\d+")[^>]*(?:/>|>.*?</c>)', text)


def text_cell(reference: str, text: str) -> Edit:
    """Replace a whole cell by one that holds a text."""
    return cell(reference, rf'<c r="{reference}"\g<s> t="inlineStr"><is><t>{text}</t></is></c>')


def put(reference: str, content: str, attributes: str = "") -> Edit:
    """Put something into a cell, whether it is stored or not; it keeps its style."""
    letters = reference.rstrip("0123456789")
    row = reference.removeprefix(letters)

    def in_row(match: re.Match[str]) -> str:
        cells = re.findall(r'<c r="[A-Z]+\d+"[^>]*?(?:/>|>.*?</c>)', match["cells"] or "", flags=re.DOTALL)
        by_column = {column_index(re.match(r'<c r="([A-Z]+)', one)[1]): one for one in cells}
        style = re.search(r' s="\d+"', by_column.get(column_index(letters), "<c>").partition(">")[0])
        kept = style[0] if style else ""
        by_column[column_index(letters)] = f'<c r="{reference}"{kept}{attributes}>{content}</c>'
        return f"{match['start']}>{''.join(one for _, one in sorted(by_column.items()))}</row>"

    def edit(part: str) -> str:
        pattern = rf'(?P<start><row r="{row}"[^>]*?)(?:/>|>(?P<cells>.*?)</row>)'
        found, count = re.subn(pattern, in_row, part, count=1, flags=re.DOTALL)
        if count:
            return found
        after = [match for match in re.finditer(r'<row r="(\d+)"', part) if int(match[1]) > int(row)]
        place = after[0].start() if after else part.index("</sheetData>")
        return f'{part[:place]}<row r="{row}"><c r="{reference}"{attributes}>{content}</c></row>{part[place:]}'

    return edit


def put_text(reference: str, text: str) -> Edit:
    """Type a text into a cell."""
    return put(reference, f"<is><t>{text}</t></is>", ' t="inlineStr"')


def in_turn(*edits: Edit) -> Edit:
    """Return several edits as one."""

    def edit(part: str) -> str:
        for one in edits:
            part = one(part)
        return part

    return edit
