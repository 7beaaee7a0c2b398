"""Every button in a real LibreOffice, through the real xlwings, with the same results as the command line."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw

from canbao_addin.actions.generate import generate_workbooks
from canbao_addin.buttons import press, pressing
from canbao_addin.buttons.problems import list_problems
from canbao_addin.buttons.session import Changes
from canbao_addin.cli.main import run
from canbao_demo import plan_county
from canbao_rulebook.bands import load_bands
from canbao_rulebook.masking import mask_numbers
from canbao_rulebook.meta import RESULT_SHEET
from canbao_rulebook.policy import load_policy
from canbao_rulebook.problem_list import RESULT_FIRST_ROW, RESULT_POSITION, RESULT_SUMMARY
from canbao_rulebook.ribbon import load_ribbon
from canbao_rulebook.roster import FIRST_ROW
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from canbao_rulebook.units import Unit
from support.cli import check_json, read_sheet
from support.hosts import AnsweringHost, fill_county
from support.libreoffice import recalculate
from support.office import open_office
from support.times import some

R1, R4 = "应保及应资对象", "参保资助花名册"


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook(load_policy("huining-2021"))


@pytest.fixture(scope="module")
def mistaken(rulebook: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two townships with mistakes, as a spreadsheet program saved them."""
    folder = tmp_path_factory.mktemp("mistaken")
    paths = fill_county(rulebook, plan_county(rulebook, people=120, townships=2), folder / "filled")
    return [recalculate(path, folder / path.name) for path in paths]


@pytest.fixture(scope="module")
def clean(rulebook: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two townships without a mistake."""
    folder = tmp_path_factory.mktemp("clean")
    return fill_county(rulebook, plan_county(rulebook, people=80, townships=2, mistakes=False), folder)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[xw.App]:
    with open_office(tmp_path_factory.mktemp("office")) as app:
        yield app


@pytest.fixture
def host(office: xw.App) -> AnsweringHost:
    return AnsweringHost(office)


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(pressing, "LOG", tmp_path / "canbao.log")
    return tmp_path / "canbao.log"


def opened(office: xw.App, source: Path, folder: Path) -> xw.Book:
    path = folder / source.name
    shutil.copyfile(source, path)
    return office.books.open(str(path))


@pytest.fixture
def wrong(office: xw.App, mistaken: list[Path], tmp_path: Path) -> Iterator[xw.Book]:
    book = opened(office, mistaken[0], tmp_path)
    yield book
    book.close()


@pytest.fixture
def right(office: xw.App, clean: list[Path], tmp_path: Path) -> Iterator[xw.Book]:
    book = opened(office, clean[0], tmp_path)
    yield book
    book.close()


def listed(book: xw.Book) -> list[tuple[str, str, str]]:
    """Code, sheet and cell of every line of 检查结果."""
    sheet = book.sheets[RESULT_SHEET]
    last = max(RESULT_FIRST_ROW, sheet.used_range.last_cell.row)
    rows = sheet.range((RESULT_FIRST_ROW, 1), (last, 4)).options(ndim=2).value
    return sorted((row[1], row[2] or "", row[3] or "") for row in rows if row[0])


def everything(book: xw.Book) -> dict[str, Any]:
    return {sheet.name: sheet.used_range.formula for sheet in book.sheets}


def test_check_lists_what_the_command_line_finds(
    office: xw.App, host: AnsweringHost, rulebook: Rulebook, tmp_path: Path
) -> None:
    """In a township with every kind of mistake that fits."""
    county = plan_county(rulebook, people=500, townships=2)
    path = recalculate(fill_county(rulebook, county, tmp_path / "filled")[0], tmp_path / "甲.xlsx")
    wrong = office.books.open(str(path))
    message = press("check", wrong, host)
    _, report = check_json(tmp_path, Path(wrong.fullname))
    wanted = report["files"][0]["findings"]
    assert listed(wrong) == sorted((found["code"], found["sheet"], found["cell"]) for found in wanted)
    assert len(wanted) > 100
    errors = sum(found["severity"] == "错误" for found in wanted)
    assert f"错误 {errors} 处" in message
    assert host.said == [(message, False)]
    assert wrong.sheets.active.name == RESULT_SHEET
    assert wrong.sheets[RESULT_SHEET].range(RESULT_SUMMARY).value.count(str(errors)) >= 1
    wrong.close()


def test_every_problem_is_a_link_to_its_cell(wrong: xw.Book, host: AnsweringHost) -> None:
    press("check", wrong, host)
    sheet = wrong.sheets[RESULT_SHEET]
    first = list_problems(wrong)[0]
    rows = sheet.range((RESULT_FIRST_ROW, 4), (RESULT_FIRST_ROW + 20, 4)).formula
    links = [row[0] for row in rows if row[0]]
    assert f'=HYPERLINK("#\'{first.sheet}\'!{first.cell}","{first.cell}")' in links
    values = [str(row[0]) for row in sheet.range((RESULT_FIRST_ROW, 6), (sheet.used_range.last_cell.row, 6)).formula]
    assert not [value for value in values if value.startswith("=")]


def test_marks_come_and_go(right: xw.Book, host: AnsweringHost) -> None:
    """A person twice is seen by no formula of a row: the button marks both rows, and calls them right when they are."""
    sheet = right.sheets[R1]
    headers = sheet.range((4, 1), (4, sheet.used_range.last_cell.column)).options(ndim=1).value
    column, outside, result = (headers.index(name) + 1 for name in ("证件号码", "※核对", "校验结果"))
    own = sheet.range((FIRST_ROW + 1, column)).value
    sheet.range((FIRST_ROW + 1, column)).value = sheet.range((FIRST_ROW, column)).value
    press("check", right, host)
    assert "V07" in {code for code, _, _ in listed(right)}
    marks = sheet.range((FIRST_ROW, outside), (FIRST_ROW + 1, outside)).value
    assert all(f"E{column}|" in mark for mark in marks)
    right.app.calculate()
    assert str(sheet.range((FIRST_ROW, result)).value).startswith("错·证件号码 ")
    sheet.range((FIRST_ROW + 1, column)).value = own
    assert "没有发现问题" in press("check", right, host)
    right.app.calculate()
    assert sheet.range((FIRST_ROW, result), (FIRST_ROW + 1, result)).value == ["✓ 无误"] * 2
    name = sheet.range((FIRST_ROW, headers.index("姓名") + 1))
    before, name.value = name.value, "田换人"
    right.app.calculate()
    assert sheet.range((FIRST_ROW, result)).value == "✓ 本行无误", "somebody else stands there now"
    name.value = before
    assert listed(right) == []


def test_next_problem_goes_from_cell_to_cell(wrong: xw.Book, host: AnsweringHost) -> None:
    assert "请先点“校验”" in press("next_problem", wrong, host)
    press("check", wrong, host)
    problems = list_problems(wrong)
    for problem in problems[:3]:
        text = press("next_problem", wrong, host)
        assert mask_numbers(problem.text) in text
        assert wrong.sheets.active.name == problem.sheet
        assert wrong.app.selection.get_address(row_absolute=False, column_absolute=False) == problem.cell
    assert wrong.sheets[RESULT_SHEET].range(RESULT_POSITION).value == f"第 3 处，共 {len(problems)} 处"


def test_compute_makes_the_subsidy_roster_of_the_command_line(
    right: xw.Book, host: AnsweringHost, tmp_path: Path
) -> None:
    source, computed = Path(right.fullname), tmp_path / "计算.xlsx"
    assert run(["compute", str(source), "--out", str(computed)]) == 0
    wanted = read_sheet(computed, R4)
    message = press("compute", right, host)
    assert f"新增 {len(wanted)} 人" in message
    right.save()
    found = read_sheet(source, R4)
    fields = ("姓名", "证件号码", "资助类别", "资助方式", "资助标准", "资助金额", "缴费日期", "社保卡银行账号")
    assert [[row[name] for name in fields] for row in found] == [[row[name] for name in fields] for row in wanted]
    assert "与原来一致" in press("compute", right, host)


def test_compute_names_who_came_and_who_went(right: xw.Book, host: AnsweringHost) -> None:
    press("compute", right, host)
    sheet = right.sheets[R4]
    headers = sheet.range((4, 1), (4, sheet.used_range.last_cell.column)).options(ndim=1).value
    name, number, amount = (headers.index(text) + 1 for text in ("姓名", "证件号码", "资助金额"))
    gone = sheet.range((FIRST_ROW, name)).value
    sheet.range((FIRST_ROW, number)).value = "11010519491231002X"
    sheet.range((FIRST_ROW + 1, amount)).value = 1
    changed = sheet.range((FIRST_ROW + 1, name)).value
    message = press("compute", right, host)
    assert f"新增：{gone}" in message
    assert f"有变化：{changed}" in message
    assert "去掉 1 人" in message


def test_submit_refuses_errors_and_shows_them(wrong: xw.Book, host: AnsweringHost, tmp_path: Path) -> None:
    message = press("submit", wrong, host)
    assert "不能生成上报文件" in message
    assert host.said[-1][1]
    assert host.asked == []
    assert listed(wrong)
    assert not list(tmp_path.glob("*上报*"))


def test_submit_writes_the_file_and_the_cover(right: xw.Book, host: AnsweringHost, tmp_path: Path) -> None:
    before = everything(right)
    message = press("submit", right, host)
    target = next(tmp_path.glob("*_上报_huining-2021.xlsx"))
    cover = next(tmp_path.glob("*_封面_huining-2021.pdf"))
    assert cover.read_bytes().startswith(b"%PDF")
    assert "参保率" in host.asked[0]
    status, report = check_json(tmp_path, target)
    assert status == 0
    assert not report["files"][0]["findings"]
    code = message.split("校验码：")[1].split()[0]
    by_command = tmp_path / "命令.xlsx"
    assert run(["submit", right.fullname, "--out", str(by_command)]) == 0
    assert by_command.read_bytes() == target.read_bytes()
    assert code.encode() in bytes(code, "ascii")
    assert everything(right) == before
    host.yes = False
    target.unlink()
    assert press("submit", right, host) == ""
    assert not target.exists()


def test_merge_is_the_merge_of_the_command_line(
    wrong: xw.Book, host: AnsweringHost, mistaken: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "各乡镇"
    folder.mkdir()
    for path in mistaken:
        shutil.copyfile(path, folder / path.name)
    (folder / "别的.xlsx").write_text("不是工作簿", encoding="utf-8")
    host.chosen = folder
    message = press("merge", wrong, host)
    assert "合并了 2 个文件，1 个不能合并" in message
    results = tmp_path / "各乡镇（合并结果）"
    assert sorted(path.name for path in results.glob("[!.]*")) == sorted(
        [
            "会宁县2021年度参保汇总.xlsx",
            "上报登记_huining-2021.xlsx",
            *(f"退回清单_{path.name}" for path in mistaken),
        ]
    )
    out, report = tmp_path / "命令.xlsx", tmp_path / "命令.json"
    run(["merge", str(folder), "--policy", "huining-2021", "--out", str(out), "--json", str(report)])
    assert out.read_bytes() == (results / "会宁县2021年度参保汇总.xlsx").read_bytes()
    assert json.loads(report.read_text(encoding="utf-8"))["county"]["should_enrol"] > 0
    host.app.books["会宁县2021年度参保汇总.xlsx"].close()


def test_merge_asks_which_of_two_workbooks_counts(
    wrong: xw.Book, host: AnsweringHost, mistaken: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "收到"
    (folder / "更正").mkdir(parents=True)
    shutil.copyfile(mistaken[0], folder / mistaken[0].name)
    book = openpyxl.load_workbook(mistaken[0])
    book["应保及应资对象"].delete_rows(5)
    book.save(folder / "更正" / mistaken[0].name)
    os.utime(folder / mistaken[0].name, (1, 1))  # saved first, so that the other one is held against it
    host.chosen = folder
    host.yes = False
    assert "合并了 0 个文件，2 个不能合并" in press("merge", wrong, host)
    assert [mistaken[0].name in text and "多0行、少1行、改动0行" in text for text in host.asked[-2:]] == [True, True]
    host.app.books["会宁县2021年度参保汇总.xlsx"].close()
    host.yes = True
    assert "合并了 1 个文件，1 个不能合并" in press("merge", wrong, host)
    host.app.books["会宁县2021年度参保汇总.xlsx"].close()


def test_a_return_list_is_shown_at_its_cells(
    wrong: xw.Book, host: AnsweringHost, mistaken: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "收到"
    folder.mkdir()
    for path in mistaken:
        shutil.copyfile(path, folder / path.name)
    run(
        [
            "merge",
            str(folder),
            "--policy",
            "huining-2021",
            "--out",
            str(tmp_path / "县.xlsx"),
            "--returns",
            str(tmp_path),
        ]
    )
    host.chosen = tmp_path / f"退回清单_{mistaken[0].name}"
    message = press("load_returns", wrong, host)
    problems = list_problems(wrong)
    assert f"共 {len(listed(wrong))} 处" in message
    assert len(problems) > 20
    assert "其中 0 处" in message
    assert all("上级退回" in problem.text for problem in problems[:5])
    host.chosen = tmp_path / f"退回清单_{mistaken[1].name}"
    assert "请选择自己单位的" in press("load_returns", wrong, host)
    host.chosen = mistaken[1]
    assert "不是退回清单" in press("load_returns", wrong, host)
    host.chosen = None
    assert press("load_returns", wrong, host) == ""


@pytest.mark.parametrize("writes", some(3, soak=[1]))
def test_a_failure_changes_nothing(
    wrong: xw.Book, host: AnsweringHost, log: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    press("check", wrong, host)
    before = everything(wrong)
    sheet = wrong.sheets[R1]
    sheet.range((FIRST_ROW, 3)).value = sheet.range((FIRST_ROW, 3)).value
    real, left = Changes.write, writes

    def fail(self: Changes, area: xw.Range, rows: Any) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            raise RuntimeError("620422197105199521")
        real(self, area, rows)

    monkeypatch.setattr(Changes, "write", fail)
    message = press("check", wrong, host)
    assert "工作簿没有改动" in message
    assert "Traceback" not in message
    assert everything(wrong) == before
    kept = log.read_text(encoding="utf-8")
    assert "RuntimeError" in kept
    assert "620422197105199521" not in kept


def test_an_old_template_asks_for_repair(office: xw.App, host: AnsweringHost) -> None:
    book = office.books.add()
    message = press("check", book, host)
    assert "不能使用" in message
    assert "不是参保工作簿" in press("about", book, host)
    assert "还没有存成文件" in press("submit", book, host)
    book.close()


def test_about_and_help(right: xw.Book, host: AnsweringHost) -> None:
    message = press("about", right, host)
    assert "模板是现行的" in message
    assert "会宁县2021年度" in message
    assert press("help", right, host) == ""
    page = host.shown[0].read_text(encoding="utf-8")
    assert "<h1>用户手册</h1>" in page
    assert "<table>" in page


def test_every_button_of_the_ribbon_has_an_action() -> None:
    assert {button.id for button in load_ribbon().buttons} == set(pressing.ACTIONS)


def test_explain_says_what_the_command_says(
    right: xw.Book, host: AnsweringHost, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = right.sheets[R1]
    sheet.activate()
    sheet.range((FIRST_ROW + 2, 3)).select()
    message = press("explain", right, host)
    assert run(["explain", right.fullname, "--sheet", R1, "--row", str(FIRST_ROW + 2)]) == 0
    assert capsys.readouterr().out.strip() == message.strip()
    right.sheets["封面"].activate()
    right.sheets["封面"].range("B2").select()
    assert "不是花名册" in press("explain", right, host)


def test_repair_restores_the_sheet_around_its_data(
    office: xw.App, host: AnsweringHost, clean: list[Path], tmp_path: Path
) -> None:
    path = tmp_path / "坏了.xlsx"
    shutil.copyfile(clean[0], path)
    damaged = openpyxl.load_workbook(path)
    damaged[R1].data_validations.dataValidation.clear()
    damaged[R1].protection.sheet = False
    damaged.save(path)
    before = check_json(tmp_path, path)[1]["files"][0]
    assert [(finding["code"], finding["severity"]) for finding in before["findings"]] == [("V39", "提示")]
    book = office.books.open(str(path))
    sheet = book.sheets[R1]
    sheet.range((FIRST_ROW, 3)).value = sheet.range((FIRST_ROW, 3)).value
    host.yes = False
    assert press("repair", book, host) == ""
    host.yes = True
    message = press("repair", book, host)
    assert "保护" in message
    backup = next(tmp_path.glob("坏了（修复前*"))
    assert not openpyxl.load_workbook(backup)[R1].protection.sheet
    mended = openpyxl.load_workbook(path)[R1]
    assert mended.protection.sheet
    assert mended.data_validations.dataValidation
    assert check_json(tmp_path, path)[1]["files"][0] == before | {"findings": []}
    assert Path(office.books.active.fullname) == path
    office.books.active.close()


def test_villages_merge_into_their_township(
    right: xw.Book, host: AnsweringHost, rulebook: Rulebook, tmp_path: Path
) -> None:
    folder = tmp_path / "各村"
    generate_workbooks(rulebook, [Unit(f"{name}村", (f"{name}村",), parent=Unit("甲镇")) for name in "东西"], folder)
    host.chosen = folder
    message = press("merge", right, host)
    assert "合并了 2 个文件，0 个不能合并" in message
    results = tmp_path / "各村（合并结果）"
    names = sorted(path.name for path in results.glob("[!.]*"))
    assert names == ["上报登记_甲镇.xlsx", "甲镇.xlsx", "退回清单_东村.xlsx", "退回清单_西村.xlsx"]
    host.app.books["甲镇.xlsx"].close()


def test_a_stage_is_folded_and_shown_again(right: xw.Book, host: AnsweringHost, rulebook: Rulebook) -> None:
    """On a protected sheet, by hiding columns: nothing else may be written there."""
    sheet, roster = right.sheets[R1], rulebook.rosters["R1"]
    stage_of = {key: band.stage for key, band in load_bands().items()}
    letters: dict[str, list[str]] = {}
    for column in roster.columns[roster.frozen :]:
        if not column.hidden and (stage := stage_of[column.band]):
            letters.setdefault(stage, []).append(roster.letters[column.header])
    assert set(letters) == {"survey", "payment", "subsidy"}

    def hidden() -> set[str]:
        return {letter for own in letters.values() for letter in own if sheet[f"{letter}1"].columns.hidden}

    def select(letter: str) -> None:
        sheet.activate()
        sheet[f"{letter}7"].select()

    select(letters["payment"][3])
    assert "缴费" in press("fold_stage", right, host)
    assert hidden() == set(letters["payment"][1:])
    select(letters["survey"][0])
    press("fold_stage", right, host)
    assert hidden() == {*letters["payment"][1:], *letters["survey"][1:]}
    press("fold_stage", right, host)
    assert hidden() == set(letters["payment"][1:])
    select("A")
    assert "缴费" in press("fold_stage", right, host)
    assert hidden() == set()
    assert "请先选中" in press("fold_stage", right, host)
    right.sheets["封面"].activate()
    assert "没有分段" in press("fold_stage", right, host)
    assert sheet["A1"].sheet.impl.protected
    assert sheet[f"{roster.letters['校验说明']}1"].columns.hidden is False
