"""The totals that a township prints and signs are those of the county's merge of its workbook alone (settlement.md 9).

LibreOffice recalculates workbooks of all four years in one run; half a minute, most of it the office's.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from canbao_addin.cli.main import run
from canbao_rulebook.findings import Severity
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.meta import COUNTING_NAME
from canbao_rulebook.policy import list_policies
from canbao_rulebook.roster import FIRST_ROW
from canbao_rulebook.units import TOWNSHIP
from canbao_rulebook.vocabulary import load_lists
from canbao_validators.workbook import code_of
from support.cli import fill, write_units
from support.decks import ROLLS, WINDOW, Card, Row, decks, judge_rows, persons, shared_book
from support.libreoffice import recalculate_all
from support.times import times
from support.typing_in import type_one

TOTALS = {
    "应保人数": "should_enrol", "登记人数": "should_enrol", "已参保": "enrolled", "政府代缴": "gov_direct",
    "个人应缴": "self_due", "实缴金额": "self_paid", "应返资助": "rebate_due",
}  # fmt: skip
COPIES = times(2, 3)
COUNTY_SAYS_NO = {"未到账", "未入库"}  # what only the county knows of a row is no part of what a township signs


def clean_rows(policy: str, nth: int) -> dict[str, list[Row]]:
    """Rows of many persons without an error, each person once, in another situation in every copy."""
    deck = decks(policy)[TOWNSHIP]
    sheets = {roster.sheet: code for code, roster in shared_book(policy).rosters.items()}
    wrong = {(sheets.get(one.sheet), one.row) for one in deck.part.findings if one.severity is Severity.ERROR}
    good = [
        card
        for card in deck.cards
        if (card.roster, card.row) not in wrong
        and card.values.get("解缴批次") in {None, "", "足"}
        and not COUNTY_SAYS_NO & set(map(str, card.values.values()))
    ]
    rows: dict[str, list[Row]] = {}
    for person in range(len(persons(policy))):
        own = [card for card in good if card.person == person and _fits(card, person, nth)]
        if own:
            card = own[nth * 7 % len(own)]
            rows.setdefault(card.roster, []).append(dict(card.values))
    if policy == "huining-2021":
        add_volunteer(rows)
    return rows


def _fits(card: Card, person: int, nth: int) -> bool:
    """Whether the card is of the roster in which the person stands in this copy."""
    rosters = [code for code in ROLLS[card.policy] if decks(card.policy)[TOWNSHIP].has(code)]
    return card.roster == rosters[(person + nth) % len(rosters)]


def add_volunteer(rows: dict[str, list[Row]]) -> None:
    """A soldier who comes home in the year and enrols of his own will: a row in R3, and one in R1."""
    row = next(row for row in rows["R1"] if row["出生"].year < 2000)
    row |= {"特殊情形": "参军", "预计复员/刑满年份": 2021, "是否自愿参保": "是", "佐证材料": "入伍通知书"}
    away = {"类别": "无法参保", "原因": "参军", "证明材料": "入伍通知书", "证明编号": "证9", "自愿申请人": "本人"}
    rows.setdefault("R3", []).append(row | away)


def write_workbook(policy: str, nth: int, blank: Path, folder: Path) -> Path:
    """A filled workbook without an error."""
    rows = with_deposits(policy, drop_wrong(policy, clean_rows(policy, nth)))
    book = shared_book(policy).of_kind(TOWNSHIP)
    path = folder / f"{policy}-{nth}.xlsx"
    path.write_bytes((blank / "甲镇.xlsx").read_bytes())
    typed = {code: {column.header for column in book.rosters[code].columns if column.is_input} for code in rows}
    sheets = {
        book.rosters[code].sheet: [{key: row[key] for key in row.keys() & typed[code]} for row in table]
        for code, table in rows.items()
    }
    fill(path, sheets)
    let_it_count(path)
    return path


def let_it_count(path: Path) -> None:
    """Choose 是 in the cell that says whether 汇总 counts."""
    book = openpyxl.load_workbook(path, read_only=True)
    sheet, cell = book.defined_names[COUNTING_NAME].attr_text.replace("$", "").replace("'", "").split("!")
    assert book[sheet][cell].value == load_lists()["counting"]["idle"], "a template is quick to type into"
    type_one(path, sheet, cell, load_lists()["counting"]["active"])


def with_deposits(policy: str, rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The rows, and for each day's cash a deposit on the same day."""
    code = code_of(shared_book(policy).rosters, RosterRole.DEPOSIT)
    cash: dict[Any, list[Row]] = {}
    for row in (row for table in rows.values() for row in table if row.get("解缴批次")):
        row["解缴批次"] = f"B{row['缴费日期']:%m%d}"
        cash.setdefault(row["缴费日期"], []).append(row)
    deposits = [
        {
            "村(社区)": "一村", "收缴人/代征人": "靳保国", "解缴批次": f"B{day:%m%d}", "存款日期": day,
            "首笔收取日期": day, "回单号": f"HD{day:%m%d}", "银行附言": "甲镇 一村 靳保国",
            "存款金额": sum(row["实缴金额"] for row in own),
        }
        for day, own in sorted(cash.items())
    ]  # fmt: skip
    return {**rows, code: deposits} if code else rows


def drop_wrong(policy: str, rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Leave out the rows that are wrong beside each other."""
    book = shared_book(policy).of_kind(TOWNSHIP)
    for _ in range(5):
        whole = with_deposits(policy, rows)
        filled = judge_rows(policy, TOWNSHIP, "甲镇", whole)
        wrong = {(one.sheet, one.row) for one in filled.findings if one.severity is Severity.ERROR}
        right = {
            code: [row for at, row in enumerate(table, start=FIRST_ROW) if (book.rosters[code].sheet, at) not in wrong]
            for code, table in whole.items()
        }
        batches = {row["解缴批次"] for code in right.keys() - rows.keys() for row in right[code]} | {None, ""}
        kept = {code: [row for row in right[code] if row.get("解缴批次") in batches] for code in rows}
        if kept == rows:
            break
        rows = kept
    return rows


def printed(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The totals of 汇总 and of the cover."""
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    table = [[cell.value for cell in row] for row in book["汇总"].iter_rows(min_row=4, max_row=5)]
    cover = {
        row[at].value: row[at + 1].value
        for row in book["封面"].iter_rows()
        for at in range(len(row) - 1)
        if row[at].value is not None
    }
    return dict(zip(*table, strict=True)), cover


def test_the_signed_totals_are_the_county_s(tmp_path: Path) -> None:
    paths = []
    for policy in list_policies():
        units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "一组", ""]])
        blank = tmp_path / policy
        assert run(["generate", policy, "--units", str(units), "--out", str(blank), "--rows", "60"]) == 0
        paths += [(policy, write_workbook(policy, nth, blank, tmp_path)) for nth in range(COPIES)]
    fresh = recalculate_all([path for _, path in paths], tmp_path / "out")
    wrong = []
    for (policy, path), again in zip(paths, fresh, strict=True):
        report, alone = tmp_path / "merge.json", tmp_path / path.stem
        alone.mkdir()
        path.rename(alone / path.name)
        words = ["--policy", policy, "--out", str(tmp_path / "county.xlsx"), "--json", str(report)]
        assert run(["merge", str(alone), *words]) in {0, 1}
        merged = json.loads(report.read_text(encoding="utf-8"))
        assert [one["message"] for one in merged["findings"] if one["severity"] == "错误" and one["row"]] == []
        (total,) = merged["townships"]
        for where, table in zip(("汇总", "封面"), printed(again), strict=True):
            for header, name in TOTALS.items():
                if header in table and Decimal(str(table[header] or 0)) != Decimal(total[name] or 0):
                    wrong.append(f"{path.stem} {where} {header}: {table[header]}, {name} {total[name]}")
    assert wrong == []


def test_the_workbooks_hold_what_could_go_wrong() -> None:
    """Payments in and out of time, babies by date, cash and what is open are among the rows."""
    for policy in list_policies():
        rows = [row for nth in range(COPIES) for table in clean_rows(policy, nth).values() for row in table]
        days = {row["缴费日期"] for row in rows if row.get("缴费日期")}
        assert min(days) <= WINDOW[policy][0] + (WINDOW[policy][1] - WINDOW[policy][0]) / 2, policy
        assert any(row["出生"] >= WINDOW[policy][0].replace(month=1) for row in rows), policy
        assert len(rows) >= 20, policy
