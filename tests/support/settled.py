"""One person's rows and their settlement, without workbooks: what a row says is written down, the rest is usual."""

from pathlib import Path
from typing import Any

import polars as pl

from canbao_rulebook.findings import Finding
from canbao_rulebook.policy import load_policy
from canbao_validators.settlement.facts import SCHEMA, gather_facts
from canbao_validators.settlement.places import place_persons
from canbao_validators.settlement.settle import settle
from canbao_validators.settlement.terms import Rulings, Terms
from canbao_validators.settlement.told import Told
from canbao_validators.settlement.withhold import withhold

KEY, EARLY, LATER = "620422195109080365", 44100.0, 44101.0
PAID: dict[str, Any] = {
    "received": 28000, "pay_date": EARLY, "paid_ok": True, "in_time": True, "row_enrolled": True, "ticket": True
}  # fmt: skip
CENTRAL: dict[str, Any] = {"central": True, "roster": "R8", "sheet": "政府全额资助名单", "township": "甲镇"}
EXEMPT: dict[str, Any] = {"enrolment": False, "roster": "R3", "sheet": "异地参保和无法参保对象"}
QUOTA: dict[str, Any] = {"claims": ["Q1"], "account_ok": True, "account": "6230123400001112201"}


def facts(*rows: dict[str, Any]) -> pl.DataFrame:
    """The rows of one person, each in a unit of its own: enrolled by nobody, unpaid, unless said."""
    table = []
    for number, row in enumerate(rows):
        unit = f"{'甲乙丙'[number]}镇"
        usual = {
            "unit": unit, "township": unit, "file": f"{unit}.xlsx", "roster": "R1", "sheet": "应保及应资对象",
            "letter": "K", "row": 5, "cert": KEY, "name": "田守义", "guardian": "", "valid": True,
            "birth": 18879.0, "enrolment": True,
            "received": 0, "row_premium": 28000, "village_due": 0, "pay_date": float("nan"), "cover": "none",
            "window_start": 44075.0, "window_end": 44175.0, "groups": [], "claims": [], "row_category": "", "proof": "",
            "complete": True, "direct_ok": True, "account": "", "mib_serial": "", "status": "", "row_subsidy_kind": "",
            "village": "",
        }  # fmt: skip
        flags = {name: False for name, kind in SCHEMA.items() if kind == pl.Boolean() and name not in usual}
        table.append({**flags, "arrived": None, "posted": None, **usual, **row})
    columns = {name: [row.get(name) for row in table] for name in SCHEMA}
    return gather_facts([pl.DataFrame([pl.Series(name, columns[name]).cast(kind) for name, kind in SCHEMA.items()])])


def settled(
    *rows: dict[str, Any],
    policy: str | Path = "huining-2021",
    rulings: Rulings | None = None,
    told: Told | None = None,
    findings: tuple[Finding, ...] = (),
) -> pl.DataFrame:
    """The settlement of one person's rows."""
    table, terms = facts(*rows), Terms(load_policy(str(policy)), rulings or Rulings())
    return withhold(settle(table, place_persons(table, terms), terms, told), findings, terms)
