"""Villages fill in, townships collect: workbooks of villages, their merge into the township's, and on to the county."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.actions.file_names import file_names
from canbao_addin.cli.main import run
from canbao_rulebook.functions.identity import check_character
from support.cli import check_json, fill, headers, read_sheet, write_units
from support.merged_villages import POLICY, Merged
from support.ooxml import lint, validate

R1, R3, R4 = "应保及应资对象", "异地参保和无法参保对象", "参保资助花名册"
UNITS = [
    ["甲镇", "", "", 100],
    ["甲镇", "一村", "一组", ""],
    ["甲镇", "一村", "二组", ""],
    ["甲镇", "二村", "", ""],
    ["甲镇", "三村", "", ""],
]
PAID = {"缴费方式": "微信", "缴费日期": "2020-10-01", "实缴金额": 280, "凭证号码": "PZ1"}
POOR = {"身份属性1": "建档立卡贫困人口", "佐证材料": "扶贫2020-1"}
CARD = {"收款账户类型": "本人", "社保卡银行账号": "6230123400001112201", "开户银行": "农商银行"}


def person(serial: int, village: str, **changes: Any) -> dict[str, Any]:
    """The only member of a household; ``changes`` by header."""
    first17 = f"62042219700101{serial:03d}"
    number, name = first17 + check_character(first17), f"王{'一二三四五六七八九'[serial % 9]}"
    row = {
        "村(社区)": village, "户编号": str(serial), "户主姓名": name, "户主证件号码": number, "与户主关系": "户主",
        "姓名": name, "证件类型": "居民身份证", "证件号码": number, "家庭住址": "一组12号", "联系电话": "13909431234",
        "参保类型": "续保", "人员群体": "普通居民", "参保意愿": "同意参保",
    }  # fmt: skip
    return row | changes


def exempt(serial: int, village: str, **changes: Any) -> dict[str, Any]:
    """The same person as R3 knows him."""
    elsewhere = {"家庭住址", "联系电话", "参保类型", "人员群体", "参保意愿"}
    row = {header: value for header, value in person(serial, village).items() if header not in elsewhere}
    return row | changes


@pytest.fixture
def generate(tmp_path: Path):
    """Generate village workbooks; returns the folder that holds one folder a township."""

    def generated(rows: list[list[Any]], *options: str) -> Path:
        units, out = write_units(tmp_path / "units.csv", rows), tmp_path / "issued"
        words = ["--units", str(units), "--out", str(out), "--level", "village", *options]
        assert run(["generate", POLICY, *words]) == 0
        return out

    return generated


@pytest.fixture
def villages(generate) -> Path:
    """The folder of 甲镇 with three empty village workbooks of ten rows."""
    return generate(UNITS, "--rows", "10") / "甲镇"


def meta(path: Path) -> dict[str, list[str]]:
    """The rows of _meta by key; those of the rosters by code."""
    rows = openpyxl.load_workbook(path, read_only=True)["_meta"].iter_rows(values_only=True)
    texts = ([str(cell) for cell in row if cell] for row in rows)
    return {row[1] if row[0] == "roster" else row[0]: row[1:] for row in texts if row}


def room(path: Path) -> dict[str, int]:
    """The rows of each roster sheet."""
    said = meta(path)
    return {code: int(said[code][4]) - 4 for code in ("R1", "R2", "R3", "R4")}


def test_one_workbook_a_village_that_knows_its_township(villages: Path) -> None:
    assert sorted(path.name for path in villages.iterdir()) == ["一村.xlsx", "三村.xlsx", "二村.xlsx"]
    path = villages / "一村.xlsx"
    assert validate(path) + lint(path) == []
    said = meta(path)
    assert [said[key] for key in ("unit", "unit_kind", "parent")] == [["一村"], ["village"], ["甲镇"]]
    assert said["parent_villages"] == ["一村", "二村", "三村"]
    book = openpyxl.load_workbook(path)
    assert [cell.value for cell in book["代码表"]["A"]][:3] == ["村名单", "一村", None]
    assert [cell.value for cell in book["代码表"]["B"]][:3] == ["村组名单", "一村/一组", "一村/二组"]
    assert book["封面"]["C5"].value == "甲镇 一村"
    assert "填报单位：甲镇 一村" in book[R1]["A2"].value
    assert "填报单位：甲镇 一村" in book["汇总"]["A2"].value
    parameters = book["政策参数"]
    names = {parameters.cell(row, 6).value: parameters.cell(row, 7).value for row in range(1, parameters.max_row + 1)}
    assert (names["本乡镇"], names["村条数"], names["村组条数"]) == ("甲镇", 1, 2)


def test_room_by_the_villages_own_goals_or_their_share(generate) -> None:
    rows = [["甲镇", "一村", "", 1000], ["甲镇", "二村", "", 3000], ["乙乡", "", "", 9000]]
    out = generate([*rows, *(["乙乡", f"{name}村", "", ""] for name in "东南西")])
    rows_of = {path.stem: room(path)["R1"] for path in out.glob("*/*.xlsx")}
    assert rows_of == {"一村": 1050, "二村": 3150, "东村": 4500, "南村": 4500, "西村": 4500}
    assert meta(out / "甲镇" / "一村.xlsx")["target"] == ["1000"]
    assert meta(out / "甲镇" / "一村.xlsx")["parent_target"] == ["4000"]
    assert meta(out / "乙乡" / "东村.xlsx")["target"] == []


GOALS = [
    ([["甲镇", "一村", "", 1200], ["甲镇", "二村", "", ""]], "1200"),
    ([["甲镇", "一村", "", 1200], ["甲镇", "二村", "", 1200]], "1200"),
    ([["甲镇", "一村", "一组", 500], ["甲镇", "一村", "二组", 700], ["甲镇", "二村", "", 800]], "2000"),
    ([["甲镇", "", "", 2500], ["甲镇", "一村", "", 500], ["甲镇", "二村", "", ""]], "2500"),
]


@pytest.mark.parametrize(("rows", "goal"), GOALS)
def test_the_goal_of_a_township(rows: list[list[Any]], goal: str, tmp_path: Path) -> None:
    units = write_units(tmp_path / "units.csv", rows)
    assert run(["generate", POLICY, "--units", str(units), "--out", str(tmp_path / "o"), "--rows", "5"]) == 0
    assert meta(tmp_path / "o" / "甲镇.xlsx")["target"] == [goal]


WRONG = [
    ([["甲镇", "一村", "", ""], ["乙镇", "", "", ""]], "“乙镇”没有列出村"),
    ([["甲镇", "一村", "", 500], ["甲镇", "二村", "", 700], ["甲镇", "三村", "", ""]], "“甲镇”有的村写了"),
]


@pytest.mark.parametrize(("rows", "said"), WRONG)
def test_lists_that_cannot_be_split(
    rows: list[list[Any]], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    units, out = write_units(tmp_path / "units.csv", rows), tmp_path / "o"
    assert run(["generate", POLICY, "--units", str(units), "--out", str(out), "--level", "village"]) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_names_of_villages_that_no_file_can_have(generate) -> None:
    out = generate([["甲镇", "西/沟村", "", ""], ["甲镇", "西:沟村", "", ""]], "--rows", "5")
    paths = sorted((out / "甲镇").iterdir())
    assert [path.name for path in paths] == ["西_沟村.xlsx", "西_沟村（2）.xlsx"]
    assert [meta(path)["unit"] for path in paths] == [["西/沟村"], ["西:沟村"]]
    assert file_names(["A村", "a村", " ", "."]) == ["A村", "a村（2）", "_", "_（2）"]


def test_check_and_compute_take_a_village(villages: Path, tmp_path: Path) -> None:
    path = villages / "一村.xlsx"
    fill(path, {R1: [person(1, "一村"), person(2, "二村")]})
    status, result = check_json(tmp_path, path)
    assert (status, result["files"][0]["unit"]) == (1, "一村")
    assert [(entry["code"], entry["row"]) for entry in result["files"][0]["findings"]] == [("V06", 6)]
    out = tmp_path / "computed.xlsx"
    assert run(["compute", str(path), "--out", str(out)]) == 1
    assert {key: meta(out)[key] for key in ("unit_kind", "parent", "parent_villages")} == {
        "unit_kind": ["village"], "parent": ["甲镇"], "parent_villages": ["一村", "二村", "三村"],
    }  # fmt: skip
    assert [row["乡镇(街道)"] for row in read_sheet(out, R1)] == ["甲镇", "甲镇"]


def test_a_workbook_that_does_not_say_what_it_is_belongs_to_a_township(tmp_path: Path) -> None:
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "", ""]])
    assert run(["generate", POLICY, "--units", str(units), "--out", str(tmp_path / "in"), "--rows", "5"]) == 0
    path = tmp_path / "in" / "甲镇.xlsx"
    book = openpyxl.load_workbook(path)
    row = next(row for row in book["_meta"].iter_rows() if row[0].value == "unit_kind")
    book["_meta"].delete_rows(row[0].row)
    book.save(path)
    assert Merged(path.parent, tmp_path / "county.xlsx").result["level"] == "county"


def test_villages_become_the_townships_workbook(
    villages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(villages / "三村.xlsx", {R1: [person(1, "三村")]})
    fill(villages / "一村.xlsx", {R1: [person(2, "一村", 组="一组"), person(3, "一村", 备注="甲<乙&“丙”")]})
    fill(villages / "二村.xlsx", {R1: [person(4, "二村", **POOR, **PAID, **CARD)]})
    before = {path: path.read_bytes() for path in villages.iterdir()}
    merged = Merged(villages, tmp_path / "甲镇.xlsx")
    assert "乡镇工作簿" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in villages.iterdir()} == before
    assert validate(merged.target) + lint(merged.target) == []
    result = merged.result
    assert (result["level"], result["county"]["unit"]) == ("township", "甲镇")
    assert [(total["unit"], total["should_enrol"]) for total in result["townships"]] == [
        ("一村", 2), ("二村", 1), ("三村", 1),
    ]  # fmt: skip
    assert {(entry["file"], entry["unit"], entry["status"], entry["rows"]) for entry in result["files"]} == {
        ("一村.xlsx", "一村", "merged", 2), ("二村.xlsx", "二村", "merged", 1), ("三村.xlsx", "三村", "merged", 1),
    }  # fmt: skip
    rows = read_sheet(merged.target, R1)
    assert [(row["序号"], row["村(社区)"], row["姓名"]) for row in rows] == [
        (1, "一村", "王三"), (2, "一村", "王四"), (3, "二村", "王五"), (4, "三村", "王二"),
    ]  # fmt: skip
    assert [row["备注"] for row in rows] == [None, "甲<乙&“丙”", None, None]
    assert [row["应返资助"] for row in rows] == [0, 0, 200, 0]
    assert [(row["姓名"], row["资助金额"]) for row in read_sheet(merged.target, R4)] == [("王五", 200)]
    said = meta(merged.target)
    assert [said[key] for key in ("unit", "unit_kind")] == [["甲镇"], ["township"]]
    assert "parent" not in said
    book = openpyxl.load_workbook(merged.target)
    assert [cell.value for cell in book["代码表"]["A"]][:4] == ["村名单", "一村", "二村", "三村"]
    assert [cell.value for cell in book["代码表"]["B"]][:3] == ["村组名单", "一村/一组", "一村/二组"]
    assert not any(book["封面"].cell(row, 3).value for row in (15, 16, 17))  # 校验码, 责任人, 责任人电话
    assert book["封面"]["C5"].value == "甲镇"
    status, checked = check_json(tmp_path, merged.target)
    assert (status, checked["files"][0]["unit"], checked["files"][0]["rows"]["R1"]) == (0, "甲镇", 4)


def test_merging_twice_gives_the_same_bytes(villages: Path, tmp_path: Path) -> None:
    fill(villages / "一村.xlsx", {R1: [person(1, "一村")]})
    first, second = (Merged(villages, tmp_path / name / "甲镇.xlsx").target for name in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_the_lock_of_the_villages_is_kept(generate, tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("机密\n", encoding="utf-8")
    folder = generate(UNITS, "--rows", "5", "--password-file", str(tmp_path / "pw")) / "甲镇"
    target = Merged(folder, tmp_path / "甲镇.xlsx").target
    own, joined = (openpyxl.load_workbook(path)[R1].protection for path in (folder / "一村.xlsx", target))
    assert joined.sheet
    assert own.hashValue
    assert (joined.hashValue, joined.saltValue) == (own.hashValue, own.saltValue)


def test_there_is_room_for_every_row_and_more(villages: Path, tmp_path: Path) -> None:
    for name, first in (("一村", 1), ("二村", 300), ("三村", 600)):
        fill(villages / f"{name}.xlsx", {R3: [{"村(社区)": name, "姓名": f"人{n}"} for n in range(first, first + 140)]})
    merged = Merged(villages, tmp_path / "甲镇.xlsx")
    assert room(merged.target) == {"R1": 200, "R2": 200, "R3": 441, "R4": 200}
    assert len(read_sheet(merged.target, R3)) == 420
    assert {message[:2] for _, _, message in merged.found("V39")} == {"数据"}  # beyond the ten rows of each village


def test_a_person_in_two_villages_stands_twice_and_both_are_told(villages: Path, tmp_path: Path) -> None:
    fill(villages / "一村.xlsx", {R1: [person(1, "一村"), person(2, "一村")]})
    fill(villages / "三村.xlsx", {R1: [person(3, "三村"), person(2, "三村")]})
    merged = Merged(villages, tmp_path / "甲镇.xlsx")
    (one, one_cell, one_text), (three, three_cell, three_text) = merged.found("V07")
    assert (one, one_cell, three, three_cell) == ("一村.xlsx", "D6", "三村.xlsx", "D6")
    assert "（在乡镇工作簿第6行；其第8行来自“三村.xlsx”第6行）" in one_text
    assert "（在乡镇工作簿第8行；其第6行来自“一村.xlsx”第6行）" in three_text
    assert len(read_sheet(merged.target, R1)) == 4
    assert merged.result["county"]["should_enrol"] == 3
    returned = {path.name: _codes(path) for path in merged.returns.iterdir()}
    assert returned == {"退回清单_一村.xlsx": ["V07"], "退回清单_三村.xlsx": ["V07"], "退回清单_二村.xlsx": []}
    assert [file for file, _, _ in merged.found("V36")] == ["甲镇", "甲镇"]


def _codes(path: Path) -> list[str]:
    rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    return [str(row[1]) for row in rows if row[1] and str(row[1]).startswith("V")]


def test_findings_in_english_name_both_rows(villages: Path, tmp_path: Path) -> None:
    fill(villages / "一村.xlsx", {R1: [person(1, "一村", 姓名=None)]})
    merged = Merged(villages, tmp_path / "甲镇.xlsx", "--lang", "en")
    assert next(message for _, _, message in merged.found("V01")).endswith("(row 5 of the township's workbook)")


def test_accounts_and_rosters_of_several_villages_are_compared(villages: Path, tmp_path: Path) -> None:
    fill(villages / "一村.xlsx", {R1: [person(1, "一村", **POOR, **PAID, **CARD), person(5, "一村")]})
    fill(villages / "二村.xlsx", {R1: [person(2, "二村", **POOR, **PAID | {"凭证号码": "PZ2"}, **CARD)]})
    fill(villages / "三村.xlsx", {R3: [exempt(5, "三村", 类别="异地参保", 原因="职工医保")]})
    merged = Merged(villages, tmp_path / "甲镇.xlsx")
    assert [file for file, _, _ in merged.found("V22")] == ["一村.xlsx", "二村.xlsx"]
    assert [file for file, _, _ in merged.found("V08")] == ["一村.xlsx", "三村.xlsx"]


def test_what_r3_says_counts_in_another_village_but_is_not_typed_there(villages: Path, tmp_path: Path) -> None:
    fill(villages / "一村.xlsx", {R1: [person(1, "一村", **POOR, **PAID, **CARD)]})
    soldier = exempt(
        1, "二村", 类别="无法参保", 原因="参军", 是否自愿参保="是", 自愿申请人="本人", 证明材料="入伍通知书"
    )
    soldier |= {"证明编号": "RW001", "预计复员/刑满年份": 2021}
    fill(villages / "二村.xlsx", {R3: [soldier]})
    merged = Merged(villages, tmp_path / "甲镇.xlsx")
    ((file, _, message),) = merged.found("V14")
    assert file == "一村.xlsx"
    assert "其第5行来自“二村.xlsx”第5行" in message
    (row,) = read_sheet(merged.target, R1)
    assert (row["特殊情形"], row["应返资助"]) == (None, 200)  # what the sheet's own formulas say of what is typed there
    assert read_sheet(merged.target, R4) == []


def test_a_typed_subsidy_roster_is_made_anew_and_said_so(
    villages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = {"村(社区)": "一村", "姓名": "王二", "证件类型": "居民身份证", "批次": "第一批"}
    typed |= {"证件号码": person(1, "一村")["证件号码"], "资助类别": "建档立卡贫困人口", "资助金额": 250}
    fill(villages / "一村.xlsx", {R1: [person(1, "一村", **POOR, **PAID, **CARD)], R4: [typed]})
    fill(villages / "二村.xlsx", {R1: [person(2, "二村", **POOR, **PAID | {"凭证号码": "PZ2"})]})
    merged = Merged(villages, tmp_path / "甲镇.xlsx")
    assert "资助花名册 1 行已按计算结果重写" in capsys.readouterr().out
    made = [(row["批次"], row["资助金额"]) for row in read_sheet(merged.target, R4)]
    assert made == [("第一批", 200), (None, 200)]
    assert {file for file, _, _ in merged.found("V17")} == {"一村.xlsx"}
    assert merged.found("V16") == []  # 二村 typed no R4, which waits to be computed


def test_a_wrong_header_in_one_village_hides_nothing_in_another(villages: Path, tmp_path: Path) -> None:
    fill(villages / "一村.xlsx", {R1: [person(1, "一村")]})
    book = openpyxl.load_workbook(villages / "一村.xlsx")
    book[R1].cell(4, headers(book[R1])["姓名"]).value = "名字"
    book.save(villages / "一村.xlsx")
    fill(villages / "二村.xlsx", {R1: [person(2, "二村", 姓名=None)]})
    merged = Merged(villages, tmp_path / "甲镇.xlsx")
    assert [file for file, _, _ in merged.found("V39")] == ["一村.xlsx"]
    assert [(file, cell[-1]) for file, cell, _ in merged.found("V01")] == [("二村.xlsx", "5")]


def test_a_row_of_another_village_and_a_village_that_is_missing(villages: Path, tmp_path: Path) -> None:
    fill(villages / "一村.xlsx", {R1: [person(1, "二村")]})
    (villages / "三村.xlsx").unlink()
    merged = Merged(villages, tmp_path / "甲镇.xlsx")
    ((file, _, message),) = merged.found("V06")
    assert (file, "不在本表的名单里" in message) == ("一村.xlsx", True)
    assert merged.found("V39") == [("三村", "", "没有收到单位“三村”的文件")]
    assert meta(merged.target)["unit"] == ["甲镇"]
    lists = openpyxl.load_workbook(merged.target)["代码表"]["A"]
    assert [cell.value for cell in lists][1:4] == ["一村", "二村", "三村"]


def test_a_village_beside_townships_is_refused(villages: Path, tmp_path: Path) -> None:
    units = write_units(tmp_path / "towns.csv", [["乙镇", "一村", "", ""]])
    assert run(["generate", POLICY, "--units", str(units), "--out", str(villages), "--rows", "5"]) == 0
    fill(villages / "乙镇.xlsx", {R1: [person(1, "一村")]})
    merged = Merged(villages, tmp_path / "county.xlsx")
    assert merged.status == 1
    assert merged.result["level"] == "county"
    assert {entry["file"]: entry["status"] for entry in merged.result["files"]} == {
        "乙镇.xlsx": "merged", "一村.xlsx": "refused", "二村.xlsx": "refused", "三村.xlsx": "refused",
    }  # fmt: skip
    refusal = next(entry for entry in merged.result["findings"] if entry["file"] == "一村.xlsx")
    assert refusal["code"] == "V39"
    assert "请先把“甲镇”各村的文件合并成乡镇的工作簿" in refusal["fix"]
    assert openpyxl.load_workbook(merged.target).sheetnames[0] == "汇总"


def test_villages_of_two_townships_are_not_merged(generate, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = generate([*UNITS, ["乙镇", "一村", "", ""]], "--rows", "5")
    merged = Merged(folder, tmp_path / "x.xlsx")
    assert (merged.status, merged.result, merged.target.exists()) == (2, {}, False)
    said = capsys.readouterr().err
    assert "甲镇（甲镇/一村.xlsx、三村.xlsx、二村.xlsx）" in said
    assert "乙镇（乙镇/一村.xlsx）" in said


def test_a_village_twice_is_refused_once(villages: Path, tmp_path: Path) -> None:
    (villages / "一村（二）.xlsx").write_bytes((villages / "一村.xlsx").read_bytes())
    merged = Merged(villages, tmp_path / "甲镇.xlsx")
    refused = [entry["file"] for entry in merged.result["files"] if entry["status"] == "refused"]
    assert refused == ["一村（二）.xlsx"]
