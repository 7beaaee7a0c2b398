"""Putuo's reports: chase lists by village and class, village money, write-off, evaluation."""

from datetime import date
from pathlib import Path

from support import counties as c
from support.reports import PT, Package, texts


def test_putuo_has_its_reports(putuo_final: Package) -> None:
    expected = {"R5", "R12", "R13", "R14", "R19", "R20", "FUNDS", "EVALUATION", "CALENDAR"}
    assert putuo_final.codes() == expected


def test_putuo_chases_by_village_and_class_and_tells_the_bank_whom_to_remind(putuo_final: Package) -> None:
    states = {row["姓名"]: row["状态"] for row in putuo_final.table("R12", "一村", "甲镇")}
    assert states == {c.named(2): "已登记未缴", c.named(3): "扣款失败"}
    states = {row["姓名"]: row["状态"] for row in putuo_final.table("R12", "二村", "甲镇")}
    assert states == {c.named(4): "未登记", c.named(5): "不愿参保"}
    assert [row["姓名"] for row in putuo_final.table("R12", "签约未到账", "甲镇")] == [c.named(3)]
    assert {row["应缴(元)"] for row in putuo_final.table("R12", "汇总", "甲镇")} == {"待定"}  # the premium is not known
    assert "应缴合计(元)待定 2 人" in "".join(texts(putuo_final.files("R12")[0]))
    classes = putuo_final.table("R12", "三年级2班", "普陀中学")
    assert [(row["监护人"], row["状态"]) for row in classes] == [("王建国", "已登记未缴")]


def test_who_paid_is_not_chased_for_money_a_second_time(tmp_path: Path) -> None:
    paid = {"登记日期": date(2021, 11, 10), "缴费方式": "支付宝", "缴费日期": date(2021, 11, 20), "实缴金额": 380}
    rows = [
        c.on_the_roll(PT, 1, "一村", **paid),  # the bureau has not told yet whether it arrived
        c.on_the_roll(PT, 2, "一村", **paid | {"到账核对": "未到账"}),
        c.on_the_roll(PT, 3, "一村", 登记日期=date(2021, 11, 10)),
    ]
    source = c.issue(tmp_path, PT, [["甲镇", "一村", "", ""]], {"甲镇": {c.R10: rows}})
    package = Package(source, PT, "2021-11-30", tmp_path / "out", "--only", "R12")
    states = {row["姓名"]: row["状态"] for row in package.table("R12", "一村", "甲镇")}
    assert states == {c.named(1): "已缴待到账", c.named(2): "缴费未计入", c.named(3): "已登记未缴"}
    assert "已缴待到账的已经交过钱" in "".join(texts(package.files("R12")[0]))


def test_village_money_waits_for_the_arrival(putuo_final: Package) -> None:
    assert [(row["姓名"], row["补助金额(元)"]) for row in putuo_final.table("R14", "发放")] == [
        (c.named(1), 50),
        (c.named(7), "待定"),
    ]
    assert [(row["姓名"], row["补助金额(元)"]) for row in putuo_final.table("R14", "未到账")] == [(c.named(2), 0)]


def test_publicity_begins_by_population(putuo_final: Package) -> None:
    boards = {path.name: "".join(texts(path)) for path in putuo_final.files("R13")}
    begins = {name: text[text.index("公示时间：") + 5 :][:10] for name, text in boards.items() if "公示时间：" in text}
    schools = {day for name, day in begins.items() if "普陀中学" in name}
    assert schools == {"2021-10-26"}
    assert {day for name, day in begins.items() if "普陀中学" not in name} == {"2021-12-01"}
    timetable = [(row["日期"], row["内容"]) for row in putuo_final.table("CALENDAR", "日程") if row["事项"] == "公示"]
    assert [day for day, _ in timetable] == ["2021-10-26 起", "2021-12-01 起"]


def test_village_money_goes_by_the_day_of_the_report(putuo: Path) -> None:
    """The person whose payment arrives on 11-20 is chased on 11-19 and paid on 11-20, in one and the same run."""
    for day, paid in (("2021-11-19", []), ("2021-11-20", [c.named(1)])):
        package = Package(putuo, PT, day, putuo.parent / day, "--only", "R12,R14")
        assert [row["姓名"] for row in package.table("R14", "发放")] == paid
        waiting = {row["姓名"]: row["到账日期"] for row in package.table("R14", "未到账")}
        assert waiting == dict.fromkeys({c.named(1), c.named(2), c.named(7)} - set(paid))  # 7 arrives on 11-25
        assert (c.named(1) in {row["姓名"] for row in package.table("R12", "一村", "甲镇")}) == (not paid)


def test_an_amount_that_the_village_has_not_stated_is_open(putuo_final: Package) -> None:
    assert {row["姓名"]: row["补助金额(元)"] for row in putuo_final.table("R14", "发放")}[c.named(7)] == "待定"
    assert "补助合计(元)50.00（不含待定 1 人）" in "".join(texts(putuo_final.files("R14")[0]))


def test_receivables_of_the_registered_are_written_off(putuo_final: Package) -> None:
    rows = putuo_final.table("R20", "核销")
    assert {row["姓名"] for row in rows} == {c.named(2), c.named(3), c.named(33)}
    assert "预计名单" not in "".join(texts(putuo_final.files("R20")[0]))
    assert "区税务局、区医保局" in "".join(texts(putuo_final.files("R20")[0]))


def test_a_township_is_shown_and_not_judged_where_there_is_no_threshold(putuo_final: Package) -> None:
    row = putuo_final.table("EVALUATION", "评价")[0]
    assert (row["应参保人数(人)"], row["实际缴费人数(人)"], row["户籍人口数(人)"], row["评价"]) == (6, 2, None, None)
    assert putuo_final.found("V36") == []
    schools = putuo_final.table("R19", "学校")
    assert [(row["学校"], row["应参保(人)"], row["已参保(人)"]) for row in schools] == [("普陀中学", 3, 1)]


def test_benefits_that_the_notice_does_not_state_are_told(putuo_final: Package) -> None:
    assert putuo_final.table("R5", "缴费台账", "甲镇")[0]["待遇起"] == "待定"
    assert any("待遇享受期" in finding["message"] for finding in putuo_final.found("V40"))
