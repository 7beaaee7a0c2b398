"""A county is one file: an invented one with its own channel, drop-downs, document, target group and department."""

import csv
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_rulebook.functions.identity import check_character
from support.cli import fill, write_units

POLICY = Path(__file__).parents[1] / "data" / "orchard-county.yaml"
R1 = "应保及应资对象"


def _cert(serial: int, born: str = "19700101") -> str:
    first17 = f"420107{born}{serial:03d}"
    return first17 + check_character(first17)


def _person(serial: int, name: str, **changes):
    cert = _cert(serial)
    row = {
        "村(社区)": "一村", "户编号": str(serial), "户主姓名": name, "户主证件号码": cert, "与户主关系": "户主",
        "姓名": name,
        "证件类型": "居民身份证", "证件号码": cert, "民族": "汉族", "家庭住址": "果园路12号", "联系电话": "13909431234",
        "参保类型": "续保", "人员群体": "普通居民", "参保意愿": "同意参保",
    }  # fmt: skip
    return row | changes


def _paid(channel: str, amount: int = 380, **changes):
    return {"缴费方式": channel, "缴费日期": date(2023, 10, 9), "实缴金额": amount, "凭证号码": "PZ1"} | changes


FARMER = {"身份属性1": "果农", "收款账户类型": "本人", "社保卡银行账号": "6228480402564890018", "佐证材料": "果农证1号"}
OTHER = {"证件类型": "果园县居住登记证", "证件号码": "GY20230004", "户主证件号码": "GY20230004", "性别": "男",
         "出生日期": date(1980, 5, 6)}  # fmt: skip
ROWS = [
    _person(1, "王大明", **FARMER, **_paid("果园通APP")),
    _person(2, "李二明", **_paid("集市收费点", 凭证号码="PZ2"), 参保类型="转移接续"),
    _person(3, "赵三明", 身份属性1="特困人员", 佐证材料="特困证3号"),
    _person(4, "孙四明", **OTHER, **_paid("微信", 凭证号码="PZ4")),
    _person(5, "周五明", 身份属性1="果农", 佐证材料="果农证5号"),
    _person(6, "吴六明", **_paid("集市收费点", 凭证号码=None)),
]  # fmt: skip


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("orchard")
    units = write_units(folder / "units.csv", [["苹果镇", "一村", "一组", ""]])
    assert run(["policy", "check", str(POLICY)]) == 0
    assert run(["generate", str(POLICY), "--units", str(units), "--out", str(folder / "in"), "--rows", "20"]) == 0
    fill(folder / "in" / "苹果镇.xlsx", {R1: ROWS})
    return folder


def test_its_words_stand_in_the_drop_downs(county):
    book = openpyxl.load_workbook(county / "in" / "苹果镇.xlsx")
    words = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value}
    assert {"果园通APP", "集市收费点", "转移接续", "果园县居住登记证"} <= words
    assert {"干部上门收缴", "军官证"} & words == set()


def test_check_knows_what_is_missing_and_no_more(county, tmp_path):
    """Cash at the market is cash: it needs a ticket, as an agent's does."""
    out = tmp_path / "check.json"
    assert run(["check", str(county / "in" / "苹果镇.xlsx"), "--policy", str(POLICY), "--json", str(out)]) in {0, 1}
    told = json.loads(out.read_text(encoding="utf-8"))
    found = {(entry["row"], entry["code"]) for entry in told["files"][0]["findings"]}
    assert found == {(10, "V01")}


def test_merge_reconcile_and_reports(county, tmp_path):
    out, result = tmp_path / "merged", tmp_path / "merge.json"
    policy = ["--policy", str(POLICY)]
    assert run(["merge", str(county / "in"), *policy, "--out", str(out), "--json", str(result)]) in {0, 1}
    merged = json.loads(result.read_text(encoding="utf-8"))
    assert [finding["value"] for finding in merged["findings"] if finding["code"] == "V36"] == ["4/6", "1/2"]
    assert any("果农参保率" in finding["message"] for finding in merged["findings"])
    figures = {
        "should_enrol": 6, "enrolled": 4, "premium": "2280.00", "self_paid": "1520.00", "gov_direct": "380.00",
        "rebate_due": "120.00", "accepted": "1140.00", "unproven": "380.00", "payable": "500.00",
    }  # fmt: skip
    [township] = merged["townships"]
    assert {name: township[name] for name in figures} == figures
    assert run(["reconcile", str(county / "in"), *policy, "--out", str(tmp_path / "对账.xlsx")]) in {0, 1}
    assert run(["report", str(county / "in"), *policy, "--out", str(tmp_path / "reports")]) in {0, 1}


def test_export_translates_its_own_document(county, tmp_path):
    out = tmp_path / "county.csv"
    mapping = ["--format", "county", "--out", str(out)]
    assert run(["export", str(county / "in"), "--policy", str(POLICY), *mapping]) in {0, 1}
    rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert {row["号码"]: (row["证件"], row["缴费方式"]) for row in rows}["GY20230004"] == ("71", "微信")
    assert {row["缴费方式"] for row in rows} >= {"果园通APP", "集市收费点"}
