"""Rows on both sides of every limit: data/nearest_rows.yaml, a frame a roster and policy year, no workbook."""

from datetime import date
from functools import cache
from math import isnan
from pathlib import Path
from typing import Any

import polars as pl

from canbao_rulebook.evaluate import compute_columns, flag_rules, rule_id
from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.functions.identity import check_character
from canbao_rulebook.names import unit_names
from canbao_rulebook.roster import Roster
from canbao_rulebook.units import AGENCY, SCHOOL, Unit
from canbao_rulebook.yaml_text import parse_yaml
from support.every_message import all_rosters, load_cases
from support.frames import raw_frame

CASES = Path(__file__).parents[1] / "data" / "nearest_rows.yaml"
SAID, RESULT, WITH, BORN = "says", "is", "with", "生"
REGIONS = {"huining-2021": "620422", "shangcai-2020": "411722", "putuo-2022": "330903", "dongxing-2022": "511011"}
Row = dict[str, Any]


@cache
def load_nearest() -> dict[str, Any]:
    """The whole file: what rows begin with, groups of cells, and the rows by policy year and roster."""
    loaded: dict[str, Any] = parse_yaml(CASES.read_text(encoding="utf-8"))
    return loaded


def sheets() -> list[tuple[str, str]]:
    """Every policy year and roster that has rows."""
    return [(policy, code) for policy, rosters in load_nearest()["rows"].items() for code in rosters]


def written(policy: str, code: str) -> list[Row]:
    """The rows of a roster as the file has them."""
    rows: list[Row] = load_nearest()["rows"][policy][code]
    return rows


def cells(policy: str, code: str, row: Row) -> Row:
    """A row's cells: what the roster begins with, the groups that it names, its own; an empty text is a blank."""
    book, groups = load_cases(), load_nearest()
    begin = {**book["base"].get(code, {}), **groups["base"].get(policy, {}).get(code, {})}
    parts = [begin, *({**book, **groups}[name] for name in row.get(WITH, ())), row]
    merged = {header: value for part in parts for header, value in part.items()}
    if BORN in merged:
        merged["证件号码"] = number(merged.get("区", REGIONS[policy]), merged[BORN], merged.get("序", 501))
        if "户主证件号码" in begin and "户主证件号码" not in row:
            merged["户主证件号码"] = merged["证件号码"]
    return {header: value for header, value in merged.items() if value != "" and header not in {SAID, RESULT, WITH}}


def number(region: str, born: date, serial: int) -> str:
    """A document number of somebody born on a day, who is nobody."""
    first17 = f"{region}{born:%Y%m%d}{serial:03d}"
    return first17 + check_character(first17)


@cache
def judge(policy: str, code: str) -> tuple[list[set[tuple[str, str]]], pl.DataFrame]:
    """What every row of a roster says, by message and column, and the computed frame."""
    headers = {column.header for column in all_rosters(policy).rosters[code].columns}
    for case in written(policy, code):
        unknown = case.keys() - headers - {SAID, RESULT, WITH, BORN, "序", "区"}
        assert not unknown, f"{policy} {code}: no column {unknown}"
    return judge_rows(policy, code, [cells(policy, code, row) for row in written(policy, code)])


def judge_rows(
    policy: str, code: str, rows: list[Row], unit: Unit | None = None
) -> tuple[list[set[tuple[str, str]]], pl.DataFrame]:
    """The same of rows whose cells are given by header; what the roster has no column for is left out."""
    book = all_rosters(policy)
    roster = book.rosters[code]
    names = {**book.names, **unit_names(unit or unit_called(load_nearest()["units"].get(code, "甲镇"), roster))}
    headers = {column.header for column in roster.columns}
    fitting = [{header: value for header, value in row.items() if header in headers} for row in rows]
    frame = compute_columns(roster, raw_frame(roster, fitting), names)
    flags = flag_rules(roster, frame, names)
    said: list[set[tuple[str, str]]] = [set() for _ in rows]
    for rule in roster.rules:
        for index in flags[rule_id(rule)].arg_true().to_list():
            said[index].add((rule.message, rule.column))
    return said, frame


def unit_called(name: str, roster: Roster) -> Unit:
    """A township with two villages, or whoever fills in the roster."""
    if AGENCY in roster.units:
        return Unit(name, ("甲镇", "乙镇"), body=AGENCY)
    if SCHOOL in roster.units:
        return Unit(name, ("1班",), body=SCHOOL)
    groups = (("一村", ("一组", "二组")), ("二村", ("一组",)))
    return Unit(name, ("一村", "二村"), groups, account=load_cases()["account"])


def computed(policy: str, code: str, index: int, header: str) -> Any:
    """The value of a computed cell: a day as a day, an unknown value as None."""
    column = all_rosters(policy).rosters[code].by_header[header]
    value = judge(policy, code)[1][f"{column.field}.computed"][index]
    if isinstance(value, float) and isnan(value):  # blank
        return ""
    if column.type == "date" and isinstance(value, float):
        return from_serial(value)
    return value
