"""Whether a workbook is of a unit that is collected, and of the one that its file is named after."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from canbao_rulebook.findings import Place
from canbao_rulebook.messages import build_finding

if TYPE_CHECKING:
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.units import Unit


def check_unit(unit: Unit, policy: Policy, file: str, *, lang: str = "zh") -> list[Finding]:
    """Return what is wrong with the unit that ``_meta`` names, as far as the policy or the township lists units."""
    townships = {township.name for township in policy.org.townships}
    place = Place(file)
    if townships and unit.township not in townships:
        return [build_finding("V39.unknown_unit", place, value=unit.township, lang=lang, unit=unit.township)]
    known = set(unit.parent.villages) if unit.parent else townships
    named = PurePath(file).stem
    if named in known and named != unit.name:
        return [build_finding("V39.other_unit", place, value=unit.name, lang=lang, found=unit.title, expected=named)]
    return []
