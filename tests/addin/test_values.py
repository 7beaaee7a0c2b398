"""Values of an open workbook as cells: a column of one kind is read at once and gives what its cells give."""

from datetime import date, datetime
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from canbao_addin.buttons.values import read_values
from canbao_rulebook.kinds import CellKind

TEXTS = st.sampled_from(["", "张三", "620422194803079511", "#N/A", "#N/A ", "=1+1", " "])
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
FIRST, LAST = datetime(1900, 3, 1), datetime(2099, 12, 31)  # noqa: DTZ001 - a sheet's dates have no zone
DATES = st.datetimes(FIRST, LAST) | st.dates(FIRST.date(), LAST.date())
COLUMNS = (
    st.lists(TEXTS | st.none())
    | st.lists(NUMBERS | st.none())
    | st.lists(DATES | st.none())
    | st.lists(TEXTS | NUMBERS | DATES | st.booleans() | st.none())
)


def cells(values: list[Any], formulas: list[bool] | None = None) -> list[tuple[int, int, float, str, bool]]:
    column = read_values(values, 5, None if formulas is None else np.array(formulas, dtype=np.bool_))
    arrays = (column.rows.tolist(), column.kinds.tolist(), column.numbers.tolist())
    return list(zip(*arrays, column.texts.to_list(), column.formulas.tolist(), strict=True))


@given(COLUMNS)
def test_a_column_gives_what_its_cells_give(values: list[Any]) -> None:
    single = [(row, *rest) for row, value in enumerate(values, start=5) for _, *rest in cells([value, True])[:-1]]
    assert cells(values) == single


def test_kinds() -> None:
    noon = datetime(2020, 10, 1, 12)  # noqa: DTZ001
    values = ["文字", "", None, 280.0, 0.0, True, False, noon, date(2020, 10, 1), "#REF!"]
    assert cells(values) == [
        (5, CellKind.TEXT, 0.0, "文字", False),
        (8, CellKind.NUMBER, 280.0, "", False),
        (9, CellKind.NUMBER, 0.0, "", False),
        (10, CellKind.BOOL, 1.0, "", False),
        (11, CellKind.BOOL, 0.0, "", False),
        (12, CellKind.NUMBER, 44105.5, "", False),
        (13, CellKind.NUMBER, 44105.0, "", False),
        (14, CellKind.ERROR, 0.0, "#REF!", False),
    ]


def test_a_blank_cell_with_a_formula_is_kept() -> None:
    assert cells([None, "x"], [True, False]) == [
        (5, CellKind.BLANK, 0.0, "", True),
        (6, CellKind.TEXT, 0.0, "x", False),
    ]
