"""Rows that raise each message: data/every_message.yaml through the same checks as a workbook, without a workbook."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from canbao_county.merge.merging import combine
from canbao_county.merge.parts import summarise
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.findings import Finding
from canbao_rulebook.messages import load_catalogue, render
from canbao_rulebook.meta import COVER_CODE_NAME
from canbao_rulebook.names import policy_names, unit_names
from canbao_rulebook.policy import load_policy
from canbao_rulebook.roster import FIRST_ROW
from canbao_rulebook.rulebook import Rulebook, load_roster, load_rulebook
from canbao_rulebook.units import AGENCY, Unit
from canbao_rulebook.yaml_text import parse_yaml
from canbao_validators import judging_rows
from canbao_validators.row_findings import check_rows
from canbao_validators.workbook import FilledWorkbook
from support.frames import raw_frame
from support.lists import make_lists

DATA = Path(__file__).parents[1] / "data" / "every_message.yaml"
ROSTERS = ("R1", "R2", "R3", "R4")
FIRST, SECOND, AGENCY_NAME = "甲镇", "乙镇", "县民政局"
_HOLE = re.compile(r"\\\{\w+\\\}")


@cache
def load_cases() -> dict[str, Any]:
    """The whole file: base rows, named groups of cells, cases by message key."""
    cases: dict[str, Any] = parse_yaml(DATA.read_text(encoding="utf-8"))
    return cases


@cache
def all_rosters(policy_id: str) -> Rulebook:
    """The rosters of a policy year, and R1 to R4 also where the county uses others."""
    policy = load_policy(policy_id)
    names = {**policy_names(policy, confidential=True), **unit_names(None)}
    more = {code: load_roster(code, policy, names) for code in ROSTERS}
    return Rulebook(policy, names, {**more, **load_rulebook(policy).rosters})


def codes_in(case: Mapping[str, Any]) -> list[str]:
    """The rosters that a case has rows of."""
    return [code for code in all_rosters(case.get("policy", "huining-2021")).rosters if code in case]


_ACROSS = {"V01.phone", "V16.missing", "V26.no_head", "V36.below", "V39.check_code"}


def find_all(key: str) -> list[Finding]:
    """Every finding of a case: of its rows alone where it has one row, else of a township or two, merged."""
    case = load_cases()["cases"][key]
    if _is_one_row(key):
        return _row_findings(case.get("policy", "huining-2021"), codes_in(case)[0])[key]
    return _merged_findings(key)


def _is_one_row(key: str) -> bool:
    case = load_cases()["cases"][key]
    roster = codes_in(case)[0]
    return key not in _ACROSS and len(case[roster]) == 1 and not case.keys() - {"at", "policy", "unit", roster}


@cache
def rows_of(policy_id: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of all cases of a policy year, by roster."""
    found: dict[str, list[dict[str, Any]]] = {}
    for case in load_cases()["cases"].values():
        if case.get("policy", "huining-2021") == policy_id:
            for code in codes_in(case):
                found.setdefault(code, []).extend(_row(code, row) for row in case[code])
    return found


@cache
def _row_findings(policy_id: str, code: str) -> dict[str, list[Finding]]:
    """Findings of every one-row case of a roster, computed in one frame because each frame is a second's work."""
    cases = {
        key: case[code][0]
        for key, case in load_cases()["cases"].items()
        if code in case and case.get("policy", "huining-2021") == policy_id
    }
    book = all_rosters(policy_id)
    roster = book.rosters[code]
    names = {**book.names, **unit_names(_unit(AGENCY_NAME if AGENCY in roster.units else FIRST))}
    frame = compute_columns(roster, raw_frame(roster, [_row(code, row) for row in cases.values()]), names)
    found: dict[str, list[Finding]] = {key: [] for key in cases}
    keys = list(cases)
    for finding in check_rows(roster, frame, names):
        row = finding.row or FIRST_ROW
        cell = finding.cell.removesuffix(str(row)) + str(FIRST_ROW)
        found[keys[row - FIRST_ROW]].append(finding.at(file=f"{FIRST}.xlsx", row=FIRST_ROW, cell=cell))
    return found


@cache
def _merged_findings(key: str) -> list[Finding]:
    case = load_cases()["cases"][key]
    policy_id = case.get("policy", "huining-2021")
    filled = _judged(policy_id)[key]
    filled[0].cover, filled[0].check_code = {COVER_CODE_NAME: case.get("code", "")}, "7K2M-9QXA-4TDE"
    lists = make_lists(case["lists"], policy_id) if "lists" in case else None
    return combine(all_rosters(policy_id), [summarise(workbook) for workbook in filled], lists=lists).findings


@cache
def _judged(policy_id: str) -> dict[str, list[FilledWorkbook]]:
    """The workbooks of the cases of a policy year that are merged, judged in one run because each run costs."""
    book = all_rosters(policy_id)
    filled = {
        key: [_type_in(book, unit, sheets) for unit, sheets in _townships(case)]
        for key, case in load_cases()["cases"].items()
        if case.get("policy", "huining-2021") == policy_id and not _is_one_row(key)
    }
    judging_rows.judge_together(workbook for workbooks in filled.values() for workbook in workbooks)
    return filled


def find(key: str) -> Finding | None:
    """The finding that a case is about: its code, the cell where one is given, and the words of its message."""
    case = load_cases()["cases"][key]
    book = all_rosters(case.get("policy", "huining-2021"))
    sheets = {roster.sheet: roster for roster in book.rosters.values()}
    pattern = words_of(key)
    for finding in find_all(key):
        spot = case.get("at")
        where = (
            f"{finding.header}{finding.row}" if finding.sheet in sheets else finding.file if "lists" in case else None
        )
        if (
            finding.code == key.partition(".")[0]
            and pattern.fullmatch(render(finding).message)
            and spot in {None, where}
        ):
            return finding
    return None


def words_of(key: str, lang: str = "zh") -> re.Pattern[str]:
    """The message's template as a pattern: anything where a placeholder stands."""
    return re.compile(_HOLE.sub("(?s:.*)", re.escape(load_catalogue()[key].text[lang])))


def _townships(case: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    first = {code: case[code] for code in codes_in(case)}
    return [(FIRST, first), *((name, case[name]) for name in (SECOND, AGENCY_NAME) if name in case)]


def _fill(book: Rulebook, name: str, sheets: Mapping[str, Any]) -> FilledWorkbook:
    filled = _type_in(book, name, sheets)
    judging_rows.judge_frames(filled)
    return filled


def _type_in(book: Rulebook, name: str, sheets: Mapping[str, Any]) -> FilledWorkbook:
    frames = {code: raw_frame(book.rosters[code], [_row(code, row) for row in rows]) for code, rows in sheets.items()}
    return FilledWorkbook(f"{name}.xlsx", book, _unit(name), frames)


def _unit(name: str) -> Unit:
    if name == AGENCY_NAME:
        return Unit(name, (FIRST, SECOND), body=AGENCY)
    groups = (("一村", ("一组", "二组")), ("二村", ("一组",)))
    return Unit(name, ("一村", "二村"), groups, account=load_cases()["account"])


def _row(code: str, row: Mapping[str, Any]) -> dict[str, Any]:
    cases = load_cases()
    parts = [cases["base"][code], *(cases[name] for name in row.get("with", ())), row]
    merged = {header: value for part in parts for header, value in part.items() if header != "with"}
    return {header: value for header, value in merged.items() if value != ""}
