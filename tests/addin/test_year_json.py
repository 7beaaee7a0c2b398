"""The county's year as JSON: the keys that docs/json.md promises, money as texts, nothing else on standard output."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from canbao_addin.cli.main import run
from canbao_templates import read_text
from support.case_books import full_row
from support.cli import fill
from support.json_page import differences, stated
from support.two_years import KNOWN, POLICY, merge_both


class Year(NamedTuple):
    home: Path
    earlier: Path
    later: Path
    policy: Path


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """Two submissions, a data set, two copies of a workbook, and a policy file with a lapse."""
    home = tmp_path_factory.mktemp("year")
    earlier, later = merge_both(home)
    for name, phone in (("甲", "13900000001"), ("乙", "13900000002")):
        copy = home / f"{name}.xlsx"
        copy.write_bytes((home / "blank" / "甲镇.xlsx").read_bytes())
        fill(copy, {"应保及应资对象": [full_row(KNOWN, "R1", {"谁": "小赵", "联系电话": phone})]})
    policy = home / "huining-2022.yaml"
    text = read_text("policies/huining-2021.yaml").replace("huining-2021", "huining-2022").replace("280.00", "320.00")
    policy.write_text(text, encoding="utf-8")
    return Year(home, earlier, later, policy)


def ask(capsys: pytest.CaptureFixture[str], command: str, *words: object) -> dict[str, Any]:
    """What a command says on standard output, and nothing else; a file holds the same."""
    capsys.readouterr()
    assert run([*command.split(), *map(str, words), "--json", "-"]) in {0, 1}
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert differences(found, stated(command)) == []
    return found


def test_policy_files(year: Year, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checked = ask(capsys, "policy check", year.policy)
    assert {"P06", "P07"} & {issue["code"] for issue in checked["issues"]}
    assert all(issue["message"] and issue["severity"] in {"错误", "提醒", "提示"} for issue in checked["issues"])
    made = ask(capsys, "policy new", "huining-2022", "--from", POLICY, "--out", tmp_path / "new.yaml")
    assert {"path": "premium.standard.amount", "value": "280.00"} in made["confirm"]
    book = ask(capsys, "policy workbook", tmp_path / "new.yaml", "--out", tmp_path / "policy.xlsx")
    assert (book["policy"], book["before"]) == ("huining-2022", POLICY)
    loaded = ask(capsys, "policy load", tmp_path / "policy.xlsx", "--out", tmp_path / "loaded.yaml")
    assert "个人缴费标准" in next(one["path"] for one in loaded["issues"] if "premium.standard" in one["message"])


def test_what_differs_between_policies(year: Year, capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "policy diff", POLICY, year.policy, "--lang", "en")
    assert (found["before"], found["after"]) == (POLICY, "huining-2022")
    [premium] = [one for one in found["changes"] if one["path"] == "premium.standard.amount"]
    assert (premium["kind"], premium["before"], premium["after"]) == ("changed", "280.00", "320.00")
    [ordinary] = [one for one in found["samples"] if one["who"] == "普通居民"]
    assert (ordinary["before"]["own"], ordinary["after"]["own"]) == ("280.00", "320.00")


def test_two_submissions(year: Year, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "compare", year.earlier, year.later, "--out", tmp_path / "compared.xlsx")
    assert sum(one["before"] for one in found["units"]) == sum(one["after"] for one in found["units"]) == 5
    assert [(one["name"], one["township"]) for one in found["new"]] == [("周子涵", "乙镇")]
    assert "*" in found["new"][0]["cert_no"]
    [moved] = found["moved"]
    assert (moved["name"], moved["before"], moved["after"]) == ("王建国", "甲镇", "乙镇")


def test_what_if(year: Year, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--set", "premium.standard.amount=320", "--set", "subsidy.categories.Q1.amount=400")
    found = ask(capsys, "simulate", POLICY, year.earlier, *words, "--out", tmp_path / "what-if.xlsx")
    assert (found["before"]["premium"], found["after"]["premium"]) == ("1400.00", "1600.00")
    assert {one["path"] for one in found["changes"]} >= {"premium.standard.amount", "subsidy.categories.Q1.amount"}
    assert sorted(one["township"] for one in found["townships"]) == ["乙镇", "甲镇"], "no total among the rows"
    assert sum(float(one["own_change"]) for one in found["townships"]) == 200, "five persons, forty yuan each"


def test_two_copies(year: Year, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copies = (year.home / "甲.xlsx", year.home / "乙.xlsx")
    found = ask(capsys, "reconcile-copies", *copies, "--out", tmp_path / "one.xlsx")
    [cell] = found["conflicts"]
    assert (cell["roster"], cell["header"], cell["first"], cell["second"], cell["taken"]) == (
        "R1", "联系电话", "13900000001", "13900000002", "A",
    )  # fmt: skip
    assert Path(found["listed"]).is_file()


def test_what_a_county_gives_on(year: Year, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = ask(capsys, "province key", tmp_path / "key.txt")
    again = ask(capsys, "province key", tmp_path / "key.txt")
    assert (made["made"], again["made"]) == (True, False)
    words = ("--key-file", tmp_path / "key.txt", "--out", tmp_path / "given.parquet")
    given = ask(capsys, "province export", year.home / "earlier.parquet", *words)
    assert (given["persons"], given["fingerprint"]) == (5, made["fingerprint"])


def test_a_file_beside_the_sentences(year: Year, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "diff.json"
    capsys.readouterr()
    assert run(["policy", "diff", POLICY, str(year.policy), "--json", str(out)]) == 0
    assert "280.00 → 320.00" in capsys.readouterr().out
    assert differences(json.loads(out.read_text(encoding="utf-8")), stated("policy diff")) == []
