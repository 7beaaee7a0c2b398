"""A unit while it is being filled: its rows, and the findings that its planted mistakes will give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from canbao_demo.model import Expected, Row
    from canbao_demo.places import Place
    from canbao_rulebook.units import Unit


@dataclass
class Draft:
    """One unit while it is being filled."""

    unit: Unit
    place: Place | None = None
    rows: dict[str, list[Row]] = field(default_factory=dict)
    expected: list[Expected] = field(default_factory=list)
    county_expected: list[Expected] = field(default_factory=list)
