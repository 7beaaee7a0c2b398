"""A whole column as it is read: what each cell becomes, and what is said of it, by the kind of column."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from canbao_rulebook.kinds import CellKind, ColumnType, Filler, Normaliser
from canbao_rulebook.phrases import say
from canbao_rulebook.roster import Column
from canbao_validators.normalise.cells import Cells, gather_cells, mark_filled
from canbao_validators.normalise.columns import normalise_column
from canbao_validators.normalise.identifiers import normalise_phone_number
from canbao_validators.reading.raw import RawColumn
from support.frames import ERROR, kind_of


def cells_of(*values: Any, formulas: tuple[int, ...] = ()) -> Cells:
    """Cells that hold these values; ``formulas`` are the places of formulas."""
    kinds = np.array([kind_of(value) for value in values], dtype=np.uint8)
    numbers = np.array([float(value) if isinstance(value, int | float) else 0.0 for value in values])
    texts = pl.Series([value if isinstance(value, str) else "" for value in values], dtype=pl.String)
    return Cells(kinds, numbers, texts, np.isin(np.arange(len(values)), formulas))


def read(column: Column, *values: Any, **more: Any) -> list[tuple[Any, str, str]]:
    """Each cell as it is understood, the key of what is said of it, and what was made of it."""
    cells, remarks = normalise_column(column, cells_of(*values, formulas=more.pop("formulas", ())), **more)
    said = {remark.index: (remark.key.rpartition(".")[2], str(say(remark.after, "zh"))) for remark in remarks}
    found: list[Any] = []
    for kind, number, text in zip(cells.kinds, cells.numbers, cells.texts, strict=True):
        shown = {CellKind.BLANK: None, CellKind.NUMBER: float(number), CellKind.BOOL: bool(number)}
        found.append(shown.get(CellKind(int(kind)), text))
    return [(value, *said.get(place, ("", ""))) for place, value in enumerate(found)]


def column(kind: str = "text", normaliser: str = "plain", **more: Any) -> Column:
    """A column that clerks fill."""
    filler = Filler(more.pop("filler", "clerk"))
    return Column("f", "列", ColumnType(kind), filler, normaliser=Normaliser(normaliser), **more)


PLAIN = [
    ("甲", "甲", "", ""),
    (" 甲", "甲", "blanks", "甲"),
    (5, "5", "number_to_text", "5"),
    (1.5, 1.5, "text_expected", ""),
]
WAYS: dict[str, tuple[Column, dict[str, Any], list[tuple[Any, Any, str, str]]]] = {
    "text": (
        column(),
        {},
        [*PLAIN, ("无", None, "nothing", ""), (True, True, "bool", ""), (ERROR, ERROR, "error_value", "")],
    ),
    "text that must be there": (
        column(required=True),
        {},
        [("无", None, "", ""), ("", None, "", ""), ("  ", None, "", "")],
    ),
    "text as it is": (
        column(normaliser="none"),
        {},
        [(" 甲 ", " 甲 ", "", ""), ("  ", None, "", ""), (5, 5.0, "", "")],
    ),
    "name": (column(normaliser="name"), {}, [("张 三", "张三", "blanks", "张三"), (5, 5.0, "text_expected", "")]),
    "number that is a name": (
        column(normaliser="identifier", identifier=True),
        {},
        [("１2 3", "123", "several", "123"), (5, 5.0, "", ""), ("ABC1", "ABC1", "", "")],
    ),
    "phone": (
        column(normaliser="phone"),
        {},
        [
            (13800000000, "13800000000", "number_to_text", "13800000000"),
            (943000000, 943000000.0, "phone_number", ""),
            ("8613800000000", "13800000000", "phone", "13800000000"),
        ],
    ),
    "money": (
        column("money"),
        {},
        [
            ("280元", 280.0, "amount", "280"),
            (280, 280.0, "", ""),
            ("很多", "很多", "amount", ""),
            ("0", 0.0, "text_to_number", "0"),
            ("无", None, "nothing", ""),
            (1e16, "1e+16", "number_range", ""),
            (True, True, "bool", ""),
        ],
    ),
    "count": (
        column("integer"),
        {},
        [("3人", 3.0, "text_to_number", "3"), (3, 3.0, "", ""), (3.5, 3.5, "integer", "")],
    ),
    "day": (
        column("date"),
        {},
        [
            ("2020-9-1", 44075.0, "date", "2020-09-01"),
            (44075, 44075.0, "", ""),
            (0, None, "nothing", ""),
            ("0", None, "nothing", ""),
            (20200901, 44075.0, "date", "2020-09-01"),
            (-1, -1.0, "date_number", ""),
            (73051, 73051.0, "date_number", ""),
            (44075.5, 44075.0, "date_time", "2020-09-01"),
        ],
    ),
    "yes or no": (
        column(normaliser="choice", list_name="是否名单"),
        {},
        [
            ("√", "是", "yes_no", "是"),
            ("无", "否", "yes_no", "否"),
            (1, "是", "yes_no", "是"),
            (0, "否", "yes_no", "否"),
            (True, "是", "yes_no", "是"),
            (False, "否", "yes_no", "否"),
            (2, 2.0, "text_expected", ""),
            ("是", "是", "", ""),
        ],
    ),
    "a word of a list": (
        column(normaliser="choice", list_name="名单"),
        {"allowed": ("重度残疾", "特困(供养)", "不详")},
        [
            ("重度残疾", "重度残疾", "", ""),
            ("重度 残疾", "重度残疾", "blanks", "重度残疾"),
            ("特困（供养）", "特困(供养)", "choice", "特困(供养)"),
            ("不详", "不详", "", ""),
            ("无", None, "nothing", ""),
            ("特困", "特困", "", ""),
        ],
    ),
    "a word of a list nobody gave": (
        column(normaliser="choice", list_name="名单"),
        {},
        [("重度 残疾", "重度残疾", "blanks", "重度残疾"), ("特困", "特困", "", "")],
    ),
    "a place": (
        Column("village", "村(社区)", ColumnType.TEXT, Filler.CLERK, list_name="村名单", normaliser=Normaliser.CHOICE),
        {"allowed": ("一村", "二社区")},
        [
            ("一村", "一村", "", ""),
            ("一", "一村", "choice", "一村"),
            ("二", "二社区", "choice", "二社区"),
            ("三", "三", "", ""),
        ],
    ),
    "a word that a formula proposes": (
        column(filler="default"),
        {},
        [(ERROR, ERROR, "", ""), (" 甲", "甲", "blanks", "甲")],
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_cell_of_a_column_is_read_and_what_was_changed_is_said(way: str) -> None:
    about, more, rows = WAYS[way]
    assert read(about, *(typed for typed, *_ in rows), **more) == [tuple(expected) for _, *expected in rows]


def test_a_formula_without_a_value_is_told_where_somebody_types() -> None:
    assert read(column(), None, "甲", None, formulas=(0, 1)) == [
        (None, "no_result", ""),
        ("甲", "", ""),
        (None, "", ""),
    ]
    assert read(column(filler="default"), None, formulas=(0,)) == [(None, "", "")]


def test_what_was_said_of_a_cell_stands_at_its_row() -> None:
    found = read(column("money"), None, "很多", 1, None, "2元")
    assert [key for _, key, _ in found] == ["", "amount", "", "", "amount"]


def raw_of(values: dict[int, Any], formulas: tuple[int, ...] = ()) -> RawColumn:
    """A stored column: values by row, and the rows of formulas."""
    cells = cells_of(*values.values())
    rows = np.array(list(values), dtype=np.int64)
    return RawColumn(rows, cells.kinds, cells.numbers, cells.texts, np.isin(rows, formulas))


def test_which_rows_hold_something() -> None:
    filled = np.zeros(12, dtype=np.bool_)
    stored = {3: "标题", 5: "甲", 6: "  ", 7: None, 8: None, 9: 0, 10: False, 11: ERROR}
    mark_filled(raw_of(stored, formulas=(8,)), 5, filled)
    assert np.flatnonzero(filled).tolist() == [5, 8, 9, 10, 11]


@pytest.mark.parametrize("stored", [{5: "甲", 7: 2, 8: None}, {8: None, 5: "甲", 7: 2}])
def test_the_cells_of_the_rows_that_hold_something(stored: dict[int, Any]) -> None:
    cells = gather_cells(raw_of(stored, formulas=(8,)), np.array([5, 6, 7, 8]))
    assert cells.kinds.tolist() == [CellKind.TEXT, CellKind.BLANK, CellKind.NUMBER, CellKind.BLANK]
    assert (cells.numbers.tolist(), cells.texts.to_list()) == ([0.0, 0.0, 2.0, 0.0], ["甲", "", "", ""])
    assert cells.formulas.tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (9_999_999_999, False),
        (10_000_000_000, True),
        (19_999_999_999, True),
        (20_000_000_000, False),
        (13800000000.5, False),
    ],
)
def test_a_phone_as_a_number_has_eleven_digits_and_begins_with_one(number: float, said: bool) -> None:
    found = normalise_phone_number(float(number))
    assert found.value == (str(int(number)) if said else float(number))
    assert found.problem == (None if said else "V41.phone_number")
