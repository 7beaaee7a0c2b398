"""What a formula may mention: columns of its roster, defined names, functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canbao_rulebook.formula.nodes import Node, Type
from canbao_rulebook.kinds import ColumnType

if TYPE_CHECKING:
    from collections.abc import Mapping

Scalar = float | str | bool

FORMULA_TYPES = {
    ColumnType.TEXT: Type.TEXT,
    ColumnType.INTEGER: Type.NUMBER,
    ColumnType.MONEY: Type.MONEY,
    ColumnType.DATE: Type.DATE,
    ColumnType.BOOL: Type.BOOL,
}


@dataclass(frozen=True)
class NamedValue:
    """A policy or unit value that formulas read by its defined name.

    ``value`` is a scalar, a tuple for a list, or None when the notice does not state it; a None inside a list is an
    unknown item. Dates are Excel serials, money is yuan. ``source`` is the article.
    """

    name: str
    type: Type
    value: Scalar | tuple[Scalar | None, ...] | None
    label: str = ""
    source: str = ""

    @property
    def is_list(self) -> bool:
        """Whether the name stands for a column of values."""
        return isinstance(self.value, tuple)

    @property
    def is_unknown(self) -> bool:
        """Whether the value, or any item of the list, is not stated by the notice."""
        return self.value is None or (isinstance(self.value, tuple) and None in self.value)


@dataclass(frozen=True)
class ColumnInfo:
    """What the language knows of a column. ``node`` is its own formula, when it has one and it was compiled before.

    ``helper``: nobody sees the column, so there is what its formula comes to.
    """

    header: str
    field: str
    type: Type
    computed: bool = False
    overridable: bool = False
    unknowable: bool = False
    helper: bool = False
    node: Node | None = None


@dataclass
class Scope:
    """Everything in reach of a formula."""

    columns: dict[str, ColumnInfo] = field(default_factory=dict)
    names: Mapping[str, NamedValue] = field(default_factory=dict)
