"""canbao report: small counties of the four policy years, through the command line, to the sheets that are printed."""

import json
import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.cli.main import run
from support import counties as c
from support.ooxml import lint, validate

FULL_NUMBER = re.compile(r"(?<![0-9*])[1-9]\d{16}[0-9X](?![0-9])")
HN, SC, PT, DX = "huining-2021", "shangcai-2020", "putuo-2022", "dongxing-2022"


class Package:
    """What one run of `canbao report` left behind."""

    def __init__(self, source: Path, policy: str, as_of: str, out: Path, *options: str) -> None:
        report = out.with_suffix(".json")
        words = ["--policy", policy, "--as-of", as_of, "--out", str(out), "--json", str(report), *options]
        self.status = run(["report", str(source), *words])
        self.out = out
        self.result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}

    def codes(self, status: str = "made") -> set[str]:
        return {entry["code"] for entry in self.result["reports"] if entry["status"] == status}

    def found(self, code: str) -> list[dict[str, Any]]:
        return [entry for entry in self.result["findings"] if entry["code"] == code]

    def files(self, code: str) -> list[Path]:
        return [self.out / entry["file"] for entry in self.result["reports"] if entry["code"] == code]

    def table(self, code: str, sheet: str, file: str = "") -> list[dict[str, Any]]:
        """The rows of a sheet by header, the total included."""
        path = next(path for path in self.files(code) if file in path.name)
        return table(path, sheet)


def table(path: Path, sheet: str) -> list[dict[str, Any]]:
    rows = list(openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True))
    header = next(index for index, row in enumerate(rows[1:], start=1) if sum(cell is not None for cell in row) > 1)
    names = [cell for cell in rows[header] if cell]
    return [dict(zip(names, row, strict=False)) for row in rows[header + 1 :]]


def texts(path: Path) -> Iterator[str]:
    for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
        yield sheet.title
        yield from (str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


def day(month: int, number: int, year: int = 2019) -> date:
    return date(year, month, number)


# --- Huining ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def huining(tmp_path_factory: pytest.TempPathFactory) -> Path:
    poor, paid = {"身份属性1": "建档立卡贫困人口", "佐证材料": "扶贫1"}, c.paid(date(2020, 10, 3))
    card = {"收款账户类型": "本人", "社保卡银行账号": "6230123400001112201", "开户银行": "农商银行"}
    full = {"身份属性1": "特困供养人员", "佐证材料": "民政1"}
    first = [
        c.resident(1, **paid),
        c.resident(2, **poor),  # expected on the provisional list, not paid
        c.resident(3, **poor, **card, **c.paid(date(2020, 11, 15))),
        c.resident(4, "二村", **full),
        c.resident(5, "二村"),
        c.resident(6, "二村", 参保意愿="拒绝参保"),
        c.resident(7, "二村", **paid),  # stands in 乙镇 too, paid later there
    ]
    second = [c.resident(7, "三村", **c.paid(date(2020, 11, 20))), c.resident(8, "三村", **paid)]
    filled = {"甲镇": {c.R1: first}, "乙镇": {c.R1: second}}
    units = [["甲镇", "一村", "", ""], ["甲镇", "二村", "", ""], ["乙镇", "三村", "", ""]]
    return c.issue(tmp_path_factory.mktemp(HN), HN, units, filled)


@pytest.fixture(scope="module")
def huining_final(huining: Path) -> Package:
    return Package(huining, HN, "2020-12-20", huining.parent / "final")


def test_every_report_that_the_policy_asks_for(huining_final: Package) -> None:
    assert huining_final.codes() == {"R5", "R12", "R13", "R19", "R20", "R21", "GROUPS", "FUNDS", "CALENDAR"}
    assert set(huining_final.result) == {"policy", "as_of", "reports", "findings"}
    assert all(set(entry) == {"code", "file", "rows", "status", "missing"} for entry in huining_final.result["reports"])
    assert all((huining_final.out / entry["file"]).is_file() for entry in huining_final.result["reports"])


def test_chase_lists_say_who_has_not_paid_and_in_which_state(huining_final: Package) -> None:
    names = [path.stem for path in huining_final.files("R12")]
    assert sorted(names) == ["乙镇", "甲镇"]
    rows = huining_final.table("R12", "一村", "甲镇")
    assert [(row["姓名"], row["状态"], row["应缴(元)"]) for row in rows] == [("孙一明", "已登记未缴", 280)]
    assert rows[0]["证件号码"] == f"620422********{c.number(HN, 2)[-4:]}"
    states = {row["姓名"]: row["状态"] for row in huining_final.table("R12", "二村", "甲镇")}
    assert states == {c.named(5): "已登记未缴", c.named(6): "不愿参保"}
    overview = huining_final.table("R12", "汇总", "甲镇")[-1]
    assert (overview["合计(人)"], overview["应缴(元)"], overview["不愿参保(人)"]) == (3, 840, 1)


def test_a_chase_list_of_an_earlier_day_lists_those_who_paid_later(huining: Path) -> None:
    package = Package(huining, HN, "2020-11-01", huining.parent / "earlier", "--only", "R12")
    assert package.codes() == {"R12"}
    assert {row["姓名"] for row in package.table("R12", "一村", "甲镇")} == {c.named(2), c.named(3)}
    assert package.found("V35") == []  # the time of payment is not over


def test_nothing_on_a_board_or_at_a_door_is_more_than_a_masked_number(huining_final: Package) -> None:
    for code in ("R12", "R13"):
        for path in huining_final.files(code):
            assert [text for text in texts(path) if FULL_NUMBER.search(text)] == []
    published = [text for path in huining_final.files("R13") for text in texts(path)]
    assert not any("贫困" in text or "13909431234" in text or "6230123400001112201" in text for text in published)


def test_publicity_without_days_is_left_open_and_told(huining_final: Package) -> None:
    rows = huining_final.table("R13", "二村", "甲镇")
    assert {row["姓名"]: row["缴费金额(元)"] for row in rows} == {c.named(4): 280, c.named(7): 280}
    assert "____年__月__日" in "".join(texts(huining_final.files("R13")[0]))
    assert any("公示" in finding["message"] for finding in huining_final.found("V40"))


def test_rows_without_a_final_state_at_the_end_are_found(huining_final: Package) -> None:
    found = huining_final.found("V35")
    assert [(finding["file"], finding["value"], finding["severity"]) for finding in found] == [
        ("甲镇.xlsx", "2", "错误")
    ]
    assert "第6行、第9行" in found[0]["message"]


def test_the_ledger_has_everybody_once_and_days_that_add_up(huining_final: Package) -> None:
    rows = [row for name in ("甲镇", "乙镇") for row in huining_final.table("R5", "缴费台账", name)]
    numbers = [row["证件号码"] for row in rows]
    assert len(set(numbers)) == len(numbers) == 5
    assert {row["待遇起"] for row in rows} == {"2021-01-01"}
    total = huining_final.table("R5", "日合计", "甲镇")[-1]
    assert (total["花名册人数"], total["应收(元)"], total["实收(元)"], total["差额(元)"]) == (3, 840, 840, 0)


def test_the_bulletin_ranks_judges_and_tells_the_change(huining: Path, huining_final: Package) -> None:
    rows = {row["乡镇(街道)"]: row for row in huining_final.table("R19", "进度")}
    assert (rows["甲镇"]["应保(任务)(人)"], rows["甲镇"]["累计参保(人)"], rows["甲镇"]["政府代缴(人)"]) == (7, 4, 1)
    assert (rows["乙镇"]["排名"], rows["甲镇"]["排名"]) == ("1", "2")
    assert rows["会宁县合计"]["累计参保(人)"] == 5
    periods = next(row for row in huining_final.table("R19", "旬通报各期") if row["乡镇(街道)"] == "甲镇")
    assert list(periods)[1:] == [
        "2020-09-10", "2020-09-20", "2020-09-30", "2020-10-10", "2020-10-20", "2020-10-31", "2020-11-10", "2020-11-20",
        "2020-11-30", "2020-12-10",
    ]  # fmt: skip
    assert (periods["2020-09-10"], periods["2020-10-10"], periods["2020-11-20"]) == (1, 3, 4)
    earlier = Package(huining, HN, "2020-11-01", huining.parent / "october", "--only", "R19").files("R19")[0]
    later = Package(huining, HN, "2020-12-20", huining.parent / "december", "--only", "R19", "--previous", str(earlier))
    change = {row["乡镇(街道)"]: (row["较上期(人)"], row["较上期(百分点)"]) for row in later.table("R19", "进度")}
    assert change == {"甲镇": (1, "+14.29"), "乙镇": (0, "+0.00"), "会宁县合计": (1, "+12.50")}


def test_accuracy_knows_the_rows_with_errors(huining_final: Package) -> None:
    goals = {(row["乡镇(街道)"], row["指标"]): row for row in huining_final.table("R19", "目标达成")}
    accuracy = goals["甲镇", "信息准确率"]
    assert (accuracy["完成(人)"], accuracy["基数(人)"], accuracy["结论"]) == (6, 7, "未达到")


def test_refund_cases_are_listed_and_decided_by_nobody(huining_final: Package) -> None:
    rows = huining_final.table("R20", "退费")
    assert [(row["姓名"], row["原因"], row["金额(元)"]) for row in rows] == [(c.named(7), "重复缴费", 280)]
    assert "由县里决定" in rows[0]["办理依据"]
    assert any("退费" in finding["message"] for finding in huining_final.found("V40"))


def test_money_to_be_paid_out_and_what_the_provisional_list_loses(huining_final: Package) -> None:
    direct = huining_final.table("FUNDS", "合计", "代缴_县财政局")[-1]
    assert (direct["人数"], direct["金额(元)"]) == (1, 280)
    rebates = huining_final.table("FUNDS", "返还清单", "返还_甲镇")
    assert [(row["姓名"], row["金额(元)"]) for row in rebates] == [(c.named(3), 200)]
    lost = huining_final.table("FUNDS", "差异", "暂定与最终差异")
    assert [(row["姓名"], row["暂定金额(元)"], row["原因"]) for row in lost] == [(c.named(2), 200, "未缴费")]


def test_target_groups_by_state(huining_final: Package) -> None:
    rows = {row["乡镇(街道)"]: row for row in huining_final.table("GROUPS", "建档立卡贫困人口")}
    assert (rows["甲镇"]["基数(人)"], rows["甲镇"]["参保数(人)"], rows["甲镇"]["参保率"]) == (2, 1, 0.5)
    assert rows["甲镇"]["未参保"] == rows["合计"]["未参保"] == 1


def test_the_timetable_marks_what_is_past_and_fails_on_nothing(huining: Path) -> None:
    package = Package(huining, HN, "2020-10-01", huining.parent / "calendar", "--calendar")
    assert package.codes() == {"CALENDAR"}
    rows = package.table("CALENDAR", "日程")
    states = {row["日期"]: row["状态"] for row in rows if row["事项"].startswith("报送")}
    assert states == {"2020-09-30": "已过", "2020-12-10": "还有70天", "2020-12-31": "还有91天"}
    assert any(row["状态"] == "下一次 2020-10-10" for row in package.table("CALENDAR", "定期报告"))


def test_the_same_input_gives_the_same_bytes(huining: Path) -> None:
    first, second = (Package(huining, HN, "2020-12-20", huining.parent / name) for name in ("one", "two"))
    for entry in first.result["reports"]:
        assert (first.out / entry["file"]).read_bytes() == (second.out / entry["file"]).read_bytes()


def test_what_cannot_be_reported_says_why_in_one_line(huining: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Package(huining, HN, "2020-12-20", huining.parent / "x", "--only", "R99").status == 2
    assert "R99" in capsys.readouterr().err
    strange = huining.parent / "strange.txt"
    strange.write_text("不是通报", encoding="utf-8")
    assert Package(huining, HN, "2020-12-20", huining.parent / "x", "--previous", str(strange)).status == 2
    assert "strange.txt" in capsys.readouterr().err


# --- Shangcai -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shangcai(tmp_path_factory: pytest.TempPathFactory) -> Path:
    posted = {"入库结果": "已入库"}
    listed = partial(c.listed, SC, township="杨屯", village="一村")
    first = [
        c.collected(1, "一村", day(9, 21), **posted),
        c.collected(2, "一村", day(9, 22), **posted),
        c.collected(3, "二村", day(9, 28), 入库结果="未入库"),
        c.collected(4, "二村", day(11, 5), **posted),  # retail time: does not count
    ]
    deposits = [c.deposit("一村", day(9, 22), 2), c.deposit("二村", day(9, 29), 1)]
    filled = {
        "杨屯": {c.R6: first, c.R7: deposits},
        "东洪": {c.R6: [c.collected(11, "三村", day(9, 25), **posted)], c.R7: [c.deposit("三村", day(9, 26), 1)]},
        "县民政局": {c.R8: [listed(21, category="艾滋病患者"), listed(22, category="特困人员")]},
    }
    units = [["杨屯", "一村", "一组", ""], ["杨屯", "二村", "一组", ""], ["东洪", "三村", "一组", ""]]
    return c.issue(tmp_path_factory.mktemp(SC), SC, units, filled)


@pytest.fixture(scope="module")
def shangcai_final(shangcai: Path) -> Package:
    return Package(shangcai, SC, "2019-12-10", shangcai.parent / "final")


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


def test_each_payer_has_its_own_control_total(shangcai_final: Package) -> None:
    files = {path.stem: table(path, "合计")[-1] for path in shangcai_final.files("FUNDS")}
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


# --- Putuo --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def putuo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    registered = {"登记日期": date(2021, 11, 10)}
    signed = {"缴费方式": "银行批量扣款", "是否签约批扣": "是", "签约银行": "普陀农商银行"}
    village_money = {"村级补助标准": 50}
    first = [
        c.on_the_roll(PT, 1, "一村", **registered, **village_money, **c.arrived(date(2021, 11, 20))),
        c.on_the_roll(PT, 2, "一村", **registered, **village_money),
        c.on_the_roll(PT, 3, "一村", **registered, **signed, 到账核对="未到账"),
        c.on_the_roll(PT, 4, "二村"),
        c.on_the_roll(PT, 5, "二村", 是否确认参保="否"),
        c.on_the_roll(PT, 6, "二村", 排查结论="职工医保"),
    ]
    pupils = [c.pupil(31, **c.arrived(date(2021, 10, 20))), c.pupil(32), c.pupil(33, "2班", 医保登记流水号="YB33")]
    filled = {"甲镇": {c.R10: first}, "普陀中学": {c.R11: pupils}}
    return c.issue(tmp_path_factory.mktemp(PT), PT, [["甲镇", "一村", "", ""], ["甲镇", "二村", "", ""]], filled)


@pytest.fixture(scope="module")
def putuo_final(putuo: Path) -> Package:
    return Package(putuo, PT, "2022-01-01", putuo.parent / "final")


def test_putuo_has_its_reports(putuo_final: Package) -> None:
    expected = {"R5", "R12", "R13", "R14", "R19", "R20", "EVALUATION", "CALENDAR"}
    assert putuo_final.codes() == expected


def test_putuo_chases_by_village_and_class_and_tells_the_bank_whom_to_remind(putuo_final: Package) -> None:
    states = {row["姓名"]: row["状态"] for row in putuo_final.table("R12", "一村", "甲镇")}
    assert states == {c.named(2): "已登记未缴", c.named(3): "扣款失败"}
    states = {row["姓名"]: row["状态"] for row in putuo_final.table("R12", "二村", "甲镇")}
    assert states == {c.named(4): "未登记", c.named(5): "不愿参保"}
    assert [row["姓名"] for row in putuo_final.table("R12", "签约未到账", "甲镇")] == [c.named(3)]
    classes = putuo_final.table("R12", "三年级2班", "普陀中学")
    assert [(row["监护人"], row["状态"]) for row in classes] == [("王建国", "已登记未缴")]


def test_village_money_waits_for_the_arrival(putuo_final: Package) -> None:
    assert [(row["姓名"], row["补助金额(元)"]) for row in putuo_final.table("R14", "发放")] == [(c.named(1), 50)]
    assert [(row["姓名"], row["补助金额(元)"]) for row in putuo_final.table("R14", "未到账")] == [(c.named(2), 0)]


def test_receivables_of_the_registered_are_written_off(putuo_final: Package) -> None:
    rows = putuo_final.table("R20", "核销")
    assert {row["姓名"] for row in rows} == {c.named(2), c.named(3), c.named(33)}
    assert "预计名单" not in "".join(texts(putuo_final.files("R20")[0]))
    assert "区税务局、区医保局" in "".join(texts(putuo_final.files("R20")[0]))


def test_a_township_is_shown_and_not_judged_where_there_is_no_threshold(putuo_final: Package) -> None:
    row = putuo_final.table("EVALUATION", "评价")[0]
    assert (row["应参保人数(人)"], row["实际缴费人数(人)"], row["户籍人口数(人)"], row["评价"]) == (5, 1, None, None)
    assert putuo_final.found("V36") == []
    schools = putuo_final.table("R19", "学校")
    assert [(row["学校"], row["应参保(人)"], row["已参保(人)"]) for row in schools] == [("普陀中学", 3, 1)]


def test_benefits_that_the_notice_does_not_state_are_told(putuo_final: Package) -> None:
    assert putuo_final.table("R5", "缴费台账", "甲镇")[0]["待遇起"] == "待定"
    assert any("待遇享受期" in finding["message"] for finding in putuo_final.found("V40"))


# --- Dongxing -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dongxing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    new, old = {"参保类型": "新参保", "参保证件": "身份证"}, {"参保类型": "续保"}
    first = [
        c.on_the_roll(DX, 1, "一村", **new, **c.arrived(date(2021, 10, 1))),
        c.on_the_roll(DX, 2, "一村", **old, **c.arrived(date(2022, 2, 1))),
        c.on_the_roll(DX, 3, "一村", **old),
    ]
    special = [c.listed(DX, 11, "甲镇", "一村", "重度残疾人员", 核实日期=date(2021, 9, 1), 到账核对="已到账")]
    return c.issue(
        tmp_path_factory.mktemp(DX), DX, [["甲镇", "一村", "", ""]], {"甲镇": {c.R10: first}, "残联": {c.R15: special}}
    )


def import_csv(folder: Path, name: str, kind: str, lines: list[str]) -> Path:
    csv = folder / f"{name}.csv"
    csv.write_text("\n".join(lines), encoding="utf-8")
    assert run(["import", str(csv), "--policy", DX, "--kind", kind, "--out", str(folder / "lists")]) == 0
    return folder / "lists"


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
        c.named(3): "甲镇「应参保名单清册」第7行，没有缴费", c.named(50): "没有登记",
    }  # fmt: skip
    assert package.codes("not_made") == set()


# --- everywhere ---------------------------------------------------------------------------------------------


def test_townships_add_up_to_the_county_in_every_table(
    huining_final: Package, shangcai_final: Package, putuo_final: Package
) -> None:
    checked = 0
    for package in (huining_final, shangcai_final, putuo_final):
        for path in (package.out / entry["file"] for entry in package.result["reports"]):
            for sheet in openpyxl.load_workbook(path, data_only=True).sheetnames:
                checked += _adds_up(path, sheet)
    assert checked > 100


def test_every_kind_of_report_is_a_workbook_that_excel_opens(
    huining_final: Package, shangcai_final: Package, putuo_final: Package
) -> None:
    kinds: dict[str, Path] = {}
    for package in (huining_final, shangcai_final, putuo_final):
        for entry in package.result["reports"]:
            path = kinds.setdefault(entry["code"], package.out / entry["file"])
            assert lint(package.out / entry["file"]) == [], path.name
    assert [problem for path in kinds.values() for problem in validate(path)] == []


def _adds_up(path: Path, sheet: str) -> int:
    """Compare every total with the sum of the rows above it; how many there were."""
    rows = table(path, sheet) if sheet != "封面" else []
    last = rows[-1] if rows else {}
    named = str(next(iter(last.values()), ""))
    if not named.endswith("合计") or sheet in {"合计", "奖惩测算"}:
        return 0
    own = [row for row in rows[:-1] if not str(next(iter(row.values()))).startswith("按载明")]
    amounts = [name for name, value in last.items() if isinstance(value, int | float) and "率" not in name]
    amounts = [name for name in amounts if name not in {"折合人数", "较上期(人)"}]
    for name in amounts:
        assert sum(row[name] or 0 for row in own) == pytest.approx(last[name]), (path.name, sheet, name)
    return len(amounts)
