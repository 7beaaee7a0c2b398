"""A number is compared with a known one as two cells are compared: to about 15 significant digits."""

from math import nextafter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao_rulebook.functions.numbers import compare, compare_with, equal_numbers

OPERATORS = ["=", "<>", "<", "<=", ">", ">="]


def near(number: float, steps: int) -> float:
    for _ in range(abs(steps)):
        number = nextafter(number, float("inf") if steps > 0 else float("-inf"))
    return number


@pytest.mark.parametrize("operator", OPERATORS)
@given(number=st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1.0, 280.0, 44105.0, 0.1]), far=st.floats(-1e9, 1e9))
def test_known_numbers(operator: str, number: float, far: float) -> None:
    values = [*(near(number, steps) for steps in range(-40, 41)), far, 0.0, None, float("nan")]
    frame = pl.DataFrame({"a": values}, schema={"a": pl.Float64})
    found = frame.select(
        one=compare_with(operator, pl.col("a"), number), other=compare(operator, pl.col("a"), pl.lit(number))
    )
    assert found["one"].to_list() == found["other"].to_list()


def test_what_a_worksheet_holds_equal() -> None:
    assert equal_numbers(0.0) == (0.0, 0.0)
    least, most = equal_numbers(0.3)
    assert least < 0.1 + 0.2 < most, "0.1 + 0.2 is not 0.3 to the last bit"
    assert most < 0.30000000000001, "the fourteenth digit differs"
