"""What is done with a workbook, only a workbook that was not refused lets be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.texts import CannotRunError

if TYPE_CHECKING:
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit
    from canbao_validators.workbook import FilledWorkbook


def require_accepted(filled: FilledWorkbook) -> tuple[Rulebook, Unit]:
    """Return the policy year and the unit of a workbook. Raises CannotRunError when it was refused."""
    if filled.book is None or filled.unit is None or not filled.accepted:
        raise CannotRunError("refused", file=filled.file, reason=filled.reason)
    return filled.book, filled.unit
