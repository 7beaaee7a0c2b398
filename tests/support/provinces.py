"""Files of invented counties for their province, and what three counties say of planted persons."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_province.codes import Key
from canbao_province.columns import COUNTY, POLICY, REGION, SCHEMA, SHA256, YEAR, schema_name, schema_of
from canbao_province.columns import KEY as KEY_FIELD

if TYPE_CHECKING:
    from pathlib import Path

KEY = Key(b"\x07" * 32)
COUNTIES = {"定西市甲县": "621101", "定西市乙县": "621102", "兰州市丙县": "620103"}
_MONEY = [None, 0, 0, 28_000, 20_000]


def person(code: str, county: str, **more: Any) -> dict[str, Any]:
    """A row of a county's file: enrolled, paid in full, not subsidised."""
    blank = dict.fromkeys(schema_of())
    fen = dict.fromkeys((name for name in blank if name.endswith("_fen")), 0)
    usual = {
        "county": county, "person": code.encode().ljust(16, b"-"), "name_code": b"name" + code[:4].encode(),
        "rows": 1, "counts": True, "enrolled": True, "state": "enrolled", "category": "", "subsidy_kind": "",
        "payer": "", "premium_fen": 28_000, "self_due_fen": 28_000, "received_fen": 28_000, "accepted_fen": 28_000,
        "paid_on": date(2020, 10, 3),
    }  # fmt: skip
    return blank | fen | usual | more


def absent(code: str, county: str, left: str | None, **more: Any) -> dict[str, Any]:
    """A row of somebody who is not enrolled there."""
    nothing = {"received_fen": 0, "accepted_fen": 0, "paid_on": None, "counts": left is None}
    return person(code, county, enrolled=False, state="exempt" if left else "due", left=left, **nothing, **more)


def subsidised(category: str, payer: str, *, direct: int | None = 0, rebate: int | None = 0) -> dict[str, Any]:
    return {"category": category, "payer": payer, "gov_direct_fen": direct, "rebate_due_fen": rebate}


def write_county(folder: Path, county: str, rows: list[dict[str, Any]], **metadata: str) -> Path:
    """A county's file, as canbao province export writes it."""
    path = folder / f"{county}.parquet"
    named = {SCHEMA: schema_name(), POLICY: "huining-2021", SHA256: "0" * 64, COUNTY: county}
    named |= {REGION: COUNTIES.get(county, "620199"), YEAR: "2021", KEY_FIELD: KEY.fingerprint} | metadata
    pl.DataFrame(rows, schema=schema_of()).sort("person", nulls_last=True).write_parquet(path, metadata=named)
    return path


def write_counties(folder: Path, rows: dict[str, list[dict[str, Any]]]) -> list[Path]:
    """The files of several counties."""
    folder.mkdir(exist_ok=True)
    return [write_county(folder, county, own) for county, own in rows.items()]


@dataclass(frozen=True)
class Planted:
    """What three counties say: by case the codes of persons, and who is subsidised twice or has two names."""

    rows: dict[str, list[dict[str, Any]]]
    cases: dict[str, set[str]]
    aided_twice: set[str]
    two_names: set[str]


def plant() -> Planted:
    """Three counties with everything that can be between them, and people of one county around it."""
    a, b, c = COUNTIES
    rows: dict[str, list[dict[str, Any]]] = {
        a: [
            person("alone-a", a),
            person("twice", a),
            person("thrice", a, **subsidised("Q1", "县", rebate=20_000)),
            person("moved", a, paid_on=date(2020, 9, 1)),
            absent("gap", a, "moved"),
            person("dead", a),
            absent("listed", a, None),
            person("aided", a, **subsidised("FULL", "县", direct=28_000)),
            person("named", a, name_code=b"one name"),
            {**person("none", a), "person": None, "name_code": None},
        ],
        b: [
            person("alone-b", b, **subsidised("FULL", "县", direct=28_000)),
            person("twice", b, paid_on=date(2020, 11, 3)),
            person("thrice", b, **subsidised("Q1", "县", rebate=None)),
            absent("moved", b, "elsewhere"),
            absent("gap", b, None),
            absent("dead", b, "dead"),
            absent("listed", b, None),
            absent("aided", b, None, **subsidised("P1", "镇", rebate=20_000)),
            person("named", b, name_code=b"another-", paid_on=None),
            {**person("none", b), "person": None, "name_code": None},
        ],
        c: [person("alone-c", c, premium_fen=None, self_due_fen=None), person("thrice", c)],
    }
    cases = {
        "twice": {"twice", "thrice", "named"}, "moved": {"moved"}, "gap": {"gap"}, "contradicts": {"dead"},
        "listed": {"listed", "aided"},
    }  # fmt: skip
    return Planted(rows, cases, {"thrice", "aided"}, {"named"})


def random_province(seed: int, counties: int = 3, persons: int = 12) -> dict[str, list[dict[str, Any]]]:
    """Counties of a few persons who are in several of them as chance has it, each once a county."""
    chance = random.Random(seed)
    made: dict[str, list[dict[str, Any]]] = {}
    for county in list(COUNTIES)[:counties]:
        codes = [f"p{number:02d}" for number in range(persons) if chance.random() < 0.6]
        made[county] = [_random_row(chance, code, county) for code in codes]
        made[county] += [{**_random_row(chance, "", county), "person": None, "name_code": None}]
    return made


def _random_row(chance: random.Random, code: str, county: str) -> dict[str, Any]:
    enrolled = chance.random() < 0.5
    counts = enrolled or chance.random() < 0.6
    left = chance.choice([None, None, "elsewhere", "moved", "employed", "dead"])
    money = {name: chance.choice(_MONEY) for name in schema_of() if name.endswith("_fen")}
    came = {name: money[name] or 0 for name in ("received_fen", "accepted_fen", "returnable_fen", "unproven_fen")}
    days = [None, *(date(2020, 10, 1) + timedelta(days=day) for day in range(4))]
    names = [None, b"name-one", b"name-one", b"name-two"]
    told = {"category": chance.choice(["", "Q1", "FULL"]), "payer": chance.choice(["", "县"])}
    return person(
        code, county, counts=counts, enrolled=enrolled, left=left, name_code=chance.choice(names),
        paid_on=chance.choice(days), state="enrolled" if enrolled else "due", **money | came | told,
    )  # fmt: skip
