"""Two county submissions beside each other, by person: for a meeting, to be added up by hand."""

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from canbao_addin.cli.main import run
from canbao_county.year.compare import compare_persons
from canbao_county.year.comparison_sheets import count_units
from canbao_rulebook.functions.identity import check_character, upgrade_15
from support.shown_tables import rows_of
from support.two_years import KNOWN, merge_both


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return merge_both(tmp_path_factory.mktemp("compare"))


def test_every_person_is_told_of_once(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "compared.xlsx"
    assert run(["compare", *map(str, pair), "--out", str(out)]) == 0
    told = "".join(capsys.readouterr().out.split())
    assert "前一份5人，后一份5人：新增1，减少1，换乡镇1，变更2，不变2" in told
    assert [row["姓名"] for row in rows_of(out, "新增")] == ["周子涵"]
    assert [row["姓名"] for row in rows_of(out, "减少")] == ["孙秀兰"]
    [moved] = rows_of(out, "调动")
    assert (moved["姓名"], moved["原在"], moved["现在"], moved["现村(社区)"]) == ("王建国", "甲镇", "乙镇", "三村")
    changes = {(row["姓名"], row["列"]): (row["原来"], row["现在"]) for row in rows_of(out, "变更")}
    assert changes["田守义", "身份属性1"] == ("五保户", "孤儿")
    assert {name for name, _ in changes} == {"田守义", "王建国"}
    totals = {row["乡镇(街道)"]: row for row in rows_of(out, "对照")}
    assert [totals["合计"][header] for header in ("前一份(人)", "新增(人)", "减少(人)", "后一份(人)")] == [5, 1, 1, 5]
    for row in totals.values():
        came, went = row["新增(人)"] + row["调入(人)"], row["减少(人)"] + row["调出(人)"]
        assert row["前一份(人)"] + came - went == row["后一份(人)"]
    sums = {row["项目"]: (row["前一份"], row["后一份"], row["相差"]) for row in rows_of(out, "合计对照")}
    assert sums["应缴标准合计(元)"] == ("1400.00", "1400.00", "0")
    cells = [str(cell) for sheet in openpyxl.load_workbook(out) for row in sheet.values for cell in row]
    assert not [cell for cell in cells for person in KNOWN["people"].values() if person["证件号码"] in cell]


def test_with_itself_nothing_differs(pair: tuple[Path, Path], tmp_path: Path) -> None:
    assert run(["compare", str(pair[0]), str(pair[0]), "--out", str(tmp_path / "same.xlsx")]) == 0
    assert rows_of(tmp_path / "same.xlsx", "变更的列") == []


def test_what_is_no_submission_is_said(
    pair: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = pair[0].parent / "blank" / "甲镇.xlsx"
    assert run(["compare", str(pair[0]), str(other), "--out", str(tmp_path / "none.xlsx")]) == 2
    assert "canbao merge" in capsys.readouterr().err


def number(first: str) -> str:
    return first + check_character(first)


def people(*rows: tuple[str, str, str, str, str]) -> pl.DataFrame:
    """Persons: number, name, birth, unit, phone."""
    frame = pl.DataFrame(rows, schema=["cert_no", "name", "birth", "unit", "phone"], orient="row")
    named = pl.concat_str(pl.lit("~"), "name", "birth", separator="|")
    key = pl.when(pl.col("cert_no") == "").then(named).otherwise("cert_no")
    return frame.with_columns(key=key, sheet=pl.lit("花名册"), row=pl.lit(5), counts=pl.lit("计入"), state=pl.lit(""))


def test_a_number_that_has_changed_is_the_same_person() -> None:
    """Of a first-generation card, of a newborn with a birth certificate; two valid numbers are two persons."""
    old = people(
        ("622421480307951", "田一", "1948-03-07", "甲镇", ""),
        ("", "田二", "2020-10-05", "甲镇", ""),
        ("X320101001", "田三", "2020-10-06", "甲镇", ""),
        ("620422194803079511", "田四", "1948-03-07", "甲镇", ""),
        ("", "田五", "2020-10-07", "甲镇", ""),
        ("", "田五", "2020-10-07", "乙镇", ""),
    )
    new = people(
        (upgrade_15("622421480307951"), "田一", "1948-03-07", "甲镇", ""),
        ("620422202010050310", "田二", "2020-10-05", "甲镇", ""),
        (number("62042220201006031"), "田三", "2020-10-06", "甲镇", ""),
        ("620422195109080365", "田四", "1948-03-07", "甲镇", ""),
        ("620422202010150426", "田五", "2020-10-07", "甲镇", ""),
    )
    found = compare_persons(old, new)
    assert sorted(found.both["name"].to_list()) == ["田一", "田三", "田二"]
    assert sorted(found.gone["name"].to_list()) == ["田五", "田五", "田四"], "of two of one birth nobody knows which"
    assert sorted(found.new["name"].to_list()) == ["田五", "田四"]
    totals = count_units(found)
    assert totals["before"].sum() == found.gone.height + found.both.height
    assert totals["after"].sum() == new.height


def test_a_column_that_changed_for_most_is_told_once() -> None:
    old = people(*((f"6204221948030795{n:02d}", f"田{n}", "", "甲镇", "1") for n in range(30)))
    renamed = pl.col("name").replace({"田7": "田柒"})
    new = old.with_columns(phone=pl.lit("2"), name=renamed)
    found = compare_persons(old, new)
    assert found.columns == {"phone": 30, "name": 1}
    assert found.general == {"phone"}
    assert found.changes.to_dicts() == [
        {"key": "620422194803079507", "field": "name", "before": "田7", "after": "田柒"}
    ]
