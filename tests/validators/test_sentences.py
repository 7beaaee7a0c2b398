"""Sentences about empty or odd cells: nobody reads “”, money without a number, or an amount that was not typed."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.findings import Finding
from canbao_rulebook.messages import render
from canbao_rulebook.names import unit_names
from canbao_rulebook.units import Unit
from canbao_validators.display import show_money
from canbao_validators.row_findings import check_rows
from support.every_message import all_rosters, load_cases
from support.frames import raw_frame

EMPTY = re.compile(r"“”|这元|缴了元|写着元|(?<!\d )yuan")
LATE, SOLDIER = {"缴费日期": 44_300.0, "实缴金额": 280.0}, {"特殊情形": "参军", "是否自愿参保": "是"}
FIELDS = {"huining-2021": ("R1", "R2", "R3"), "putuo-2022": ("R10",), "shangcai-2020": ("R6",)}


def findings(policy: str, code: str, rows: list[dict[str, Any]]) -> list[Finding]:
    book = all_rosters(policy)
    roster, names = book.rosters[code], {**book.names, **unit_names(Unit("甲镇", ("一村",)))}
    frame = compute_columns(roster, raw_frame(roster, [load_cases()["base"][code] | row for row in rows]), names)
    return check_rows(roster, frame, names)


def blanked(policy: str, code: str) -> Iterator[dict[str, Any]]:
    """The rows of every case of the money and status rules, and each of them with one cell emptied."""
    cases = load_cases()["cases"].items()
    for key, case in cases:
        wanted = key[:3] in {"V12", "V13", "V14", "V17", "V19", "V20", "V21", "V23", "V24", "V25", "V34", "V40"}
        if wanted and code in case and case.get("policy", "huining-2021") == policy:
            row = {**case[code][0]}
            for group in row.pop("with", ()):
                row = load_cases()[group] | row
            yield row
            yield from (row | {header: None} for header in load_cases()["base"][code] | row)


@pytest.mark.parametrize(("policy", "code"), [(policy, code) for policy, codes in FIELDS.items() for code in codes])
def test_an_empty_cell_is_called_so(policy: str, code: str) -> None:
    rows = list(blanked(policy, code))
    assert rows
    for lang in ("zh", "en"):
        told = {render(found, lang).message for found in findings(policy, code, rows) if found.code != "V01"}
        assert [words for words in told if EMPTY.search(words)] == []


@pytest.mark.parametrize(
    ("code", "row", "words"),
    [
        ("R1", {**SOLDIER}, "“参军”人员预计复员或刑满年份没有填写"),
        ("R1", {**SOLDIER, "实缴金额": 280.0}, "这里却缴了280.00元；这280.00元不算参保费，列入待处理款项清单"),
        ("R1", {**SOLDIER, "预计复员/刑满年份": 2023, "实缴金额": 100.5}, "这100.50元不算参保费"),
        ("R3", {"原因": "参军", "是否自愿参保": "是"}, "预计复员或刑满年份是“没有填写”"),
        ("R1", LATE, "这280.00元不算参保费，列入待处理款项清单"),
        ("R1", {**LATE, "实缴金额": None}, "这0.00元不算参保费"),
        ("R2", {**LATE, "户籍地是否参保": "是"}, "这里却缴了280.00元"),
    ],
)
def test_what_becomes_of_the_money(code: str, row: dict[str, Any], words: str) -> None:
    assert any(words in render(found).message for found in findings("huining-2021", code, [row]))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (280.0, "280.00"), (280.004, "280.004"), (280.0049, "280.0049"), (279.996, "279.996"), (1e-3, "0.001"),
        (1e-5, "0.00001"), (0.1 + 0.2, "0.30"), (1e7, "10000000.00"), (-280.004, "-280.004"),
    ],
)  # fmt: skip
def test_an_amount_reads_as_it_was_typed(amount: float, shown: str) -> None:
    assert show_money(amount) == shown


@pytest.mark.parametrize(
    ("amount", "words"), [(280.004, "280.004元，应缴280.00元"), (279.996, "279.996元，没有缴足280.00元")]
)
def test_an_odd_amount_is_not_called_the_right_one(amount: float, words: str) -> None:
    row = {"缴费日期": 44_105.0, "实缴金额": amount}
    assert any(words in render(found).message for found in findings("huining-2021", "R1", [row]))
