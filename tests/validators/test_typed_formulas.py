"""Formulas in the cells that people fill in: told with the formula, once for each of a column; the value counts."""

import re
from functools import partial
from pathlib import Path

import pytest

from canbao_addin.actions.policies import open_library
from canbao_rulebook.findings import Finding, Severity
from canbao_rulebook.messages import render
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_validators.checking import check_raw, check_workbook
from canbao_validators.damage.watching import StructureWatch
from canbao_validators.library import Library
from canbao_validators.reading.sheets import read_workbook
from support.edits import Edit, edit_parts, in_turn, put, put_text
from support.every_message import words_of
from support.issued import Issued, issue, person
from support.raw_workbooks import as_xml_2003

SHEET = "worksheets/sheet3"


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    book = load_rulebook(load_policy("huining-2021"))
    return issue(book, tmp_path_factory.mktemp("issued"), [person(serial) for serial in range(1, 7)])


@pytest.fixture(scope="module")
def library() -> Library:
    return open_library()


def column(issued: Issued, header: str) -> str:
    return issued.book.rosters["R1"].letters[header]


def told(path: Path, library: Library) -> list[Finding]:
    words = words_of("V41.formula")
    return [found for found in check_workbook(path, library).findings if words.fullmatch(render(found).message)]


def edited(issued: Issued, folder: Path, *edits: Edit) -> Path:
    return edit_parts(issued.filled, folder / issued.filled.name, {SHEET: in_turn(*edits)})


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("<f>AL6</f>", "=AL6"),
        ("<f>VLOOKUP(K5,[1]名单!$A:$C,3,0)</f>", "=VLOOKUP(K5,[1]名单!$A:$C,3,0)"),
        ("<f>'C:\\表\\[去年.xlsx]Sheet1'!A1</f>", "='C:\\表\\[去年.xlsx]Sheet1'!A1"),
        ('<f t="array" ref="{at}">SUM(A1:A3*2)</f>', "{=SUM(A1:A3*2)}"),
        ('<f t="shared" ref="{at}:{at}" si="77">1+279</f>', "=1+279"),
        (f"<f>{'1+' * 200}80</f>", f"={'1+' * 39}…"),
        ("<f>IF(1&lt;2,280,0)</f>", "=IF(1<2,280,0)"),
    ],
)
def test_a_formula_is_told_and_its_value_counts(formula, shown, issued, library, tmp_path):
    at = f"{column(issued, '实缴金额')}6"
    path = edited(issued, tmp_path, put(at, f"{formula.replace('{at}', at)}<v>280</v>"))
    [finding] = told(path, library)
    assert (finding.severity, finding.cell, finding.header) == (Severity.WARNING, at, "实缴金额")
    assert shown in render(finding).message
    usual, filled = check_workbook(issued.filled, library), check_workbook(path, library)
    assert filled.check_code == usual.check_code


def test_one_finding_for_a_formula_that_was_filled_down(issued, library, tmp_path):
    money, name = column(issued, "实缴金额"), column(issued, "姓名")
    edits = [put(f"{money}{row}", f"<f>A{row}*280</f><v>280</v>") for row in (5, 6, 7, 9)]
    edits += [put(f"{money}10", "<f>280</f><v>280</v>")]
    edits += [put(f"{name}8", f'<f t="shared" ref="{name}8:{name}9" si="88">D8</f><v>田守义</v>', ' t="str"')]
    edits += [put(f"{name}9", '<f t="shared" si="88"/><v>田守义</v>', ' t="str"')]
    findings = told(edited(issued, tmp_path, *edits), library)
    assert sorted((found.cell, render(found).message.split("格")[0].split("有")[-1]) for found in findings) == sorted(
        [(f"{money}5", "4"), (f"{money}10", "1"), (f"{name}8", "2")]
    )


def test_what_stands_in_a_total_is_not_told_of(issued, library, tmp_path):
    money, name = column(issued, "实缴金额"), column(issued, "姓名")
    path = edited(
        issued, tmp_path, put_text(f"{name}12", "合计"), put(f"{money}12", f"<f>SUM({money}5:{money}10)</f><v>1</v>")
    )
    assert told(path, library) == []
    assert [one.key for one in check_workbook(path, library).findings if one.row == 12] == ["V39.total_row"]


def computed(reference: str, part: str) -> str:
    """Let the formula of a cell have come to 0."""
    cell = rf'(<c r="{reference}"[^>]*?)(?: t="\w+")?>(<f>.*?</f>|<f[^>]*/>)(?:<v>[^<]*</v>|<v ?/>)?</c>'
    changed, times = re.subn(cell, r"\1>\2<v>0</v></c>", part)
    assert times == 1
    return changed


def test_nobody_altered_a_formula_that_came_to_something_else(issued, library, tmp_path):
    """The sheet cannot read “280元” and computes otherwise than the check. A value in its place is told."""
    paid, due = f"{column(issued, '实缴金额')}6", f"{column(issued, '个人应缴')}6"
    typed = put_text(paid, "280元")
    for edit, keys in ((partial(computed, due), ["V42.amount"]), (put(due, "<v>0</v>"), ["V17.amount", "V42.amount"])):
        found = check_workbook(edited(issued, tmp_path, typed, edit), library).findings
        assert sorted(one.key for one in found if one.row == 6) == keys


def test_both_lanes_tell_the_same(issued, library, tmp_path):
    money = column(issued, "实缴金额")
    path = edited(issued, tmp_path, *[put(f"{money}{row}", f"<f>B{row}</f><v>280</v>") for row in (5, 6, 7)])
    seen = []
    for fast_from in (0, 1 << 40):
        raw = read_workbook(path, fast_from=fast_from, watch=StructureWatch())
        seen.append([render(found).message for found in check_raw(raw, library).findings])
    assert seen[0] == seen[1]
    assert any("公式" in message for message in seen[0])


def test_a_workbook_as_issued_has_none(issued, library):
    assert told(issued.filled, library) == []


def test_formulas_of_an_xml_table(issued, library, tmp_path):
    path = edited(issued, tmp_path, put(f"{column(issued, '实缴金额')}6", "<f>AL7</f><v>280</v>"))
    raw = read_workbook(path)
    other = tmp_path / "河畔镇.xml"
    other.write_bytes(as_xml_2003(raw))
    [finding] = told(other, library)
    assert "=1" in render(finding).message
