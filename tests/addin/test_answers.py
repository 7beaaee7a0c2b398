"""情况说明: answers to 提醒 from the clerk's sheet to lists, JSON and rounds; what is unanswered is counted."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao_addin.actions.returns import read_returns
from canbao_addin.cli.main import run
from canbao_county.merge.rounds import compare_round, first_round
from canbao_rulebook.findings import Finding, Place, Severity, count_unanswered, count_warnings
from canbao_rulebook.functions.identity import check_character
from canbao_validators.answers import add_answers
from support.cli import check_json, fill, read_sheet, write_units

ROLL, DEPOSITS = "代征登记表", "存款登记"
ANSWER = "户口本上就是一个字"
TOWNSHIP, VILLAGE = "邵店", "一村"
FILE = f"{TOWNSHIP}.xlsx"


def payer(serial: int, **changes: Any) -> dict[str, Any]:
    first17 = f"41172219700101{serial:03d}"
    row = {
        "村(社区)": VILLAGE, "组": "一组", "姓名": "田守义", "证件号码": first17 + check_character(first17),
        "缴费日期": date(2019, 9, 25), "实缴金额": 250, "凭证号码": f"S{serial}", "收缴人/代征人": "靳保国",
        "解缴批次": "P1",
    }  # fmt: skip
    return row | changes


def deposit(persons: int) -> dict[str, Any]:
    return {
        "解缴批次": "P1", "村(社区)": VILLAGE, "收缴人/代征人": "靳保国", "首笔收取日期": date(2019, 9, 25),
        "回单号": "HD1", "存款日期": date(2019, 9, 25), "存款金额": 250 * persons,
        "银行附言": f"{TOWNSHIP} {VILLAGE} 靳保国",
    }  # fmt: skip


ASKED = payer(950, 姓名="田")  # V05: a name of one character
ANSWERED = ASKED | {"情况说明": ANSWER}
MENDED = payer(950, 姓名="田守礼")
OTHERS = [payer(951), payer(952, 姓名="高", 情况说明="  ")]  # blanks are no answer


def write(folder: Path, rows: list[dict[str, Any]]) -> Path:
    folder.mkdir(exist_ok=True)
    units = write_units(folder / "units.csv", [[TOWNSHIP, VILLAGE, "一组", ""]])
    words = ["--units", str(units), "--out", str(folder / "交来"), "--rows", "20"]
    assert run(["generate", "shangcai-2020", *words]) == 0
    for path in (folder / "交来").iterdir():
        if path.stem != TOWNSHIP:
            path.unlink()  # the departments'
    fill(folder / "交来" / FILE, {ROLL: rows, DEPOSITS: [deposit(len(rows))]})
    return folder / "交来"


def merge(folder: Path, source: Path, *more: str) -> dict[str, Any]:
    report = folder / "merge.json"
    words = ["--out", str(folder / "汇总.xlsx"), "--returns", str(folder / "退回"), "--json", str(report)]
    assert run(["merge", str(source), "--policy", "shangcai-2020", *words, *more]) in {0, 1}
    result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return result


def read(path: Path, sheet: str) -> list[dict[str, Any]]:
    rows = [list(row) for row in openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)]
    start = next(index for index, row in enumerate(rows) if sum(value is not None for value in row) > 1)
    return [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :] if row[0] is not None]


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, dict[str, Any]]]:
    """Three rounds, their folders and JSON: the 提醒 is not answered, then answered, then mended."""
    done: list[tuple[Path, dict[str, Any]]] = []
    for first in (ASKED, ANSWERED, MENDED):
        folder = tmp_path_factory.mktemp("round")
        source = write(folder, [first, *OTHERS])
        before = ["--previous-returns", str(done[-1][0] / "退回")] if done else []
        done.append((folder, merge(folder, source, *before)))
    return done


def warnings_of(result: Mapping[str, Any], row: int) -> list[dict[str, Any]]:
    return [found for found in result["findings"] if found["severity"] == "提醒" and found["row"] == row]


def test_the_answer_stands_beside_the_finding(rounds: list[tuple[Path, dict[str, Any]]]) -> None:
    told = [[found["answer"] for found in warnings_of(result, 5)] for _, result in rounds]
    assert told == [[""], [ANSWER], []]
    assert [found["answer"] for found in warnings_of(rounds[1][1], 7)] == [""]
    folder = rounds[1][0]
    for path, sheet in (
        (folder / "汇总.xlsx", "问题清单"),
        (folder / "退回" / f"退回清单_{TOWNSHIP}.xlsx", "退回清单"),
    ):
        listed = [
            row for row in read(path, sheet) if row["单元格"] and row["单元格"][1:] == "5" and row["级别"] == "提醒"
        ]
        assert [row["情况说明"] for row in listed] == [ANSWER]
        assert list(listed[0])[list(listed[0]).index("怎么改") + 1] == "情况说明"


def test_the_return_list_is_read_with_its_answers(rounds: list[tuple[Path, dict[str, Any]]]) -> None:
    folder, result = rounds[1]
    returned = read_returns(folder / "退回" / f"退回清单_{TOWNSHIP}.xlsx").findings
    assert {(found.cell, found.answer) for found in returned if found.answer} == {
        (found["cell"], ANSWER) for found in warnings_of(result, 5)
    }


def test_what_is_unanswered_is_counted_per_township(rounds: list[tuple[Path, dict[str, Any]]]) -> None:
    for _, result in rounds:
        for total in (result["county"], *result["townships"]):
            own = [found for found in result["findings"] if found["severity"] == "提醒" and found["file"] == FILE]
            answered = sum(found["answer"] != "" for found in own)
            assert (total["warnings"], total["unanswered"]) == (len(own), len(own) - answered)
    counts = [result["townships"][0]["unanswered"] for _, result in rounds]
    assert [counts[0] - count for count in counts] == [0, 1, 1]


def test_rounds_tell_what_is_unanswered(rounds: list[tuple[Path, dict[str, Any]]]) -> None:
    units = [result["rounds"]["units"][0] for _, result in rounds[1:]]
    assert all(unit["warnings"] == unit["answered"] + unit["unanswered"] for unit in units)
    assert [unit["answered"] for unit in units] == [1, 0]
    assert units[0]["warnings"] - units[1]["warnings"] == 1
    rows = read(rounds[2][0] / "退回" / "筛查轮次.xlsx", "筛查轮次")
    shown = [row["提醒未说明(处)"] for row in rows if row["单位"] == TOWNSHIP]
    assert shown == [result["townships"][0]["unanswered"] for _, result in rounds]


def test_rounds_of_earlier_versions_are_read(rounds: list[tuple[Path, dict[str, Any]]], tmp_path: Path) -> None:
    """Their table and their lists lack the new columns: nobody knows what was unanswered then, and 0 is not said."""
    for path in (rounds[1][0] / "退回").iterdir():
        book = openpyxl.load_workbook(path)
        for sheet in book:
            headers = {str(cell.value): cell.column for row in sheet.iter_rows(max_row=5) for cell in row if cell.value}
            places = [headers[name] for name in ("提醒(处)", "提醒未说明(处)", "情况说明") if name in headers]
            for merged in list(sheet.merged_cells.ranges):
                sheet.unmerge_cells(str(merged))
            for place in sorted(places, reverse=True):
                sheet.delete_cols(place)
        book.save(tmp_path / path.name)
    source = rounds[2][0] / "交来"
    assert merge(tmp_path, source, "--previous-returns", str(tmp_path))["rounds"]["number"] == 3
    rows = read(tmp_path / "退回" / "筛查轮次.xlsx", "筛查轮次")
    told = {row["轮次"]: row["提醒未说明(处)"] for row in rows}
    assert (told[1], told[2]) == (None, None)
    assert told[3] is not None
    again = merge(tmp_path, source, "--previous-returns", str(tmp_path / "退回"))["rounds"]
    assert again["number"] == 4


def test_check_says_how_many_are_unanswered(
    rounds: list[tuple[Path, dict[str, Any]]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = rounds[1][0] / "交来" / FILE
    _, result = check_json(tmp_path, path)
    found = [entry for entry in result["files"][0]["findings"] if entry["severity"] == "提醒"]
    unanswered = sum(not entry["answer"] for entry in found)
    assert 0 < unanswered < len(found)
    capsys.readouterr()
    run(["check", str(path)])
    assert f"提醒 {len(found)} 处，未说明 {unanswered} 处" in capsys.readouterr().out


def test_submit_speaks_of_unanswered_warnings_and_goes_on(
    rounds: list[tuple[Path, dict[str, Any]]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "上报.xlsx"
    assert run(["submit", str(rounds[1][0] / "交来" / FILE), "--out", str(target)]) == 0
    assert "未说明" in capsys.readouterr().out
    assert [row["情况说明"] for row in read_sheet(target, ROLL) if row["姓名"] == "田"] == [ANSWER]


def finding(row: int | None, severity: Severity = Severity.WARNING, **changes: Any) -> Finding:
    place = {"file": "a.xlsx", "sheet": ROLL, "row": row, "cell": f"A{row}", "field": "name", "header": "姓名"}
    return Finding("V05.form", severity, Place(**(place | changes)), value="田")


def test_answers_go_to_errors_and_warnings_of_their_row_only() -> None:
    answers = {("a.xlsx", ROLL, 5): ANSWER}
    found = [finding(5), finding(5, Severity.ERROR), finding(5, Severity.INFO), finding(6), finding(None)]
    found += [finding(5, file="b.xlsx"), finding(5, sheet=DEPOSITS)]
    told = add_answers(found, answers)
    assert [one.answer for one in told] == [ANSWER, ANSWER, "", "", "", "", ""]
    assert all(one is other for one, other in zip(add_answers(told, answers), told, strict=True))


def test_who_does_not_hand_in_again_keeps_what_was_unanswered() -> None:
    before = [finding(5), *add_answers([finding(6)], {("a.xlsx", ROLL, 6): ANSWER})]
    one = first_round("甲镇", before)
    two, _ = compare_round(2, "甲镇", before, None)
    assert (one.warnings, one.answered, one.unanswered) == (two.warnings, two.answered, two.unanswered) == (2, 1, 1)


@given(
    st.lists(st.tuples(st.sampled_from(Severity), st.none() | st.integers(5, 9))),
    st.dictionaries(st.integers(5, 9), st.text(min_size=1)),
)
def test_every_warning_is_answered_or_unanswered(
    places: list[tuple[Severity, int | None]], texts: dict[int, str]
) -> None:
    told = add_answers(
        [finding(row, severity) for severity, row in places],
        {("a.xlsx", ROLL, row): text for row, text in texts.items()},
    )
    warnings = [one for one in told if one.severity is Severity.WARNING]
    answered = [one for one in warnings if one.answer]
    assert count_warnings(told) == len(warnings) == len(answered) + count_unanswered(told)
    assert all(one.row in texts and one.answer == texts[one.row] for one in answered if one.row)
    assert {one.row for one in warnings if not one.answer} & texts.keys() == set()
