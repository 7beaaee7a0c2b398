"""Subsidies on top of another one, through the whole of a county: lists, payments, reports, explanations, what-if."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import polars as pl
import pytest

from canbao_addin.cli.main import run
from canbao_province.codes import write_key
from support.case_books import BOOKS, fill_units, merge_case
from support.cli import write_units
from support.provinces import KEY
from support.reports import Package, table

BOOK = BOOKS["settlement-liuhe"]
POLICY, TOWNSHIP, R1, R4 = BOOK["settled"], "柳树镇", "应保及应资对象", "参保资助花名册"
OTHER_CARD = "6230123400001112219"
FADED = {"身份属性1": "脱贫人口", "身份属性2": "村集体成员", "身份终止年份": 2023}
CASE: dict[str, Any] = {
    TOWNSHIP: {
        "R1": [
            {"谁": "老柳", "缴": "二档", "实缴金额": 385, "卡": True, "身份属性1": "特困人员", "身份属性2": "高龄老人"},
            {"谁": "小柳", "缴": "二档", "实缴金额": 720, "卡": True, "社保卡银行账号": OTHER_CARD, **FADED},
            {"谁": "阿河", "缴费档次": "一档", "身份属性1": "低保对象", "身份属性2": "村集体成员"},
            {"谁": "小何", "缴费档次": "一档", "身份属性1": "六十岁以上老人", "身份属性2": "村集体成员"},
        ]
    }
}


class Done(NamedTuple):
    """Where the filled workbooks, the submission and its data set are; what the merge says of the county."""

    folder: Path
    submission: Path
    dataset: Path
    county: dict[str, Any]

    @property
    def filled(self) -> Path:
        return self.folder / f"{TOWNSHIP}.xlsx"


def issue(policy: str, home: Path) -> Path:
    units = write_units(home / "units.csv", [[*row, ""] for row in BOOK["units"]])
    assert run(["generate", policy, "--units", str(units), "--out", str(home / "blank"), "--rows", "12"]) == 0
    return home / "blank"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    home = tmp_path_factory.mktemp("topped")
    folder = fill_units(BOOK, CASE, issue(POLICY, home), home / "filled")
    out, told, dataset = home / "county.xlsx", home / "merge.json", home / "county.parquet"
    words = ["--policy", POLICY, "--out", str(out), "--json", str(told), "--parquet", str(dataset)]
    assert run(["merge", str(folder), *words]) in {0, 1}
    return Done(folder, out, dataset, json.loads(told.read_text(encoding="utf-8"))["county"])


def test_the_county_adds_up(done: Done) -> None:
    """395 and 40; 60 of 100 and 237; 60 and nothing yet; 60, the better of two."""
    figures = {"enrolled": 2, "gov_direct": "575.00", "rebate_due": "277.00", "self_due": "1775.00"}
    figures |= {"payable": "732.00", "withheld": "120.00"}
    assert {name: done.county[name] for name in figures} == figures


def test_the_county_verifies_each_claim(done: Done) -> None:
    rows = table(done.submission, R4)
    shown = [(row["姓名"], row["资助类别"], row["政府代缴"], row["应返资助"], row["可拨付"]) for row in rows]
    assert shown == [
        ("柳大有", "特困人员", 395, 0, 395),
        ("柳大有", "高龄老人", 0, 40, 40),
        ("柳小满", "脱贫人口", 0, 237, 237),
        ("柳小满", "村集体成员", 60, 0, 60),
        ("何秀英", "村集体成员", 60, 0, 0),
        ("何晓明", "村集体成员", 60, 0, 0),
    ]
    sums = {row["资助类别"]: row["人数"] for row in table(done.submission, "资助合计") if row["乡镇(街道)"] == TOWNSHIP}
    assert sums == {"特困人员": 1, "高龄老人": 1, "脱贫人口": 1, "村集体成员": 3}


SAID = {
    5: ["特困人员，代缴：政府直接缴395.00元，个人再缴385.00元", "叠加资助：高龄老人，先缴后返，由乡镇政府出40.00元"],
    6: ["由村集体出60.00元；本来是100.00元，已有237.00元，两项合计封顶297.00元，减去40.00元", "选二档的，资助100.00元"],
    7: ["缴清后返还130.40元", "叠加资助：村集体成员，代缴，由村集体出60.00元"],
    8: ["没有别的资助身份，只有叠加资助；个人应缴335.00元", "叠加资助只给一种，给的是“村集体成员”"],
}


@pytest.mark.parametrize("row", SAID)
def test_explain_says_what_comes_on_top(row: int, done: Done, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["explain", str(done.filled), "--sheet", R1, "--row", str(row), "--policy", POLICY]
    assert run(words) in {0, 1}
    text = "".join(capsys.readouterr().out.split())
    assert all("".join(said.split()) in text for said in SAID[row]), text
    assert run([*words, "--lang", "en"]) in {0, 1}
    assert "{" not in capsys.readouterr().out


def test_compute_fills_the_payment_list_and_finds_what_was_typed_otherwise(done: Done, tmp_path: Path) -> None:
    out = tmp_path / "computed.xlsx"
    assert run(["compute", str(done.filled), "--out", str(out), "--policy", POLICY]) in {0, 1}
    book = openpyxl.load_workbook(out)
    letters = {str(cell.value): cell.column for cell in book[R4][4]}
    names = ("姓名", "资助类别", "资助标准", "叠加资助类别", "叠加资助", "资助金额")
    rows = [[book[R4].cell(row, letters[name]).value for name in names] for row in (5, 6, 7, 8)]
    assert rows == [
        ["柳大有", "特困人员", 395, "高龄老人", 40, 435],
        ["柳小满", "脱贫人口", 237, "村集体成员", 60, 297],
        ["何秀英", None, None, "村集体成员", 60, 60],
        ["何晓明", None, None, "村集体成员", 60, 60],
    ]
    assert not {"V01", "V15", "V17", "V20"} & found_in(out, R4, tmp_path)
    book[R4].cell(6, letters["叠加资助"]).value = 100
    book[R4].cell(7, letters["叠加资助类别"]).value = "高龄老人"
    book.save(out)
    assert "V17" in found_in(out, R4, tmp_path)


def found_in(path: Path, sheet: str, home: Path) -> set[str]:
    report = home / "check.json"
    assert run(["check", str(path), "--policy", POLICY, "--json", str(report)]) in {0, 1}
    found = json.loads(report.read_text(encoding="utf-8"))["files"][0]["findings"]
    return {one["code"] for one in found if one["sheet"] == sheet}


def test_who_pays_gets_a_list_of_the_own_money(done: Done) -> None:
    package = Package(done.folder, POLICY, "2024-12-31", done.folder.parent / "reports", "--only", "FUNDS")
    overview = {row["清单"]: row["应资助(元)"] for row in package.table("FUNDS", "汇总", "拨付汇总")}
    assert overview == {
        "代缴_县财政局": 395, "代缴_村集体": 180, f"返还_{TOWNSHIP}": 237, f"返还_{TOWNSHIP}_乡镇政府": 40, "合计": 852,
    }  # fmt: skip
    lost = [(row["姓名"], row["资助类别"]) for row in package.table("FUNDS", "差异", "差异") if row["姓名"]]
    assert lost == [("何秀英", "低保对象")]


def test_the_ledger_names_both(done: Done) -> None:
    package = Package(done.folder, POLICY, "2024-12-31", done.folder.parent / "ledger", "--only", "R5")
    rows = package.table("R5", "缴费台账")
    assert {(row["执行资助类别"], row["资助方式"]) for row in rows if row["姓名"]} == {
        ("特困人员＋高龄老人", "代缴＋先缴后返"),
        ("脱贫人口＋村集体成员", "先缴后返＋代缴"),
    }


def test_what_if_the_cap_were_lower(done: Done, tmp_path: Path) -> None:
    """A cap of 250: 237 leave 13 of the 60; of 4 persons 5 claims, and the total counts persons."""
    out = tmp_path / "测算.xlsx"
    words = ["simulate", POLICY, str(done.submission), "--set", "subsidy.categories.A2.cap=250"]
    assert run([*words, "--out", str(out)]) in {0, 1}
    rows = {row["资助类别"]: row for row in table(out, "按类别")}
    on_top = rows["叠加：村集体成员"]
    assert (on_top["现行(人)"], on_top["现行政府资助(元)"], on_top["改后政府资助(元)"]) == (3, 180, 133)
    assert (rows["合计"]["现行(人)"], rows["合计"]["现行政府资助(元)"], rows["合计"]["政府资助相差(元)"]) == (
        4,
        852,
        -47,
    )
    payers = {row["出资方"]: (row["现行(元)"], row["改后(元)"]) for row in table(out, "按出资方")}
    assert payers["村集体"] == (180, 133)
    assert payers["乡镇政府"] == (40, 40)


def test_the_data_sets_name_both(done: Done, tmp_path: Path) -> None:
    rows = pl.read_parquet(done.dataset).sort("row")
    assert rows["top_up_payer"].to_list() == ["乡镇政府", "村集体", "村集体", "村集体"]
    assert rows["top_up_direct_fen"].to_list() == [0, 6000, 6000, 6000]
    assert rows["top_up_rebate_fen"].to_list() == [4000, 0, 0, 0]
    key, out = tmp_path / "密钥.txt", tmp_path / "省.parquet"
    key.write_text(write_key(KEY), encoding="ascii")
    assert run(["province", "export", str(done.dataset), "--key-file", str(key), "--out", str(out)]) == 0
    given = pl.read_parquet(out)
    assert set(given["payer"]) == {"县财政局＋乡镇政府", "县财政局＋村集体", "村集体"}
    assert int(given["gov_direct_fen"].sum() + given["rebate_due_fen"].sum()) == 85200
    again = tmp_path / "again.parquet"
    words = ["--policy", POLICY, "--key-file", str(key), "--out", str(again)]
    assert run(["province", "export", str(done.submission), *words]) == 0
    assert again.read_bytes() == out.read_bytes(), "of the county's workbook"


# --- each claim waits for its own list ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], tuple[dict[str, Any], Path]]:
    """The same county where nothing is paid before the owner's list or the county has confirmed it."""

    @cache
    def made() -> tuple[dict[str, Any], Path]:
        home = tmp_path_factory.mktemp("strict")
        text = Path(POLICY).read_text(encoding="utf-8")
        for old, new in (("requires_owner_list: false", "requires_owner_list: true"), ("  withheld_by: []\n", "")):
            assert old in text
            text = text.replace(old, new, 1)
        path = home / "liuhe-2025.yaml"
        path.write_text(text, encoding="utf-8")
        return BOOK | {"settled": str(path)}, issue(str(path), home)

    return made


CIV = ["柳小满", "420107197001010017", "低保对象"]
TWN = ["柳小满", "420107197001010017", "高龄老人"]
HEADERS = ["姓名", "身份证号", "身份类别"]
WAITING = [
    ("nobody has a list", {}, [], "0.00", "170.40"),
    ("the ordinary one's list", {"owner CIV": [HEADERS, CIV]}, [], "130.40", "40.00"),
    ("the township's list", {"owner TWN": [HEADERS, TWN]}, [], "40.00", "130.40"),
    ("both lists", {"owner CIV": [HEADERS, CIV], "owner TWN": [HEADERS, TWN]}, [], "170.40", "0.00"),
    ("a list and the county", {"owner CIV": [HEADERS, CIV]}, [[CIV[1], "高龄老人", "核定"]], "170.40", "0.00"),
    ("the county refuses it", {"owner CIV": [HEADERS, CIV]}, [[CIV[1], "高龄老人", "不予核定"]], "130.40", "0.00"),
    ("the county refuses the other", {}, [[CIV[1], "低保对象", "不予核定"]], "0.00", "40.00"),
]


@pytest.mark.parametrize(("what", "lists", "approvals", "payable", "withheld"), WAITING, ids=[w[0] for w in WAITING])
def test_each_claim_waits_for_its_own_word(
    what: str,
    lists: dict[str, list[list[str]]],
    approvals: list[list[str]],
    payable: str,
    withheld: str,
    strict: Callable[[], tuple[dict[str, Any], Path]],
    tmp_path: Path,
) -> None:
    book, blank = strict()
    rows = [{"谁": "小柳", "缴": "一档", "卡": True, "身份属性1": "低保对象", "身份属性2": "高龄老人"}]
    case = {TOWNSHIP: {"R1": rows}, "lists": lists, "approvals": approvals}
    county = merge_case(book, case, blank, tmp_path)["county"]
    assert (county["payable"], county["withheld"]) == (payable, withheld), what


def test_a_list_that_names_somebody_who_claims_nothing_on_top_is_told(
    strict: Callable[[], tuple[dict[str, Any], Path]], tmp_path: Path
) -> None:
    book, blank = strict()
    rows = [{"谁": "小柳", "缴": "一档", "卡": True, "身份属性1": "低保对象"}]
    lists = {"owner CIV": [HEADERS, CIV], "owner TWN": [HEADERS, TWN]}
    found = merge_case(book, {TOWNSHIP: {"R1": rows}, "lists": lists}, blank, tmp_path)["findings"]
    [told] = [one for one in found if one["code"] in {"V16", "V18"}]
    assert told["code"] == "V16"
    assert "是“高龄老人”，这里没有写这种身份" in told["message"]


def test_who_is_denied_what_comes_on_top_stands_on_the_list_of_those_who_wait(
    strict: Callable[[], tuple[dict[str, Any], Path]], tmp_path: Path
) -> None:
    book, blank = strict()
    rows = [{"谁": "小柳", "缴": "一档", "卡": True, "身份属性1": "高龄老人"}]
    other = ["张三", "420107195203040020", "高龄老人"]
    merge_case(book, {TOWNSHIP: {"R1": rows}, "lists": {"owner TWN": [HEADERS, other]}}, blank, tmp_path)
    options = ("--only", "FUNDS", "--lists", str(tmp_path / "lists"))
    package = Package(tmp_path / "filled", book["settled"], "2024-12-31", tmp_path / "reports", *options)
    [waiting] = [row for row in package.table("FUNDS", "暂不拨付", f"返还_{TOWNSHIP}") if row["姓名"]]
    assert (waiting["姓名"], waiting["资助类别"], waiting["应资助(元)"]) == ("柳小满", "高龄老人", 0)
