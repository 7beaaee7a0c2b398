"""What people type into columns that a county has added to rosters: what must be filled in is."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from canbao_rulebook.policy.words import OwnColumnType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_demo.facts import Facts
    from canbao_demo.model import Row, Value
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.own import OwnColumn

_WORDS, _MOST, _YUAN = "已登记", 9, 5


def fill_own_columns(policy: Policy, facts: Facts, rosters: Mapping[str, list[Row]]) -> None:
    """Fill the columns of one's own that must be filled in, in every row of a unit's rosters."""
    rng = Random(f"{facts.year}")  # noqa: S311 - nothing here is secret; its own, as other figures stay as they are
    for column in policy.own_columns:
        if column.required:
            for row in rosters.get(column.roster, ()):
                row[column.header] = _typed(column, facts, rng)


def _typed(column: OwnColumn, facts: Facts, rng: Random) -> Value:
    match column.type:
        case OwnColumnType.INTEGER:
            return rng.randint(1, _MOST)
        case OwnColumnType.MONEY:
            return float(_YUAN * rng.randint(1, _MOST))
        case OwnColumnType.DATE:
            return facts.opens
        case OwnColumnType.TEXT:
            return rng.choice(column.choices) if column.choices else _WORDS
