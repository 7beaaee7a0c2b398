"""Last year's persons in this year's templates: as they were, but for who left, what ended and what age has changed."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from canbao_addin.cli.main import run
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_templates import read_text
from support.case_books import BOOKS, fill_units, import_lists
from support.cli import read_sheet, write_units
from support.shown_tables import rows_of

KNOWN = BOOKS["settlement-huining"]
PEOPLE = KNOWN["people"]
COUNTY: dict[str, Any] = {
    "甲镇": {
        "R1": [
            {"谁": "老田", "身份属性1": "五保户", "佐证材料": "民政1"},
            {"谁": "小赵", "缴": "微信", "卡": True, "身份属性1": "建档立卡贫困人口", "佐证材料": "扶贫1"},
            {"谁": "阿王", "缴": "微信", "凭证号码": "PZ3"},
            {"谁": "七月", "缴": "微信", "缴费方式": "银行柜台", "凭证号码": "PZ4"},
        ],
        "R3": [
            {
                "谁": "十五",
                "类别": "异地参保",
                "原因": "学校参保(大中专)",
                "参保地": "兰州市",
                "参保险种": "城乡居民基本医疗保险",
                "参保单位/学校": "某校",
                "参保年度": 2021,
                "证明材料": "参保证明",
                "证明编号": "ZG-1",
            },
        ],
    },
    "乙镇": {"R1": [{"谁": "小郑", "村(社区)": "三村", "身份属性1": "孤儿", "佐证材料": "民政2"}]},
    "丙镇": {"R1": [{"谁": "十月", "村(社区)": "五村", "缴": "微信", "缴费方式": "银行柜台"}]},
}  # fmt: skip
LISTS = {
    "deaths": [["证件号码", "姓名"], [PEOPLE["老田"]["证件号码"], "田守义"]],
    "employee": [["证件号码", "姓名", "参保地", "单位名称"], [PEOPLE["阿王"]["证件号码"], "王建国", "白银市", "某厂"]],
    "last_year": [["证件号码", "姓名", "乡镇", "村"], [PEOPLE["阿孙"]["证件号码"], "孙秀兰", "甲镇", "一村"]],
}


class Year(NamedTuple):
    policy: Path
    folder: Path
    told: str


def new_year(path: Path) -> Path:
    """Huining 2022 as an official makes it: confirmed, with the column 去年/今年, and 孤儿 under another name."""
    assert run(["policy", "new", "huining-2022", "--from", "huining-2021", "--out", str(path)]) == 0
    text = path.read_text(encoding="utf-8").split("\nconfirm:")[0]
    text = re.sub(r"name: 孤儿, aliases: \[\]", "name: 困境儿童, aliases: []", text)
    path.write_text(f"{text}\nlists: {{carried: [不变, 变更, 新增, 去向]}}\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    home = tmp_path_factory.mktemp("carry")
    units = write_units(home / "units.csv", [[*row, ""] for row in KNOWN["units"]])
    assert run(["generate", "huining-2021", "--units", str(units), "--out", str(home / "blank"), "--rows", "12"]) == 0
    filled = fill_units(KNOWN, COUNTY, home / "blank", home / "filled")
    county = home / "县级汇总.xlsx"
    assert run(["merge", str(filled), "--policy", "huining-2021", "--out", str(county), "--units", str(units)]) in {
        0,
        1,
    }
    policy = new_year(home / "huining-2022.yaml")
    lists = import_lists(str(policy), LISTS, home)
    fewer = write_units(home / "fewer.csv", [[*row, ""] for row in KNOWN["units"] if row[0] != "丙镇"])
    words = ["--units", str(fewer), "--out", str(home / "new"), "--rows", "20", "--prefill", "submission"]
    assert run(["generate", str(policy), *words, "--lists", str(county), *lists]) == 0
    return Year(policy, home / "new", "")


def test_households_are_as_they_were(year: Year) -> None:
    rows = {row["姓名"]: row for row in read_sheet(year.folder / "甲镇.xlsx", "应保及应资对象")}
    assert list(rows) == ["赵彩琴", "周子轩"]
    kept = {
        name: rows["赵彩琴"][name] for name in ("户编号", "村(社区)", "组", "身份属性1", "社保卡银行账号", "联系电话")
    }
    assert kept == {
        "户编号": "0102", "村(社区)": "一村", "组": "一组", "身份属性1": "建档立卡贫困人口",
        "社保卡银行账号": "6230123400001112201", "联系电话": "13909431234",
    }  # fmt: skip
    assert (rows["赵彩琴"]["参保类型"], rows["赵彩琴"]["上年参保状态"]) == ("续保", "居民医保")
    assert rows["赵彩琴"]["去年/今年"] == "不变"
    of_that_year = ("缴费日期", "实缴金额", "凭证号码", "佐证材料", "参保意愿", "登记日期")
    assert [rows["赵彩琴"][name] for name in of_that_year] == [None] * 6


def test_age_changes_the_group(year: Year) -> None:
    rows = {row["姓名"]: row for row in read_sheet(year.folder / "甲镇.xlsx", "应保及应资对象")}
    assert (rows["周子轩"]["人员群体"], rows["周子轩"]["去年/今年"]) == ("学龄前儿童", "变更")


def test_an_identity_that_ended_is_marked(year: Year) -> None:
    [row] = read_sheet(year.folder / "乙镇.xlsx", "应保及应资对象")
    assert (row["姓名"], row["身份属性1"], row["去年/今年"]) == ("郑一鸣", None, "变更")
    assert "孤儿" in row["备注"]


def test_who_left_is_set_aside_with_the_reason(year: Year) -> None:
    rows = {row["姓名"]: row for row in read_sheet(year.folder / "甲镇.xlsx", "异地参保和无法参保对象")}
    shown = {name: [row[header] for header in ("类别", "原因", "参保地", "去年/今年")] for name, row in rows.items()}
    assert shown == {
        "周子墨": ["异地参保", "学校参保(大中专)", "兰州市", "不变"],
        "田守义": ["无法参保", "死亡", None, "去向"],
        "王建国": ["异地参保", "职工医保", "白银市", "去向"],
    }
    assert rows["周子墨"]["证明编号"] is None, "proof is of its year"


def test_who_is_missing_is_told(year: Year) -> None:
    notes = {(row["姓名"], row["情况"]): row["说明"] for row in rows_of(year.folder / "预填说明.xlsx", "预填说明")}
    assert set(notes) == {
        ("周子涵", "断保核查：没有放进模板"),
        ("孙秀兰", "断保核查：上年名单有，汇总没有"),
        ("田守义", "去向"),
        ("王建国", "去向"),
        ("周子轩", "人员群体变了"),
        ("郑一鸣", "身份到期"),
        ("郑一鸣", "人员群体变了"),
    }
    assert notes["郑一鸣", "身份到期"] == "孤儿"
    assert notes["郑一鸣", "人员群体变了"] == "学龄前儿童 → 中小学生"
    assert notes["周子轩", "人员群体变了"] == "新生儿 → 学龄前儿童"


def test_nobody_stands_twice_and_nobody_is_lost(year: Year) -> None:
    found: list[str] = []
    for path in (year.folder / "甲镇.xlsx", year.folder / "乙镇.xlsx"):
        for sheet in ("应保及应资对象", "异地参保和无法参保对象"):
            found += [row["姓名"] for row in read_sheet(path, sheet)]
    assert sorted([*found, "周子涵"]) == sorted(PEOPLE[name]["姓名"] for name in PEOPLE if name != "阿孙")


def test_the_templates_are_as_issued(year: Year, tmp_path: Path) -> None:
    out = tmp_path / "check.json"
    files = [str(year.folder / name) for name in ("甲镇.xlsx", "乙镇.xlsx")]
    assert run(["check", *files, "--policy", str(year.policy), "--json", str(out)]) == 1
    report = json.loads(out.read_text(encoding="utf-8"))
    found = [(one["code"], one["value"]) for file in report["files"] for one in file["findings"]]
    assert {code for code, _ in found} <= {"V01", "V08", "V26", "V27"}, found


def test_a_policy_without_the_list_has_no_such_column() -> None:
    for name in ("huining-2021", "shangcai-2020", "putuo-2022", "dongxing-2022"):
        book = load_rulebook(load_policy(name))
        assert not [roster for roster in book.rosters.values() if "carried" in roster.by_field]
        assert "去年今年名单" not in book.names


def test_without_a_submission_it_says_so(year: Year, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["generate", str(year.policy), "--units", str(year.folder / "单位清单.csv"), "--out", str(tmp_path / "out")]
    assert run([*words, "--prefill", "submission"]) == 2
    assert "--lists" in capsys.readouterr().err
    assert run([*words, "--prefill", "submission", "--lists", str(year.folder / "甲镇.xlsx")]) == 2
    assert "canbao merge" in capsys.readouterr().err


class Own(NamedTuple):
    rows: dict[str, dict[str, Any]]
    notes: dict[tuple[str, str], str]


OLD_COLUMNS = """own_columns:
  - {roster: R1, header: 承包地（亩）, type: integer}
  - {roster: R1, header: 外出务工地, choices: [省内, 省外, 国外]}
  - {roster: R1, header: 回访日期, type: date}
  - {roster: R1, header: 上户人, hint: 谁去的}
  - {roster: R1, header: 回访次数, type: integer}
  - {roster: R1, header: 家里有车, type: text}
"""
NEW_COLUMNS = """own_columns:
  - {roster: R1, header: 家里有车, type: integer, carried: true}
  - {roster: R1, header: 回访日期, type: date}
  - {roster: R1, header: 外出务工地, choices: [省内, 省外], required: true}
  - {roster: R1, header: 上户人, carried: false}
  - {roster: R2, header: 回访次数, type: integer, carried: true}
  - {roster: R1, header: 承包地(亩), type: integer, carried: true}
"""
TYPED = {"承包地（亩）": 7, "回访日期": "2020-10-01", "上户人": "周海燕", "回访次数": 3, "家里有车": "有"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Own:
    """The same county with columns of its own, which it has arranged anew for the next year."""
    home = tmp_path_factory.mktemp("own")
    units = write_units(home / "units.csv", [[*row, ""] for row in KNOWN["units"]])
    policy = home / "huining-2021.yaml"
    text = read_text("policies/huining-2021.yaml")
    policy.write_text(text.replace("\nrosters:", f"\n{OLD_COLUMNS}rosters:", 1), encoding="utf-8")
    assert run(["generate", str(policy), "--units", str(units), "--out", str(home / "blank"), "--rows", "12"]) == 0
    places = {"老田": "省外", "小赵": "国外", "七月": "省内"}
    wanted = {
        "R1": [{**row, **TYPED, "外出务工地": places[row["谁"]]} for row in COUNTY["甲镇"]["R1"] if row["谁"] in places]
    }
    filled = fill_units(KNOWN, {"甲镇": wanted}, home / "blank", home / "filled")
    county = home / "县级汇总.xlsx"
    assert run(["merge", str(filled), "--policy", str(policy), "--out", str(county), "--units", str(units)]) in {0, 1}
    later = home / "huining-2022.yaml"
    assert run(["policy", "new", "huining-2022", "--from", str(policy), "--out", str(later)]) == 0
    made = later.read_text(encoding="utf-8").split("\nconfirm:")[0]
    assert OLD_COLUMNS in made
    later.write_text(
        made.replace(OLD_COLUMNS, NEW_COLUMNS) + "\nlists: {carried: [不变, 变更, 新增, 去向]}\n", encoding="utf-8"
    )
    words = ["--units", str(units), "--out", str(home / "new"), "--rows", "20", "--prefill", "submission"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("canbao_addin.home.POLICIES", home)  # where the policy year that was submitted lies
        assert run(["generate", str(later), *words, "--lists", str(county)]) == 0
    rows = {row["姓名"]: row for row in read_sheet(home / "new" / "甲镇.xlsx", "应保及应资对象")}
    told = rows_of(home / "new" / "预填说明.xlsx", "预填说明")
    return Own(rows, {(row["姓名"], row["情况"]): row["说明"] for row in told})


def test_own_columns_are_carried_by_their_headers(own: Own) -> None:
    assert list(own.rows) == ["田守义", "赵彩琴", "周子轩"]
    assert [row["外出务工地"] for row in own.rows.values()] == ["省外", None, "省内"]
    assert [row["承包地(亩)"] for row in own.rows.values()] == [7, 7, 7]


def test_what_belongs_to_its_year_and_what_is_another_column_is_not_carried(own: Own) -> None:
    of_that_year = [(row["回访日期"], row["上户人"], row["家里有车"]) for row in own.rows.values()]
    assert of_that_year == [(None, None, None)] * 3
    assert "回访次数" not in own.rows["田守义"]


def test_a_word_that_may_not_be_chosen_any_more_is_told(own: Own) -> None:
    assert own.notes["赵彩琴", "本县的列：去年的词今年不能选"] == "外出务工地：国外"
    assert [own.rows[name]["去年/今年"] for name in ("田守义", "赵彩琴")] == ["不变", "变更"]
