"""A column with its own list, a rule and a roster are added as data alone: no Python, in a copy of the templates."""

import json
from typing import Any

import pytest

from support.cli import fill, write_units
from support.issued import person
from support.other_templates import OtherTemplates

SHEET, R1 = "应保及应资对象", "rosters/R1.yaml"
PHONES = "      - {message: V41.phone, column: 联系电话"
VISITS, VISITED = "走访记录", {"村(社区)", "组", "姓名", "证件类型", "证件号码"}
ROSTER = """code: R10C
from: 2020
sheet: 走访记录
role: change
units: [township, village]
title: '{{ policy.meta.county }}走访记录'
ref: ''
paper: A4
freeze: [姓名, 证件号码]
capacity_share: 0.1
signatures: [填表人]
notes: [一次走访一行。]
parts: [org, visit, person, explanation]
own:
  visit:
    band: change
    columns:
      - {field: change_date, header: 走访日期, type: date, filler: clerk, required: true}
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What a check says of the year's workbook, filled in, where each of the three was added."""
    folder = tmp_path_factory.mktemp("recipes")
    templates = OtherTemplates.copy_to(folder / "templates")
    add_column(templates)
    add_rule(templates)
    add_roster(templates)
    units = write_units(folder / "units.csv", [("河畔镇", "北坪村", "一组", 20)])
    path = templates.generate("huining-2021", units, folder / "out") / "河畔镇.xlsx"
    rows = [person(1, 住房情况="自有住房"), person(2, 住房情况="城堡", 家庭住址="北坪村一组"), person(3)]
    someone = {key: value for key, value in person(4).items() if key in VISITED}
    fill(path, {SHEET: rows, VISITS: [someone]})
    done = templates.run("check", path, "--json", folder / "check.json")
    assert done.returncode in {0, 1}, done.stderr
    [file] = json.loads((folder / "check.json").read_text(encoding="utf-8"))["files"]
    findings: list[dict[str, Any]] = file["findings"]
    return findings


def add_column(templates: OtherTemplates) -> None:
    lists = "roster_drop_downs:\n"
    templates.edit("lists.yaml", lists, f"housing: [自有住房, 租住]\n{lists}  R1: {{住房名单: [housing]}}\n")
    column = "{field: housing, header: 住房情况, type: text, filler: clerk, list: 住房名单, required: true}"
    address = "      - {field: address, header: 家庭住址"
    templates.edit(R1, address, f"      - {column}\n{address}")


def add_rule(templates: OtherTemplates) -> None:
    rule = "      - {message: V41.no_door, column: 家庭住址, when: 'NOT(CONTAINS([@家庭住址],\"号\"))'}"
    templates.edit(R1, PHONES, f"{rule}\n{PHONES}")
    messages = templates.path("messages/rows.yaml")
    words = (
        "severity: warning, short: 没有门牌号, zh: 住址没有门牌号, fix: 补上, en: no number, fix_en: Add it, source: 表"
    )
    text = f"V41.no_door: {{{words}}}\n"
    messages.write_text(messages.read_text(encoding="utf-8") + text, encoding="utf-8")


def add_roster(templates: OtherTemplates) -> None:
    templates.path("rosters/R10C-2021.yaml").write_text(ROSTER.replace("from: 2020", "from: 2021"), encoding="utf-8")
    templates.edit("policies/huining-2021.yaml", "rosters: [R1,", "rosters: [R10C, R1,")


def test_a_column_with_its_own_list_is_two_files(found: list[dict[str, Any]]) -> None:
    told = {(entry["code"], entry["row"]) for entry in found if entry["header"] == "住房情况"}
    assert told == {("V41", 6), ("V01", 7)}


def test_a_rule_is_a_line_and_a_message(found: list[dict[str, Any]]) -> None:
    told = [(entry["message"], entry["row"]) for entry in found if entry["header"] == "家庭住址"]
    assert told == [("住址没有门牌号", 6)]


def test_a_roster_is_a_file_and_a_word_in_the_policy(found: list[dict[str, Any]]) -> None:
    told = [(entry["code"], entry["header"]) for entry in found if entry["sheet"] == VISITS]
    assert told == [("V01", "走访日期")]
