"""A workbook of another edition of the templates: one sentence, and its rows are read by their headers."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_rulebook.kept import OFF, VARIABLE
from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import TOWNSHIP
from support.cli import check_json, fill, headers, read_sheet, write_units
from support.issued import person
from support.other_templates import OtherTemplates
from support.times import most_different

# Issued, filled with invented people and computed by the program at commit ee7159b, when R1 was of its first edition.
FIRST = Path(__file__).parents[1] / "data" / "editions" / "huining-2021-edition-1.xlsx"
# Issued, filled and computed at commit 66143fb: the last rosters that began with the place and ended with 校验结果.
PLACE_FIRST = FIRST.with_name("huining-2021-place-first.xlsx")
SHEET = "应保及应资对象"
SPEC = "rosters/R1.yaml"
ADDRESS = "header: 家庭住址, type: text, filler: clerk, width: 20"
PEOPLE = [person(1), person(2, 姓名="田守礼", 户编号="001", 与户主关系="子", 证件号码="62042219700101")]


def told(findings: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    return [(found["code"], found["severity"], found["cell"]) for found in findings]


def findings_of(tmp_path: Path, *files: Path) -> list[dict[str, Any]]:
    _, result = check_json(tmp_path, *files)
    return [found for file in result["files"] for found in file["findings"]]


def issue(templates: OtherTemplates, folder: Path, people: list[dict[str, Any]] = PEOPLE) -> Path:
    """A workbook of other templates, filled in by a clerk."""
    units = write_units(folder / "units.csv", [("河畔镇", "北坪村", "一组", 20)])
    path = templates.generate("huining-2021", units, folder / "issued") / "河畔镇.xlsx"
    fill(path, {SHEET: people})
    return path


@pytest.fixture
def other(tmp_path: Path) -> OtherTemplates:
    return OtherTemplates.copy_to(tmp_path / "templates")


# ---- workbooks that state a version, from before the digests


def test_a_first_edition_is_read_and_nothing_is_held_against_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, result = check_json(tmp_path, FIRST)
    # the baby was born 2020-07-15 and has paid within the collection period: the first edition refused it
    assert told(result["files"][0]["findings"]) == [("V24", "提醒", "AK7"), ("V39", "提示", "")]
    assert "（登记日期、情况说明、删除）" in result["files"][0]["findings"][1]["message"]
    assert status == 0
    assert "SV9T-DGHK-NTNY" in capsys.readouterr().out, "the check code of the paper that was signed"


def test_computing_it_gives_the_edition_in_use(tmp_path: Path) -> None:
    out = tmp_path / "new.xlsx"
    assert run(["compute", str(FIRST), "--out", str(out)]) == 0
    rows = read_sheet(out, SHEET)
    assert [row["销号状态"] for row in rows] == ["代缴", "已缴", "已缴", "已缴"]
    assert {"情况说明", "登记日期"} <= rows[0].keys()
    assert told(findings_of(tmp_path, out)) == [("V24", "提醒", "AM7")]


def test_repairing_it_gives_the_edition_in_use(tmp_path: Path) -> None:
    out = tmp_path / "repaired.xlsx"
    assert run(["repair", str(FIRST), "--out", str(out)]) == 0
    assert told(findings_of(tmp_path, out)) == [("V24", "提醒", "AM7")]
    typed = ("姓名", "证件号码", "缴费日期", "实缴金额", "身份属性1")
    before, after = ([[row[header] for header in typed] for row in read_sheet(path, SHEET)] for path in (FIRST, out))
    assert after == before


def test_a_header_that_was_altered_in_it_is_still_told(tmp_path: Path) -> None:
    book, path = openpyxl.load_workbook(FIRST), tmp_path / "altered.xlsx"
    sheet = book[SHEET]
    place = next(cell for cell in sheet[4] if cell.value == "家庭住址")
    place.value = "住哪里"
    book.save(path)
    findings = [found for found in findings_of(tmp_path, path) if found["code"] == "V39"]
    assert [(found["severity"], found["cell"]) for found in findings] == [("错误", place.coordinate), ("提示", "")]


# ---- a sheet whose columns stand in another order


def test_columns_in_the_order_of_another_edition_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, result = check_json(tmp_path, PLACE_FIRST)
    [file] = result["files"]
    assert "G9E7-E7FB-RAYQ" in capsys.readouterr().out, "the check code of the paper that was signed"
    assert file["rows"] == {"R1": 4, "R2": 0, "R3": 1, "R4": 2, "R7": 0, "R17": 0}
    [sentence, *more] = [found for found in file["findings"] if found["code"] == "V39"]
    assert (more, sentence["severity"]) == ([], "提示")
    assert "（删除）" in sentence["message"]
    sheet = openpyxl.load_workbook(PLACE_FIRST)[SHEET]
    places = headers(sheet)
    assert [(found["code"], found["cell"]) for found in file["findings"] if found["severity"] == "错误"] == [
        ("V01", sheet.cell(8, places["参保意愿"]).coordinate)
    ]


def test_what_was_read_stands_in_the_order_of_today(tmp_path: Path) -> None:
    out = tmp_path / "new.xlsx"
    assert run(["compute", str(PLACE_FIRST), "--out", str(out)]) == 1, "an intent is missing"
    before, after = read_sheet(PLACE_FIRST, SHEET), read_sheet(out, SHEET)
    same = before[0].keys() & after[0].keys() - {"校验结果"}
    assert len(same) > 50
    for old, new in zip(before, after, strict=True):
        shown = {header for header in same if not header.startswith("※")}
        assert {header: new[header] for header in shown} == {header: old[header] for header in shown}
    assert list(after[0])[:4] == ["序号", "校验结果", "姓名", "证件号码"]


# ---- digests


@pytest.mark.parametrize("policy_id", most_different(list_policies()))
def test_every_process_comes_to_the_same_digests(policy_id: str) -> None:
    code = f"""
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import TOWNSHIP
book = load_rulebook(load_policy({policy_id!r}))
books = [book.of_kind(kind) for kind in ("township", "school", "agency")]
print([own.edition(code) for own in books for code in own.rosters])
"""
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, VARIABLE: OFF},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1] != "[]\n"


def test_rosters_of_one_year_have_digests_of_their_own() -> None:
    book = load_rulebook(load_policy("huining-2021"))
    assert len({book.edition(code) for code in book.rosters}) == len(book.rosters)


def test_widths_make_no_new_edition(other: OtherTemplates, tmp_path: Path) -> None:
    """So what was altered in such a workbook is still found."""
    path = issue(other.edit(SPEC, ADDRESS, ADDRESS.replace("width: 20", "width: 21")), tmp_path)
    assert [found for found in findings_of(tmp_path, path) if found["code"] == "V39"] == []
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    sheet.cell(5, headers(sheet)["个人应缴"]).value = "=1+1"
    book.save(path)
    assert [found["header"] for found in findings_of(tmp_path, path) if found["code"] == "V39"] == ["个人应缴"]


RULE = "when: 'AND(IS_TEXT([@家庭住址]),LEN([@家庭住址])<4)'"


def alter_message(other: OtherTemplates) -> None:
    path = other.path("messages/rows.yaml")
    text = path.read_text(encoding="utf-8")
    short = text.index("short: ", text.index("V12.other_year:"))
    path.write_text(f"{text[:short]}short: 别的话 # {text[short:]}", encoding="utf-8")


def alter_three(other: OtherTemplates) -> None:
    other.edit(SPEC, RULE, RULE.replace("<4", "<3"))
    other.edit("rosters/R2.yaml", "hint: 手机或带区号的固定电话", "hint: 手机或固定电话")
    alter_message(other)  # of R3 alone


def alter_list(other: OtherTemplates) -> None:
    other.edit("lists.yaml", "enrol_types: [", "enrol_types: [转入, ")


@pytest.mark.parametrize(
    ("alter", "reached"),
    [
        pytest.param(alter_three, {"R1", "R2", "R3"}, id="a rule, a hint and a message, each of another roster"),
        pytest.param(alter_list, {"R1", "R2", "R3", "R4", "R7", "R17"}, id="a list, which every roster may use"),
    ],
)
def test_what_reaches_the_sheet_makes_a_new_edition(
    alter: Callable[[OtherTemplates], None], reached: set[str], other: OtherTemplates, tmp_path: Path
) -> None:
    alter(other)
    path = issue(other, tmp_path)
    stated = {row[1]: row[2] for row in openpyxl.load_workbook(path)["_meta"].values if row[0] == "roster"}
    today = load_rulebook(load_policy("huining-2021")).of_kind(TOWNSHIP)
    assert {code for code, edition in stated.items() if edition != today.edition(str(code))} == reached
    _, result = check_json(tmp_path, path)
    [file] = result["files"]
    assert file["rows"]["R1"] == 2
    found = [entry for entry in file["findings"] if entry["code"] == "V39"]
    assert [(entry["severity"], entry["sheet"]) for entry in found] == [("提示", "")]
    assert ("V02", "错误") in {(entry["code"], entry["severity"]) for entry in file["findings"]}, "rows are judged"


# ---- columns that the other edition has, has not, or has elsewhere


def test_a_column_that_today_has_and_the_file_has_not(other: OtherTemplates, tmp_path: Path) -> None:
    """The file was made before 家庭住址 and 参保意愿, both required, were columns: nobody could fill them in."""
    spec = other.path(SPEC)
    lines = spec.read_text(encoding="utf-8").splitlines(keepends=True)
    spec.write_text("".join(line for line in lines if "家庭住址" not in line), encoding="utf-8")
    people = [{header: value for header, value in row.items() if header != "家庭住址"} for row in PEOPLE]
    findings = findings_of(tmp_path, issue(other, tmp_path, people))
    [sentence] = [found for found in findings if found["code"] == "V39"]
    assert "（家庭住址）" in sentence["message"]
    assert "家庭住址" not in {found["header"] for found in findings}
    wrong = next(found for found in findings if found["code"] == "V02")
    sheet = openpyxl.load_workbook(tmp_path / "issued" / "河畔镇.xlsx")[SHEET]
    assert sheet[wrong["cell"]].value == "62042219700101", "the cell of the file, not of today's sheet"


def test_a_column_that_only_the_file_has_and_one_that_moved(other: OtherTemplates, tmp_path: Path) -> None:
    spec = other.path(SPEC)
    lines = spec.read_text(encoding="utf-8").splitlines(keepends=True)
    phone = next(line for line in lines if "header: 联系电话" in line)
    address = next(index for index, line in enumerate(lines) if "header: 家庭住址" in line)
    lines.remove(phone)
    strange = phone.replace("phone,", "second_phone,", 1).replace("联系电话", "备用电话")
    spec.write_text("".join([*lines[:address], phone, strange, *lines[address:]]), encoding="utf-8")
    people = [{**row, "备用电话": "13909430000"} for row in PEOPLE]
    path = issue(other, tmp_path, people)
    findings = findings_of(tmp_path, path)
    [sentence] = [found for found in findings if found["code"] == "V39"]
    assert "（备用电话）" in sentence["message"]
    out = tmp_path / "new.xlsx"
    assert run(["compute", str(path), "--out", str(out)]) == 1, "a wrong number is an error"
    assert [row["联系电话"] for row in read_sheet(out, SHEET)] == ["13909431234", "13909431234"]


def test_a_header_of_today_is_another_word_than_in_the_file(other: OtherTemplates, tmp_path: Path) -> None:
    spec = other.path(SPEC)
    spec.write_text(spec.read_text(encoding="utf-8").replace("家庭住址", "住址"), encoding="utf-8")
    people = [{("住址" if header == "家庭住址" else header): value for header, value in row.items()} for row in PEOPLE]
    path = issue(other, tmp_path, people)
    [sentence] = [found for found in findings_of(tmp_path, path) if found["code"] == "V39"]
    assert "（家庭住址）" in sentence["message"]
    assert "（住址）" in sentence["message"]


def test_both_editions_merge(other: OtherTemplates, tmp_path: Path) -> None:
    issue(other.edit(SPEC, RULE, RULE.replace("<4", "<3")), tmp_path, [person(1)])
    status = run(
        ["merge", str(tmp_path / "issued"), "--policy", "huining-2021", "--out", str(tmp_path / "county.xlsx")]
    )
    assert status == 0
    county = openpyxl.load_workbook(tmp_path / "county.xlsx", data_only=True)
    texts = {cell for row in county[SHEET].iter_rows(values_only=True) for cell in row}
    assert {"田守义", "河畔镇", person(1)["证件号码"]} <= texts


def test_an_edition_that_was_edited_by_hand_is_told(tmp_path: Path) -> None:
    templates = OtherTemplates.copy_to(tmp_path / "same")
    path = issue(templates, tmp_path)
    book = openpyxl.load_workbook(path)
    for row in book["_meta"]:
        if row[0].value == "roster" and row[1].value == "R1":
            row[2].value = "0123456789abcdef"
    book.save(path)
    severities = [found["severity"] for found in findings_of(tmp_path, path) if found["code"] == "V39"]
    assert sorted(severities) == ["提示", "错误"]
