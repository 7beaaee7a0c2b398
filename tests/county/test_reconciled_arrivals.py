"""A month of arrivals: rosters, tax office and bureau compared person by person."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from canbao_county.reconcile.arrivals import reconcile_arrivals
from canbao_county.reconcile.model import Result
from support.open_books import DAY, HUINING, matter_of
from support.shown_tables import TOWN, shown


def insured(number: int, received: int = 28000, **more: Any) -> dict[str, Any]:
    """A person of the merge, who paid the premium on DAY."""
    row = {
        "cert": f"K{number}", "name": f"侯{number}", "roster": "R1", "village": "一村", "file": "甲镇.xlsx",
        "township": TOWN, "sheet": "应保及应资对象", "letter": "K", "row": 4 + number, "enrolment": True,
        "received": received,
        "gov_direct": 0, "counts": True, "day": DAY if received else None,
    }  # fmt: skip
    return row | more


def arrived(kind: str, number: int, yuan: float | None = 280, day: int = 26, **more: Any) -> dict[str, Any]:
    """A line of the tax office's or of the bureau's list."""
    money, moment = {"tax": ("入库金额", "缴费日期"), "mib": ("到账金额", "到账日期")}[kind]
    row = {"证件号码": f"K{number}", "姓名": f"侯{number}", money: yuan, moment: date(2019, 9, day)}
    return row | more


_PEOPLE = {
    "cert": pl.String, "name": pl.String, "roster": pl.String, "village": pl.String, "file": pl.String,
    "township": pl.String, "sheet": pl.String, "letter": pl.String, "row": pl.Int64, "enrolment": pl.Boolean,
    "received": pl.Int64, "gov_direct": pl.Int64, "counts": pl.Boolean, "day": pl.Int64,
}  # fmt: skip


def month(people: list[dict[str, Any]], lists: dict[str, Any], **more: Any) -> Result:
    """Huining's reconciliation of a month."""
    matter = matter_of("MONTH", [], lists, pl.DataFrame(people, schema=_PEOPLE), policy_id=HUINING, **more)
    return reconcile_arrivals(matter)


ALL_SAID = {
    "all agree": (insured(1), 280, 280, ""),
    "nobody has it": (insured(1), None, None, "V33.not_in_tax"),
    "the bureau alone has it": (insured(1), None, 280, "V33.not_in_tax"),
    "not at the bureau": (insured(1), 280, None, "V33.not_in_mib"),
    "less at the tax office": (insured(1), 270, 270, "V33.tax_amount"),
    "more at the tax office": (insured(1), 290, 290, "V33.tax_amount"),
    "less at the bureau": (insured(1), 280, 270, "V33.mib_amount"),
    "more at the bureau": (insured(1), 280, 290, "V33.mib_amount"),
    "paid nothing, and nobody has it": (insured(1, 0), None, None, ""),
    "paid nothing, but it arrived": (insured(1, 0), 280, 280, "V33.unpaid"),
    "government paid all": (insured(1, 0, gov_direct=28000), 280, 280, ""),
    "government paid all, at the bureau only": (insured(1, 0, gov_direct=28000), None, 280, ""),
    "government paid less than the bureau has": (insured(1, 0, gov_direct=14000), None, 280, "V33.mib_only"),
    "the bureau has it with no amount": (insured(1, 0, gov_direct=14000), None, 0, ""),
    "government's part is not stated": (insured(1, 0, gov_direct=None), None, 280, ""),
    "government's part is not stated, some paid": (insured(1, 14000, gov_direct=None), 140, 280, ""),
    "part of each at the bureau": (insured(1, 14000, gov_direct=14000), 140, 280, ""),
    "part of each at both": (insured(1, 14000, gov_direct=14000), 280, 280, ""),
    "part of each, the own part at the bureau": (insured(1, 14000, gov_direct=14000), 140, 140, ""),
    "a row that does not count is paid for by nobody": (
        insured(1, 0, gov_direct=28000, counts=False), None, 280, "V33.mib_only"
    ),
    "tells no amounts": (insured(1), "unknown", "unknown", ""),
    "nobody on the roster": (None, 280, 280, "V33.tax_only"),
    "nobody on the roster, at the bureau only": (None, None, 280, "V33.mib_only"),
    "nobody on the roster, no amount": (None, None, 0, ""),
}  # fmt: skip


@pytest.mark.parametrize("case", ALL_SAID)
def test_what_a_month_says_of_one_person(case: str) -> None:
    person, tax, mib, key = ALL_SAID[case]
    lists = {
        kind: [arrived(kind, 1, None if yuan == "unknown" else yuan)] if yuan is not None else []
        for kind, yuan in (("tax", tax), ("mib", mib))
    }
    result = month([person] if person else [], lists)
    assert [found.key for found in result.findings] == ([key] if key else [])
    assert result.differences == len(result.findings)


def test_a_month_of_a_township_in_figures() -> None:
    people = [
        insured(1),
        insured(2, day=DAY + 10),
        insured(3, 0, gov_direct=28000),
        insured(4, 0, cert="K1", name="侯一"),
        insured(5, township="乙镇", village=""),
        insured(6, 0, cert=""),
        insured(7, 28000, enrolment=False),
    ]
    tax = [
        arrived("tax", 1), arrived("tax", 2), arrived("tax", 5, 140), arrived("tax", 5, 140, 30),
        arrived("tax", 8, 280, 27, **{"乡镇(街道)": "乙镇", "村(社区)": "丙村"}), arrived("tax", 9),
    ]  # fmt: skip
    mib = [arrived("mib", n) for n in (1, 2, 3, 5)]
    table, detail = (result := month(people, {"tax": tax, "mib": mib})).tables
    figures = ("roster_persons", "roster_fen", "tax_persons", "tax_fen", "mib_persons", "mib_fen", "wrong", "verdict")
    assert shown(table, "township", "period", *figures) == [
        ("乙镇", "2019-09", 1, 28000, 2, 56000, 1, 28000, 1, "不符"),
        (TOWN, "2019-09", 1, 28000, 2, 56000, 3, 84000, 0, "相符"),
        (TOWN, "2019-10", 1, 28000, 0, 0, 0, 0, 1, "不符"),
        ("（名单没有写乡镇）", "2019-09", 0, 0, 1, 28000, 0, 0, 1, "不符"),
    ]
    assert shown(detail, "township", "village", "name", "own", "tax_fen", "mib_fen", "reason") == [
        ("乙镇", "丙村", "侯8", 0, 28000, None, "税务已入库，花名册没有此人"),
        (TOWN, "一村", "侯2", 28000, 28000, 28000, "花名册与税务不在同一月"),
        ("（名单没有写乡镇）", "", "侯9", 0, 28000, None, "税务已入库，花名册没有此人"),
    ]
    assert result.sums == {
        "roster_persons": 3, "roster": 84000, "tax_persons": 5, "tax": 140000, "mib_persons": 4, "mib": 112000,
    }  # fmt: skip
    assert [(found.place.file, found.place.cell) for found in result.findings] == [
        ("tax.xlsx", "B7"), ("甲镇.xlsx", "K6"), ("tax.xlsx", "B8")
    ]  # fmt: skip


@pytest.mark.parametrize(("as_of", "said"), [(DAY, []), (DAY - 1, []), (None, [])])
def test_a_month_up_to_a_day_knows_nothing_later(as_of: int | None, said: list[str]) -> None:
    result = month([insured(1)], {"tax": [arrived("tax", 1)], "mib": [arrived("mib", 1)]}, as_of=as_of)
    assert [found.key for found in result.findings] == said
    assert result.sums["roster_persons"] == result.sums["tax_persons"] == (0 if as_of == DAY - 1 else 1)
