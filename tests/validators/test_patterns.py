"""A formula is recognised in its own row only, whatever other row its text names."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao_validators.damage.patterns import Pattern, TextSpans
from canbao_validators.reading.slabs import Slab

TEXT = 'IF(K{0}="","",SUM(L{0}:$M{0})&amp;N$4)'
COLUMN = 20


def fits(pattern: Pattern, texts: list[tuple[int, str]]) -> list[bool]:
    """Which texts, each with the row it stands in, are the formula."""
    stored = [text.encode() for _, text in texts]
    starts = np.cumsum([1, *map(len, stored)])[:-1]
    rows = np.array([row for row, _ in texts])
    digits = np.array([len(str(row)) for row, _ in texts])
    data = b" " + b"".join(stored) + b" " * 200
    spans = TextSpans(starts.astype(np.int64), np.array([len(text) for text in stored]), rows, digits)
    return [bool(hit) for hit in pattern.fits(Slab(data, 1, len(data)), spans)]


def learn(row: int = 5) -> Pattern:
    return Pattern.learn(TEXT.format(row).encode(), row, COLUMN)


@given(st.lists(st.tuples(st.integers(5, 99_999), st.integers(5, 99_999)), min_size=1, max_size=30))
def test_a_text_fits_where_it_names_its_own_row(pairs: list[tuple[int, int]]) -> None:
    texts = [(row, TEXT.format(named)) for row, named in pairs]
    assert fits(learn(), texts) == [row == named for row, named in pairs]


@pytest.mark.parametrize("other", [26, 16, 25, 51, 5, 115])
def test_another_row_is_another_formula_whatever_digits_differ(other: int) -> None:
    assert fits(learn(), [(15, TEXT.format(15)), (15, TEXT.format(other))]) == [True, False]


def test_one_reference_to_another_row_is_enough() -> None:
    whole = TEXT.format(15)
    assert fits(learn(), [(15, whole.replace("K15", "K26")), (15, whole.replace("M15", "M26"))]) == [False, False]


def test_a_formula_without_a_row_fits_everywhere_and_no_other_text() -> None:
    assert fits(Pattern.learn(b"N$4", 5, COLUMN), [(5, "N$4"), (77, "N$4"), (77, "N$5")]) == [True, True, False]
