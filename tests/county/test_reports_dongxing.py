"""Dongxing's reports: stages with two versions of the target, who was insured last year and is not now."""

from pathlib import Path

from support import counties as c
from support.reports import DX, Package, import_csv, texts


def test_without_lists_a_report_says_so_and_nothing_is_judged(dongxing: Path) -> None:
    package = Package(dongxing, DX, "2022-03-31", dongxing.parent / "bare")
    assert package.codes("not_made") == {"R22"}
    entry = next(entry for entry in package.result["reports"] if entry["code"] == "R22")
    assert entry["missing"] == ["last_year", "owner", "population"]
    assert "需要先导入" in "".join(texts(package.out / entry["file"]))
    assert [finding["code"] for finding in package.result["findings"] if "目标任务数" in finding["message"]] == ["V40"]


def test_stages_with_two_versions_of_the_target(dongxing: Path) -> None:
    lists = import_csv(
        dongxing.parent, "targets", "headcounts",
        ["乡镇,版本,生效日期,目标数", "甲镇,基数,2021-08-30,2", "甲镇,市级目标,2022-01-20,4"],
    )  # fmt: skip
    insured = [f"{c.number(DX, serial)},{c.named(serial)},甲镇,一村,城乡居民" for serial in (2, 3, 50)]
    import_csv(dongxing.parent, "last_year", "last_year", ["证件号码,姓名,乡镇,村,险种", *insured])
    package = Package(dongxing, DX, "2022-03-31", dongxing.parent / "full", "--lists", str(lists))
    rows = package.table("R16", "阶段")
    assert [(row["阶段"], row["目标版本"], row["当时完成(人)"], row["结论"]) for row in rows] == [
        ("S90", "基数", 2, "达到"), ("S90", "市级目标", 2, "未达到"), ("S100", "市级目标", 3, "未达到"),
    ]  # fmt: skip
    assert [finding["value"] for finding in package.found("V36")] == ["3/4"]
    row = package.table("R16", "进度")[0]
    shown = ("目标版本", "自缴(人)", "财政代缴(人)", "新参保(人)", "断保(人)")
    assert [row[name] for name in shown] == ["市级目标", 2, 1, 1, 2]
    gone = package.table("R22", "断保")
    assert {row["姓名"]: row["今年的情况"] for row in gone} == {
        c.named(3): "甲镇「应参保名单清册」第7行，待缴", c.named(50): "没有登记",
    }  # fmt: skip
    assert package.codes("not_made") == set()
