"""Shangcai's reports: posted money against the targets, prizes and cuts, weeks, publicity, payers."""

from pathlib import Path

import openpyxl

from canbao_addin.cli.main import run
from support import counties as c
from support.reports import SC, Package, table, texts


def test_shangcai_counts_what_was_posted_against_its_targets_both_ways(shangcai_final: Package) -> None:
    rows = {row["乡镇(街道)"]: row for row in shangcai_final.table("R19", "进度")}
    assert len(rows) == 28  # 26 townships and both totals (C1)
    assert (rows["杨屯"]["应保(任务)(人)"], rows["杨屯"]["已入库(人)"]) == (31_432, 2)
    assert (rows["按载明合计"]["应保(任务)(人)"], rows["上蔡县合计"]["应保(任务)(人)"]) == (1_510_379, 1_510_380)
    assert {"完成率(不含财政资助)", "完成率(含财政资助)"} <= set(rows["杨屯"])
    goals = {(row["乡镇(街道)"], row["指标"]): row["完成(人)"] for row in shangcai_final.table("R19", "目标达成")}
    assert goals["杨屯", "征收率(不含财政资助)"] == 2
    assert goals["杨屯", "征收率(含财政资助)"] == 4
    assert goals["上蔡县", "征收率(不含财政资助，按载明合计)"] == 3
    assert [finding["value"] for finding in shangcai_final.found("V37")] == ["1510379"]


def test_prizes_and_cuts_are_a_simulation_and_ties_are_left_to_the_county(shangcai_final: Package) -> None:
    path = shangcai_final.files("R19")[0]
    said = "".join(texts(path))
    assert "合计 230000.00 元；扣减 100000.00 元" in said
    rows = table(path, "奖惩测算")
    mine = [row for row in rows if row["算法"] == "不含财政资助"]
    assert [(row["乡镇(街道)"], row["金额(元)"]) for row in mine[:2]] == [("杨屯", 50_000), ("东洪", 50_000)]
    assert all(row["金额(元)"] is None and "由县里确定" in row["说明"] for row in mine[2:])  # 24 townships have nobody
    codes = [finding["message"] for finding in shangcai_final.found("V40")]
    assert any("并列" in message or "完成率相同" in message for message in codes)
    assert any("两种算法都列出" in message for message in codes)


def test_weeks_are_mondays_and_deposits_are_added_up(shangcai_final: Package) -> None:
    rows = {row["乡镇(街道)"]: row for row in shangcai_final.table("R19", "存款进度")}
    mondays = ["2019-09-23", "2019-09-30", "2019-10-07", "2019-10-14", "2019-10-21", "2019-10-28"]
    assert list(rows["杨屯"])[1:-1] == [*mondays, "2019-12-10"]
    assert [rows["杨屯"][monday] for monday in mondays[:2]] == [500, 750]
    assert (rows["杨屯"]["折合人数"], rows["合计"]["折合人数"]) == (3, 4)


def test_before_anything_is_posted_payments_are_counted_and_it_is_said(shangcai: Path) -> None:
    early = shangcai.parent / "early_in"
    early.mkdir()
    source = early / "杨屯.xlsx"
    source.write_bytes((shangcai / "杨屯.xlsx").read_bytes())
    book = openpyxl.load_workbook(source)
    sheet = book[c.R6]
    column = next(cell.column for cell in sheet[4] if cell.value == "入库结果")
    for row in range(5, 9):
        sheet.cell(row, column).value = None
    book.save(source)
    package = Package(early, SC, "2019-09-30", shangcai.parent / "early", "--only", "R19")
    assert "暂按登记缴费计算" in "".join(texts(package.files("R19")[0]))
    assert [row["完成(人)"] for row in package.table("R19", "目标达成") if "征收率" in row["指标"]] == []


def test_publicity_has_its_month_and_confidential_persons_and_words_stand_nowhere(shangcai_final: Package) -> None:
    assert "公示时间：2019-11-01 至 2019-12-01" in "".join(texts(shangcai_final.files("R13")[0]))
    published = [text for path in shangcai_final.files("R13") for text in texts(path)]
    assert c.named(22) in published
    assert c.named(21) not in published
    for entry in shangcai_final.result["reports"]:
        named = "艾" in "".join(texts(shangcai_final.out / entry["file"]))
        assert named == (entry["file"] == "FUNDS资助资金拨付清单/代缴_县民政局.xlsx")


def test_no_place_and_no_blank_on_a_board_tells_whom_a_department_pays_for(shangcai_final: Package) -> None:
    rows = [row for row in shangcai_final.table("R13", "一村", "杨屯") if row["姓名"]][:3]
    assert [row["姓名"] for row in rows] == sorted(c.named(serial) for serial in (1, 2, 22))
    assert [list(row) for row in rows] == [["序号", "组", "姓名", "证件号码", "参保缴费情况"]] * 3
    assert {(row["组"], row["参保缴费情况"]) for row in rows} == {("一组", "已参保")}


def test_a_village_that_only_departments_name_has_no_board(shangcai: Path) -> None:
    source = shangcai.parent / "other-village"
    source.mkdir()
    for path in shangcai.iterdir():
        (source / path.name).write_bytes(path.read_bytes())
    book = openpyxl.load_workbook(source / "县民政局.xlsx")
    sheet = book[c.R8]
    column = next(cell.column for cell in sheet[4] if cell.value == "村(社区)")
    sheet.cell(6, column).value = "别村"
    book.save(source / "县民政局.xlsx")
    package = Package(source, SC, "2019-12-10", shangcai.parent / "other-boards", "--only", "R13")
    published = [text for path in package.files("R13") for text in texts(path)]
    assert not {"别村", c.named(22)} & set(published)
    assert "没有列入公示(人)" in "".join(published)


def test_each_payer_has_its_own_control_total(shangcai_final: Package) -> None:
    files = {
        path.stem: table(path, "合计")[-1] for path in shangcai_final.files("FUNDS") if path.stem.startswith("代缴")
    }
    assert {name: total["金额(元)"] for name, total in files.items()} == {
        "代缴_县扶贫办": 0, "代缴_县民政局": 500, "代缴_县退役军人事务局": 0, "代缴_县卫健体委": 0,
    }  # fmt: skip


def test_what_was_posted_can_come_from_a_list(shangcai: Path) -> None:
    lists = shangcai.parent / "lists"
    csv = shangcai.parent / "posting.csv"
    lines = [f"{c.number(SC, serial)},{c.named(serial)},{said}" for serial, said in ((1, "是"), (3, "是"), (2, "否"))]
    csv.write_text("\n".join(["证件号码,姓名,是否入库", *lines]), encoding="utf-8")
    assert run(["import", str(csv), "--policy", SC, "--kind", "posting", "--out", str(lists)]) == 0
    package = Package(shangcai, SC, "2019-10-31", shangcai.parent / "posted", "--only", "R19", "--lists", str(lists))
    rows = {row["乡镇(街道)"]: row for row in package.table("R19", "进度")}
    assert rows["杨屯"]["已入库(人)"] == 3  # the list and what was entered in the register
    assert {row["乡镇(街道)"]: row for row in package.table("R19", "存款进度")}["杨屯"]["2019-10-31"] == 500
