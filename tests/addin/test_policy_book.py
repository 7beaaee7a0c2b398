"""`canbao policy workbook` and `policy load`: a policy file in Excel, and back without loss."""

import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from canbao_addin import home
from canbao_addin.cli.main import run
from canbao_rulebook.policy import list_policies, load_policy
from canbao_templates import ROOT
from support.cli import check_json, write_units
from support.times import most_different

DATA = Path(__file__).parents[1] / "data"
FILES = {
    **{name: Path(str(ROOT.joinpath("policies", f"{name}.yaml"))) for name in list_policies()},
    "fifth-county": DATA / "fifth-county.yaml",
    "orchard-county": DATA / "orchard-county.yaml",
    "sixth-county": DATA / "sixth-county.yaml",
    "seventh-county": DATA / "seventh-county.yaml",
}
HN = "huining-2021"
DAY = datetime.fromisoformat("2020-12-20")  # as a date cell is read
Change = Callable[[Any], None]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "POLICIES", tmp_path / "home" / "policies")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("books")

    def workbook(name: str) -> Path:
        path = folder / f"{name}.xlsx"
        if not path.exists():
            assert run(["policy", "workbook", str(FILES[name]), "--out", str(path)]) == 0
        return path

    return workbook


def set_cells(book: Any, changes: dict[tuple[str | int, ...], object]) -> None:
    """Write into 今年 of the rows of some places; a pair is the name of a free key and its value."""
    left = dict(changes)
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=3, max_col=8):
            if sheet.title != "_yaml" and len(row) == 8 and row[7].value:
                loc = tuple(json.loads(row[7].value))
                if loc in left:
                    value = left.pop(loc)
                    if isinstance(value, tuple):
                        row[0].value, value = value
                    row[4].value = value
    assert not left, left


def changed(path: Path, tmp_path: Path, changes: dict[tuple[str | int, ...], object]) -> Path:
    book = openpyxl.load_workbook(path)
    set_cells(book, changes)
    target = tmp_path / "changed.xlsx"
    book.save(target)
    return target


@pytest.mark.parametrize("name", most_different(FILES))
def test_there_and_back_is_the_same_file(name, made, tmp_path):
    out = tmp_path / "back.yaml"
    assert run(["policy", "load", str(made(name)), "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == FILES[name].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", most_different(FILES))
def test_saved_by_another_program_it_is_the_same_file(name, made, tmp_path):
    out = tmp_path / "back.yaml"
    assert run(["policy", "load", str(changed(made(name), tmp_path, {})), "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8") == FILES[name].read_text(encoding="utf-8")


def load(made, tmp_path, changes, name=HN):
    out = tmp_path / "back.yaml"
    status = run(["policy", "load", str(changed(made(name), tmp_path, changes)), "--out", str(out)])
    return status, out


def test_values_typed_as_officials_type_them(made, tmp_path):
    status, out = load(made, tmp_path, {
        ("premium", "standard", "amount"): 320,
        ("calendar", "windows", 0, "end"): DAY,
        ("calendar", "milestones", 1, "due"): "2020年12月20日",
        **{("subsidy", "categories", i, "amount"): "等于本人缴费标准" for i in range(5)},
        ("targets", "thresholds", 0, "value"): "98%",
        ("collection", "channels"): "agent_cash、wechat、bank_counter",
        ("subsidy", "rules", "rebate_requires_full_payment"): "否",
        ("late_entry", "newborn", "limit"): 60,
    })  # fmt: skip
    assert status == 0
    policy, old = load_policy(str(out)), load_policy(HN)
    assert policy.premium_fen() == 32000
    assert str(policy.calendar.windows[0].end) == "2020-12-20"
    assert str(policy.calendar.milestones[1].due) == "2020-12-20"
    assert [category.amount for category in policy.subsidy.categories[:5]] == ["premium"] * 5
    assert str(policy.targets.thresholds[0].value) == "0.98"
    assert policy.collection.channels == ("agent_cash", "wechat", "bank_counter")
    assert policy.subsidy.rules.rebate_requires_full_payment is False
    assert policy.late_entry.newborn.limit == 60
    assert policy.eligibility == old.eligibility
    text = out.read_text(encoding="utf-8")
    assert 'amount: "320.00"' in text
    assert "# 先缴费、后资助、不缴费、不资助" in text


def test_entries_are_added_and_taken_away(made, tmp_path):
    new = ("subsidy", "categories", "+1")
    status, out = load(made, tmp_path, {
        (*new, "code"): "O1", (*new, "name"): "果农", (*new, "tier"): "定额", (*new, "kind"): "先缴后返",
        (*new, "amount"): 120, (*new, "payer"): "FIN", (*new, "identity_owner"): "ORC", (*new, "precedence"): 30,
        (*new, "target_group"): "G_ORCHARD", (*new, "ref"): "L1 二(二)2", (*new, "aliases"): "种果树的、果树户",
        ("org", "agencies", "+1"): "ORC", ("org", "agencies", "+1", "name"): "县果业局",
        ("org", "agencies", "+1", "role"): "identity_owner",
        ("targets", "groups", "+1"): ("G_ORCHARD", "果农"),
        ("targets", "thresholds", "+1", "id"): "RATE_ORCHARD", ("targets", "thresholds", "+1", "metric"): "参保率",
        ("targets", "thresholds", "+1", "group"): "G_ORCHARD", ("targets", "thresholds", "+1", "scope"): "乡镇",
        ("targets", "thresholds", "+1", "op"): "等于", ("targets", "thresholds", "+1", "value"): "1",
        ("targets", "thresholds", "+1", "ref"): "L1 六",
        ("collection", "own_channels", "+1"): "orchard_app", ("collection", "own_channels", "+1", "label"): "果园通APP",
        ("collection", "channels"): "agent_cash、bank_counter、orchard_app",
        ("lists", "+1"): ("enrol_types", "续保、新参保、转移接续"),
        ("subsidy", "categories", 9): "删去", ("calendar", "milestones", 0): "删去", ("org", "agencies", "HRS"): "删去",
    })  # fmt: skip
    assert status == 0
    policy = load_policy(str(out))
    codes = [category.code for category in policy.subsidy.categories]
    assert "Q5" not in codes
    assert codes[-1] == "O1"
    added = policy.subsidy.categories[-1]
    assert (added.name, added.kind, str(added.amount), added.aliases) == (
        "果农",
        "rebate",
        "120.00",
        ("种果树的", "果树户"),
    )
    assert policy.targets.groups == {"G_ORCHARD": "果农"}
    assert policy.targets.thresholds[-1].op == "eq"
    assert policy.collection.own_channels["orchard_app"].label == "果园通APP"
    assert policy.lists["enrol_types"] == ("续保", "新参保", "转移接续")
    assert [entry.id for entry in policy.calendar.milestones] == ["SUBSIDY_LIST", "LEDGERS"]
    assert "HRS" not in policy.org.agencies
    assert policy.org.agencies["ORC"].owns_identities


def test_a_block_that_is_null_is_filled_in(made, tmp_path):
    agent = ("collection", "agent")
    status, out = load(made, tmp_path, {
        agent: "", (*agent, "remit_same_day"): "是", (*agent, "personal_account_allowed"): "否",
        (*agent, "cutoff_time"): "16:30", (*agent, "ref"): "L1 三",
    }, "dongxing-2022")  # fmt: skip
    assert status == 0
    policy = load_policy(str(out))
    assert policy.collection.agent.remit_same_day is True
    assert policy.collection.agent.cutoff_time == "16:30"


@pytest.mark.parametrize(
    ("loc", "value", "words"),
    [
        (("premium", "standard", "amount"), "三百", ("P08", "缴费标准!E", "“三百”")),
        (("calendar", "windows", 0, "end"), "2020-12-32", ("P07", "日期!E", "不是日期")),
        (("benefit", "default", "start"), "2020-01-01", ("P07", "待遇享受期!E", "待遇开始", "2021 年度")),
        (("subsidy", "categories", 5, "payer"), "FINN", ("P05", "资助!E", "是不是“FIN”")),
        (("subsidy", "categories", 5, "kind"), "先缴", ("P04", "资助!E", "先缴")),
        (("subsidy", "categories", 0, "amount"), "240.00", ("P08", "资助!E", "资助金额", "240.00")),
    ],
)
def test_what_is_wrong_is_told_at_its_cell(loc, value, words, made, tmp_path, capsys):
    path = changed(made(HN), tmp_path, {loc: value})
    assert run(["policy", "load", str(path), "--out", str(tmp_path / "x.yaml")]) in {1, 2}
    streams = capsys.readouterr()
    [line] = [one for one in (streams.out + streams.err).splitlines() if "错误】" in one or "】错误" in one]
    assert all(word in line for word in words), line
    sheet, cell = words[1].removesuffix("!E"), line.split("!")[1].split()[0]
    found = openpyxl.load_workbook(path)[sheet][cell].value
    assert found == value
    assert run(["policy", "check", str(path)]) in {1, 2}


def test_an_added_entry_has_its_cell_after_others_went(made, tmp_path, capsys):
    new = ("subsidy", "categories", "+2")
    path = changed(made(HN), tmp_path, {
        ("subsidy", "categories", 0): "删去", ("subsidy", "categories", 1): "删去",
        (*new, "code"): "O1", (*new, "name"): "果农", (*new, "tier"): "定额", (*new, "kind"): "先缴后返",
        (*new, "amount"): "500.00", (*new, "payer"): "FIN", (*new, "identity_owner"): "CIV", (*new, "precedence"): 30,
    })  # fmt: skip
    assert run(["policy", "check", str(path)]) == 1
    [line] = [one for one in capsys.readouterr().out.splitlines() if "】错误" in one]
    cell = line.split("资助!")[1].split()[0]
    assert openpyxl.load_workbook(path)["资助"][cell].value == "500.00"


def test_an_entry_without_its_code_is_told_at_its_cell(made, tmp_path, capsys):
    path = changed(made(HN), tmp_path, {("org", "agencies", "+1", "name"): "县果业局"})
    assert run(["policy", "check", str(path)]) == 2
    assert "单位!E" in capsys.readouterr().err


def test_confirming_in_the_workbook(tmp_path, capsys):
    new, book, out = tmp_path / "huining-2022.yaml", tmp_path / "book.xlsx", tmp_path / "out.yaml"
    assert run(["policy", "new", "huining-2022", "--from", HN, "--out", str(new)]) == 0
    assert run(["policy", "workbook", str(new), "--out", str(book)]) == 0
    workbook = openpyxl.load_workbook(book)
    marked = [
        row for sheet in workbook.worksheets if sheet.title != "_yaml" for row in sheet.iter_rows(min_row=3, max_col=8)
        if row[6].value == "待确认"
    ]  # fmt: skip
    assert len(marked) > 40
    [premium] = [row for row in marked if row[7].value == '["premium", "standard", "amount"]']
    assert (premium[3].value, premium[4].value, premium[5].value) == ("280.00", "280.00", "L1 一")
    premium[6].value, premium[4].value = "是", "320.00"
    workbook.save(book)
    assert run(["policy", "load", str(book), "--out", str(out)]) == 1
    assert "premium.standard.amount" not in load_policy(str(out)).confirm
    assert "subsidy.categories.F1.amount" in load_policy(str(out)).confirm
    capsys.readouterr()
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "", "20"]])
    assert run(["generate", str(book), "--units", str(units), "--out", str(tmp_path / "in")]) == 2
    assert "待确认" in capsys.readouterr().err


def test_generate_takes_the_workbook(made, tmp_path):
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "", "20"]])
    out = tmp_path / "in"
    assert run(["generate", str(made(HN)), "--units", str(units), "--out", str(out)]) == 0
    status, report = check_json(tmp_path, out / "甲镇.xlsx")
    assert (status, report["files"][0]["policy"]) == (0, HN)


def test_load_replaces_its_own_policy_year_only(made, tmp_path, capsys):
    out = tmp_path / "back.yaml"
    for _ in range(2):
        assert run(["policy", "load", str(made(HN)), "--out", str(out)]) == 0
    assert [path.name for path in tmp_path.glob("back*")] == ["back.yaml"]
    out.write_text(out.read_text(encoding="utf-8").replace("280.00", "290.00"), encoding="utf-8")
    assert run(["policy", "load", str(made(HN)), "--out", str(out)]) == 0
    [kept] = set(tmp_path.glob("back*")) - {out}
    assert "290.00" in kept.read_text(encoding="utf-8"), "what somebody wrote there is kept"
    assert run(["policy", "load", str(made("putuo-2022")), "--out", str(out)]) == 2
    assert "已经有了" in capsys.readouterr().err


def test_what_was_kept_is_no_policy_year_of_its_own(made):
    out = home.POLICIES / f"{HN}.yaml"
    assert run(["policy", "load", str(made(HN)), "--out", str(out)]) == 0
    out.write_text(out.read_text(encoding="utf-8").replace("280.00", "290.00"), encoding="utf-8")
    assert run(["policy", "load", str(made(HN)), "--out", str(out)]) == 0
    assert len(list(home.POLICIES.iterdir())) == 2
    assert run(["policy", "list"]) == 0


def test_the_ending_may_be_in_capitals(made, tmp_path):
    path = tmp_path / "政策 2021.XLSX"
    path.write_bytes(made(HN).read_bytes())
    assert run(["policy", "check", str(path)]) == 0


def test_a_workbook_that_breaks_off_is_told_in_plain_words(made, tmp_path, capsys):
    path = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(made(HN)) as whole, zipfile.ZipFile(path, "w") as broken:
        for name in whole.namelist():
            part = whole.read(name)
            broken.writestr(name, part[: len(part) // 2] if name.endswith("sheet3.xml") else part)
    assert run(["policy", "check", str(path)]) == 2
    assert "不是 canbao policy workbook 写出的" in capsys.readouterr().err


def test_another_workbook_is_none(tmp_path, capsys):
    path = tmp_path / "x.xlsx"
    openpyxl.Workbook().save(path)
    (tmp_path / "y.xlsx").write_bytes(b"nothing")
    for name in ("x.xlsx", "y.xlsx", "z.xlsx"):
        assert run(["policy", "check", str(tmp_path / name)]) == 2
        assert "不是 canbao policy workbook 写出的" in capsys.readouterr().err


def test_a_workbook_that_would_fill_the_memory_is_not_opened(made, tmp_path, capsys):
    """The limits of all files from outside: what unpacks to a thousand times its size."""
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(made(HN)) as whole, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in whole.namelist():
            part = whole.read(name)
            blank = b" " * 40_000_000 if name.endswith("sheet3.xml") else b""
            bomb.writestr(name, part.replace(b"<sheetData>", blank + b"<sheetData>"))
    assert path.stat().st_size < 1_000_000
    for command in (["check", str(path)], ["load", str(path), "--out", str(tmp_path / "out.yaml")]):
        assert run(["policy", *command]) == 2
        assert "没有读取" in capsys.readouterr().err
    assert not (tmp_path / "out.yaml").exists()


def test_only_what_officials_write_is_open(made):
    book = openpyxl.load_workbook(made(HN))
    for sheet in book.worksheets:
        assert sheet.protection.sheet
        for row in sheet.iter_rows(min_row=3, max_col=8):
            if sheet.title not in {"_yaml", "说明"}:
                assert [cell.column_letter for cell in row if not cell.protection.locked] in (
                    ["E", "G"],
                    ["A", "E", "G"],
                )
    assert book["_yaml"].sheet_state == "veryHidden"
    assert book.security.lockStructure
