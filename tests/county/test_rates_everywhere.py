"""One rate of a township: the county's JSON, 汇总 and ranks, R16 and R19 show the same (issue of 汇总 at 100 %)."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from canbao_addin.cli.main import run
from support import counties as c
from support.reports import DX, SC, Package, day, import_csv, table, texts


def merged(source: Path, policy: str, *options: str) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]], Path]:
    """Totals by unit, findings, and the county's workbook."""
    out, report = source.parent / "county.xlsx", source.parent / "county.json"
    run(["merge", str(source), "--policy", policy, "--out", str(out), "--json", str(report), *options])
    result = json.loads(report.read_text(encoding="utf-8"))
    return {total["unit"]: total for total in [*result["townships"], result["county"]]}, result["findings"], out


def shown(path: Path, sheet: str, *headers: str) -> dict[str, tuple[Any, ...]]:
    return {row["乡镇(街道)"]: tuple(row[name] for name in headers) for row in table(path, sheet)}


@pytest.fixture(scope="module")
def chongyang(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two of 33,440 persons are registered; nothing is posted yet."""
    rows = [c.collected(serial, "一村", day(9, 21), 解缴批次="D0922") for serial in (1, 2)]
    filled = {"重阳": {c.R6: rows, c.R7: [c.deposit("一村", day(9, 22), 2)]}}
    return c.issue(tmp_path_factory.mktemp("rates-sc"), SC, [["重阳", "一村", "一组", ""]], filled)


def test_two_of_33440_are_nought_everywhere(chongyang: Path) -> None:
    totals, _, county = merged(chongyang, SC)
    own = totals["重阳"]
    assert (own["enrolled"], own["should_enrol"], own["denominator"]) == (2, 2, 33_440)
    assert (own["rate"], own["rate_basis"]) == ("0.0000", "登记缴费÷目标任务数")
    assert (totals["上蔡县"]["rate"], totals["上蔡县"]["denominator"]) == ("0.0000", 1_510_380)
    assert shown(county, "汇总", "参保率", "排名")["重阳"] == (0, 1)
    assert "登记缴费÷目标任务数" in "".join(texts(county))
    package = Package(chongyang, SC, "2019-09-30", chongyang.parent / "r19", "--only", "R19")
    rows = shown(package.files("R19")[0], "进度", "累计参保(人)", "应保(任务)(人)", "完成率(不含财政资助)")
    assert rows["重阳"] == (2, 33_440, 0)
    assert rows["上蔡县合计"] == (2, 1_510_380, 0)
    assert "完成率(不含财政资助)：登记缴费÷目标任务数" in "".join(texts(package.files("R19")[0]))


def dongxing(folder: Path, target: object) -> Path:
    paid = [
        c.on_the_roll(DX, serial, "一村", 参保类型="续保", **c.arrived(date(2021, 10, serial))) for serial in (1, 2)
    ]
    rows = [*paid, c.on_the_roll(DX, 3, "一村", 参保类型="续保")]
    return c.issue(folder, DX, [["甲镇", "一村", "", target]], {"甲镇": {c.R10: rows}})


def test_without_targets_a_rate_is_unknown_and_nobody_is_ranked(tmp_path: Path) -> None:
    source = dongxing(tmp_path, "")
    totals, _, county = merged(source, DX)
    for unit in ("甲镇", "内江市东兴区"):
        assert (totals[unit]["rate"], totals[unit]["denominator"]) == (None, None)
    assert totals["甲镇"]["rate_basis"] == "自缴＋政府代缴÷目标任务数"
    assert shown(county, "汇总", "参保率", "排名")["甲镇"] == (None, None)
    package = Package(source, DX, "2022-03-31", tmp_path / "r", "--only", "R16,R19")
    assert shown(package.files("R16")[0], "进度", "目标版本", "目标数(人)", "完成率")["甲镇"] == ("待定", None, None)
    assert [finding["code"] for finding in package.result["findings"] if "没有目标任务数" in finding["message"]] == [
        "V40"
    ]


def test_targets_of_generate_are_known_to_every_later_command_until_a_newer_list_comes(tmp_path: Path) -> None:
    source = dongxing(tmp_path, 4)
    totals, _, county = merged(source, DX)
    for unit in ("甲镇", "内江市东兴区"):
        assert (totals[unit]["rate"], totals[unit]["denominator"]) == ("0.5000", 4)
    assert shown(county, "汇总", "参保率", "排名")["甲镇"] == (0.5, 1)
    package = Package(source, DX, "2022-03-31", tmp_path / "r", "--only", "R16,R19")
    assert shown(package.files("R16")[0], "进度", "目标版本", "目标数(人)", "完成率", "还差(人)")["甲镇"] == (
        "下达", 4, 0.5, 2,
    )  # fmt: skip
    assert shown(package.files("R19")[0], "进度", "应保(任务)(人)", "完成率", "排名")["甲镇"] == (4, 0.5, "1")
    assert "完成率：自缴＋政府代缴÷目标任务数" in "".join(texts(package.files("R16")[0]))
    assert not [finding for finding in package.found("V40") if "没有目标任务数" in finding["message"]]
    lists = import_csv(tmp_path, "targets", "headcounts", ["乡镇,版本,生效日期,目标数", "甲镇,市级目标,2022-01-20,8"])
    later = Package(source, DX, "2022-03-31", tmp_path / "l", "--only", "R16", "--lists", str(lists))
    assert shown(later.files("R16")[0], "进度", "目标版本", "完成率")["甲镇"] == ("市级目标", 0.25)
    before = Package(source, DX, "2022-01-19", tmp_path / "b", "--only", "R16", "--lists", str(lists))
    assert shown(before.files("R16")[0], "进度", "目标版本", "完成率")["甲镇"] == ("下达", 0.5)
    totals, _, _ = merged(source, DX, "--lists", str(lists))
    assert (totals["甲镇"]["rate"], totals["甲镇"]["denominator"]) == ("0.2500", 8)


def test_a_workbook_with_another_target_than_the_policy_s_is_told(tmp_path: Path) -> None:
    filled = {
        "重阳": {c.R6: [c.collected(1, "一村", day(9, 21), 解缴批次="D0922")], c.R7: [c.deposit("一村", day(9, 22), 1)]}
    }
    source = c.issue(tmp_path, SC, [["重阳", "一村", "一组", 33_441]], filled)
    totals, findings, _ = merged(source, SC)
    assert totals["重阳"]["denominator"] == 33_440
    assert [(finding["value"], finding["file"]) for finding in findings if finding["code"] == "V37"] == [
        ("33441", "重阳.xlsx")
    ]
