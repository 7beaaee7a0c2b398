"""What a workbook was made of when it was issued: the same unit, room and lock, stamped anew without data."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from canbao_addin.actions.accepted import require_accepted
from canbao_addin.actions.stand_ins import StandIns
from canbao_rulebook.kept import RULES, keep
from canbao_validators.damage import read_structure

if TYPE_CHECKING:
    from collections.abc import Hashable

    from canbao_generator.master import Master
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.damage.structure import Structure
    from canbao_validators.workbook import FilledWorkbook

_MOST_KEPT = 8
_PACKAGES = (*RULES, "canbao_generator", "canbao_validators", "canbao_addin", "openpyxl")  # that make a structure


@dataclass
class Issuer:
    """Keeps what a county's workbooks share: masters by policy digest, kind of unit, lock and place of the formulas;
    of the structures the last ones, by the same, the room for rows and the shape of the unit. Structures without a
    name of a unit are kept for later runs, too.
    """

    masters: dict[tuple[str, str, str, bool], Master] = field(default_factory=dict)
    structures: dict[Hashable, Structure] = field(default_factory=dict)

    def issue(self, filled: FilledWorkbook) -> Structure:
        """Return the structure of an accepted workbook as issued; it is not to be changed. Raises CannotRunError."""
        book, unit = require_accepted(filled)
        own = (book.policy.sha256, unit.kind, filled.lock[1], filled.plain)
        stand_ins = StandIns.of(unit)
        if stand_ins is None:
            return self._issue(filled, book, own)
        key = (own, filled.lock, *filled.limits.items(), stand_ins.unit)
        if key not in self.structures:
            while len(self.structures) >= _MOST_KEPT:
                del self.structures[next(iter(self.structures))]
            nameless = replace(filled, unit=stand_ins.unit)
            self.structures[key] = keep(_PACKAGES, ("issued", key), lambda: self._issue(nameless, book, own))
        return stand_ins.put_back(self.structures[key])

    def _issue(self, filled: FilledWorkbook, book: Rulebook, key: tuple[str, str, str, bool]) -> Structure:
        # What makes workbooks is slow to load, and only the children that read files need it.
        from canbao_addin.actions.stamping import master_like, stamp_like  # noqa: PLC0415

        if key not in self.masters:
            self.masters[key] = master_like(filled)
        with tempfile.TemporaryDirectory(prefix="canbao-") as folder:
            fresh = Path(folder) / "fresh.xlsx"
            stamp_like(filled, self.masters[key], fresh, command="generate", outline=True)
            return read_structure(fresh, {roster.sheet for roster in book.rosters.values()})
