"""A workbook that `compute` writes says of each row what a check of the whole of it finds, as after the button 校验."""

import math
import re
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from canbao_addin.actions.checking import check_file
from canbao_addin.actions.compute import compute_workbook
from canbao_demo import has_ledgers, plan_county, plan_rolls
from canbao_generator.layout import OUTSIDE_HEADER
from canbao_rulebook.check_column import ALL_RIGHT, ROW_ALL_RIGHT, SEE_LIST, glance_text
from canbao_rulebook.messages import load_catalogue, render
from canbao_rulebook.meta import RESULT_SHEET
from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.problem_list import RESULT_FIRST_ROW, RESULT_SUMMARY, result_columns
from canbao_rulebook.roster import FIRST_ROW, HEADER_ROW
from canbao_rulebook.rulebook import load_rulebook
from canbao_validators.workbook import FilledWorkbook
from support.hosts import fill_county
from support.libreoffice import recalculate
from support.times import most_different

Row = tuple[str, str, str]  # ※核对, 校验结果, 校验说明


@pytest.fixture(scope="module", params=most_different(list_policies()))
def computed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A township with every kind of mistake that fits, computed."""
    folder = tmp_path_factory.mktemp("computed")
    book = load_rulebook(load_policy(str(request.param)))
    plan = plan_county if has_ledgers(book) else plan_rolls
    path = fill_county(book, plan(book, people=150, townships=1), folder / "filled")[0]
    compute_workbook(check_file(path, None), folder / path.name)
    return folder / path.name


@pytest.fixture(scope="module")
def checked(computed: Path) -> FilledWorkbook:
    return check_file(computed, None)


def rows_of(path: Path, sheet: str) -> list[Row]:
    table = openpyxl.load_workbook(path, data_only=True, read_only=True)[sheet]
    rows = table.iter_rows(min_row=HEADER_ROW, values_only=True)
    first = list(next(rows))
    places = [first.index(header) for header in (OUTSIDE_HEADER, "校验结果", "校验说明")]
    texts = [tuple(str(row[place] or "") for place in places) for row in rows]
    return [(outside, shown, note) for outside, shown, note in texts]


def test_the_list_holds_what_a_check_of_the_file_finds(computed: Path, checked: FilledWorkbook) -> None:
    sheet = openpyxl.load_workbook(computed, data_only=True)[RESULT_SHEET]
    columns = list(result_columns())
    wanted = Counter(
        (one.severity.value, one.sheet, one.cell, one.message) for one in map(render, checked.findings) if one.row
    )
    rows = [dict(zip(columns, row, strict=True)) for row in sheet.iter_rows(RESULT_FIRST_ROW, values_only=True)]
    listed = Counter((row["severity"], row["sheet"] or "", row["cell"] or "", row["message"]) for row in rows)
    assert listed == wanted
    assert wanted
    assert checked.check_code in sheet[RESULT_SUMMARY].value


def test_no_sentence_of_the_list_is_cut(computed: Path) -> None:
    """Rows are as high as their sentences, and follow what a button writes into them later."""
    sheet = openpyxl.load_workbook(computed, data_only=True)[RESULT_SHEET]
    widths = [column.width for column in result_columns().values()]
    for cells in sheet.iter_rows(min_row=RESULT_FIRST_ROW, max_col=len(widths)):
        taken = [sum(2 if ord(one) > 127 else 1 for one in str(cell.value or "")) for cell in cells]
        lines = max(math.ceil(length / (width - 1)) for length, width in zip(taken, widths, strict=True))
        assert sheet.row_dimensions[cells[0].row].height >= 14 * lines
    with zipfile.ZipFile(computed) as archive:
        parts = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    (listed,) = (part for part in parts if ">怎么改<".encode() in part)
    assert re.search(rb'<row r="%d" ht="[0-9.]+">' % RESULT_FIRST_ROW, listed)  # and not customHeight


def test_every_row_was_looked_at_beside_the_others(computed: Path, checked: FilledWorkbook) -> None:
    shown = Counter[str]()
    once = {
        glance_text(one.header, one.key, one.severity) for one in checked.findings if load_catalogue()[one.key].once
    }
    for code, roster in checked.rosters.items():
        rows = rows_of(computed, roster.sheet)
        for row in checked.frames[code]["row"].to_list():
            outside, text, note = rows[row - FIRST_ROW]
            assert outside, (roster.sheet, row)
            found = [one for one in checked.findings if one.sheet == roster.sheet and one.row == row]
            assert text != ROW_ALL_RIGHT
            assert text in once or bool(found) == (text != ALL_RIGHT), (roster.sheet, row, text)
            shown[text if text == ALL_RIGHT else note if note == SEE_LIST else "marked"] += 1
    assert min(shown[ALL_RIGHT], shown[SEE_LIST], shown["marked"]) > 0, shown


def test_the_sheet_computes_the_same(computed: Path, checked: FilledWorkbook, tmp_path: Path) -> None:
    again = recalculate(computed, tmp_path / "saved.xlsx")
    for roster in checked.rosters.values():
        assert rows_of(again, roster.sheet) == rows_of(computed, roster.sheet)
