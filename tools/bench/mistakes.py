"""What is planted in the county: people who stand in two townships, and wrong rows in every township."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from bench.numbers import wrong_check_digit
from bench.population import SEED, SET_ASIDE
from canbao_rulebook.roster import FIRST_ROW

if TYPE_CHECKING:
    from numpy.typing import NDArray

DUPLICATES = 0.001  # of the people of R1
_PLAIN_IDENTITY = ""


class Planted(NamedTuple):
    """One finding that must be reported: in whose workbook, at which cell of R1, under which message."""

    unit: str
    field: str
    row: int
    key: str


def plant(people: pl.DataFrame) -> tuple[pl.DataFrame, list[Planted]]:
    """Return R1 of all townships with mistakes in it, and what must be found."""
    rows = people.select(pl.int_range(FIRST_ROW, FIRST_ROW + pl.len()).over("unit")).to_series().to_numpy()
    units = people["unit"].to_list()
    wrong = _wrong_rows(people)
    planted = [Planted(units[at], field, int(rows[at]), key) for at, field, key in wrong.places]
    first, second = _pairs(people)
    planted += [
        Planted(units[at], "cert_no", int(rows[at]), "V09.two_townships") for pair in (first, second) for at in pair
    ]
    for name in ("cert_no", "name"):
        copied = people[name].gather(first).to_list()
        wrong.changes.setdefault(name, {}).update(zip(second.tolist(), copied, strict=True))
    changed = people.with_columns(
        people[name].scatter(list(values), list(values.values())) for name, values in wrong.changes.items()
    )
    return changed.drop("spare"), planted


class _Wrong(NamedTuple):
    places: list[tuple[int, str, str]]  # place among the rows, field, message key
    changes: dict[str, dict[int, str | float]]  # by field and place


def _wrong_rows(people: pl.DataFrame) -> _Wrong:
    """Make each kind of mistake in its kind of the households that were set aside."""
    found = _Wrong([], {})
    spare = people["spare"].to_numpy()
    heads = (people["relation"] == "户主").to_numpy()
    singles = [np.flatnonzero(spare == kind) for kind in (0, 1)]
    spouses = [np.flatnonzero((spare == kind) & ~heads) for kind in range(2, SET_ASIDE)]
    _change(found, singles[0], "self_paid", "V21.amount", [200.0] * len(singles[0]))
    late = people.select(pl.col("pay_date").max()).item() + 30.0
    _change(found, singles[1], "pay_date", "V23.window", [late] * len(singles[1]))
    numbers = [wrong_check_digit(number) for number in people["cert_no"].gather(spouses[0]).to_list()]
    _change(found, spouses[0], "cert_no", "V02.check_digit", numbers)
    _change(found, spouses[1], "enrol_type", "V01.required", [""] * len(spouses[1]))
    return found


def _change(found: _Wrong, places: NDArray[np.int64], field: str, key: str, values: list[str] | list[float]) -> None:
    found.places.extend((int(place), field, key) for place in places)
    found.changes.setdefault(field, {}).update(zip(places.tolist(), values, strict=True))


def _pairs(people: pl.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows that are written a second time and the rows they replace, in two different townships.

    They have no identity and no account, so that nothing else follows from it, and are no heads of households.
    """
    fit = (
        (pl.col("spare") < 0)
        & (pl.col("relation") != "户主")
        & (pl.col("identity_1") == _PLAIN_IDENTITY)
        & (pl.col("card_account") == "")
    )
    places = np.flatnonzero(people.select(fit).to_series().to_numpy())
    count = max(1, round(people.height * DUPLICATES))
    drawn = np.random.default_rng(SEED).permutation(places)[: 2 * count].reshape(2, -1)
    units = people["unit"].to_numpy()
    apart = units[drawn[0]] != units[drawn[1]]
    return drawn[0][apart], drawn[1][apart]
