"""Huining's reports: ledgers, chase lists, publicity, bulletins, appropriations, refunds."""

from pathlib import Path

import pytest

from support import counties as c
from support.reports import FULL_NUMBER, HN, Package, texts


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


def test_a_board_says_the_same_of_who_paid_and_who_is_paid_for(huining_final: Package) -> None:
    rows = huining_final.table("R13", "二村", "甲镇")[:2]
    assert [row["姓名"] for row in rows] == sorted([c.named(4), c.named(7)])  # the first is paid for
    assert {row["参保缴费情况"] for row in rows} == {"已参保"}
    assert all(list(row) == ["序号", "户主", "姓名", "证件号码", "参保缴费情况"] for row in rows)  # nobody has a group
    assert not any(value is None for row in rows for value in row.values())


def test_publicity_without_days_is_left_open_and_told(huining_final: Package) -> None:
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
    rows = huining_final.table("R20", "待处理")
    told = ("姓名", "原因", "待处理(元)", "去向", "通知的规定")
    assert [tuple(row[name] for name in told) for row in rows] == [
        (c.named(7), "重复缴费(另一处已参保)", 280, "由县决定", "通知没有规定，由县决定")
    ]
    assert any("待处理" in finding["message"] for finding in huining_final.found("V40"))


def test_money_to_be_paid_out_and_what_the_provisional_list_loses(huining_final: Package) -> None:
    direct = huining_final.table("FUNDS", "合计", "代缴_县财政局")[-1]
    assert (direct["人数"], direct["金额(元)"]) == (1, 280)
    rebates = huining_final.table("FUNDS", "返还清单", "返还_甲镇")
    assert [(row["姓名"], row["金额(元)"]) for row in rebates] == [(c.named(3), 200)]
    lost = huining_final.table("FUNDS", "差异", "暂定与最终差异")
    told = ("姓名", "暂定金额(元)", "没有列入最终名单的原因")
    assert [tuple(row[name] for name in told) for row in lost] == [(c.named(2), 200, "待缴")]


def test_target_groups_by_state(huining_final: Package) -> None:
    rows = {row["乡镇(街道)"]: row for row in huining_final.table("GROUPS", "建档立卡贫困人口")}
    assert (rows["甲镇"]["基数(人)"], rows["甲镇"]["参保数(人)"], rows["甲镇"]["参保率"]) == (2, 1, 0.5)
    assert rows["甲镇"]["未参保"] == rows["合计"]["未参保"] == 1


def test_the_timetable_marks_what_is_past_and_fails_on_nothing(huining: Path) -> None:
    package = Package(huining, HN, "2020-10-01", huining.parent / "calendar", "--calendar")
    assert package.codes() == {"CALENDAR"}
    rows = package.table("CALENDAR", "日程")
    states = {row["日期"]: row["状态"] for row in rows if row["事项"].startswith("报送")}
    assert states == {"2020-09-30": "已过", "2020-12-10": "还有70天", "2020年12月中下旬": "还有91天"}
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
