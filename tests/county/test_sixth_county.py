"""The invented sixth county, whose policy computes amounts: from the file to what-if, explained in words."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from support.case_books import BOOKS, fill_units
from support.cli import write_units

BOOK = BOOKS["settlement-liuhe"]
POLICY = BOOK["settled"]
TOWNSHIP, R1 = "柳树镇", "应保及应资对象"
FADED = {"身份属性1": "脱贫人口", "身份终止年份": 2023}
CASE: dict[str, Any] = {
    TOWNSHIP: {
        "R1": [
            {"谁": "老柳", "缴": "二档", "实缴金额": 385, "身份属性1": "特困人员"},
            {"谁": "小柳", "缴": "一档", "卡": True, "身份属性1": "低保"},
            {"谁": "阿河", "缴": "二档", "卡": True, **FADED, "社保卡银行账号": "6230123400001112219"},
            {"谁": "小何", "缴费档次": None},
        ]
    }
}


class Done(NamedTuple):
    """Where the filled workbook and the submission are, and what the merge says of the county."""

    filled: Path
    submission: Path
    county: dict[str, Any]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    home = tmp_path_factory.mktemp("sixth")
    units = write_units(home / "units.csv", [[*row, ""] for row in BOOK["units"]])
    assert run(["policy", "check", POLICY]) == 0
    assert run(["generate", POLICY, "--units", str(units), "--out", str(home / "blank"), "--rows", "12"]) == 0
    folder = fill_units(BOOK, CASE, home / "blank", home / "filled")
    out, told = home / "county.xlsx", home / "merge.json"
    assert run(["merge", str(folder), "--policy", POLICY, "--out", str(out), "--json", str(told)]) in {0, 1}
    return Done(folder / f"{TOWNSHIP}.xlsx", out, json.loads(told.read_text(encoding="utf-8"))["county"])


def test_the_parameters_say_each_amount_in_words(done: Done) -> None:
    book = openpyxl.load_workbook(done.filled)
    said = {str(row[0].value): str(row[1].value) for row in book["政策参数"].iter_rows() if row[0].value}
    assert said["低保对象（低保）"] == "一档130.40、二档257.40"
    assert said["特困人员"] == "395.00"
    assert said["脱贫人口"] == "终止后第1年316.00、终止后第2年237.00、终止后第3年158.00、以后各年0.00"
    assert said["重度残疾人"] == "待定"


def test_the_county_adds_up(done: Done) -> None:
    figures = {
        "should_enrol": 4, "enrolled": 3, "gov_direct": "395.00", "rebate_due": "367.40", "premium": "1955.00",
        "self_paid": "1560.00", "accepted": "1560.00", "unknown": {"premium": 1, "self_due": 1},
    }  # fmt: skip
    assert {name: done.county[name] for name in figures} == figures


SAID = {
    5: ["政府直接缴395.00元，个人再缴385.00元", "395.00元＝一档缴费标准395.00元的100%"],
    6: ["应返130.40元", "130.40元＝本人缴费标准395.00元的33%，四舍五入到角"],
    7: ["应返237.00元", "237.00元＝一档缴费标准395.00元的60%，身份2023年终止，今年是第2年（柳政发〔2024〕1号 三(三)）"],
    8: ["待定：没有选缴费档次"],
}


@pytest.mark.parametrize("row", SAID)
def test_explain_says_how_it_was_worked_out(row: int, done: Done, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", str(done.filled), "--sheet", R1, "--row", str(row), "--policy", POLICY]) in {0, 1}
    text = "".join(capsys.readouterr().out.split())
    for words in SAID[row]:
        assert "".join(words.split()) in text, text


def test_what_if_the_share_were_another(done: Done, tmp_path: Path) -> None:
    """低保 50 %: 197.50 and not 130.40; 脱贫人口 in the second year 50 %: 197.50 and not 237.00."""
    out = tmp_path / "测算.xlsx"
    settings = ["subsidy.categories.B1.share.value=50%", "subsidy.categories.B2.share.years.2.value=0.50"]
    words = ["simulate", POLICY, str(done.submission), *(word for one in settings for word in ("--set", one))]
    assert run([*words, "--out", str(out)]) in {0, 1}
    cells = [str(cell.value) for sheet in openpyxl.load_workbook(out) for row in sheet.iter_rows() for cell in row]
    assert {"367.40", "395.00"} <= set(cells), "what is given back, before and after"


def test_the_sheet_has_the_columns_that_its_policy_needs() -> None:
    roster = load_rulebook(load_policy(POLICY)).rosters["R1"]
    assert {"缴费档次", "身份终止年份"} <= set(roster.letters)


def test_compute_fills_the_payment_list(done: Done, tmp_path: Path) -> None:
    out = tmp_path / "computed.xlsx"
    assert run(["compute", str(done.filled), "--out", str(out), "--policy", POLICY]) in {0, 1}
    sheet = openpyxl.load_workbook(out)["参保资助花名册"]
    headers = [cell.value for cell in sheet[4]]
    rows = [dict(zip(headers, row, strict=True)) for row in sheet.iter_rows(min_row=5, values_only=True)]
    paid = {row["姓名"]: row["资助金额"] for row in rows if row["姓名"]}
    assert paid == {"柳大有": 395, "柳小满": 130.4, "何秀英": 237}
    report = tmp_path / "check.json"
    assert run(["check", str(out), "--policy", POLICY, "--json", str(report)]) in {0, 1}
    found = json.loads(report.read_text(encoding="utf-8"))["files"][0]["findings"]
    assert {(one["code"], one["row"]) for one in found if one["severity"] == "错误"} == {("V01", 8)}
