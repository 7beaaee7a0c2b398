"""Worksheet functions: what the columns of a roster say, for any cell, and never a traceback in a cell."""

# ruff: noqa: DTZ001 - dates of a spreadsheet have no time zone

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao_addin import udf
from canbao_addin.cli.main import run
from canbao_addin.udf_values import load_functions
from canbao_demo import plan_county, rows_to_frame
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.functions import REGISTRY
from canbao_rulebook.functions.dates import from_serial, to_serial
from canbao_rulebook.functions.identity import check_character
from canbao_rulebook.functions.registry import Argument
from canbao_rulebook.names import policy_names, unit_names
from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.rulebook import load_rulebook
from support.cli import write_units

DATA = Path(__file__).parents[1] / "data"
POLICY = [["huining-2021"]]
ID = "620422194803079511"
TEXTS = load_functions()["texts"]


def cells(values: list[Any]) -> list[list[Any]]:
    """One column of a sheet."""
    return [[value] for value in values]


def column(result: list[list[Any]]) -> list[Any]:
    assert all(len(row) == 1 for row in result)
    return [row[0] for row in result]


def as_day(serial: float | None) -> datetime | None:
    return None if serial is None else datetime.combine(from_serial(serial), datetime.min.time())


# --- names ------------------------------------------------------------------------------------------------------------


def test_every_function_has_an_english_and_a_chinese_name_and_a_chinese_line_about_it() -> None:
    assert len({function.__name__ for function in udf.FUNCTIONS}) == len(udf.FUNCTIONS) == 2 * len(udf.PAIRS)
    for english, chinese in udf.PAIRS:
        assert english.__name__.startswith("CANBAO_")
        assert english.__name__.isascii()
        assert not any(character.isascii() for character in chinese.__name__)
        assert english.__doc__ == chinese.__doc__
        assert "\n" not in english.__doc__
        assert english.__code__ is chinese.__code__
        for function in (english, chinese):
            assert getattr(udf, function.__name__) is function, "xlwings finds a function by its name in the module"
            assert function.__annotations__ == {}, "xlwings takes annotations for converters"


def test_no_function_is_called_like_a_name_of_a_workbook(tmp_path: Path) -> None:
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "一组", ""]])
    assert run(["generate", "huining-2021", "--units", str(units), "--out", str(tmp_path), "--rows", "5"]) == 0
    book = openpyxl.load_workbook(tmp_path / "甲镇.xlsx")
    taken = {name for year in list_policies() for name in policy_names(load_policy(year))} | set(book.defined_names)
    for sheet in book.worksheets:
        taken |= set(sheet.defined_names)
    assert "缴费标准" in taken
    assert not taken & {function.__name__ for function in udf.FUNCTIONS}


# --- the same as everywhere else --------------------------------------------------------------------------------------


def test_published_numbers_are_judged_as_by_the_formula_language() -> None:
    with (DATA / "identity.csv").open(encoding="utf-8") as file:
        values = sorted({row["value"] for row in csv.DictReader(file)})
    frame = pl.DataFrame({"cert": values})

    def face(name: str) -> list[Any]:
        cleaned = REGISTRY["CLEAN_ID"].polars([Argument(pl.col("cert"))])
        return frame.select(REGISTRY[name].polars([Argument(cleaned)])).to_series().to_list()

    valid = [all(flags) for flags in zip(face("ID_SHAPE"), face("ID_DATE_OK"), face("ID_CHECKSUM"), strict=True)]
    assert column(udf.CANBAO_ID_VALID(cells(values))) == valid
    assert valid.count(True) > 20
    days = [as_day(serial) if good else None for serial, good in zip(face("ID_BIRTH"), valid, strict=True)]
    assert column(udf.证件出生日期(cells(values))) == days
    sexes = [sex if good else None for sex, good in zip(face("ID_SEX"), valid, strict=True)]
    assert column(udf.证件性别(cells(values))) == sexes


def numbered(day: date) -> str:
    first17 = f"620422{day:%Y%m%d}951"
    return first17 + check_character(first17)


@pytest.mark.parametrize(("policy", "last"), [(POLICY, 2021), ([["shangcai-2020"]], 2020), (None, 2022)])
def test_nobody_is_born_after_the_policy_year(policy: list[list[Any]] | None, last: int) -> None:
    good, bad, far = (numbered(day) for day in (date(last, 12, 31), date(last + 1, 1, 1), date(2099, 1, 1)))
    assert column(udf.CANBAO_ID_VALID(cells([good, bad, far]), policy)) == [True, False, False]
    assert column(udf.CANBAO_ID_BIRTH(cells([good, bad]), policy)) == [datetime(last, 12, 31), None]
    assert column(udf.CANBAO_ID_SEX(cells([good, bad]), policy)) == ["男", None]
    assert udf.CANBAO_AGE_ON([[far]], [[datetime(2100, 1, 1)]], policy) == [[None]]
    assert udf.CANBAO_ID_VALID([[good]], [["huining-1999"]]) == [["没有政策年度“huining-1999”"]]


@dataclass
class Township:
    """One synthetic township's R1 with its computed columns."""

    frame: pl.DataFrame
    reference: datetime

    def values(self, field: str) -> list[Any]:
        values = self.frame[field].fill_nan(None) if self.frame[field].dtype == pl.Float64 else self.frame[field]
        return [None if value == "" else value for value in values.to_list()]


@pytest.fixture(scope="module")
def township() -> Township:
    book = load_rulebook(load_policy("huining-2021"))
    county = plan_county(book, people=1_500, townships=2)
    unit = county.units[0]
    names = {**policy_names(book.policy), **unit_names(unit)}
    frame = rows_to_frame(book.rosters["R1"], county.rows[unit.name]["R1"])
    day = book.policy.meta.reference_date
    return Township(compute_columns(book.rosters["R1"], frame, names), datetime(day.year, day.month, day.day))


def test_the_same_as_the_columns_of_a_township(township: Township) -> None:
    citizens = township.frame["cert_18.computed"] & (township.frame["cert_no"].fill_null("") != "")
    township = Township(township.frame.filter(citizens), township.reference)
    assert township.frame.height > 400
    certs = cells(township.values("cert_no"))
    assert column(udf.CANBAO_ID_VALID(certs)) == township.frame["cert_ok.computed"].to_list()
    assert column(udf.CANBAO_ID_SEX(certs)) == township.values("sex.computed")
    births = [None if day is None else float(to_serial(day.date())) for day in column(udf.CANBAO_ID_BIRTH(certs))]
    assert births == township.values("birth.computed")
    typed = township.frame["birth.kind"] != 0  # a birth date that was typed goes before that of the number in a sheet
    ages = pl.Series(column(udf.CANBAO_AGE_ON(certs, [[township.reference]])), dtype=pl.Float64)
    expected = pl.Series(township.values("age.computed"), dtype=pl.Float64)
    assert ages.filter(~typed).to_list() == expected.filter(~typed).to_list()


def test_subsidies_are_those_of_the_subsidy_roster(township: Township) -> None:
    """The category that R1 executes has the amount and the kind that R1 executes."""
    executed = township.frame.filter((pl.col("chosen_category.computed") != "") & pl.col("paid_ok.computed"))
    assert executed.height > 50
    categories = cells(executed["chosen_category.computed"].to_list())
    amounts = executed.select(pl.col("gov_direct.computed") + pl.col("rebate_due.computed")).to_series().to_list()
    assert column(udf.CANBAO_SUBSIDY(categories, POLICY)) == amounts
    assert column(udf.CANBAO_SUBSIDY_KIND(categories, POLICY)) == executed["subsidy_kind.computed"].to_list()


@pytest.mark.parametrize("year", list_policies())
def test_categories_and_premium_of_every_policy_year(year: str) -> None:
    policy = load_policy(year)
    premium = policy.premium_fen(None)
    assert udf.CANBAO_PREMIUM([[year]]) == ("待定" if premium is None else premium / 100)
    for category in policy.subsidy.categories:
        if category.stackable or category.confidential:  # the latter are named in no cell
            continue
        fen = policy.amount_fen(category)
        words = [category.name, *category.aliases]
        assert udf.资助标准([words], [[year]]) == [["待定" if fen is None else fen / 100] * len(words)]


# --- cells as Excel gives them ----------------------------------------------------------------------------------------


def test_blank_in_blank_out() -> None:
    blanks: list[list[Any]] = [[None, "", " "], [None, None, "　"]]
    nothing = [[None] * 3] * 2
    assert udf.CANBAO_ID_VALID(blanks) == nothing
    assert udf.CANBAO_ID_BIRTH(blanks) == nothing
    assert udf.CANBAO_AGE_ON(blanks, [[44_000.0]]) == nothing
    assert udf.CANBAO_AGE_ON([[ID]], [[None]]) == [[None]]
    assert udf.CANBAO_SUBSIDY(blanks, POLICY) == nothing


def test_numbers_text_and_blanks_around_a_number() -> None:
    assert udf.CANBAO_ID_VALID([[6.20422194803079e17, True, f" {ID.lower()} ", "620422194803079512"]]) == [
        [False, False, True, False]
    ]
    assert udf.CANBAO_ID_SEX([[6.20422194803079e17, "620422480307951"]]) == [[None, None]]


def test_ages_by_number_by_birth_date_and_by_serial() -> None:
    days = [[datetime(2021, 3, 6), datetime(2021, 3, 7, 23, 59), 44_262.5, date(2021, 3, 8), "2021-03-08"]]
    assert udf.CANBAO_AGE_ON([[ID]], days) == [[72, 73, 73, 73, None]]
    assert udf.周岁([[datetime(1948, 3, 7)]], days) == [[72, 73, 73, 73, None]]
    assert udf.周岁([[17_599.0]], days) == [[72, 73, 73, 73, None]]
    assert udf.周岁([[datetime(2022, 1, 1)]], [[datetime(2021, 1, 1)]]) == [[0]]


def test_cells_rows_and_columns_are_repeated_as_excel_repeats_them() -> None:
    people, days = cells([ID, datetime(2000, 1, 1)]), [[datetime(2020, 1, 1), datetime(2021, 6, 1), 45_000.0]]
    assert udf.CANBAO_AGE_ON(people, days) == [[71, 73, 75], [20, 21, 23]]
    assert udf.CANBAO_AGE_ON(cells([ID, ID]), cells([45_000.0, 45_000.0, 45_000.0])) == cells([75, 75, None])


def test_a_word_that_is_no_category_and_a_policy_year_that_is_none() -> None:
    assert udf.CANBAO_SUBSIDY([["特困供养人员", "特困"]], POLICY) == [[280.0, TEXTS["no_category"]]]
    assert udf.CANBAO_SUBSIDY_KIND([["重度残疾人"]], POLICY) == [["无"]]
    strange = TEXTS["no_policy"].format(policy="某县")
    assert udf.CANBAO_SUBSIDY([["特困供养人员"]], [["某县"]]) == [[strange]]
    assert udf.CANBAO_PREMIUM([["某县"]]) == strange


# --- which policy year ------------------------------------------------------------------------------------------------


class Book(SimpleNamespace):
    """A workbook as far as a worksheet function looks at it."""

    fullname: str
    meta: list[list[Any]]

    @property
    def sheets(self) -> dict[str, Any]:
        return {"_meta": SimpleNamespace(range=lambda _: SimpleNamespace(value=self.meta))} if self.meta else {}


def calling(name: str, meta: list[list[Any]]) -> Any:
    return SimpleNamespace(sheet=SimpleNamespace(book=Book(fullname=name, meta=meta)))


@pytest.fixture(autouse=True)
def _forget_books() -> Iterator[None]:
    yield
    udf._books.clear()


def test_the_policy_year_of_the_calling_workbook() -> None:
    own = calling("甲镇.xlsx", [["schema", "canbao-workbook/1"], ["policy_id", "huining-2021"]])
    assert udf.CANBAO_PREMIUM(None, own) == 280.0
    assert udf.个人缴费标准([["shangcai-2020"]], own) == udf.CANBAO_PREMIUM([["shangcai-2020"]]) == 250.0
    assert udf.CANBAO_SUBSIDY([["建档立卡"]], None, own) == [[200.0]]
    for stranger in (None, calling("别的.xlsx", []), calling("空的.xlsx", [[None, None]])):
        assert udf.CANBAO_PREMIUM(None, stranger) == TEXTS["which_policy"]
        assert udf.CANBAO_SUBSIDY([["建档立卡"]], [[None]], stranger) == [[TEXTS["which_policy"]]]


# --- never an exception, never slow -----------------------------------------------------------------------------------

CELLS = st.one_of(
    st.none(),
    st.text(max_size=25),
    st.sampled_from([ID, "620422200006089686", "11010519491231002X", "62042219000101000X", "建档立卡", "无"]),
    st.floats(),
    st.booleans(),
    st.datetimes(),
)
RANGES = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=3)
)


@given(first=RANGES, second=RANGES, policy=st.one_of(st.none(), RANGES, st.just(POLICY)))
def test_whatever_stands_in_a_cell_nothing_is_raised(first: Any, second: Any, policy: Any) -> None:
    udf.CANBAO_PREMIUM(policy)
    for single in (udf.CANBAO_ID_VALID, udf.CANBAO_ID_BIRTH, udf.CANBAO_ID_SEX):
        assert [len(row) for row in single(first)] == [len(row) for row in first]
    udf.CANBAO_AGE_ON(first, second)
    for by_policy in (udf.CANBAO_SUBSIDY, udf.CANBAO_SUBSIDY_KIND):
        by_policy(first, policy)
