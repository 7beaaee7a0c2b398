"""What the fast lane passes over unread (formulas, technical cells, attributes) is well-formed, or the file is refused.

A spreadsheet program would call such a file damaged; both lanes must say so, whatever stands in the other cells.
"""

import io
import re
import zipfile
from pathlib import Path

import pytest

from canbao_rulebook.policy import load_policy
from canbao_rulebook.roster import Roster
from canbao_rulebook.rulebook import load_rulebook
from support.issued import Issued, issue, person
from support.variants import LANES, read

ROSTER, COVER = "xl/worksheets/sheet3.xml", "xl/worksheets/sheet9.xml"
FORMULA, SHARED, ROW, LAST_VALUE = rb"<f>[^<]*", rb'<f t="shared"[^>/]*', rb"<row [^>]*", rb"<v>[^<]*"


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    book = load_rulebook(load_policy("huining-2021"))
    return issue(book, tmp_path_factory.mktemp("issued"), [person(serial) for serial in range(1, 5)], rows=8)


def damaged(issued: Issued, part: str, place: bytes, addition: bytes) -> bytes:
    """Return the workbook with something added after the last but two of the places of a kind in one part."""
    written = io.BytesIO()
    with zipfile.ZipFile(issued.filled) as source, zipfile.ZipFile(written, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == part:
                end = list(re.finditer(place, content))[-3].end()
                content = content[:end] + addition + content[end:]
            target.writestr(info, content)
    return written.getvalue()


@pytest.mark.parametrize(
    ("part", "place", "addition"),
    [
        *((COVER, FORMULA, text) for text in (b"&lol;", b"& ", b"&#1;", b"&#xD800;", b"]]>")),
        *((COVER, FORMULA, text) for text in (b"\x01", b"\xff", b"\xef\xbf\xbf", b"\xed\xa0\x80", b"<g>")),
        *((ROSTER, SHARED, text) for text in (b' x="1" x="1"', b' x="\xff"', b' x="\x01"', b' y:z="1"', b" x=1")),
        *((ROSTER, ROW, text) for text in (b' x="1" x="1"', b' x="\xff"', b' y:z="1"', b' 1x="1"')),
        *((ROSTER, LAST_VALUE, text) for text in (b"<", b"&lol;", b"</f><f>", b"\x02")),
    ],
)
def test_both_lanes_refuse_what_no_xml_allows(
    part: str, place: bytes, addition: bytes, issued: Issued, tmp_path: Path
) -> None:
    path = tmp_path / issued.filled.name
    path.write_bytes(damaged(issued, part, place, addition))
    said = [read(path, rosters_of(issued), lane) for lane in LANES]
    assert "已经损坏" in said[0].refused
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("part", "place", "addition"),
    [(COVER, FORMULA, b"&#10;&amp;&#x41;"), (ROSTER, ROW, b' x="1" y="2"'), (ROSTER, LAST_VALUE, b"")],
)
def test_both_lanes_read_what_xml_allows(
    part: str, place: bytes, addition: bytes, issued: Issued, tmp_path: Path
) -> None:
    path = tmp_path / issued.filled.name
    path.write_bytes(damaged(issued, part, place, addition))
    said = [read(path, rosters_of(issued), lane) for lane in LANES]
    assert not said[0].refused
    assert len(said[0].cells) > 20
    assert said[0] == said[1]


def rosters_of(issued: Issued) -> list[Roster]:
    return list(issued.book.rosters.values())
