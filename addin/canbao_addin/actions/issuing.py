"""What a workbook was made of when it was issued: the same unit, room and lock, stamped anew without data."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from canbao_addin.actions.accepted import require_accepted
from canbao_addin.actions.stand_ins import StandIns
from canbao_rulebook.kept import RULES, keep
from canbao_validators.damage import read_structure

if TYPE_CHECKING:
    from collections.abc import Hashable

    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.damage.structure import Structure
    from canbao_validators.workbook import FilledWorkbook

_MOST_KEPT = 16
_PACKAGES = (*RULES, "canbao_generator", "canbao_validators", "canbao_addin", "openpyxl")  # that make a structure
# By rulebook, which is held so that its id stays its own, and what else the workbooks of one shape share.
_structures: dict[Hashable, tuple[Rulebook, Structure]] = {}


def issue(filled: FilledWorkbook) -> Structure:
    """Return the structure of an accepted workbook as issued; it is not to be changed. Raises CannotRunError.

    Workbooks of one shape are stamped once: the last structures, which hold no name of a unit, are kept.
    """
    book, unit = require_accepted(filled)
    stand_ins = StandIns.of(unit)
    if stand_ins is None:
        return _issue(filled, book)
    shape = (filled.lock, filled.plain, *filled.limits.items(), stand_ins.unit)
    place = (id(book), shape)
    if place not in _structures:
        while len(_structures) >= _MOST_KEPT:
            del _structures[next(iter(_structures))]
        nameless = replace(filled, unit=stand_ins.unit)
        structure = keep(
            _PACKAGES, ("issued", book.policy.fingerprint, book.kind, shape), lambda: _issue(nameless, book)
        )
        _structures[place] = (book, structure)
    return stand_ins.put_back(_structures[place][1])


def _issue(filled: FilledWorkbook, book: Rulebook) -> Structure:
    # What makes workbooks is slow to load, and only the children that read files need it.
    from canbao_addin.actions.stamping import master_like, stamp_like  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="canbao-") as folder:
        fresh = Path(folder) / "fresh.xlsx"
        stamp_like(filled, master_like(filled), fresh, command="generate", outline=True)
        return read_structure(fresh, {roster.sheet for roster in book.rosters.values()})
