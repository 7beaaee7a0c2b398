"""Lists as departments send them: several sheets, rows of headers, merged cells, two persons in a cell."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.cli.main import run
from county.test_import import ONE, THREE, TWO, Desk, write_book
from support.edits import edit_parts, swap

OWNER = ("owner", "--agency", "CIV")
WHOM = ["姓名", "身份证号"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def merged_book(path: Path, rows: list[list[Any]], *areas: str, title: str = "名单") -> Path:
    write_book(path, rows, title)
    book = openpyxl.load_workbook(path)
    for area in areas:
        book[title].merge_cells(area)
    book.save(path)
    return path


def told(desk: Desk, code: str) -> list[str]:
    return [found["message"] for found in desk.entry["findings"] if found["code"] == code]


# (13) every sheet


@pytest.mark.parametrize(
    ("policy", "sheets", "categories"),
    [
        ("huining-2021", ["孤儿", "2020年农村二类低保花名册", "特困人员(2人)"], ["孤儿", "农村二类低保", "特困人员"]),
        ("shangcai-2020", ["1、特困人员", "优抚对象名单"], ["特困人员", "优抚对象"]),
        ("dongxing-2022", ["特困"], ["特困人员"]),
    ],
)
def test_a_sheet_for_each_identity(desk: Desk, tmp_path: Path, policy: str, sheets, categories) -> None:
    numbers = [ONE, TWO, THREE]
    lines = {name: [WHOM, ["田守义", number]] for name, number in zip(sheets, numbers, strict=False)}
    book = write_book(tmp_path / "表.xlsx", [["会宁县民政局"]], "封面", **lines)
    desk.run(book, *OWNER, policy=policy)
    assert desk.load(policy).frame("owner")["category"].to_list() == categories
    assert len([message for message in told(desk, "V39") if "「封面」" in message]) == 1


def test_near_names_of_identities_are_proposed_and_not_guessed(desk: Desk, tmp_path: Path) -> None:
    book = write_book(tmp_path / "表.xlsx", [WHOM, ["田守义", ONE]], "农村低保", 城市低保=[WHOM, ["赵彩琴", TWO]])
    assert desk.run(book, *OWNER) == 0
    assert desk.load().frame("owner")["category"].to_list() == ["农村低保", "城市低保"]
    assert "“农村二类低保" in told(desk, "V15")[0]
    assert desk.run(book, *OWNER, "--sheet-as", "农村低保=Q2", "--sheet-as", "城市低保=城市差额低保", "--replace") == 0
    assert desk.load().frame("owner")["category"].to_list() == ["农村二类低保对象", "城市差额保障对象"]
    assert desk.run(book, *OWNER) == 0
    assert not told(desk, "V15")
    assert desk.run(book, *OWNER, "--sheet-as", "农村低保") == 2


def test_persons_on_a_sheet_that_cannot_be_read_refuse_the_file(desk: Desk, tmp_path: Path) -> None:
    good = [[*WHOM, "类别"], ["田守义", ONE, "孤儿"]]
    book = write_book(
        tmp_path / "表.xlsx", good, "一", 补充=[["人员", "代码"], ["赵彩琴", TWO]], 说明=[["联系人：张三"]]
    )
    assert desk.run(book, *OWNER) == 1
    assert any("「补充」里有1个证件号码" in message for message in told(desk, "V39"))
    assert not desk.lists.exists()
    assert desk.run(book, *OWNER, "--sheet", "一") == 0
    assert desk.entry["rows"] == 1


def test_a_sheet_for_each_township(desk: Desk, tmp_path: Path) -> None:
    sheets = {"芦岗街道": [WHOM, ["赵彩琴", TWO]], "邵店镇": [WHOM, ["郑一鸣", THREE]]}
    book = write_book(tmp_path / "表.xlsx", [WHOM, ["田守义", ONE]], "重 阳", **sheets)
    assert desk.run(book, "deaths", policy="shangcai-2020") == 0
    assert desk.load("shangcai-2020").frame("deaths")["township"].to_list() == ["重阳", "芦岗", "邵店"]
    assert len(told(desk, "V42")) == 3


def test_a_township_that_the_county_does_not_know(desk: Desk, tmp_path: Path) -> None:
    book = write_book(tmp_path / "表.xlsx", [WHOM, ["田守义", ONE]], "重洋镇")
    assert desk.run(book, "deaths", policy="shangcai-2020") == 0
    assert told(desk, "V06") == ["表名“重洋镇”不是本县的乡镇，是不是“重阳”；照原样填写"]


def test_a_hidden_sheet_is_read_and_told_and_an_empty_one_is_told(desk: Desk, tmp_path: Path) -> None:
    path = write_book(tmp_path / "表.xlsx", [WHOM, ["田守义", ONE]], "一", 二=[WHOM, ["赵彩琴", TWO]], 三=[WHOM], 四=[])
    book = openpyxl.load_workbook(path)
    book["二"].sheet_state = "hidden"
    book.save(path)
    assert desk.run(path, "elsewhere") == 0
    assert desk.entry["rows"] == 2
    assert [("二" in text, "三" in text) for text in told(desk, "V39")] == [(True, False), (False, True)]


def test_what_two_sheets_say_of_one_person(desk: Desk, tmp_path: Path) -> None:
    book = write_book(tmp_path / "表.xlsx", [WHOM, ["田守义", ONE]], "一", 二=[WHOM, ["田守仁", ONE]])
    assert desk.run(book, "deaths") == 0
    assert "表.xlsx「一」第2行" in told(desk, "V10")[0]
    assert "表.xlsx「一」第2行" in told(desk, "V07")[0]


# (14) headers, merged cells, cells that hold more than one thing


def test_groups_of_columns_above_the_headers(desk: Desk, tmp_path: Path) -> None:
    rows = [
        ["某村户籍人口"],
        ["序号", "户主", None, "家庭成员", None, "住址"], [None, "姓名", "证件号码", "姓名", "证件号码", None],
        [1, "田守义", ONE, "赵彩琴", TWO, "一组"], [2, "田守义", ONE, "郑一鸣", THREE, "一组"],
    ]  # fmt: skip
    areas = ("A1:F1", "A2:A3", "B2:C2", "D2:E2", "F2:F3")
    assert desk.run(merged_book(tmp_path / "表.xlsx", rows, *areas), "population") == 0
    frame = desk.load().frame("population")
    assert frame.select("cert_no", "head_cert_no", "name").rows() == [(TWO, ONE, "赵彩琴"), (THREE, ONE, "郑一鸣")]
    assert desk.run(merged_book(tmp_path / "表.xlsx", rows, *areas), *OWNER, "--category", "孤儿") == 0
    assert desk.load().frame("owner")["cert_no"].to_list() == [TWO, THREE]


def test_three_rows_of_headers_and_a_row_that_numbers_the_columns(desk: Desk, tmp_path: Path) -> None:
    rows = [
        ["序号", "基本情况", None, None, "保障情况", None], [None, "个人", None, "住址", "低保", None],
        [None, "姓 名", "身份证\n号码", "乡镇", "类别", "金额"], ["栏次", 1, 2, 3, 4, 5],
        [1, "田守义", ONE, "甲镇", "孤儿", 100], ["合计", "1人", None, None, None, 100],
    ]  # fmt: skip
    areas = ("A1:A3", "B1:D1", "E1:F1", "B2:C2", "E2:F2")
    rows[3][0] = None
    assert desk.run(merged_book(tmp_path / "表.xlsx", rows, *areas), *OWNER) == 0
    frame = desk.load().frame("owner")
    assert frame.select("cert_no", "name", "township", "category").rows() == [(ONE, "田守义", "甲镇", "孤儿")]


def test_groups_of_columns_in_a_text_that_has_no_merged_cells(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_text(
        f"户主,,成员,,类别\n姓名,证件号码,姓名,证件号码,\n田守义,{ONE},赵彩琴,{TWO},孤儿\n", encoding="utf-8"
    )
    assert desk.run(path, *OWNER) == 0
    assert desk.load().frame("owner").select("cert_no", "name", "category").rows() == [(TWO, "赵彩琴", "孤儿")]


@pytest.mark.parametrize("header", ["类别", "保障类别", "救助类别", "人员类别", "对象类别", "困难类型", "救助对象类型"])
def test_the_names_of_the_column_of_identities(desk: Desk, tmp_path: Path, header: str) -> None:
    assert desk.run(write_book(tmp_path / "表.xlsx", [[*WHOM, header], ["田守义", ONE, "孤儿"]]), *OWNER) == 0


def test_merged_cells_hold_for_all_their_rows_but_amounts_do_not(desk: Desk, tmp_path: Path) -> None:
    rows = [["乡镇", "村", "类别", *WHOM, "资助金额"], ["甲镇", "一村", "孤儿", "田守义", ONE, 280],
            [None, None, None, "赵彩琴", TWO, None], ["乙乡", "二村", "五保户", "郑一鸣", THREE, 280]]  # fmt: skip
    assert desk.run(merged_book(tmp_path / "表.xlsx", rows, "A2:A3", "B2:B3", "C2:C3", "F2:F3"), *OWNER) == 0
    frame = desk.load().frame("owner")
    assert frame["category"].to_list() == ["孤儿", "孤儿", "五保户"]
    assert frame["village"].to_list() == ["一村", "一村", "二村"]
    assert frame["amount"].to_list() == [280.0, None, 280.0]
    assert len([message for message in told(desk, "V42") if "合并单元格" in message]) == 3
    assert len([message for message in told(desk, "V39") if "资助金额" in message]) == 1


@pytest.mark.parametrize(
    ("cell", "persons"),
    [
        (f"田守义{ONE}", [("田守义", ONE)]), (f"田守义({ONE})", [("田守义", ONE)]),
        (f"田守义 身份证：{ONE}", [("田守义", ONE)]),
        (f"{ONE}田守义", [("田守义", ONE)]), (f"田守义{ONE}、赵彩琴{TWO}", [("田守义", ONE), ("赵彩琴", TWO)]),
        (f"田守义（{ONE}）\n赵彩琴（{TWO}）", [("田守义", ONE), ("赵彩琴", TWO)]),
    ],
)  # fmt: skip
def test_a_name_and_a_number_in_one_cell_are_shown_and_confirmed(
    desk: Desk, tmp_path: Path, cell: str, persons
) -> None:
    book = write_book(tmp_path / "表.xlsx", [["姓名及身份证号", "死亡日期"], [cell, "2020-09-01"]])
    assert desk.run(book, "deaths") == 1
    assert not desk.lists.exists()
    assert any("拆开姓名号码" in found["fix"] for found in desk.entry["findings"])
    assert desk.run(book, "deaths", "--split") == 0
    assert desk.load().frame("deaths").select("name", "cert_no").rows() == persons


def test_two_persons_in_a_row_and_words_before_a_number(desk: Desk, tmp_path: Path) -> None:
    rows = [WHOM, ["田守义、赵彩琴", f"{ONE}、{TWO}"], ["郑一鸣", f"身份证：{THREE}"]]
    book = write_book(tmp_path / "表.xlsx", rows)
    assert desk.run(book, "soldiers") == 1
    assert desk.run(book, "soldiers", "--split") == 0
    assert desk.load().frame("soldiers").select("name", "cert_no").rows() == [
        ("田守义", ONE), ("赵彩琴", TWO), ("郑一鸣", THREE),
    ]  # fmt: skip
    assert desk.run(write_book(tmp_path / "二.xlsx", [WHOM, ["赵彩琴", f"田守义{ONE}"]]), "prisoners", "--split") == 1
    assert desk.codes() == ["V02"]


@pytest.mark.parametrize("number", ["`{}", "'{}", '""{}""', '="{}"', "“{}”", "＇{}", "{}\t"])
def test_marks_that_make_a_number_a_text(desk: Desk, tmp_path: Path, number: str) -> None:
    path = tmp_path / "表.csv"
    path.write_text(f"姓名;身份证号\n田守义;{number.format(ONE)}\n", encoding="utf-8")
    assert desk.run(path, "deaths") == 0
    assert desk.load().frame("deaths")["cert_no"].to_list() == [ONE]
    assert len([message for message in told(desk, "V42") if "身份证号" in message]) == 1


@pytest.mark.parametrize("separator", ["|", ";", "\t", ",", "；"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_separators_of_texts_are_found_and_told(desk: Desk, tmp_path: Path, separator: str, encoding: str) -> None:
    path = tmp_path / "表.txt"
    lines = [[*WHOM, "死亡日期"], ["田守义", ONE, "2020-09-01"], ["赵彩琴", TWO, "2020-09-02"]]
    path.write_bytes("\n".join(separator.join(line) for line in lines).encode(encoding))
    assert desk.run(path, "deaths") == 0
    assert desk.entry["rows"] == 2
    assert len([message for message in told(desk, "V42") if "文本文件" in message]) == (separator != ",")


# (15) what is remembered, what is shown, what asks first


def test_what_was_said_of_a_form_is_remembered_for_its_sender(desk: Desk, tmp_path: Path, capsys) -> None:
    rows = [["2020年第一批"], ["人员", "代码", "类别"], ["田守义", ONE, "孤儿"]]
    said = ("--map", "人员=姓名", "--map", "代码=cert_no")
    assert desk.run(write_book(tmp_path / "一.xlsx", rows), *OWNER, *said) == 0
    rows[0] = ["2020年第二批"]
    assert desk.run(write_book(tmp_path / "二.xlsx", rows), *OWNER) == 0
    assert "按上次导入" in capsys.readouterr().out
    assert desk.load().frame("owner")["cert_no"].to_list() == [ONE]
    assert desk.run(write_book(tmp_path / "三.xlsx", rows), "owner", "--agency", "PAO") == 1
    assert not desk.load().findings
    (desk.lists / ".canbao-import.json").write_text("{", encoding="utf-8")
    assert desk.run(tmp_path / "二.xlsx", *OWNER) == 2


def test_a_preview_shows_sheets_and_what_would_go_and_writes_nothing(desk: Desk, tmp_path: Path, capsys) -> None:
    people = [["田守义", ONE], ["赵彩琴", TWO], ["郑一鸣", THREE]]
    assert desk.run(write_book(tmp_path / "一.xlsx", [WHOM, *people]), "deaths") == 0
    before = sorted((path.name, path.read_bytes()) for path in desk.lists.iterdir())
    book = write_book(tmp_path / "二.xlsx", [[*WHOM, "备注"], people[0]], "一", 二=[WHOM, ["合计", None], people[1]])
    capsys.readouterr()
    assert desk.run(book, "deaths", "--preview") == 0
    said = capsys.readouterr().out
    for words in ("「一」", "「二」", "备注", "620422********9511", "田**", "取消 1", "--replace", "没有收入1行"):
        assert words in said
    assert ONE not in said
    assert before == sorted((path.name, path.read_bytes()) for path in desk.lists.iterdir())


def people(count: int) -> list[list[str]]:
    return [[f"人{chr(0x4E00 + number)}", f"E{number:08}"] for number in range(count)]


@pytest.mark.parametrize(("kept", "asks"), [(20, False), (16, False), (15, True), (1, True)])
def test_a_list_that_loses_more_than_a_fifth_asks(desk: Desk, tmp_path: Path, capsys, kept: int, asks: bool) -> None:
    assert desk.run(write_book(tmp_path / "一.xlsx", [WHOM, *people(20)]), "school") == 0
    before = (desk.lists / "school.xlsx").read_bytes()
    capsys.readouterr()
    assert desk.run(write_book(tmp_path / "二.xlsx", [WHOM, *people(kept)]), "school") == (2 if asks else 0)
    if asks:
        said = capsys.readouterr().err
        assert "20" in said
        assert str(20 - kept) in said
        assert (desk.lists / "school.xlsx").read_bytes() == before
        assert desk.run(tmp_path / "二.xlsx", "school", "--replace") == 0
    assert desk.load().frame("school").height == kept


@pytest.mark.parametrize("value", [620422194803079511, "6.20422E+17"])
def test_a_list_with_unreadable_rows_asks_where_it_replaces_one(desk: Desk, tmp_path: Path, value: object) -> None:
    assert desk.run(write_book(tmp_path / "一.xlsx", [WHOM, *people(9)]), "employee") == 0
    book = write_book(tmp_path / "二.xlsx", [WHOM, *people(9), ["田守义", value]])
    assert desk.run(book, "employee") == 2
    assert json.loads(desk.report.read_text(encoding="utf-8"))["lists"][0]["removed"] == 0
    assert desk.run(book, "employee", "--replace") == 1


def test_files_of_one_name_are_told_apart(desk: Desk, tmp_path: Path) -> None:
    rows = [[*WHOM, "类别"], ["田守义", ONE, "孤儿"]]
    for town in ("甲镇", "乙镇"):
        (tmp_path / town).mkdir()
    one, two = (write_book(tmp_path / town / "名单.xlsx", rows, "表") for town in ("甲镇", "乙镇"))
    words = ["--policy", "huining-2021", "--kind", *OWNER, "--json", str(desk.report), "--out", str(desk.lists)]
    assert run(["import", str(one), str(two), *words]) in {0, 1}
    entries = json.loads(desk.report.read_text(encoding="utf-8"))["lists"]
    assert [entry["file"] for entry in entries] == ["甲镇/名单.xlsx", "乙镇/名单.xlsx"]


def test_a_list_that_contradicts_itself_says_so(desk: Desk, tmp_path: Path) -> None:
    book = write_book(tmp_path / "表.xlsx", [[*WHOM, "类别"], ["田守义", ONE, "孤儿"]], "表")
    twice = '<c r="A2" t="inlineStr"><is><t>赵彩琴</t></is></c></row></sheetData>'
    desk.run(edit_parts(book, tmp_path / "矛盾.xlsx", {"worksheets/sheet1": swap("</row></sheetData>", twice)}), *OWNER)
    assert [found["cell"] for found in desk.entry["findings"] if found["code"] == "V39"] == ["A2"]


@pytest.mark.parametrize("total", [["合计", "4人", ""], ["总计", "12户", ""], ["", "3 人", "合计"]])
def test_a_total_with_its_count_is_nobody(desk: Desk, tmp_path: Path, total: list[str]) -> None:
    book = write_book(tmp_path / "表.xlsx", [[*WHOM, "类别"], ["田守义", ONE, "孤儿"], total], "表")
    desk.run(book, *OWNER)
    assert desk.load().frame("owner")["name"].to_list() == ["田守义"]
    assert {found["code"] for found in desk.entry["findings"]} == {"V39"}


def test_what_is_said_of_a_sheet_that_is_not_there_is_refused(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = write_book(tmp_path / "表.xlsx", [[*WHOM, "类别"], ["田守义", ONE, "孤儿"]], "表")
    assert desk.run(book, *OWNER, "--sheet-as", "没有=孤儿") == 2
    assert "没有" in capsys.readouterr().err
    assert not list(desk.lists.glob("*.xlsx"))
