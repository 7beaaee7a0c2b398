"""The buttons of 县级 in a real LibreOffice, from the register on, with the same results as the command line."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw

from canbao_addin import home
from canbao_addin.actions.generate import generate_workbooks
from canbao_addin.buttons import press, pressing
from canbao_addin.cli.main import run
from canbao_county.desk import IMPORTS, SETTINGS, load_form
from canbao_generator.policy_book import MARK
from canbao_rulebook.policy import load_policy
from canbao_rulebook.problem_list import DECISION_SHEET, REGISTER_SHEET
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import Unit
from support.cli import fill, write_units
from support.counties import R1, number, paid, resident
from support.hosts import AnsweringHost
from support.office import open_office

POLICY = "huining-2021"
TWICE = number(POLICY, 7)
TOWNS = ("甲镇", "乙镇", "丙乡", "丁镇")
COUNTY = "会宁县2021年度参保汇总.xlsx"


@dataclass
class Desk:
    """A county's folder: the register in it, open, and what was handed in."""

    app: xw.App
    folder: Path

    @property
    def register(self) -> Path:
        return self.folder / f"上报登记_{POLICY}.xlsx"

    @property
    def results(self) -> Path:
        return self.folder / "结果"

    @property
    def book(self) -> xw.Book:
        return self.app.books[self.register.name]

    def host(self, chosen: Path | None = None, *, yes: bool = True) -> AnsweringHost:
        return AnsweringHost(self.app, chosen, yes)

    def press(self, action: str, host: AnsweringHost | None = None, book: xw.Book | None = None) -> str:
        said = press(action, book or self.book, host or self.host())
        assert "意外" not in said, pressing.LOG.read_text(encoding="utf-8")
        return said

    def set(self, field: str, value: Any, form: str = SETTINGS) -> None:
        line = load_form(form)
        self.book.sheets[line.sheet].range((line.row(field), 2)).value = value

    def said(self, field: str, form: str = SETTINGS) -> Any:
        line = load_form(form)
        return self.book.sheets[line.sheet].range((line.row(field), 2)).value

    def states(self) -> dict[str, str]:
        sheet = openpyxl.load_workbook(self.register)[REGISTER_SHEET]
        return {row[0]: row[2] for row in sheet.iter_rows(values_only=True) if row[0] in TOWNS}

    def by_command(self, command: str, target: Path, *more: str | Path, folder: Path | None = None) -> Path:
        """Run a command as somebody without a spreadsheet program would; a merge carries on a register of its own."""
        words = [command, str(folder or self.folder / "收到"), "--policy", POLICY, "--out", str(target)]
        if command == "merge":
            words += ["--register", str(shutil.copy2(self.register, target.parent / "登记.xlsx"))]
        assert run([*words, *map(str, more)]) in {0, 1}
        return target


def person(serial: int, **changes: Any) -> dict[str, Any]:
    return resident(serial, **paid(date(2020, 10, 1)), **changes)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four townships; two have handed in one person both, one of them a row without a name, the third no mistake."""
    folder = tmp_path_factory.mktemp("县里")
    units = write_units(folder / "units.csv", [[town, "一村", "一组", 8] for town in TOWNS])
    assert run(["generate", POLICY, "--units", str(units), "--out", str(folder), "--rows", "5"]) == 0
    (folder / "收到").mkdir()
    filled = {"甲镇": [person(7), person(8)], "乙镇": [person(7), person(19, 姓名=None)], "丙乡": [person(21)]}
    for town, rows in filled.items():
        (folder / f"{town}.xlsx").rename(folder / "收到" / f"{town}.xlsx")
        fill(folder / "收到" / f"{town}.xlsx", {R1: rows})
    return folder


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[xw.App]:
    with open_office(tmp_path_factory.mktemp("office")) as app:
        yield app


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "canbao.log"
    monkeypatch.setattr(pressing, "LOG", path)
    return path


def opened(office: xw.App, source: Path, folder: Path) -> Desk:
    shutil.copytree(source, folder, dirs_exist_ok=True)
    desk = Desk(office, folder)
    office.books.open(str(desk.register))
    return desk


@pytest.fixture(scope="module")
def first(issued: Path, office: xw.App, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county's folder after the first press of 合并."""
    desk = opened(office, issued, tmp_path_factory.mktemp("合并"))
    host = desk.host(desk.folder / "收到")
    message = desk.press("merge", host)
    assert "合并了 3 个文件，0 个不能合并" in message
    assert office.books[COUNTY].sheets
    close_all(office)
    return desk.folder


@pytest.fixture
def desk(first: Path, office: xw.App, tmp_path: Path) -> Iterator[Desk]:
    yield opened(office, first, tmp_path / "县")
    close_all(office)


def close_all(office: xw.App) -> None:
    for book in list(office.books):
        book.close()


def test_the_register_waits_for_everybody_and_every_merge_updates_it(issued: Path, desk: Desk) -> None:
    rows = [
        row for row in openpyxl.load_workbook(issued / desk.register.name)[REGISTER_SHEET].values if row[0] in TOWNS
    ]
    assert [row[:3] for row in rows] == [(town, 8, "没有交") for town in TOWNS]
    assert desk.states() == {"甲镇": "退回", "乙镇": "退回", "丙乡": "通过", "丁镇": "没有交"}
    assert desk.said("submissions") == "收到"
    assert desk.said("county") == f"结果/{COUNTY}"
    assert desk.press("register", desk.host(yes=False)) == "通过 1，退回 2，已交 0，没有交 1。\n没有交的：丁镇"
    desk.press("register", desk.host())
    assert desk.book.sheets.active.name == REGISTER_SHEET


def test_merging_from_the_register_is_the_merge_of_the_command_line(desk: Desk, tmp_path: Path) -> None:
    county, returns = desk.results / COUNTY, desk.results / "退回清单" / "第1轮"
    wanted = desk.by_command("merge", tmp_path / "命令.xlsx", "--returns", tmp_path / "退回")
    assert wanted.read_bytes() == county.read_bytes()
    names = sorted(path.name for path in returns.iterdir())
    assert names == sorted(path.name for path in (tmp_path / "退回").iterdir())
    assert [(returns / name).read_bytes() == (tmp_path / "退回" / name).read_bytes() for name in names] == [True] * 3


def test_a_register_is_found_and_another_file_is_refused(office: xw.App, desk: Desk) -> None:
    county = desk.results / COUNTY
    desk.book.close()
    book = office.books.add()
    assert desk.press("register", desk.host(None), book) == ""
    county_book = office.books.open(str(county))
    assert "没有交 1" in desk.press("register", desk.host(None), county_book), "the one around the county's workbook"
    desk.book.close()
    county_book.close()
    assert "不是上报登记" in desk.press("register", desk.host(county), book)
    assert "没有交 1" in desk.press("register", desk.host(desk.register), book)
    assert office.books.active.name == desk.register.name


def decision_cell(book: xw.Book, unit: str, header: str) -> xw.Range:
    sheet = book.sheets[DECISION_SHEET]
    rows = sheet.used_range.options(ndim=2).value
    top = next(place for place, row in enumerate(rows) if header in row)
    row = next(place for place in range(top + 1, len(rows)) if unit in rows[place])
    return sheet.range((row + 1, rows[top].index(header) + 1))


def test_the_county_decides_in_its_workbook_and_it_is_merged_anew(desk: Desk, tmp_path: Path) -> None:
    county = desk.results / COUNTY
    shown = openpyxl.load_workbook(county)[DECISION_SHEET]
    assert [rule.formula1 for rule in shown.data_validations.dataValidation] == ['"采信,不采信"']
    assert "再在这个文件里点一次" in desk.press("decide")
    book = desk.app.books[COUNTY]
    assert book.sheets.active.name == DECISION_SHEET
    kept = next(town for town in ("甲镇", "乙镇") if decision_cell(book, town, "决定").value == "采信")
    decision_cell(book, kept, "县里决定").value = "不采信"
    book.save()
    shutil.copy2(county, tmp_path / "决定.xlsx")
    message = desk.press("decide", book=book)
    assert "合并了 3 个文件" in message
    wanted = desk.by_command("merge", tmp_path / "命令.xlsx", "--decisions", tmp_path / "决定.xlsx")
    assert county.read_bytes() == wanted.read_bytes()
    assert decision_cell(desk.app.books[COUNTY], kept, "决定").value == "不采信"
    assert len(list(desk.results.glob("会宁县2021年度参保汇总_*.xlsx"))) == 1, "the workbook as it was decided in"
    desk.press("merge")
    assert county.read_bytes() == wanted.read_bytes(), "a decision holds from merge to merge"
    decision_cell(desk.app.books[COUNTY], kept, "县里决定").value = "看情况"
    assert "采信 或 不采信" in desk.press("decide", book=desk.app.books[COUNTY])


def test_a_round_compares_with_the_one_before(desk: Desk, tmp_path: Path) -> None:
    second = desk.folder / "收到2"
    shutil.copytree(desk.folder / "收到", second)
    fill(second / "乙镇.xlsx", {R1: [person(20), person(19)]})
    assert desk.press("screen", desk.host(None)) == ""
    assert desk.said("round") is None
    before = desk.results / "退回清单" / "第1轮"
    message = desk.press("screen", desk.host(second))
    assert message.startswith("第2轮：上轮退回")
    made = desk.results / "退回清单" / "第2轮" / "筛查轮次.xlsx"
    returns = tmp_path / "退回"
    more = ("--returns", returns, "--previous-returns", before, "--decisions", desk.results / COUNTY)
    desk.by_command("merge", tmp_path / "命令.xlsx", *more, folder=second)
    assert made.read_bytes() == (returns / made.name).read_bytes()
    assert (desk.said("round"), desk.said("submissions")) == (2, "收到2")
    assert desk.states()["乙镇"] == "通过"


def test_reconciliations_are_those_of_the_command_line(desk: Desk, tmp_path: Path) -> None:
    message = desk.press("reconcile")
    wanted = desk.by_command("reconcile", tmp_path / "命令.xlsx", "--decisions", desk.results / COUNTY)
    assert (desk.results / "会宁县2021年度对账.xlsx").read_bytes() == wanted.read_bytes()
    assert "没有对账，缺少" in message


def test_a_report_is_chosen_by_name_and_day(desk: Desk, tmp_path: Path) -> None:
    desk.set("report", "R20 核销和退费清单")
    desk.set("day", "下周")
    assert "请写成 2020-11-20 的样子" in desk.press("report")
    desk.set("day", "2020-11-20")
    assert desk.press("report", desk.host(yes=False)) == ""
    assert desk.book.sheets.active.name == load_form(SETTINGS).sheet
    host = desk.host()
    assert "数据截至 2020-11-20" in desk.press("report", host)
    assert "R20 核销和退费清单" in host.asked[0]
    more = ("--as-of", "2020-11-20", "--only", "R20", "--decisions", desk.results / COUNTY)
    wanted = desk.by_command("report", tmp_path / "报表", *more)
    files = sorted(path.relative_to(wanted) for path in wanted.rglob("*.xlsx"))
    assert files
    assert files == sorted(path.relative_to(desk.results / "报表") for path in (desk.results / "报表").rglob("*.xlsx"))
    assert all((wanted / file).read_bytes() == (desk.results / "报表" / file).read_bytes() for file in files)


def test_the_export_is_that_of_the_command_line(desk: Desk, tmp_path: Path) -> None:
    assert desk.press("export", desk.host(yes=False)) == ""
    desk.set("encoding", "gb18030")
    message = desk.press("export")
    more = ("--format", "national", "--encoding", "gb18030", "--decisions", desk.results / COUNTY)
    wanted = desk.by_command("export", tmp_path / "命令.csv", *more)
    assert "gb18030" in message
    assert (desk.results / "会宁县2021年度national.csv").read_bytes() == wanted.read_bytes()


def test_a_list_is_previewed_and_kept_after_a_question(desk: Desk, tmp_path: Path) -> None:
    source = tmp_path / "税务.xlsx"
    book = openpyxl.Workbook()
    for row in (["姓名", "身份证号", "金额", "缴费日期"], ["侯一鸣", TWICE, 250, date(2019, 9, 23)]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(source)
    form, sheet = load_form(IMPORTS), desk.book.sheets[load_form(IMPORTS).sheet]
    assert desk.press("import_list", desk.host(None)) == ""
    assert "“名单种类”" in desk.press("import_list", desk.host(source))
    desk.set("kind", "白名单", IMPORTS)
    assert "没有这种名单" in desk.press("import_list")
    desk.set("kind", "主管部门名单", IMPORTS)
    assert "县" in desk.press("import_list"), "which departments there are"
    desk.set("kind", "税务入库明细", IMPORTS)
    host = desk.host(yes=False)
    assert desk.press("import_list", host) == ""
    assert "1 行" in host.asked[0]
    listed = [str(value) for value in sheet.range((form.below, 1), (form.below + 8, 1)).value if value]
    assert any("身份证号→证件号码" in line for line in listed)
    assert not any(TWICE in line for line in listed), "nobody's number"
    assert not (desk.folder / "名单").exists()
    assert "已导入" in desk.press("import_list")
    words = ["import", str(source), "--policy", POLICY, "--kind", "tax", "--out", str(tmp_path / "名单")]
    assert run(words) == 0
    assert (desk.folder / "名单" / "tax.xlsx").read_bytes() == (tmp_path / "名单" / "tax.xlsx").read_bytes()
    assert desk.said("file", IMPORTS) is None
    desk.press("merge")
    merged = openpyxl.load_workbook(desk.results / COUNTY, read_only=True)
    assert "名单核对" in merged.sheetnames, "the next merge checks against it"


def test_the_next_year_begins_as_a_workbook(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "POLICIES", tmp_path / "policies")
    assert desk.press("new_year", desk.host(yes=False)) == ""
    message = desk.press("new_year")
    book = desk.folder / "政策_huining-2022.xlsx"
    assert str(book) in message
    made, wanted = tmp_path / "policies" / "huining-2022.yaml", tmp_path / "命令" / "huining-2022.yaml"
    assert run(["policy", "new", "huining-2022", "--from", POLICY, "--out", str(wanted)]) == 0
    assert made.read_bytes() == wanted.read_bytes()
    loaded = desk.press("new_year", book=desk.app.books[book.name])
    assert str(made) in loaded
    assert "有错误，还不能生成模板" in loaded, "amounts of last year's are not confirmed"
    desk.app.books[book.name].close()
    confirm_everything(book)
    again = desk.app.books.open(str(book))
    assert str(made) in desk.press("new_year", desk.host(yes=False), again)
    templates = desk.folder / "模板_huining-2022"
    assert not templates.exists()
    without = AnsweringHost(desk.app, no_to=("谁都能撤销保护", "模板是空的"))
    assert "生成了 4 个工作簿" in desk.press("new_year", without, again)
    words = ["generate", str(made), "--units", str(desk.folder / "单位清单.csv"), "--out", str(tmp_path / "模板")]
    assert run(words) == 0
    files = sorted(path.name for path in (tmp_path / "模板").iterdir())
    assert files == sorted(path.name for path in templates.iterdir() if not path.name.startswith("."))
    assert all((templates / name).read_bytes() == (tmp_path / "模板" / name).read_bytes() for name in files)
    _with_password_and_persons(desk, again, templates, tmp_path, made)


def _with_password_and_persons(desk: Desk, book: xw.Book, templates: Path, tmp_path: Path, policy: Path) -> None:
    """The same once more, locked and with last year's persons; who finds no password file generates nothing."""
    for path in templates.iterdir():
        path.unlink()
    assert "生成了" not in desk.press("new_year", desk.host(None), book)
    assert list(templates.iterdir()) == []
    password = tmp_path / "密码.txt"
    password.write_text("锁\n", encoding="utf-8")
    last_year = desk.results / COUNTY
    said = desk.press("new_year", AnsweringHost(desk.app, files=[password, last_year]), book)
    assert "预填了" in said
    words = ["generate", str(policy), "--units", str(desk.folder / "单位清单.csv"), "--out", str(tmp_path / "预填")]
    words += ["--password-file", str(password), "--prefill", "submission", "--lists", str(last_year)]
    assert run(words) == 0
    files = {path.name for path in (tmp_path / "预填").glob("*镇.xlsx")}
    assert files
    assert all((templates / name).read_bytes() == (tmp_path / "预填" / name).read_bytes() for name in files)


def confirm_everything(path: Path) -> None:
    """Somebody has held the figures against the new notices."""
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_col=MARK, max_col=MARK):
            for cell in row:
                if cell.value == "待确认":
                    cell.value = "是"
    book.save(path)


@pytest.mark.parametrize("lost", [(SETTINGS,), (IMPORTS,), (SETTINGS, IMPORTS)])
def test_a_register_that_lost_its_forms_gets_them_again(
    lost: tuple[str, ...], issued: Path, office: xw.App, tmp_path: Path
) -> None:
    folder = tmp_path / "县"
    shutil.copytree(issued, folder)
    register = folder / f"上报登记_{POLICY}.xlsx"
    _without_forms(register, lost)
    desk = Desk(office, folder)
    try:
        book = office.books.open(str(register))
        said = desk.press("import_list", desk.host(None), book)
        assert said == ""
        assert {load_form(name).sheet for name in (SETTINGS, IMPORTS)} <= {sheet.name for sheet in desk.book.sheets}
        assert desk.said("policy") == POLICY
        assert set(desk.states()) == set(TOWNS)
        if SETTINGS in lost:
            close_all(office)
            renamed = register.rename(folder / "登记 改过名.xlsx")
            _without_forms(renamed, lost)
            said = desk.press("register", desk.host(None), office.books.open(str(renamed)))
            assert "没有「县里设置」表" in said
            assert "改过名" in said
    finally:
        close_all(office)


def _without_forms(path: Path, forms: tuple[str, ...]) -> None:
    """As somebody leaves it who deletes sheets."""
    book = openpyxl.load_workbook(path)
    for name in forms:
        del book[load_form(name).sheet]
    book.save(path)


@pytest.mark.parametrize("action", ["register", "merge", "import_list", "decide", "screen", "reconcile", "report"])
def test_what_is_ordinary_has_its_sentence(action: str, issued: Path, office: xw.App, tmp_path: Path) -> None:
    """Nobody chooses a folder; nothing was merged yet; the policy year is unknown here."""
    desk = opened(office, issued, tmp_path / "县")
    try:
        said = desk.press(action, desk.host(None))
        wanted = {"register": "没有交 4", "decide": "还没有县级汇总", "screen": "还没有退回清单"}
        assert wanted[action] in said if action in wanted else said == ""
        desk.set("policy", "no-1999")
        assert "no-1999" in desk.press(action, desk.host(None))
    finally:
        close_all(office)


def test_a_township_has_a_register_of_its_villages(office: xw.App, tmp_path: Path) -> None:
    folder, units = tmp_path / "各村", [Unit(f"{name}村", (f"{name}村",), parent=Unit("甲镇")) for name in "东西"]
    generate_workbooks(load_rulebook(load_policy(POLICY)), units, folder)
    assert run(["merge", str(folder), "--policy", POLICY, "--out", str(tmp_path / "甲镇.xlsx")]) == 0
    register = tmp_path / "上报登记_甲镇.xlsx"
    book = office.books.open(str(register))
    host = AnsweringHost(office)
    try:
        assert "合并了 2 个文件，0 个不能合并" in press("merge", book, host)
        assert "没有「资助决定」表" in press("decide", office.books[register.name], host)
        assert "报表由县里" in press("report", office.books[register.name], host)
    finally:
        close_all(office)
