"""Why this amount: the category, the amount, the article and everything that was rejected, as the columns have them."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from canbao_addin.actions.explain import explain_row
from canbao_addin.cli.main import run
from canbao_addin.texts import CannotRunError
from canbao_county.explain import Explanation, explain_in_words, explain_person
from canbao_demo import plan_county, rows_to_frame
from canbao_rulebook.findings import Place
from canbao_rulebook.messages import build_finding
from canbao_rulebook.money import to_fen
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_validators.checking import check_workbook
from canbao_validators.judging_rows import judge_frames
from canbao_validators.settlement.unit import settle_workbook
from canbao_validators.workbook import FilledWorkbook
from support.case_books import complete
from support.cli import fill, write_units
from support.library import shared_library
from support.times import times
from test_worked_cases import BOOKS

POLICY = load_policy("huining-2021")
CATEGORIES = {word: category for category in POLICY.subsidy.categories for word in (category.name, *category.aliases)}
BOOK = BOOKS["huining-2021"]
TOWNSHIP = "甲镇"
MOST_LINES = 25
NOTICE = "会政办发〔2020〕115号"


# What a policy officer reads: by case, the roster, the row, and words that stand in its explanation.
WORDS = {
    "1": [
        ("R1", 5, "特困供养人员，代缴：政府直接缴280.00元，个人不再缴费（会政办发〔2020〕115号 二(二)1）"),
        ("R1", 5, "一人一年只享受一次资助，就高不就低（会政办发〔2020〕115号 二(二)3、五）"),
    ],
    "1b": [
        ("R1", 5, "错误V17 执行资助类别"),
    ],
    "1c": [
        ("R4", 5, "「参保资助花名册」第5行的金额由「应保及应资对象」第5行算出"),
        ("R4", 5, "错误V17 资助类别"),
    ],
    "1d": [
        ("R1", 5, "待处理的280.00：政府代缴的人又缴费；由县决定"),
    ],
    "3": [
        ("R1", 5, "缴清后返还200.00元，现在应返0.00元，因为还没有缴费"),
        ("R1", 5, "还没有缴费，应缴280.00"),
    ],
    "4a2": [
        ("R3", 5, "登记为“无法参保”，原因“参军”：不参加本地居民医保，不缴费，不资助"),
    ],
    "4b2": [
        ("R3", 5, "2021年复员或刑满、自愿参保：可以参保，不予资助；缴费登记在「应保及应资对象」"),
    ],
    "6": [
        ("R1", 5, "“参加职工医保”的人不参加居民医保，应登记在「异地参保和无法参保对象」"),
    ],
    "7": [
        ("R1", 5, "待遇2020-12-05至2021-12-31（会政办发〔2020〕115号 四）"),
    ],
    "7c": [
        ("R1", 6, "2021-02-17缴费，不在期内"),
    ],
    "11": [
        ("R1", 5, "特殊情形：在学校参加城乡居民医保的学生，来自「异地参保和无法参保对象」第5行"),
        ("R1", 5, "同一证件号码还登记在：「异地参保和无法参保对象」第5行"),
    ],
    "16": [
        ("R1", 7, "错误V26 户编号"),
    ],
    "20-12-10": [
        ("R1", 6, "2020-09-01至2020-12-10，2020-12-11缴费，不在期内（会政办发〔2020〕115号 三）"),
        ("R1", 8, "还差1.00"),
    ],
    "21": [
        ("R1", 5, "待遇起待定：通知没有规定“缴费期后新识别人员待遇享受期起”"),
        ("R1", 6, "现在应返0.00元，因为超过缴费期限"),
        ("R1", 6, "新识别，缴费期内（2020-09-01至2020-12-10）和识别后的期限内（2021-01-31至2021-02-28）都可以"),
        ("R1", 6, "2021-03-01缴费，不在期内"),
    ],
}  # fmt: skip


def short_name(case: dict[str, Any]) -> str:
    """The first word of a case's name, e.g. ``7c``."""
    name: str = case["name"]
    return name.split(" ", maxsplit=1)[0].split("是", maxsplit=1)[0]


CASES = [case for case in BOOK["cases"] if case.get("amounts") or short_name(case) in WORDS]


def say(lines: Sequence[Any], lang: str = "zh") -> str:
    return "\n".join(line.say(lang) for line in lines)


# --- the worked cases -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The empty workbook of the worked cases' first township."""
    folder = tmp_path_factory.mktemp("blank")
    units = write_units(folder / "units.csv", [[*row, ""] for row in BOOK["units"]])
    assert run(["generate", BOOK["policy"], "--units", str(units), "--out", str(folder), "--rows", "12"]) == 0
    return folder / f"{TOWNSHIP}.xlsx"


def fill_case(blank: Path, case: dict[str, Any], path: Path) -> FilledWorkbook:
    """Fill the workbook as test_worked_cases does, and check it."""
    shutil.copy(blank, path)
    fill(path, {BOOK["sheets"][code]: [complete(BOOK, code, row) for row in rows] for code, rows in case.items()})
    return check_workbook(path, shared_library())


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_worked_cases(case: dict[str, Any], blank: Path, tmp_path: Path) -> None:
    """What the case expects of the computed cells is what the explanation says, with the article of the notice."""
    filled = fill_case(blank, case[TOWNSHIP], tmp_path / "甲镇.xlsx")
    for expectation in case.get("amounts", []):
        code = next(key for key in expectation if key in BOOK["sheets"])
        if code not in {"R1", "R2"}:
            continue
        row = case[TOWNSHIP][code][expectation[code] - 5]
        explanation = explain_person(filled, code, expectation[code])
        assert explanation is not None
        check_amounts(explanation, expectation)
        check_categories(explanation, row, expectation)
        text = explain_in_words(explanation)
        assert row["姓名"] in text
        assert row["证件号码"].strip()[:6] in text
        assert row["证件号码"].strip()[:17] not in text
        assert text.count("\n") < MOST_LINES
        assert f"{NOTICE} 一）" in say(explanation.money), "the premium's article"
    for code, row_number, words in WORDS.get(short_name(case), []):
        assert words in explain_row(filled, filled.rosters[code].sheet, row_number, "zh")


def check_amounts(explanation: Explanation, expectation: Mapping[str, Any]) -> None:
    fields = {"应缴标准": "premium", "政府代缴": "gov_direct", "个人应缴": "self_due", "应返资助": "rebate_due"}
    for header, field in fields.items():
        if header in expectation:
            amount = f"{expectation[header]:.2f}"
            assert explanation.amounts[field] == amount
            assert f"{header}{amount}" in say(explanation.money)
    for header in ("销号状态", "待遇起", "待遇止"):
        known = expectation.get(header) not in {None, "", "待定"}
        assert not known or header == "待遇止" or str(expectation[header]) in say(explanation.benefit)


def check_categories(explanation: Explanation, row: Mapping[str, Any], expectation: Mapping[str, Any]) -> None:
    claims = [row[header] for header in ("身份属性1", "身份属性2", "身份属性3") if row.get(header)]
    applied = explanation.category
    assert applied == expectation.get("执行资助类别", applied)
    if applied:
        decision = say(explanation.decision)
        assert decision.startswith(applied)
        assert POLICY.article(CATEGORIES[applied].ref) in decision
    for claim in claims:
        if CATEGORIES[claim].name != applied:
            [line] = [line for line in explanation.considered if line.params.get("identity") == claim]
            assert line.article


def test_every_entry_of_the_table_names_a_case() -> None:
    assert WORDS.keys() <= {short_name(case) for case in CASES}


# --- a synthetic township ---------------------------------------------------------------------------------------------


_COMPUTED = ("chosen_category", "subsidy_kind", "premium", "gov_direct", "self_due", "rebate_due", "forbidden")
COLUMNS = ["row", "identity_1", "identity_2", "identity_3", *(f"{name}.computed" for name in _COMPUTED)]


@pytest.fixture(scope="module")
def township() -> FilledWorkbook:
    book = load_rulebook(POLICY)
    county = plan_county(book, people=times(440, 800), townships=4, seed=11)
    unit = county.units[-1]  # its R4 is typed
    filled = FilledWorkbook(f"{unit.name}.xlsx", book=book, unit=unit)
    filled.frames = {code: rows_to_frame(book.rosters[code], rows) for code, rows in county.rows[unit.name].items()}
    judge_frames(filled)
    return filled


def test_amounts_are_those_of_the_settlement(township: FilledWorkbook) -> None:
    people = {(row["roster"], row["row"]): row for row in settle_workbook(township).to_dicts()}
    frame = pl.concat([township.frames[code].select(pl.lit(code).alias("code"), *COLUMNS) for code in ("R1", "R2")])
    assert frame.height > 70
    for entry in frame.iter_rows(named=True):
        explanation = explain_person(township, entry["code"], entry["row"])
        assert explanation is not None
        settled = people[entry["code"], entry["row"]]
        assert explanation.category == settled["category"]
        for field in ("premium", "gov_direct", "self_due", "rebate_due", "received", "accepted", "withheld", "payable"):
            assert to_fen(explanation.amounts[field]) == settled[field]
        differs = "money.differs" in {line.key for line in explanation.money}
        cells = [to_fen(entry[f"{name}.computed"]) for name in ("premium", "gov_direct", "self_due", "rebate_due")]
        due = [settled[name] for name in ("premium", "gov_direct", "self_due", "rebate_due")]
        assert differs == (settled["counts"] and cells != due)
        waits = explanation.decision[0].key == "decision.rebate_waiting"
        assert waits == (settled["counts"] and settled["subsidy_kind"] == "先缴后返" and not settled["paid_full"])
        assert not waits or explanation.decision[0].parts["reasons"]
        held = [line for line in explanation.payout if line.key == "payout.cause"]
        assert len(held) == len(settled["withheld_by"].split("、")) * bool(settled["withheld_by"])
        said = {line.params.get("identity") for line in explanation.considered}
        claims = [entry[f"identity_{number}"] for number in (1, 2, 3) if entry[f"identity_{number}"]]
        assert sum(claim not in said for claim in claims) <= 1, "all but the applied identity are accounted for"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everybody_is_explained_in_a_message_box(township: FilledWorkbook, lang: str) -> None:
    for code, frame in township.frames.items():
        for row in frame["row"].to_list()[::3]:
            explanation = explain_person(township, code, row)
            assert explanation is not None
            text = explain_in_words(explanation, lang)
            assert text.count("\n") < MOST_LINES
            assert not any(mark in text for mark in ("{", "}", "None", "nan", "（）", " ()"))
            json.dumps(explanation.as_dict(lang))


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def first_case(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("first") / "甲镇.xlsx"
    fill_case(blank, CASES[0][TOWNSHIP], path)
    return str(path)


def test_the_command(first_case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", first_case, "--cert", "620422194803079511"]) == 0
    by_number = capsys.readouterr().out
    assert "特困供养人员，代缴" in by_number
    assert "620422********9511" in by_number
    assert "620422194803079511" not in by_number
    out = tmp_path / "why.json"
    assert run(["explain", first_case, "--sheet", "应保及应资对象", "--row", "5", "--json", str(out)]) == 0
    assert capsys.readouterr().out == by_number
    result = json.loads(out.read_text(encoding="utf-8"))
    assert result["category"] == "特困供养人员"
    assert result["amounts"]["gov_direct"] == "280.00"
    assert f"{NOTICE} 二(二)1" in result["articles"]
    assert len(result["considered"]) == 2
    assert run(["explain", first_case, "--cert", "620422194803079511", "--lang", "en", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["benefit"][0].startswith("Enrolled")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "请用 --cert 给出证件号码"),
        (["--sheet", "应保及应资对象"], "请用 --cert 给出证件号码"),
        (["--cert", "620422199901019999"], "里没有证件号码是“620422********9999”的人"),
        (["--sheet", "封面", "--row", "5"], "“封面”不是花名册"),
        (["--sheet", "应保及应资对象", "--row", "11"], "「应保及应资对象」第11行没有填写人员"),
        (["--sheet", "应保及应资对象", "--row", "0"], "“--row”的值不对"),
    ],
)
def test_what_cannot_be_explained(
    first_case: str, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", first_case, *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_file_that_is_none_and_one_that_was_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", str(tmp_path / "没有.xlsx"), "--cert", "1"]) == 2
    assert "找不到文件" in capsys.readouterr().err
    (tmp_path / "别的.xlsx").write_bytes(b"no workbook")
    assert run(["explain", str(tmp_path / "别的.xlsx"), "--cert", "1"]) == 2
    assert "不能使用" in capsys.readouterr().err
    with pytest.raises(CannotRunError):
        explain_row(FilledWorkbook("别的.xlsx", reason=build_finding("V39.no_meta", Place())), "封面", 5, "zh")
