"""Money is integer fen in Python and yuan with two decimals in sheets; this module is the only bridge."""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction


def to_fen(yuan: Decimal | float | str) -> int:
    """Return integer fen for an amount in yuan, half away from zero; a float is read by its shortest decimal form."""
    exact = Decimal(repr(yuan)) if isinstance(yuan, float) else Decimal(yuan)
    return int((exact * 100).to_integral_value(rounding=ROUND_HALF_UP))


def format_yuan(fen: int) -> str:
    """Return fen as a decimal string in yuan, e.g. ``28000 -> "280.00"``."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{yuan}.{rest:02d}"


def to_yuan(fen: int) -> float:
    """Return fen as the number a money cell holds."""
    return fen / 100


def floor_rate(part: int, whole: int, places: int = 4) -> str:
    """Return part / whole as a decimal string rounded down, so that 96.999 % never shows as 97.00 % (rules.md C29)."""
    if whole == 0:
        return str(Decimal(0).quantize(Decimal(1).scaleb(-places)))
    ratio = Fraction(part, whole)
    exact = Decimal(ratio.numerator * 10**places // ratio.denominator).scaleb(-places)
    return str(exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_FLOOR))


def floor_percent(part: int, whole: int) -> str:
    """Return part / whole in percent, rounded down: ``floor_percent(96_999, 100_000) -> "96.99%"``."""
    digits = floor_rate(part, whole).replace(".", "")
    return f"{int(digits[:-2])}.{digits[-2:]}%"
