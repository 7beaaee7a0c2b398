"""Workbooks damaged by chance, by a seed: their XML, their cells and their archive, as no program would write them."""

import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import NamedTuple

from canbao_rulebook.roster import column_letter

Parts = dict[str, bytes]

NUMBERS = [
    "", "-1", "0", "1", "00001", "1.5", "1e30", "NaN", "INF", "-0", "+5", " 3 ", "1_0", "0x10", "１", "２７", "abc",
    "TRUE", "2147483648", "-2147483649", "99999999999999999999", "9" * 5000, "1048577", "16385", "A0", "XFE1", "AAAA1",
    "A1048577", "$A$5", "B5:A1", "A1:XFD1048576", "A1:", ":", "5", "R1C1", "a5", "Ａ5", "A５", "A-1", "#REF!",
]  # fmt: skip
VALUES = [
    "1e30", "-1e30", "1e308", "1e309", "-INF", "NaN", "-0", "-0.0", "1e-320", "4.9e-324", "1E+300", "0.1", "279.995",
    "1e15",     "9007199254740993", "123456789012345678", "2958466", "-1", "73051", "1e9", "20200931", "00280", "280.",
    ".5", "+280",     " 280 ", "2８0", "0x118", "1_000", "280,00", "Infinity", "True", "", "\t", "#N/A", "2020-13-45",
    "99999999999999999999999",
]  # fmt: skip
TEXTS = [
    "王_x0000_建", "_xD800_", "_xDC00__xD800_", "_xD83D__xDE00_", "_x005F_x0041_", "&#13;行", "&#9;", "长" * 40_000,
    "1E+300", "1e-320", "nan", "inf", "９" * 400, "9" * 400, "2020-99-99", "9999999-1-1", "0000-00-00", "=1+1",
    "&#xFFFD;", "&amp;#0;", "\u202e620422", "\ufeff", "<r><t>a</t></r>", "&lt;b&gt;", "1899-12-29", "2020.9.31", "-",
    "二〇二〇年十三月四十日",
]  # fmt: skip
TYPES = ["n", "s", "str", "inlineStr", "b", "e", "d", "x", "", "N", "date"]
_ATTRIBUTE = re.compile(rb'\s([\w:]+)="([^"]*)"')
_TAG = re.compile(rb"<[A-Za-z][^<>]*>")
_CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
_ROW = re.compile(rb"<row [^>]*?(?:/>|>.*?</row>)", re.DOTALL)
_ELEMENT = re.compile(rb"<(\w+)[^<>]*(?:/>|>[^<>]*</\1>)")


class Variant(NamedTuple):
    """A damaged workbook and what was done to it."""

    name: str
    content: bytes


def make_variant(source: bytes, sheets: Mapping[str, int], seed: int) -> Variant:
    """Return a workbook with one to three damages. ``sheets``: parts that hold rows of people, and their last row."""
    rng = random.Random(seed)
    parts = read_parts(source)
    names = []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        group = rng.choices([_xml_damages, _cell_damages, _place_damages], [5, 4, 4])[0]
        names.append(group(parts, sheets, rng))
    if rng.random() < 0.15:
        name, content = _archive_damage(parts, rng)
        return Variant(f"{seed}: {'; '.join([*names, name])}", content)
    return Variant(f"{seed}: {'; '.join(names)}", archive_of(parts))


def read_parts(source: bytes) -> Parts:
    """Return the parts of a package."""
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive_of(parts: Mapping[str, bytes]) -> bytes:
    """Return a package of parts."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return memory.getvalue()


def _xml_damages(parts: Parts, sheets: Mapping[str, int], rng: random.Random) -> str:
    """Damage an attribute or an element anywhere: of any part, of sheets with rows more often."""
    others = [name for name in parts if name.endswith((".xml", ".rels"))]
    part = rng.choice([*sheets, *sheets, *others])
    damage = rng.choice([_change_attribute] * 4 + [_drop_attribute, _double_element, _drop_element, _odd_markup, _cut])
    before = parts[part]
    parts[part] = damage(before, rng)
    return f"{damage.__name__} {part}: {_difference(before, parts[part])}"


def _change_attribute(text: bytes, rng: random.Random) -> bytes:
    match = _pick(_ATTRIBUTE, text, rng)
    return text if match is None else _replace(text, match.span(2), rng.choice([*NUMBERS, *TYPES]).encode())


def _drop_attribute(text: bytes, rng: random.Random) -> bytes:
    match = _pick(_ATTRIBUTE, text, rng)
    return text if match is None else _replace(text, match.span(), b"")


def _double_element(text: bytes, rng: random.Random) -> bytes:
    match = _pick(_ELEMENT, text, rng)
    return text if match is None else _replace(text, match.span(), match[0] * 2)


def _drop_element(text: bytes, rng: random.Random) -> bytes:
    match = _pick(_ELEMENT, text, rng)
    return text if match is None else _replace(text, match.span(), b"")


def _odd_markup(text: bytes, rng: random.Random) -> bytes:
    match = _pick(_TAG, text, rng)
    odd = [
        b"<!-- c -->",
        b"<?pi?>",
        b"<![CDATA[7]]>",
        b" ",
        b"\n",
        b"<x:y/>",
        b"<v>7</v>",
        b"&#49;",
        b"&lol;",
        b"\0",
        b"7",
    ]
    return text if match is None else _replace(text, (match.end(), match.end()), rng.choice(odd))


def _cut(text: bytes, rng: random.Random) -> bytes:
    return text[: rng.randrange(len(text) + 1)]


def _cell_damages(parts: Parts, sheets: Mapping[str, int], rng: random.Random) -> str:
    """Put something else into a cell of a person, of whatever type."""
    part = rng.choice(list(sheets))
    row, column = rng.randrange(5, min(sheets[part], 12) + 1), column_letter(rng.randrange(1, 40))
    style = rng.choice(["", ' s="1"', ' s="3"', ' s="x"', ' s="-1"', ' s="99999"', ' s=""'])
    formula = rng.choice(
        ["", "", "<f>AL6</f>", '<f t="array" ref="A1">SUM(1)</f>', '<f t="shared" si="9"/>', "<f/>", "<f>[1]x!A1</f>"]
    )
    if rng.random() < 0.4:
        content = f' t="inlineStr"><is><t>{rng.choice(TEXTS)}</t></is>'
    else:
        value = rng.choice([*VALUES, *VALUES, *TEXTS])
        content = (
            f"{rng.choice([' t=' + chr(34) + kind + chr(34) for kind in TYPES] + [''] * 8)}>{formula}<v>{value}</v>"
        )
    parts[part] = _put_cell(parts[part], column, row, f'<c r="{column}{row}"{style}{content}</c>'.encode())
    return f"cell {part} {column}{row} {style}{content[:60]}"


def _place_damages(parts: Parts, sheets: Mapping[str, int], rng: random.Random) -> str:
    """Let two cells, two rows or two sheets contradict each other, or stand where nothing can."""
    part = rng.choice(list(sheets))
    damage = rng.choice(PLACES)
    before = parts[part]
    parts[part] = damage(before, rng)
    return f"{damage.__name__} {part}: {_difference(before, parts[part])}"


def cell_twice(text: bytes, rng: random.Random) -> bytes:
    """A cell, and once more with another value, in the same row."""
    match = _pick_cell(text, rng)
    other = b'<c r="%b%b" t="inlineStr"><is><t>other</t></is></c>' % (match[1], match[2])
    return _replace(text, match.span(), rng.choice([match[0] + other, other + match[0]]))


def row_twice(text: bytes, rng: random.Random) -> bytes:
    """A row once more, right below or at the end, with another text in its cells."""
    match = _pick_row(text, rng)
    other = re.sub(rb"(<t[^>]*>)[^<]*", rb"\1other", match[0])
    place = rng.choice([match.end(), text.index(b"</sheetData>")])
    return _replace(text, (place, place), other)


def rows_swapped(text: bytes, rng: random.Random) -> bytes:
    """Two rows in the wrong order."""
    rows = list(_ROW.finditer(text))[4:14]
    first, second = sorted(rng.sample(rows, 2), key=lambda match: match.start())
    between = text[first.end() : second.start()]
    return text[: first.start()] + second[0] + between + first[0] + text[second.end() :]


def cell_of_another_row(text: bytes, rng: random.Random) -> bytes:
    """A cell that says it stands in another row than the one around it."""
    match = _pick_cell(text, rng)
    number = b"%d" % (int(match[2]) + rng.choice([-2, -1, 1, 2, 40]))
    return _replace(text, match.span(2), number)


def impossible_reference(text: bytes, rng: random.Random) -> bytes:
    """A cell at no place that there is."""
    match = _pick_cell(text, rng)
    row = match[2].decode()
    places = [
        "A0",
        f"XFE{row}",
        f"AAAA{row}",
        row,
        "K",
        f"K-{row}",
        "K1048577",
        f"$K${row}",
        f"K{row}:L{row}",
        f"k{row}",
    ]
    places += [f" K{row}", f"Ｋ{row}", f"K{row}x", f"K0{row}", "#REF!", "R5C11", f"K{row}.0"]
    return _replace(text, (match.start(1), match.end(2)), rng.choice(places).encode())


def no_reference(text: bytes, rng: random.Random) -> bytes:
    """A cell, or a row, that does not say where it stands."""
    match = _pick_cell(text, rng) if rng.random() < 0.5 else _pick_row(text, rng)
    return _replace(text, match.span(), re.sub(rb' r="\w+"', b"", match[0], count=1))


def odd_row_number(text: bytes, rng: random.Random) -> bytes:
    """A row with a number that is none, or another's."""
    match = _pick_row(text, rng)
    number = rng.choice([*NUMBERS, "6", "7", "4"]).encode()
    return _replace(text, match.span(), re.sub(rb' r="\d+"', b' r="%b"' % number, match[0], count=1))


def cells_swapped(text: bytes, rng: random.Random) -> bytes:
    """Two neighbouring cells in the wrong order."""
    match = _pick_cell(text, rng)
    after = _CELL.match(text, match.end())
    return text if after is None else text[: match.start()] + after[0] + match[0] + text[after.end() :]


def two_sheet_data(text: bytes, rng: random.Random) -> bytes:
    """The rows of a sheet in two blocks, or a second block beside the first."""
    match = _pick_row(text, rng)
    if rng.random() < 0.5:
        return _replace(text, (match.start(), match.start()), b"</sheetData><sheetData>")
    end = text.index(b"</sheetData>") + len(b"</sheetData>")
    other = re.sub(rb"(<t[^>]*>)[^<]*", rb"\1other", match[0])
    return _replace(text, (end, end), b"<sheetData>" + other + b"</sheetData>")


def lying_dimension(text: bytes, rng: random.Random) -> bytes:
    """A dimension that leaves rows out, or that no sheet has."""
    lie = rng.choice([b"A1", b"A1:B2", b"A1:XFD1048576", b"B9:A1", b"x", b"", b"A0:XFE0"])
    bare = re.sub(rb"<dimension[^>]*/>", b"", text)
    place = min(
        at for mark in (b"<sheetViews", b"<sheetFormatPr", b"<cols", b"<sheetData") if (at := bare.find(mark)) > 0
    )
    return bare[:place] + b'<dimension ref="%b"/>' % lie + bare[place:]


def two_values(text: bytes, rng: random.Random) -> bytes:
    """A cell with two values."""
    match = _pick_cell(text, rng)
    more = rng.choice([b"<v>7</v>", b"<is><t>other</t></is>"])
    return _replace(text, match.span(), match[0].replace(b"</c>", more + b"</c>"))


PLACES: list[Callable[[bytes, random.Random], bytes]] = [
    cell_twice, row_twice, rows_swapped, cell_of_another_row, impossible_reference, no_reference, odd_row_number,
    cells_swapped, two_sheet_data, lying_dimension, two_values,
]  # fmt: skip


def _archive_damage(parts: Parts, rng: random.Random) -> tuple[str, bytes]:
    """Damage the archive itself."""
    kind = rng.choice(["lost", "twice", "cut", "flip", "names", "before", "after", "stored", "comment", "folder"])
    name = rng.choice(list(parts))
    if kind == "lost":
        return f"lost {name}", archive_of({key: part for key, part in parts.items() if key != name})
    if kind == "twice":
        memory = io.BytesIO(archive_of(parts))
        with zipfile.ZipFile(memory, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name.upper(), parts[name])
        return f"twice {name}", memory.getvalue()
    if kind == "names":
        change = rng.choice(
            [str.upper, lambda text: text.replace("/", "\\"), lambda text: f"/{text}", lambda text: f"./{text}"]
        )
        return "names", archive_of({change(key): part for key, part in parts.items()})
    content = bytearray(archive_of(parts))
    place = rng.randrange(len(content))
    if kind == "cut":
        return f"cut {place}", bytes(content[:place])
    if kind == "flip":
        content[place] ^= 1 << rng.randrange(8)
        return f"flip {place}", bytes(content)
    if kind == "before":
        return "before", b"junk" * 30 + bytes(content)
    if kind == "after":
        return "after", bytes(content) + b"PK\5\6" + bytes(18)
    if kind == "folder":
        return "folder", archive_of({**parts, "xl/": b"", "../../evil.txt": b"x", "xl/empty.xml": b""})
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_STORED) as archive:
        for key, part in parts.items():
            archive.writestr(key, part)
        archive.comment = b"c" * 100 if kind == "comment" else b""
    return kind, memory.getvalue()


def _put_cell(text: bytes, column: str, row: int, cell: bytes) -> bytes:
    """Replace a cell, or add it where its column belongs."""
    found = re.search(rb'<c r="%b%d"[^>]*?(?:/>|>.*?</c>)' % (column.encode(), row), text, re.DOTALL)
    if found:
        return _replace(text, found.span(), cell)
    start = re.search(rb'<row r="%d"[^>]*?(/?)>' % row, text)
    if start is None or start[1]:
        return text
    order = (len(column), column.encode())
    place = start.end()
    for match in _CELL.finditer(text, place, text.index(b"</row>", place)):
        if (len(match[1]), match[1]) > order:
            break
        place = match.end()
    return _replace(text, (place, place), cell)


def _pick(pattern: re.Pattern[bytes], text: bytes, rng: random.Random) -> re.Match[bytes] | None:
    """Return one place that a pattern matches, from a random point on."""
    return pattern.search(text, rng.randrange(len(text) + 1)) or pattern.search(text)


def _pick_cell(text: bytes, rng: random.Random) -> re.Match[bytes]:
    """Return a filled cell of one of the first persons."""
    rows = list(_ROW.finditer(text))
    row = rng.choice(rows[4:12] or rows)
    cells = [match for match in _CELL.finditer(text, row.start(), row.end()) if b"<f" not in match[0]]
    return rng.choice(cells or list(_CELL.finditer(text)))


def _pick_row(text: bytes, rng: random.Random) -> re.Match[bytes]:
    return rng.choice(list(_ROW.finditer(text))[4:12])


def _replace(text: bytes, span: tuple[int, int], new: bytes) -> bytes:
    return text[: span[0]] + new + text[span[1] :]


def _difference(before: bytes, after: bytes) -> str:
    """Return the first place that differs, for a person who looks into a failure."""
    pairs = enumerate(zip(before, after, strict=False))
    place = next((at for at, (one, other) in pairs if one != other), min(len(before), len(after)))
    old, new = (text[max(0, place - 40) : place + 60].decode(errors="replace") for text in (before, after))
    return f"{old!r} -> {new!r}"
