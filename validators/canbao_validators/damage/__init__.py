"""Damage to a filled workbook: what differs from the workbook as it was issued, and what stands in it besides.

``find_damage`` needs a workbook stamped for the same unit, capacities and lock, without data. ``read_structure`` and
``compare_structures`` are the same in two steps, for when what was issued is known already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_validators.damage.compare import compare_structures, is_same_issue
from canbao_validators.damage.headers import even_headers, restore_headers
from canbao_validators.damage.kinds import Damage, DamageKind, Leftover, LeftoverKind
from canbao_validators.damage.leftovers import find_leftovers
from canbao_validators.damage.read import read_structure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from canbao_validators.workbook import FilledWorkbook

__all__ = [
    "Damage",
    "DamageKind",
    "Leftover",
    "LeftoverKind",
    "compare_structures",
    "even_headers",
    "find_damage",
    "find_leftovers",
    "inspect_workbook",
    "is_same_issue",
    "read_structure",
    "restore_headers",
]


def find_damage(damaged: Path, fresh: Path, filled: FilledWorkbook) -> list[Damage]:
    """Return what differs in a workbook from ``fresh``, stamped for the same unit, capacities and lock without data.

    That another program saved the file makes no difference. Raises UnreadableFile when a file cannot be read.
    """
    return inspect_workbook(damaged, fresh, filled)[0]


def inspect_workbook(
    damaged: Path, fresh: Path, filled: FilledWorkbook, passwords: Sequence[str] = ()
) -> tuple[list[Damage], list[Leftover]]:
    """Return the damage, and what stands in the workbook that a fresh one does not carry. Raises UnreadableFile."""
    assert filled.book is not None
    rosters = list(filled.book.rosters.values())
    sheets = {roster.sheet for roster in rosters}
    found, issued = read_structure(damaged, sheets, passwords), read_structure(fresh, sheets)
    return compare_structures(found, issued, rosters), find_leftovers(found, issued, rosters)
