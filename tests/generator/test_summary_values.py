"""What a reader that does not calculate sees: the totals of 封面 and 汇总, and none in a blank template."""

from pathlib import Path
from typing import Any

import openpyxl

from canbao_generator.master import Master
from canbao_rulebook.meta import COUNTING_NAME
from canbao_rulebook.vocabulary import load_lists
from support.libreoffice import recalculate_values
from support.manners import valueless
from support.stored_values import formula_values


def test_a_preview_shows_what_the_sheet_computes(filled: Path, empty: Path) -> None:
    for path in (filled, empty):
        computed = recalculate_values(path)
        for sheet in ("封面", "汇总", "政策参数"):
            shown = formula_values(path, sheet)
            assert shown
            assert {place: _at(computed[sheet], place) for place in shown} == shown, sheet


def test_the_totals_are_those_of_the_people(filled: Path) -> None:
    sheet = openpyxl.load_workbook(filled, data_only=True)["汇总"]
    by_header = {sheet.cell(4, column).value: sheet.cell(5, column).value for column in range(1, sheet.max_column + 1)}
    assert by_header["应保人数"] == 14  # the soldier may not enrol here
    assert by_header["已参保"] > 0
    assert by_header["实缴金额"] > 280
    assert load_lists()["counting"]["cover"] not in formula_values(filled, "封面").values()


def test_a_blank_template_shows_no_totals_and_says_that_it_does_not_count(empty: Path) -> None:
    said = load_lists()["counting"]["cover"]  # who prints the cover sees why it has no totals
    assert set(formula_values(empty, "封面").values()) == {None, said}
    assert set(formula_values(empty, "汇总").values()) == {None}
    sheet, cell = openpyxl.load_workbook(empty).defined_names[COUNTING_NAME].attr_text.split("!")
    assert openpyxl.load_workbook(empty)[sheet][cell].value == load_lists()["counting"]["idle"]


def test_only_blank_rows_have_formulas_without_values(empty: Path, filled: Path, master: Master) -> None:
    rosters = {shell.shell.part for shell in master.rosters}
    assert valueless(empty) == valueless(filled) == rosters


def _at(rows: list[list[Any]], place: str) -> Any:
    column, row = openpyxl.utils.cell.coordinate_from_string(place)
    return rows[row - 1][openpyxl.utils.column_index_from_string(column) - 1]
