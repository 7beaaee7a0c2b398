"""What-if: the worked cases of cases/what-if-huining.yaml, to the cent, and a workbook in which nobody is named."""

from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_county.lists.stored import load_lists
from canbao_county.merge.totals import Totals
from canbao_county.year.simulate import Simulation, simulate
from canbao_county.year.simulation_sheets import simulation_sheets, totals_of
from canbao_county.year.stated import differing_units
from canbao_rulebook.policy import load_policy
from canbao_rulebook.policy.what_if import change_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import ROOT
from canbao_validators.reading.raw import RawWorkbook
from canbao_validators.reading.sheets import read_workbook
from support.case_books import BOOKS, CASES, fill_units, import_lists
from support.cli import write_units

POLICY = "huining-2021"
BOOK: dict[str, Any] = parse_yaml((CASES / "what-if-huining.yaml").read_text(encoding="utf-8"))
TEXT = ROOT.joinpath("policies", f"{POLICY}.yaml").read_text(encoding="utf-8")


class Merged(NamedTuple):
    path: Path
    lists: Path
    raw: RawWorkbook


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Merged:
    """The county of the cases, merged with its list."""
    home, known = tmp_path_factory.mktemp("what-if"), BOOKS["settlement-huining"]
    units = write_units(home / "units.csv", [[*row, ""] for row in known["units"]])
    assert run(["generate", POLICY, "--units", str(units), "--out", str(home / "blank"), "--rows", "12"]) == 0
    folder = fill_units(known, BOOK["county"], home / "blank", home / "filled")
    out = home / "county.xlsx"
    words = ["merge", str(folder), "--policy", POLICY, "--out", str(out), "--units", str(units)]
    assert run([*words, *import_lists(POLICY, BOOK["lists"], home)]) in {0, 1}
    return Merged(out, home / "lists", read_workbook(out))


def settle(merged: Merged, folder: Path, *settings: str) -> Simulation:
    policy = load_policy(POLICY)
    changed = change_policy(TEXT, settings)
    lists = load_lists(merged.lists, policy)
    return simulate(merged.raw, load_rulebook(policy), load_rulebook(changed), folder, lists=lists)


def figures(total: Totals, wanted: dict[str, Any]) -> dict[str, Any]:
    told = total.as_dict("zh")
    return {name: told[name] for name in wanted}


@pytest.mark.parametrize("case", BOOK["cases"], ids=lambda case: case["name"])
def test_what_a_change_means(case: dict[str, Any], merged: Merged, tmp_path: Path) -> None:
    done = settle(merged, tmp_path, *case["set"])
    before, after = totals_of(done)
    assert figures(before, BOOK["before"]) == BOOK["before"]
    assert figures(after, case["after"]) == case["after"]
    assert {name: after.unknown[name] for name in case.get("missing", {})} == case.get("missing", {})
    sheets = {sheet.name: sheet for sheet in simulation_sheets(done, []).values()}
    persons = sheets["减轻和加重"].frame
    assert {name: persons[name][-1] for name in case["burden"]} == case["burden"]
    towns = {row["township"]: row["aid_after"] for row in sheets["按乡镇"].frame.to_dicts()}
    assert {name: f"{towns[name] / 100:.2f}" for name in case.get("units", {})} == case.get("units", {})
    assert not differing_units(merged.raw, done.before, done.units)


def test_unchanged_rows_are_the_same_rows(merged: Merged, tmp_path: Path) -> None:
    done = settle(merged, tmp_path, "premium.standard.amount=280.00")
    settled = [name for name in done.before.columns if name not in {"paid_ok", "row_enrolled"}]  # taken for granted
    assert done.after.select(settled).equals(done.before.select(settled))


def test_a_simulation_without_the_lists_of_the_merge_says_so(merged: Merged, tmp_path: Path) -> None:
    book = load_rulebook(load_policy(POLICY))
    done = simulate(merged.raw, book, book, tmp_path)
    assert differing_units(merged.raw, done.before, done.units) == ["甲镇"]


def test_the_workbook_names_nobody(merged: Merged, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "what-if.xlsx"
    words = ["simulate", POLICY, str(merged.path), "--set", "subsidy.categories.Q1.amount=220", "--out", str(out)]
    assert run([*words, "--lists", str(merged.lists)]) == 0
    told = "".join(capsys.readouterr().out.split())
    assert "资助金额200.00→220.00" in told
    assert "应返资助200.00→220.00元" in told
    book = openpyxl.load_workbook(out)
    texts = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    people = BOOKS["settlement-huining"]["people"].values()
    secrets = [value for person in people for key, value in person.items() if key in {"姓名", "证件号码"}]
    assert not [text for text in texts for secret in secrets if secret in text]
    assert [len(sheet._charts) for sheet in book] == [0, 1, 1, 1, 1]  # type: ignore[attr-defined]


def test_another_policy_year_moves_the_days(merged: Merged, tmp_path: Path) -> None:
    path = tmp_path / "huining-2022.yaml"
    assert run(["policy", "new", "huining-2022", "--from", POLICY, "--out", str(path)]) == 0
    policy = load_policy(POLICY)
    changed = load_rulebook(load_policy(str(path)))
    done = simulate(merged.raw, load_rulebook(policy), changed, tmp_path, lists=load_lists(merged.lists, policy))
    before, after = totals_of(done)
    assert (after.enrolled, after.fen("rebate_due")) == (before.enrolled, before.fen("rebate_due"))


@pytest.mark.parametrize("wrong", BOOK["wrong"], ids=lambda wrong: wrong["set"])
def test_a_wrong_change_is_one_sentence(
    wrong: dict[str, str], merged: Merged, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "none.xlsx"
    assert run(["simulate", POLICY, str(merged.path), "--set", wrong["set"], "--out", str(out)]) == 2
    told = capsys.readouterr().err
    assert wrong["says"] in told
    assert "【P0" in told
    assert not out.exists()


def test_what_cannot_be_simulated_is_said(merged: Merged, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["--out", str(tmp_path / "none.xlsx")]
    assert run(["simulate", POLICY, str(merged.path), *out]) == 2
    assert "--set" in capsys.readouterr().err
    assert run(["simulate", "shangcai-2020", str(merged.path), "--set", "premium.standard.amount=280", *out]) == 2
    assert "会宁县2021年度" in capsys.readouterr().err.replace("\n", "")


def test_what_nobody_knows_is_not_nothing(merged: Merged, tmp_path: Path) -> None:
    """A group of which no amount is known shows 待定; the total is what is known, its difference that of the totals."""
    done = settle(merged, tmp_path, "subsidy.categories.Q1.amount=未知")
    sheets = {sheet.name: sheet for sheet in simulation_sheets(done, []).values()}
    rows = {row["category"]: row for row in sheets["按类别"].frame.to_dicts()}
    poor, total = rows["建档立卡贫困人口"], rows["合计"]
    assert (poor["aid_before"], poor["aid_after"], poor["aid_change"], poor["unknown_after"]) == (20000, 0, -20000, 1)
    assert (total["aid_before"], total["aid_after"], total["aid_change"]) == (76000, 56000, -20000)
    (tmp_path / "alone").mkdir()
    alone = settle(merged, tmp_path / "alone", "subsidy.categories.F3.amount=未知", "subsidy.categories.F4.amount=未知")
    rows = {row["category"]: row for row in simulation_sheets(alone, [])["categories"].frame.to_dicts()}
    assert (rows["特困供养人员"]["aid_after"], rows["特困供养人员"]["aid_change"]) == (None, None)
    assert rows["合计"]["aid_change"] == -56000
