"""Money between yuan and fen, and shares that are never rounded up."""

from decimal import Decimal

import pytest

from canbao_rulebook.money import floor_percent, floor_rate, format_yuan, to_fen, to_yuan


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [
        ("280", 28000), (280, 28000), (280.0, 28000), ("0.01", 1), ("0.005", 1), ("0.015", 2), ("0.025", 3),
        ("0.0249", 2), ("-0.005", -1), ("-0.025", -3), (1.005, 101), (0.285, 29), (Decimal("19.995"), 2000), (0, 0),
    ],
)  # fmt: skip
def test_half_a_fen_is_a_fen_away_from_nothing(yuan: Decimal | float | str, fen: int) -> None:
    assert to_fen(yuan) == fen


@pytest.mark.parametrize(
    ("fen", "said"), [(28000, "280.00"), (1, "0.01"), (-1, "-0.01"), (-12345, "-123.45"), (0, "0.00"), (100, "1.00")]
)
def test_fen_are_written_as_yuan(fen: int, said: str) -> None:
    assert format_yuan(fen) == said
    assert to_yuan(fen) == float(said)


@pytest.mark.parametrize(
    ("part", "whole", "rate", "percent"),
    [
        (96_999, 100_000, "0.9699", "96.99%"),
        (97, 100, "0.9700", "97.00%"),
        (1, 3, "0.3333", "33.33%"),
        (2, 3, "0.6666", "66.66%"),
        (0, 5, "0.0000", "0.00%"),
        (5, 5, "1.0000", "100.00%"),
        (6, 5, "1.2000", "120.00%"),
        (9_999, 10_000, "0.9999", "99.99%"),
        (3, 0, "0.0000", "0.00%"),
        (1, 100_000, "0.0000", "0.00%"),
    ],
)
def test_a_share_is_rounded_down(part: int, whole: int, rate: str, percent: str) -> None:
    assert floor_rate(part, whole) == rate
    assert floor_percent(part, whole) == percent
