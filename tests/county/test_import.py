"""`canbao import`: strange files become lists of ours, or nothing at all; an earlier list is compared and replaced."""

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_county.lists.stored import load_lists
from canbao_rulebook.policy import load_policy
from support.libreoffice import save_as

ONE, TWO, THREE = "620422194803079511", "620422196902289783", "620422197811129586"
HEADERS = ["序号", "身份证\n号 码", "姓　名（必填）", "个人缴费金额（元）", "缴费时间", "备注"]
PAYMENTS = [["1", ONE, "田 守义", "280.00", "2020-10-03", ""], ["2", TWO, "赵彩琴", "280", "2020年10月4日", "柜台"]]


def text_of(rows: list[list[str]], separator: str = ",") -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator).writerows(rows)
    return stream.getvalue()


def write_book(path: Path, rows: list[list[Any]], title: str = "名单", **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.active.title = title
    for name, lines in {title: rows, **sheets}.items():
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    book.save(path)
    return path


class Desk:
    """The county's desk: imports with a policy year into one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.lists, self.report = folder, folder / "名单", folder / "report.json"

    def run(self, path: Path, kind: str, *more: str, policy: str = "huining-2021", out: bool = True) -> int:
        target = ["--out", str(self.lists)] if out else []
        start = ["import", str(path), "--policy", policy, "--kind", kind, "--json", str(self.report)]
        return run([*start, *target, *more])

    @property
    def entry(self) -> dict[str, Any]:
        return json.loads(self.report.read_text(encoding="utf-8"))["lists"][0]

    def codes(self, severity: str = "错误") -> list[str]:
        return sorted({found["code"] for found in self.entry["findings"] if found["severity"] == severity})

    def load(self, policy: str = "huining-2021"):
        return load_lists(self.lists, load_policy(policy))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def payments(tmp_path: Path) -> Path:
    path = tmp_path / "入库.csv"
    rows = [["某县税务入库明细"], [], HEADERS, *PAYMENTS, ["合计", "", "", "560", "", ""]]
    path.write_bytes(text_of(rows).encode("gb18030"))
    return path


def test_a_gb18030_file_with_titles_line_breaks_and_brackets(desk: Desk, payments: Path, capsys) -> None:
    assert desk.run(payments, "tax") == 0
    assert desk.entry["mapping"] == {
        "身份证号码": "cert_no", "姓名（必填）": "name", "个人缴费金额（元）": "amount", "缴费时间": "pay_date",
    }  # fmt: skip
    assert desk.entry["ignored"] == ["序号", "备注"]
    assert (desk.entry["rows"], desk.entry["added"]) == (2, 2)
    loaded = desk.load()
    assert not loaded.findings
    frame = loaded.frame("tax")
    assert frame["cert_no"].to_list() == [ONE, TWO]
    assert frame["name"].to_list() == ["田守义", "赵彩琴"]
    assert frame["amount"].to_list() == [280.0, 280.0]
    assert loaded.stored[0].as_of == "2020-10-04"
    assert ONE not in capsys.readouterr().out


@pytest.mark.parametrize(("encoding", "separator"), [("utf-8-sig", ","), ("utf-8", "\t"), ("gb18030", ";")])
def test_encodings_and_separators(desk: Desk, tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "入库.csv"
    path.write_bytes(text_of([HEADERS, *PAYMENTS], separator).encode(encoding))
    assert desk.run(path, "tax") == 0
    assert desk.entry["rows"] == 2


@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_other_formats(desk: Desk, tmp_path: Path, suffix: str) -> None:
    rows = [["职工参保名单"], ["公民身份号码", "姓名", "单位名称"], [ONE, "田守义", "某厂"]]
    book = write_book(tmp_path / "表.xlsx", rows)
    assert desk.run(save_as(book, suffix, tmp_path / "other"), "employee") == 0
    assert desk.load().frame("employee")["insurer"].to_list() == ["某厂"]


def test_every_sheet_that_fits_or_those_that_are_named(desk: Desk, tmp_path: Path) -> None:
    first, second = [["姓名", "电话"], ["张三", "1"]], [["姓名", "身份证号"], ["田守义", ONE]]
    book = write_book(tmp_path / "表.xlsx", first, "说明", 一=second, 二=[["姓名", "身份证号"], ["赵彩琴", TWO]])
    assert desk.run(book, "deaths") == 0
    assert desk.load().frame("deaths")["name"].to_list() == ["田守义", "赵彩琴"]
    assert (desk.entry["rows"], [sheet["sheet"] for sheet in desk.entry["sheets"]]) == (2, ["一", "二"])
    assert ["「说明」" in found["message"] for found in desk.entry["findings"]] == [True]
    assert desk.run(book, "deaths", "--sheet", "二", "--replace") == 0
    assert desk.load().frame("deaths")["name"].to_list() == ["赵彩琴"]
    assert desk.run(book, "deaths", "--sheet", "三") == 1
    assert desk.codes() == ["V39"]


def test_a_header_that_is_named_by_hand(desk: Desk, tmp_path: Path) -> None:
    book = write_book(tmp_path / "表.xlsx", [["人员", "代码"], ["田守义", ONE]])
    assert desk.run(book, "deaths") == 1
    assert desk.codes() == ["V39"]
    assert not desk.lists.exists()
    assert desk.run(book, "deaths", "--map", "人员=姓名", "--map", "代码=cert_no") == 0
    assert desk.run(book, "deaths", "--map", "人员=姓名", "--map", "没有=cert_no") == 1
    assert desk.run(book, "deaths", "--map", "人员=不认识") == 2


def test_numbers_as_ids_are_never_repaired(desk: Desk, tmp_path: Path) -> None:
    rows = [["身份证号", "姓名"], [620422194803079511, "田守义"], ["6.20422E+17", "郑一鸣"], [TWO, "赵彩琴"]]
    assert desk.run(write_book(tmp_path / "表.xlsx", rows), "deaths") == 1
    assert desk.codes() == ["V03"]
    stored = desk.load().stored[0]
    assert stored.frame["cert_no"].to_list() == [TWO]
    assert stored.lost == ("田守义", "郑一鸣")


@pytest.mark.parametrize("row", [["", "田守义", "孤儿"], [ONE, "田守义", ""]])
def test_an_empty_number_or_identity_refuses_the_whole_list(desk: Desk, tmp_path: Path, row: list[str]) -> None:
    headers, good = ["证件号码", "姓名", "身份类别"], [TWO, "赵彩琴", "孤儿"]
    first = write_book(tmp_path / "一.xlsx", [headers, good, [ONE, "田守义", "孤儿"]])
    assert desk.run(first, "owner", "--agency", "CIV") == 0
    before = (desk.lists / "owner-CIV.xlsx").read_bytes()
    assert desk.run(write_book(tmp_path / "二.xlsx", [headers, good, row]), "owner", "--agency", "CIV") == 1
    assert desk.codes() == ["V01", "V39"]
    assert desk.entry["rows"] == 0
    assert (desk.lists / "owner-CIV.xlsx").read_bytes() == before


def test_a_second_list_replaces_the_first_and_says_what_differs(desk: Desk, tmp_path: Path, capsys) -> None:
    headers = ["证件号码", "姓名", "身份类别", "乡镇"]
    first = [[ONE, "田守义", "孤儿", "甲镇"], [TWO, "赵彩琴", "孤儿", "甲镇"]]
    second = [[THREE, "郑一鸣", "孤儿", "乙镇"], [TWO, "赵彩琴", "五保户", "甲镇"]]
    assert desk.run(write_book(tmp_path / "一.xlsx", [headers, *first]), "owner", "--agency", "县民政局") == 0
    assert desk.run(write_book(tmp_path / "二.xlsx", [headers, *second]), "owner", "--agency", "CIV", "--replace") == 0
    assert [desk.entry[name] for name in ("added", "changed", "removed")] == [1, 1, 1]
    assert "新增 1，变更 1，取消 1" in capsys.readouterr().out
    sheet = openpyxl.load_workbook(desk.lists / "owner-CIV.xlsx")["对比结果"]
    rows = {row[0]: row for row in sheet.iter_rows(min_row=3, values_only=True)}
    assert rows["新增"][2] == "郑一鸣"
    assert rows["取消"][2] == "田守义"
    assert rows["变更"][-1] == "身份类别：孤儿 → 五保户"
    assert [path.name for path in desk.lists.iterdir()] == ["owner-CIV.xlsx"]


def test_an_unchanged_list_has_no_differences_and_the_same_bytes(desk: Desk, payments: Path) -> None:
    assert desk.run(payments, "tax") == 0
    assert desk.run(payments, "tax") == 0
    again = (desk.lists / "tax.xlsx").read_bytes()
    assert [desk.entry[name] for name in ("added", "changed", "removed")] == [0, 0, 0]
    assert desk.run(payments, "tax") == 0
    assert (desk.lists / "tax.xlsx").read_bytes() == again


def test_one_category_for_the_whole_list(desk: Desk, tmp_path: Path) -> None:
    book = write_book(tmp_path / "表.xlsx", [["证件号码", "姓名"], [ONE, "田守义"]])
    assert desk.run(book, "owner", "--agency", "CIV") == 1
    assert desk.run(book, "owner", "--agency", "CIV", "--category", "五保户") == 0
    stored = desk.load().stored[0]
    assert (stored.file, stored.category) == ("owner-CIV-F3.xlsx", "F3")
    assert stored.frame["category"].to_list() == ["特困供养人员"]


def test_unknown_identities_are_kept_and_said(desk: Desk, tmp_path: Path) -> None:
    rows = [["证件号码", "姓名", "身份类别"], [ONE, "田守义", "农村五类低保"], [TWO, "赵彩琴", "建档立卡"]]
    assert desk.run(write_book(tmp_path / "表.xlsx", rows), "owner", "--agency", "CIV") == 0
    words = ["农村五类低保", "建档立卡"]
    assert [found["value"] for found in desk.entry["findings"] if found["code"] == "V15"] == words
    assert desk.load().frame("owner")["category"].to_list() == words


def test_a_number_twice_and_two_names(desk: Desk, tmp_path: Path) -> None:
    rows = [["证件号码", "姓名"], [ONE, "田守义"], [TWO, "赵彩琴"], [ONE, "田守仁"]]
    assert desk.run(write_book(tmp_path / "表.xlsx", rows), "deaths") == 0
    assert desk.codes("提醒") == ["V07", "V10"]
    assert desk.entry["rows"] == 3


def test_the_five_key_fields_of_a_departments_list(desk: Desk, tmp_path: Path) -> None:
    headers = ["身份证号", "姓名", "特殊人员身份", "所在乡镇", "村"]
    rows = [headers, ["41282519720220955X", "靳保国", "特困人员", "邵店", ""]]
    assert desk.run(write_book(tmp_path / "表.xlsx", rows), "owner", "--agency", "CIV", policy="shangcai-2020") == 1
    found = [(entry["field"], entry["row"]) for entry in desk.entry["findings"] if entry["code"] == "V01"]
    assert sorted(found) == [("group", 1), ("village", 2)]
    assert all("三(一)" in entry["source"] for entry in desk.entry["findings"] if entry["code"] == "V01")
    desk.lists = tmp_path / "别的年度"
    assert desk.run(write_book(tmp_path / "表.xlsx", rows), "owner", "--agency", "CIV", policy="huining-2021") == 0


def test_a_bank_statement(desk: Desk, tmp_path: Path) -> None:
    headers = ["账号", "交易日期", "交易时间", "收入金额", "支出金额", "摘要", "交易流水号"]
    account = "94100301003453889010048"
    rows = [headers, [account, "20190925", "16:40:05", 20000, None, "邵店 高庙村 靳保国", "A1"],
            [account, "2019-10-11", "09:00:00", None, 500, "退回", "A2"]]  # fmt: skip
    assert desk.run(write_book(tmp_path / "表.xlsx", rows), "bank", policy="shangcai-2020") == 0
    frame = desk.load("shangcai-2020").frame("bank")
    assert frame.select("amount", "direction").rows() == [(20000.0, "收"), (500.0, "支")]
    assert frame["time"].to_list() == pytest.approx([43733 + (16 * 3600 + 40 * 60 + 5) / 86400, 43749.375])


def test_posting_results_and_headcounts(desk: Desk, tmp_path: Path) -> None:
    headers = ["证件号码", "姓名", "入库结果", "未成功原因"]
    rows = [headers, [ONE, "田守义", "成功", ""], [TWO, "赵彩琴", "失败", "信息错误"]]
    assert desk.run(write_book(tmp_path / "一.xlsx", rows), "posting", policy="shangcai-2020") == 0
    assert desk.load("shangcai-2020").frame("posting")["posted"].to_list() == ["是", "否"]
    targets = [["镇（街道）", "目标任务数（人）", "版本"], ["东兴街道", 31432, "1"], ["合计", 31432, ""]]
    assert desk.run(write_book(tmp_path / "二.xlsx", targets), "headcounts", policy="shangcai-2020") == 0
    assert desk.load("shangcai-2020").frame("headcounts").select("township", "target").rows() == [("东兴街道", 31432.0)]


def test_several_files_make_one_list(desk: Desk, payments: Path, tmp_path: Path) -> None:
    more = tmp_path / "二.csv"
    more.write_text(text_of([HEADERS, PAYMENTS[0], ["1", THREE, "郑一鸣", "280", "2020-11-01", ""]]), encoding="utf-8")
    assert desk.run(payments, "tax", str(more)) == 0
    entries = json.loads(desk.report.read_text(encoding="utf-8"))["lists"]
    assert [(entry["file"], entry["rows"]) for entry in entries] == [("入库.csv", 2), ("二.csv", 2)]
    assert [entry["added"] for entry in entries] == [3, 0]
    assert [found["code"] for found in entries[1]["findings"] if found["severity"] == "提醒"] == ["V07"]
    assert desk.load().frame("tax").height == 4


def test_a_preview_writes_nothing_and_masks(desk: Desk, payments: Path, capsys) -> None:
    before = sorted(desk.folder.iterdir())
    assert run(["import", str(payments), "--policy", "huining-2021", "--kind", "tax", "--preview"]) == 0
    assert sorted(desk.folder.iterdir()) == before
    said = capsys.readouterr().out
    assert "620422********9511" in said
    assert "田**" in said
    assert ONE not in said


def test_what_could_not_run(desk: Desk, payments: Path, capsys) -> None:
    start = ["import", str(payments), "--policy", "huining-2021"]
    assert run([*start, "--kind", "tax"]) == 2
    assert "--out" in capsys.readouterr().err
    assert desk.run(payments, "owner") == 2
    assert "县民政局" in capsys.readouterr().err
    assert desk.run(payments, "owner", "--agency", "气象局") == 2
    assert desk.run(payments, "owner", "--agency", "CIV", "--category", "没有的") == 2
    assert desk.run(payments, "tax", "--category", "孤儿") == 2
    assert desk.run(payments, "weather") == 2
    assert desk.run(desk.folder / "没有.csv", "tax") == 2
    assert not desk.lists.exists()


def test_what_is_no_list_of_ours_is_never_replaced(desk: Desk, payments: Path) -> None:
    desk.lists.mkdir()
    foreign = write_book(desk.lists / "tax.xlsx", [["别人的表"]])
    before = foreign.read_bytes()
    assert desk.run(payments, "tax") == 2
    assert foreign.read_bytes() == before
    foreign.unlink()
    assert desk.run(payments, "tax") == 0
    assert desk.run(payments, "tax", policy="shangcai-2020") == 2


def test_foreign_other_years_and_altered_files_are_found_not_used(desk: Desk, payments: Path) -> None:
    assert desk.run(payments, "tax") == 0
    write_book(desk.lists / "通讯录.xlsx", [["姓名"]])
    (desk.lists / "坏.xlsx").write_bytes(b"PK\x03\x04 no zip")
    shutil.copy(desk.lists / "tax.xlsx", desk.lists / "mib.xlsx")
    book = openpyxl.load_workbook(desk.lists / "mib.xlsx")
    book["名单"]["D3"] = 281
    book.save(desk.lists / "mib.xlsx")
    loaded = desk.load()
    assert [stored.file for stored in loaded.stored] == ["tax.xlsx"]
    assert sorted((found.file, found.code) for found in loaded.findings) == [
        ("mib.xlsx", "V39"), ("坏.xlsx", "V39"), ("通讯录.xlsx", "V39"),
    ]  # fmt: skip
    assert {"mib", "owner"} <= set(loaded.missing)
    others = desk.load("shangcai-2020")
    assert not others.stored
    shutil.copy(desk.lists / "mib.xlsx", desk.lists / "tax.xlsx")
    assert desk.run(payments, "tax") == 1
    assert desk.codes() == ["V39"]
    assert desk.load().of_kind("tax")


def test_english(desk: Desk, payments: Path, capsys) -> None:
    assert desk.run(payments, "tax", "--lang", "en") == 0
    assert "Imported" in capsys.readouterr().out
