"""无, / and — are blank for the sheet and for Python, and told once; where something must be written, it is missing."""

import math

import openpyxl
import pytest

from canbao_rulebook.evaluate import compute_columns, flag_rules, rule_id
from canbao_rulebook.kinds import Filler
from canbao_rulebook.messages import render
from canbao_rulebook.names import unit_names
from canbao_rulebook.nothing import NOTHING
from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import Unit
from canbao_validators.frames import build_frame
from canbao_validators.reading.sheets import read_workbook
from support.every_message import FIRST, all_rosters, load_cases
from support.frames import raw_frame

HOUSE = Unit(FIRST, ("一村", "二村"), (("一村", ("一组",)),), account=load_cases()["account"])
CASES = [
    (policy, code) for policy in list_policies() for code in load_policy(policy).rosters if code in load_cases()["base"]
]
WORDS = ("无", "/", "——", "N/A", " 没有 ")


@pytest.mark.parametrize(("policy", "code"), CASES)
def test_the_sheet_says_of_the_word_what_it_says_of_an_empty_cell(policy, code):
    """What the row rules say of cells as typed is what the sheet says."""
    book = all_rosters(policy)
    roster = book.rosters[code]
    names = {**book.names, **unit_names(HOUSE)}
    own = [column for column in roster.columns if column.filler in {Filler.CLERK, Filler.DEFAULT}]
    typed = [column.header for column in own if not column.required]
    base = {header: value for header, value in load_cases()["base"][code].items() if header in roster.by_header}
    rows = [{**base, header: word} for header in typed for word in (None, *WORDS)]
    frame = compute_columns(roster, raw_frame(roster, rows), names)
    flags = flag_rules(roster, frame, names)
    for rule in roster.rules:
        said = flags[rule_id(rule)].to_list()
        for place, header in enumerate(typed):
            blank, *words = said[place * (len(WORDS) + 1) :][: len(WORDS) + 1]
            if (roster.by_header[header].list_name or "") not in YES_NO:
                assert words == [blank] * len(WORDS), (rule.message, header)


YES_NO = {"是否名单", "yes_no"}  # there 无 is a way to write 否


def _roster():
    return load_rulebook(load_policy("huining-2021")).rosters["R1"]


def _read(tmp_path, *rows, **more):
    roster = _roster()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = roster.sheet
    for letter, header in ((letter, header) for header, letter in roster.letters.items()):
        sheet[f"{letter}4"] = header
        for number, row in enumerate(rows, start=5):
            sheet[f"{letter}{number}"] = {**load_cases()["base"]["R1"], **row}.get(header)
    book.save(tmp_path / "甲镇.xlsx")
    raw = read_workbook(tmp_path / "甲镇.xlsx")
    return build_frame(raw.sheets[roster.sheet], roster, **more)


@pytest.mark.parametrize("word", sorted(NOTHING))
def test_every_word_is_blank_where_nothing_is_due(tmp_path, word):
    result = _read(
        tmp_path, {"识别日期": word, "监护人证件号码": word, "备注": word, "社保卡银行账号": f" {word}\u00a0"}
    )
    row = result.frame.row(0, named=True)
    assert [row[name] for name in ("guardian_cert_no", "card_account", "remark") if name in row] != [word]
    assert math.isnan(row["identified_on"])
    assert {found.code for found in result.findings} == {"V42"}


def test_it_is_told_once_a_column_with_how_often(tmp_path):
    result = _read(tmp_path, {"监护人证件号码": "无"}, {"监护人证件号码": "/"}, {"监护人证件号码": "无", "备注": "—"})
    told = [(found.cell, render(found).message) for found in result.findings if "之类" in render(found).message]
    assert len(told) == 2
    assert any("“监护人证件号码”有3处写着“无”之类" in message for _, message in told)


def test_a_required_cell_is_missing_not_read(tmp_path):
    result = _read(tmp_path, {"证件号码": "无", "姓名": "不详"})
    assert result.findings == []
    assert result.frame.select("name", "cert_no").row(0) == ("", "")


def test_what_a_list_knows_and_what_counts_is_no_nothing(tmp_path):
    known = {"上年参保名单": ("居民医保", "不详")}
    column = next(column for column in _roster().columns if column.header == "上年参保状态")
    result = _read(tmp_path, {"上年参保状态": "不详", "实缴金额": "0"}, lists={column.list_name: known["上年参保名单"]})
    assert result.frame["self_paid"].to_list() == [0.0]
    assert result.frame[column.field].to_list() == ["不详"]
    assert not [found for found in result.findings if "之类" in render(found).message]
