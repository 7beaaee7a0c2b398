"""Templates that already hold the persons of an imported list, village by village (PT-32, SC-27)."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_rulebook.functions.identity import check_character
from canbao_rulebook.policy import load_policy
from canbao_rulebook.roster import HEADER_ROW
from canbao_rulebook.rulebook import load_rulebook
from support.cli import check_json, read_sheet, write_units
from support.libreoffice import recalculate

UNITS = [["甲镇", "一村", "", ""], ["甲镇", "二村", "", ""], ["乙镇", "三村", "", ""]]
HEADERS = ["公民身份号码", "姓名", "户号", "户主", "户主身份证号", "与户主关系", "镇街", "村", "组"]
ROLL = {"huining-2021": "R1", "putuo-2022": "R10", "shangcai-2020": "R6"}


def number(serial: int) -> str:
    first17 = f"62042219700101{serial:03d}"
    return first17 + check_character(first17)


def person(serial: int, name: str, household: str, township: str, village: str, group: str = "") -> list[str]:
    return [number(serial), name, household, "田守义", number(950), "其他", township, village, group]


PEOPLE = [
    person(953, "田丁", "3", "乙镇", "三村"),
    person(952, "田丙", "2", "甲", "二村"),
    person(951, "田乙", "1", "甲镇", " 一村", "二组"),
    person(950, "田守义", "1", "甲镇", "一村", "一组"),
    person(954, "田戊", "4", "乙镇", "没有的村"),
    person(955, "田己", "5", "丁镇", "一村"),
    person(956, "田庚", "6", "", ""),
    person(957, "田辛", "7", "乙镇", "三村"),
    person(958, "田壬", "8", "乙镇", "三村"),
    person(959, "田癸", "9", "乙镇", "三村"),
    person(950, "田守义", "1", "甲镇", "一村", "一组"),
]
EMPLOYED = [[number(957), "田辛", "兰州市", "某厂"], [number(950), "田守义", "", ""]]
SOLDIERS, DEAD = [[number(958), "田壬"]], [[number(959), "田癸"]]
ENDED = [[number(950), "田守义", "兰州市", "某厂", "2018-12-31"]]


def write_csv(path: Path, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([headers, *rows])
    return path


def import_lists(folder: Path, policy: str, *, explained: bool = True) -> Path:
    """The population, and who is employed, a soldier or dead; an employment that ended explains nothing."""
    lists = {"population": (HEADERS, PEOPLE)}
    if explained:
        employed = [[*EMPLOYED[0], ""], *ENDED]
        lists["employee"] = (["证件号码", "姓名", "参保地", "单位名称", "停保日期"], employed)
        lists["soldiers"] = (["证件号码", "姓名"], SOLDIERS)
        lists["deaths"] = (["证件号码", "姓名"], DEAD)
    for kind, (headers, rows) in lists.items():
        source = write_csv(folder / f"{kind}.csv", headers, rows)
        assert run(["import", str(source), "--policy", policy, "--kind", kind, "--out", str(folder / "名单")]) == 0
    return folder / "名单"


def generate(folder: Path, policy: str, lists: Path, *more: str) -> int:
    units = write_units(folder / "units.csv", UNITS)
    words = ["--units", str(units), "--out", str(folder / "模板"), "--prefill", "population", "--lists", str(lists)]
    return run(["generate", policy, *words, *more])


def names(path: Path, sheet: str) -> list[str]:
    return [row["姓名"] for row in read_sheet(path, sheet)]


def roll_sheet(policy: str) -> str:
    return load_rulebook(load_policy(policy)).rosters[ROLL[policy]].sheet


def test_the_roll_holds_who_is_not_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Putuo has no roster of exemptions: who is explained by a list stands nowhere."""
    lists = import_lists(tmp_path, "putuo-2022")
    assert generate(tmp_path, "putuo-2022", lists, "--rows", "20") == 0
    sheet, folder = roll_sheet("putuo-2022"), tmp_path / "模板"
    assert names(folder / "甲镇.xlsx", sheet) == ["田守义", "田乙", "田丙"]
    assert names(folder / "乙镇.xlsx", sheet) == ["田丁", "田戊"]
    assert openpyxl.load_workbook(folder / "乙镇.xlsx")[sheet].max_row >= HEADER_ROW + 20
    told = " ".join(capsys.readouterr().out.split())
    assert "预填了 5 人；在其他名单上、不用在本地参保的，另填入 0 人" in told
    assert "2 人的乡镇或村不在这次生成的单位里" in told
    assert all(f"1 人在《{name}》上" in told for name in ("职工医保参保名单", "参军人员名单", "死亡人员名单"))


@pytest.fixture(scope="module")
def huining(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Templates of Huining, which has a roster of exemptions."""
    folder = tmp_path_factory.mktemp("prefill")
    assert generate(folder, "huining-2021", import_lists(folder, "huining-2021"), "--rows", "20") == 0
    return folder / "模板"


def test_what_the_list_knows_stands_in_the_row_and_the_rest_is_computed(huining: Path, tmp_path: Path) -> None:
    path, sheet = huining / "甲镇.xlsx", roll_sheet("huining-2021")
    row = read_sheet(path, sheet)[1]
    wanted: dict[str, Any] = {
        "村(社区)": "一村", "组": "二组", "户编号": "1", "户主姓名": "田守义", "户主证件号码": number(950),
        "与户主关系": "其他", "姓名": "田乙", "证件类型": "居民身份证", "证件号码": number(951), "性别": "男",
        "缴费日期": None,
    }  # fmt: skip
    assert {header: row[header] for header in wanted} == wanted
    again = recalculate(path, tmp_path / "again.xlsx")
    assert read_sheet(again, sheet)[1] == row
    status, report = check_json(tmp_path, path)
    assert status == 1
    assert {found["code"] for found in report["files"][0]["findings"]} <= {"V01", "V26"}


def test_who_need_not_enrol_stands_among_the_exempt_with_the_reason(huining: Path) -> None:
    rows = read_sheet(huining / "乙镇.xlsx", "异地参保和无法参保对象")
    shown = [[row[header] for header in ("姓名", "类别", "原因", "参保地", "参保单位/学校")] for row in rows]
    assert shown == [
        ["田辛", "异地参保", "职工医保", "兰州市", "某厂"],
        ["田壬", "无法参保", "参军", None, None],
        ["田癸", "无法参保", "死亡", None, None],
    ]


def test_villages_get_their_own_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lists = import_lists(tmp_path, "putuo-2022", explained=False)
    assert generate(tmp_path, "putuo-2022", lists, "--level", "village") == 0
    sheet, folder = roll_sheet("putuo-2022"), tmp_path / "模板"
    assert names(folder / "甲镇" / "一村.xlsx", sheet) == ["田守义", "田乙"]
    assert names(folder / "甲镇" / "二村.xlsx", sheet) == ["田丙"]
    assert names(folder / "乙镇" / "三村.xlsx", sheet) == ["田丁", "田辛", "田壬", "田癸"]
    assert "3 人的乡镇或村不在这次生成的单位里" in " ".join(capsys.readouterr().out.split())


def test_last_years_insured_are_those_of_the_residents_insurance(tmp_path: Path) -> None:
    rows = [[number(950), "田守义", "甲镇", "一村", "居民医保"], [number(951), "田乙", "甲镇", "一村", "职工医保"]]
    source = write_csv(tmp_path / "上年.csv", ["身份证号", "姓名", "乡镇", "村", "险种"], rows)
    lists = tmp_path / "名单"
    assert run(["import", str(source), "--policy", "shangcai-2020", "--kind", "last_year", "--out", str(lists)]) == 0
    assert generate(tmp_path, "shangcai-2020", lists, "--prefill", "last_year") == 0
    assert names(tmp_path / "模板" / "甲镇.xlsx", roll_sheet("shangcai-2020")) == ["田守义"]


def test_what_is_missing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    units, out = write_units(tmp_path / "units.csv", UNITS), tmp_path / "模板"
    words = ["generate", "putuo-2022", "--units", str(units), "--out", str(out), "--prefill", "last_year"]
    assert run(words) == 2
    assert "--lists" in capsys.readouterr().err
    lists = import_lists(tmp_path, "putuo-2022", explained=False)
    assert run([*words, "--lists", str(lists)]) == 2
    assert "上年参保名单" in " ".join(capsys.readouterr().err.split())
    assert not out.exists()
