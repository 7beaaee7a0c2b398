"""Rows of several workbooks as one frame: making expressions ready costs as much for one row as for thousands.

Formulas look at one row at a time, so a workbook's rows come to the same values beside those of others. What the units
of the workbooks call differently by one name stands in columns; lists that differ are read workbook by workbook.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from canbao_rulebook.formula.scope import NamedValue


@dataclass(frozen=True)
class Stack:
    """Frames one below the other, with the names that hold for each.

    ``columns`` are the names whose values stand in columns beside ``frames``, ``lists`` those of lists that differ.
    """

    frames: tuple[pl.DataFrame, ...]
    names: tuple[Mapping[str, NamedValue], ...]
    columns: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()

    @classmethod
    def of(cls, frames: Sequence[pl.DataFrame], names: Sequence[Mapping[str, NamedValue]]) -> Stack:
        """Return the stack of frames of one schema, at least one, with the names of each."""
        first, *others = names
        differing = [name for name, named in first.items() if any(_differ(named, other[name]) for other in others)]
        lists = frozenset(name for name in differing if any(own[name].is_list for own in names))
        return cls(tuple(frames), tuple(names), frozenset(differing) - lists, lists)

    def gather(self, read: Collection[str]) -> pl.DataFrame:
        """Return the rows of all frames as one, with the columns that are ``read``.

        In one piece: polars takes the columns of a frame of several apart and together again in every step.
        """
        schema = self.frames[0].schema
        wanted = [name for name in schema if name in read] or list(schema)[:1]
        spread = [
            pl.concat([_spread(own[name], frame.height) for own, frame in zip(self.names, self.frames, strict=True)])
            for name in sorted(self.columns)
        ]
        return pl.concat([frame.select(wanted) for frame in self.frames]).hstack(spread).rechunk()

    def parts(self, frame: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, Mapping[str, NamedValue]]]:
        """Yield the rows of each workbook in a frame of as many rows, and its names."""
        start = 0
        for own, names in zip(self.frames, self.names, strict=True):
            yield frame.slice(start, own.height), names
            start += own.height


def column_of(name: str) -> str:
    """Return the column in which the values of a name stand."""
    return f"={name}"


def _differ(one: NamedValue, other: NamedValue) -> bool:
    return one is not other and one.value != other.value


def _spread(named: NamedValue, height: int) -> pl.Series:
    dtype = pl.Float64() if named.type.is_numeric else pl.String()
    return pl.Series(column_of(named.name), [named.value], dtype=dtype).new_from_index(0, height)
