"""Stand-ins for the names of a unit: villages of one shape are issued alike but for the names that stand in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from canbao_rulebook.meta import DIGEST_KEY, META_SHEET, seal_rows
from canbao_rulebook.units import Unit

if TYPE_CHECKING:
    from canbao_validators.damage.structure import SheetStructure, Structure

_PLAIN = re.compile(r"[\w（）()·]*")  # what no part of a workbook writes in another way
_PER_FIRST = 1000
_STAND_IN = re.compile("[\ue000-\uefff][\uf000-\uf3e7]")


@dataclass(frozen=True)
class StandIns:
    """A unit with a stand-in for each of its names, equal for equal ones, and the names by their stand-ins."""

    unit: Unit
    names: dict[str, str]

    @classmethod
    def of(cls, unit: Unit) -> StandIns | None:
        """Return the stand-ins of a unit, None for one whose names a workbook may write otherwise than they are.

        Of a village's township the names are numbered by their place alone, so that all its villages are alike.
        """
        parent = unit.parent
        own = [unit.name, *unit.villages, *(text for village, groups in unit.groups for text in (village, *groups))]
        rest = [unit.insurer, unit.account]
        others = [] if parent is None else [parent.name, *parent.villages]
        plain_parent = parent is None or parent == Unit(parent.name, parent.villages, target=parent.target)
        if not plain_parent or not all(map(_PLAIN.fullmatch, [*own, *rest, *others])):
            return None
        texts = list(dict.fromkeys([*own, *rest]))
        tokens = {text: _stand_in(number) if text else "" for number, text in enumerate(texts)}
        places = [_stand_in(len(texts) + number) if text else "" for number, text in enumerate(others)]
        groups = tuple((tokens[village], tuple(tokens[one] for one in listed)) for village, listed in unit.groups)
        stood = replace(
            unit,
            name=tokens[unit.name],
            villages=tuple(tokens[village] for village in unit.villages),
            groups=groups,
            insurer=tokens[unit.insurer],
            account=tokens[unit.account],
            parent=parent and replace(parent, name=places[0], villages=tuple(places[1:])),
        )
        return cls(stood, {token: text for text, token in tokens.items()} | dict(zip(places, others, strict=True)))

    def put_back(self, structure: Structure) -> Structure:
        """Return the structure of a workbook of ``unit`` as it is with the names themselves."""
        names = {name: self._name_in(text) for name, text in structure.names.items()}
        sheets = {name: self._sheet(sheet) for name, sheet in structure.sheets.items()}
        if META_SHEET in sheets:
            _seal(sheets[META_SHEET])
        return replace(structure, names=names, sheets=sheets)

    def _sheet(self, sheet: SheetStructure) -> SheetStructure:
        cells = {
            place: cell._replace(value=self._name_in(cell.value), formula=self._name_in(cell.formula))
            for place, cell in sheet.cells.items()
            if _STAND_IN.search(cell.value) or _STAND_IN.search(cell.formula)
        }
        return replace(sheet, cells=sheet.cells | cells)

    def _name_in(self, text: str) -> str:
        return _STAND_IN.sub(lambda found: self.names[found[0]], text)


def _stand_in(number: int) -> str:
    """Return a text of two characters that no name has."""
    return chr(0xE000 + number // _PER_FIRST) + chr(0xF000 + number % _PER_FIRST)


def _seal(sheet: SheetStructure) -> None:
    """Seal the rows of ``_meta`` anew: what seals them is a digest of the names, too."""
    rows: dict[int, dict[int, str]] = {}
    for (row, column), cell in sheet.cells.items():
        rows.setdefault(row, {})[column] = cell.value
    *others, last = sorted(rows)
    if rows[last].get(1) == DIGEST_KEY:
        for column, value in enumerate(seal_rows([_texts(rows[row]) for row in others]), start=1):
            sheet.cells[last, column] = sheet.cells[last, column]._replace(value=value)


def _texts(row: dict[int, str]) -> list[str]:
    return [row.get(column, "") for column in range(1, max(row) + 1)]
