"""Published numbers with their expected validity (data/identity.csv) against the rules of a workbook.

Where we differ from a source the reason stands in data/identity_exceptions.csv.
"""

import csv
from pathlib import Path

import polars as pl
import pytest

from canbao_rulebook.evaluate import compute_columns, flag_rules, rule_id
from canbao_rulebook.findings import Severity
from canbao_rulebook.functions import REGISTRY
from canbao_rulebook.functions.identity import upgrade_15
from canbao_rulebook.functions.registry import Argument
from canbao_rulebook.names import policy_names, unit_names
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import Unit
from canbao_validators.normalise.identifiers import normalise_identifier, normalise_phone
from support.frames import raw_frame

DATA = Path(__file__).parent / "data"
VECTORS = [row for row in csv.DictReader((DATA / "identity.csv").open(encoding="utf-8")) if row["expected_valid"] != ""]
EXCEPTIONS = list(csv.DictReader((DATA / "identity_exceptions.csv").open(encoding="utf-8")))


@pytest.fixture(scope="module")
def accepted() -> dict[str, bool]:
    """Every 15- and 18-character value of the list: whether its row has no error of code V02 or V03."""
    policy = load_policy("huining-2021")
    names = {**policy_names(policy), **unit_names(Unit("甲镇"))}
    roster = load_rulebook(policy).rosters["R1"]
    values = sorted({row["value"] for row in VECTORS if row["kind"] in {"id15", "id18"}})
    cleaned = [normalise_identifier(value).value for value in values]
    rows = [{"姓名": "甲", "证件类型": "居民身份证", "证件号码": value} for value in cleaned]
    frame = compute_columns(roster, raw_frame(roster, rows), names)
    flags = flag_rules(roster, frame, names)
    rules = [rule for rule in roster.rules if rule.code in {"V02", "V03"} and rule.severity is Severity.ERROR]
    own = [rule_id(rule) for rule in rules if rule.column == "证件号码"]
    wrong = flags.select(pl.any_horizontal(own)).to_series().to_list()
    return dict(zip(values, (not flag for flag in wrong), strict=True))


def excuse(row: dict[str, str]) -> str:
    """Why we decide otherwise than the source, or an empty string."""
    keys = ("value", "kind", "expected_valid")
    return next((entry["reason"] for entry in EXCEPTIONS if all(entry[key] == row[key] for key in keys)), "")


def call(name: str, value: str) -> bool:
    return bool(pl.select(REGISTRY[name].polars([Argument(pl.lit(value))])).item())


def test_eighteen_digits(accepted: dict[str, bool]) -> None:
    differing = [
        row
        for row in VECTORS
        if row["kind"] == "id18" and accepted[row["value"]] != (row["expected_valid"] == "1") and not excuse(row)
    ]
    assert differing == []


def test_old_numbers_are_errors_with_a_suggestion(accepted: dict[str, bool]) -> None:
    old = [row for row in VECTORS if row["kind"] == "id15"]
    assert not any(accepted[row["value"]] for row in old)
    right = [row["value"] for row in old if row["expected_valid"] == "1"]
    assert right
    assert [upgrade_15(value) for value in right] == [of_the_last_century(value) for value in right]


def of_the_last_century(old: str) -> str:
    """The number of 18 characters: its year is of 19xx, of centenarians (996 to 999) of 18xx; ISO 7064, MOD 11-2."""
    first17 = f"{old[:6]}{18 if old[12:] in {'996', '997', '998', '999'} else 19}{old[6:]}"
    remainder = sum(2 ** (17 - place) * int(digit) for place, digit in enumerate(first17)) % 11
    return first17 + "10X98765432"[remainder]


@pytest.mark.parametrize(("kind", "function"), [("luhn", "LUHN"), ("card_luhn", "LUHN"), ("mobile_cn", "PHONE_OK")])
def test_accounts_and_telephones(kind: str, function: str) -> None:
    rows = [row for row in VECTORS if row["kind"] == kind]
    clean = normalise_phone if kind == "mobile_cn" else normalise_identifier
    differing = [
        row
        for row in rows
        if call(function, str(clean(row["value"]).value)) != (row["expected_valid"] == "1") and not excuse(row)
    ]
    assert differing == []


def test_every_exception_names_a_vector_and_a_reason() -> None:
    known = {(row["value"], row["kind"], row["expected_valid"]) for row in VECTORS}
    assert {(entry["value"], entry["kind"], entry["expected_valid"]) for entry in EXCEPTIONS} <= known
    assert all(entry["reason"] for entry in EXCEPTIONS)


def test_no_kind_of_number_is_passed_over() -> None:
    judged = {"id15", "id18", "luhn", "card_luhn", "mobile_cn"}
    assert [row for row in VECTORS if row["kind"] not in judged and not excuse(row)] == []
