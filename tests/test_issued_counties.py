"""The invented counties' workbooks, filled and recalculated by LibreOffice: each cell is what Python says."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin.actions.policies import open_library
from canbao_addin.cli.main import run
from canbao_rulebook.policy import load_policy
from canbao_validators.checking import check_workbook
from canbao_validators.display import show_value
from support.case_books import BOOKS, fill_units
from support.cli import headers, write_units
from support.libreoffice import recalculate
from support.ooxml import lint, validate

R1, FIRST = "应保及应资对象", 5
CARD = {"卡": True}
ON_TOP = {"身份属性2": "边缘户", "身份属性3": "村集体成员", "实缴金额": 720}
ROWS: dict[str, list[dict[str, Any]]] = {
    "settlement-liuhe": [
        {"谁": "老柳", "缴": "二档", "实缴金额": 385, "身份属性1": "特困人员", "身份属性2": "高龄老人"},
        {"谁": "小柳", "缴": "一档", **CARD, "身份属性1": "低保", "身份属性2": "脱贫人口", "身份终止年份": 2022},
        {"谁": "阿河", "缴": "二档", **CARD, **ON_TOP, "身份属性1": "脱贫人口", "身份终止年份": 2023},
        {"谁": "小何", "缴": "一档", "缴费档次": None, "身份属性1": "重度残疾人"},
    ],
    "settlement-chunshui": [
        {"谁": "老春", "缴": "微信", "实缴金额": 200, "身份属性1": "低保对象"},
        {"谁": "小水", "缴": "共济", **CARD, "缴费日期": date(2026, 3, 31), "断保年数": 3, "身份属性1": "脱贫人口"},
        {"谁": "宝宝", "缴": "微信", "缴费日期": date(2026, 3, 1), "登记日期": date(2026, 3, 5)},
    ],
}
FIELDS = ("premium", "gov_direct", "self_due", "rebate_due", "chosen_category", "benefit_start", "benefit_end")
TOPPED = ("top_up", "top_up_kind", "top_up_amount")


@pytest.mark.parametrize("name", ROWS)
def test_libreoffice_computes_the_issued_workbook_alike(name: str, tmp_path: Path) -> None:
    book = BOOKS[name]
    units = write_units(tmp_path / "units.csv", [[*row, ""] for row in book["units"]])
    policy, place = book["settled"], book["units"][0][0]
    assert run(["generate", policy, "--units", str(units), "--out", str(tmp_path / "blank"), "--rows", "8"]) == 0
    folder = fill_units(book, {place: {"R1": ROWS[name]}}, tmp_path / "blank", tmp_path / "filled")
    path = folder / f"{place}.xlsx"
    assert lint(tmp_path / "blank" / f"{place}.xlsx") == []
    assert validate(tmp_path / "blank" / f"{place}.xlsx") == []
    filled = check_workbook(path, open_library(load_policy(policy)))
    assert filled.book is not None
    roster, frame = filled.book.rosters["R1"], filled.frames["R1"]
    sheet = openpyxl.load_workbook(recalculate(path, tmp_path / "lo.xlsx"), data_only=True)[R1]
    letters = headers(sheet)
    for field in (*FIELDS, *(name for name in TOPPED if name in roster.by_field)):
        column = roster.by_field[field]
        said = [sheet.cell(FIRST + row, letters[column.header]).value for row in range(len(ROWS[name]))]
        shown = [value.date().isoformat() if hasattr(value, "date") else value for value in said]
        expected = [show_value(column, value) for value in frame[f"{field}.computed"].to_list()]
        assert [_text(value) for value in shown] == expected, column.header


def _text(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, int | float) else str(value or "")
