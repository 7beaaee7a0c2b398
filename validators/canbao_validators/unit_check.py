"""Whether a workbook is of a unit that is collected, and of the one that its file is named after."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from canbao_rulebook.findings import Place
from canbao_rulebook.messages import build_finding
from canbao_rulebook.units import AGENCY, SCHOOL

if TYPE_CHECKING:
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.units import Unit


def _listed(unit: Unit, policy: Policy) -> set[str]:
    """The names of the units of its kind that the policy lists; the notices leave lists of schools open."""
    if unit.kind == SCHOOL:
        return set()
    if unit.kind == AGENCY:
        return {agency.name for agency in policy.org.agencies.values()}
    return {township.name for township in policy.org.townships}


def check_unit(unit: Unit, policy: Policy, file: str) -> list[Finding]:
    """Return what is wrong with the unit that ``_meta`` names, as far as the policy or the township lists units."""
    listed = _listed(unit, policy)
    place = Place()
    if listed and unit.township not in listed:
        return [build_finding("V39.unknown_unit", place, value=unit.township, unit=unit.township)]
    known = set(unit.parent.villages) if unit.parent else listed
    named = PurePath(file).stem
    if named in known and named != unit.name:
        return [build_finding("V39.other_unit", place, value=unit.name, found=unit.title, expected=named)]
    return []
