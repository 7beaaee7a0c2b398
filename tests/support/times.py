"""How often a test does what it repeats: a few times in each run, many times in `make soak`, before a release."""

import os
from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet

SOAK = bool(os.environ.get("CANBAO_SOAK"))
# the widest year, the one that knows no amount, and the invented ones with what no notice has yet
MOST_DIFFERENT = {"huining-2021", "putuo-2022", "fifth-county", "seventh-county"}


def times(usual: int, soak: int) -> int:
    """Return a number of repetitions."""
    return soak if SOAK else usual


def some(*usual: object, soak: Iterable[object] = ()) -> list[ParameterSet]:
    """Return the values of a parameter: the usual ones in each run, the others in a soak too."""
    return [pytest.param(value) for value in usual] + [pytest.param(value, marks=pytest.mark.soak) for value in soak]


def most_different(names: Iterable[str]) -> list[ParameterSet]:
    """Return policies for what costs much with each: those that differ most in each run, the others in a soak too."""
    return [pytest.param(name, marks=[] if name in MOST_DIFFERENT else pytest.mark.soak) for name in names]
