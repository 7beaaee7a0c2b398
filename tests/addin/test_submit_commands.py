"""submit and returns on the command line, and the check code of what is written."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_demo import plan_county
from canbao_rulebook.policy import load_policy
from canbao_rulebook.roster import FIRST_ROW
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from support import counties as c
from support.cli import read_sheet
from support.hosts import fill_county

R1 = "应保及应资对象"


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook(load_policy("huining-2021"))


@pytest.fixture(scope="module")
def mistaken(rulebook: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("mistaken")
    return fill_county(rulebook, plan_county(rulebook, people=160, townships=2), folder)


@pytest.fixture(scope="module")
def clean(rulebook: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    return fill_county(rulebook, plan_county(rulebook, people=60, townships=1, mistakes=False), folder)[0]


def code_of(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    run(["check", str(path)])
    said = capsys.readouterr().out
    return said.split("校验码：")[1].split()[0]


def cover_code(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    sheet, cell = book.defined_names["校验码"].attr_text.split("!")
    return str(book[sheet][cell.replace("$", "")].value)


def test_what_is_computed_bears_its_own_check_code(
    mistaken: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """R4 is filled, which is data; what R3 says of somebody in R1 is not typed into R1. Once more changes nothing."""
    source, target, again = mistaken[0], tmp_path / "计算.xlsx", tmp_path / "再算.xlsx"
    run(["compute", str(source), "--out", str(target)])
    code = cover_code(target)
    assert code in capsys.readouterr().out
    assert code_of(target, capsys) == code != code_of(source, capsys)
    run(["compute", str(target), "--out", str(again)])
    assert cover_code(again) == code


def test_submit_writes_only_without_errors(
    clean: Path, mistaken: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "上报.xlsx"
    assert run(["submit", str(mistaken[0]), "--out", str(target)]) == 2
    assert "不能生成上报文件" in capsys.readouterr().err
    assert not target.exists()
    assert run(["submit", str(clean), "--out", str(target)]) == 0
    said = capsys.readouterr().out
    assert cover_code(target) in said
    assert "参保率" in said
    subsidised = len(read_sheet(target, "参保资助花名册"))
    assert f"参保资助花名册 {subsidised} 行" in said, "as the file has them, whatever the clerk typed"
    assert subsidised > 0
    paper = openpyxl.load_workbook(tmp_path / "打印稿_上报.xlsx")
    assert paper.sheetnames[0] == R1
    assert all(cover_code(target) in sheet["A2"].value for sheet in paper)
    printed = openpyxl.load_workbook(target)[R1].print_area
    assert printed.endswith(f"${FIRST_ROW - 1 + paper[R1].max_row - paper[R1]['A4'].row}")
    assert run(["submit", str(target), "--out", str(target)]) == 2
    empty = tmp_path / "空.csv"
    empty.write_text("乡镇\n甲镇\n", encoding="utf-8")
    run(["generate", "huining-2021", "--units", str(empty), "--out", str(tmp_path)])
    assert run(["submit", str(tmp_path / "甲镇.xlsx"), "--out", str(target)]) == 2


def test_returned_problems_are_found_where_their_rows_went(
    mistaken: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "收到"
    folder.mkdir()
    for path in mistaken:
        (folder / path.name).write_bytes(path.read_bytes())
    county = tmp_path / "县.xlsx"
    run(["merge", str(folder), "--policy", "huining-2021", "--out", str(county), "--returns", str(tmp_path)])
    lists = [tmp_path / f"退回清单_{path.name}" for path in mistaken]
    moved = tmp_path / "移动.xlsx"
    book = openpyxl.load_workbook(mistaken[0])
    sheet = book[R1]
    places = {str(cell.value): cell.column for cell in sheet[FIRST_ROW - 1]}
    number = places["证件号码"]
    rows = [row for row in range(FIRST_ROW, FIRST_ROW + 60) if sheet.cell(row, number).value]
    first, last = rows[0], rows[-1]
    for header, column in places.items():
        if not header.startswith("※") and not str(sheet.cell(first, column).value or "").startswith("="):
            above, below = sheet.cell(first, column), sheet.cell(last, column)
            above.value, below.value = below.value, above.value
    book.save(moved)
    out = tmp_path / "退回.json"
    capsys.readouterr()
    assert run(["returns", str(moved), str(lists[0]), "--json", str(out)]) == 1
    assert run(["returns", str(moved), str(lists[1])]) == 2
    assert "请选择自己单位的" in capsys.readouterr().err
    assert run(["returns", str(moved), str(mistaken[1])]) == 2
    assert "不是退回清单" in capsys.readouterr().err
    text = out.read_text(encoding="utf-8")
    assert '"changed": false' in text
    assert "上级退回" in text


def test_a_department_compares_the_sum_of_all_townships(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not of the first township that it names; what the notice does not state is missing in the sums, and said so."""
    verified = {"核实日期": date(2021, 9, 1)}
    rows = [
        c.listed("dongxing-2022", 11, "甲镇", "一村", "特困人员", **verified),
        c.listed("dongxing-2022", 12, "乙镇", "三村", "特困人员", **verified),
    ]
    units = [["甲镇", "一村", "", ""], ["乙镇", "三村", "", ""]]
    folder = c.issue(tmp_path, "dongxing-2022", units, {"民政": {c.R15: rows}})
    assert run(["submit", str(folder / "民政.xlsx"), "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "应保 2 人" in said
    assert "个人应缴 待定 2 人" in said
    assert "应返资助 0.00 元" in said
    run(["merge", str(folder), "--policy", "dongxing-2022", "--out", str(tmp_path / "county.xlsx")])
    assert "待定 2 人" in capsys.readouterr().out
