"""The register of submissions (上报登记): who has handed in what, when, in which version, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from canbao_rulebook.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from canbao_county.merge.parts import Part
    from canbao_rulebook.findings import Finding


class State(StrEnum):
    """What became of a unit's workbook.

    ``RECEIVED`` and ``CORRECTED``: it is there, the first one or a later one, has errors, and no return list was
    written. ``RETURNED``: its errors went back in a return list. ``PASSED``: it has no errors.
    """

    MISSING = "没有交"
    RECEIVED = "已交"
    RETURNED = "退回"
    CORRECTED = "更正后已交"
    PASSED = "通过"


@dataclass(frozen=True)
class Entry:
    """One unit. ``received`` is when its present version was first seen (text), ``version`` counts from 1.

    ``errors`` are those of its file and of its rows beside others'; ``note`` is the county's own, ``goal`` a headcount.
    """

    unit: str
    state: State = State.MISSING
    file: str = ""
    received: str = ""
    version: int = 0
    code: str = ""
    errors: int = 0
    note: str = ""
    goal: int | None = None


def update_register(
    earlier: Sequence[Entry],
    expected: Iterable[str],
    parts: Sequence[Part],
    findings: Sequence[Finding],
    *,
    returned: bool,
    now: str,
) -> list[Entry]:
    """Return the register after a merge: units that are waited for first, then others that handed in, in order.

    A unit that is not among the files of this merge keeps what was known of it. ``returned``: whether return lists were
    written; ``now``: the time that a new version is registered with.
    """
    known = {entry.unit: entry for entry in earlier}
    waited = list(dict.fromkeys([*expected, *known]))
    present = _by_unit(parts, waited)
    errors = _errors_by_file(findings)
    register = []
    for unit in dict.fromkeys([*waited, *present]):
        entry = known.get(unit, Entry(unit))
        own = present.get(unit)
        register.append(_register(entry, own, errors, returned=returned, now=now) if own else entry)
    return register


def wait_for(register: Sequence[Entry], goals: Mapping[str, int | None]) -> list[Entry]:
    """Return the register with the units of ``goals`` first, in their order, and with their goals."""
    known = {entry.unit: entry for entry in register}
    waited = [replace(known.get(unit, Entry(unit)), goal=goal) for unit, goal in goals.items()]
    return [*waited, *(entry for entry in register if entry.unit not in goals)]


def count_states(register: Iterable[Entry]) -> dict[str, int]:
    """Return how many units are ``missing``, ``received`` (also corrected), ``returned`` and ``passed``."""
    names = {State.CORRECTED: "received"}
    counts = dict.fromkeys(("missing", "received", "returned", "passed"), 0)
    for entry in register:
        counts[names.get(entry.state, entry.state.name.lower())] += 1
    return counts


def _register(entry: Entry, parts: Sequence[Part], errors: Mapping[str, int], *, returned: bool, now: str) -> Entry:
    used = [part for part in parts if part.accepted] or list(parts)
    code = " ".join(dict.fromkeys(part.check_code for part in used if part.check_code))
    count = sum(errors.get(part.file, 0) for part in used)
    same = bool(entry.version) and code == entry.code
    version = entry.version if same else entry.version + 1
    if used[0].accepted and not count:
        state = State.PASSED
    elif returned and used[0].accepted:
        state = State.RETURNED
    else:
        state = entry.state if same and entry.state is State.RETURNED else _open_state(version)
    return replace(
        entry,
        state=state,
        file="、".join(part.file for part in used),
        received=entry.received if same else now,
        version=version,
        code=code,
        errors=max(count, 0 if used[0].accepted else 1),
    )


def _open_state(version: int) -> State:
    return State.RECEIVED if version == 1 else State.CORRECTED


def _by_unit(parts: Sequence[Part], waited: Sequence[str]) -> dict[str, list[Part]]:
    """Return the files of each unit; one that cannot be read belongs to the unit whose name its own contains."""
    found: dict[str, list[Part]] = {}
    for part in parts:
        if part.unit is not None:
            found.setdefault(part.unit.name, []).append(part)
    for part in parts:
        if part.unit is None and part.listed:
            named = [unit for unit in waited if unit in part.file and unit not in found]
            if named:
                found[max(named, key=len)] = [part]
    return found


def _errors_by_file(findings: Sequence[Finding]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for finding in findings:
        if finding.severity is Severity.ERROR:
            counts[finding.file] = counts.get(finding.file, 0) + 1
    return counts
