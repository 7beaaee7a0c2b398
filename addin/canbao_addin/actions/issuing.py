"""What a workbook was made of when it was issued: the same unit, room and lock, stamped anew without data."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from canbao_addin.actions.stamping import master_like, require_accepted, stamp_like
from canbao_validators.damage import read_structure

if TYPE_CHECKING:
    from canbao_generator.master import Master
    from canbao_validators.damage.structure import Structure
    from canbao_validators.workbook import FilledWorkbook


@dataclass
class Issuer:
    """Keeps the masters by policy digest, kind of unit, lock and place of the formulas: a county's workbooks share."""

    masters: dict[tuple[str, str, str, bool], Master] = field(default_factory=dict)

    def issue(self, filled: FilledWorkbook) -> Structure:
        """Return the structure of an accepted workbook as issued. Raises CannotRunError."""
        book, unit = require_accepted(filled)
        key = (book.policy.sha256, unit.kind, filled.lock[1], filled.plain)
        if key not in self.masters:
            self.masters[key] = master_like(filled)
        with tempfile.TemporaryDirectory(prefix="canbao-") as folder:
            fresh = Path(folder) / "fresh.xlsx"
            stamp_like(filled, self.masters[key], fresh, command="generate", outline=True)
            return read_structure(fresh, {roster.sheet for roster in book.rosters.values()})
