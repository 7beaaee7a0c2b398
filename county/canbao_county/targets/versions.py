"""Targets as headcounts of units, in versions; in force on a day is the last that had come by then (C19)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canbao_rulebook.findings import Place
from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.messages import build_finding
from canbao_rulebook.policy.measures import Base, rate_measure
from canbao_rulebook.units import TOWNSHIP

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    import polars as pl

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.units import Unit

NOTICE = "通知"  # the version that the policy file itself gives
ISSUED = "下达"  # the version that the units were generated with


@dataclass(frozen=True)
class TargetVersion:
    """Headcounts by township; ``since`` None is from the beginning."""

    name: str
    since: date | None = None
    targets: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """The sum of the townships."""
        return sum(self.targets.values())


def target_versions(
    policy: Policy, headcounts: pl.DataFrame | None = None, units: Iterable[Unit] = ()
) -> list[TargetVersion]:
    """Return the versions of the targets, the earliest first; none where the policy counts rosters instead.

    The first are the policy's own; a unit that it has none for has the one that its workbook was generated with.
    ``headcounts`` is the imported list: township, version, since (a serial) and target. It is newer than both.
    """
    base = _base(policy)
    if base is None:
        return []
    own = _own_targets(policy)
    issued = {unit.name: unit.target for unit in units if unit.target is not None and unit.kind == TOWNSHIP}
    known = issued | own
    versions = [TargetVersion(NOTICE if own else ISSUED, None, known)] if known else []
    if headcounts is not None and base is Base.HEADCOUNTS:
        imported = _imported(policy, headcounts)
        versions += sorted(imported, key=lambda version: (version.since is not None, version.since, version.name))
    return versions


def village_versions(villages: Iterable[Unit]) -> list[TargetVersion]:
    """Return the targets that the workbooks of one township's villages were generated with."""
    known = {unit.name: unit.target for unit in villages if unit.target is not None}
    return [TargetVersion(ISSUED, None, known)] if known else []


def _base(policy: Policy) -> Base | None:
    """Where the targets come from; None where the policy counts rosters."""
    denominator = rate_measure(policy.targets).denominator
    return None if denominator is None or denominator.base is Base.ROSTERS else denominator.base


def issued_findings(policy: Policy, units: Iterable[tuple[str, Unit]]) -> list[Finding]:
    """V37: the target in a unit's workbook is another than the policy's, which is the one that counts.

    ``units`` with the names of their files.
    """
    own = _own_targets(policy) if _base(policy) else {}
    return [
        build_finding(
            "V37.issued",
            Place(file=file),
            value=str(unit.target),
            unit=unit.name,
            found=unit.target,
            stated=own[unit.name],
            count=abs(unit.target - own[unit.name]),
        )
        for file, unit in units
        if unit.kind == TOWNSHIP and unit.target is not None and own.get(unit.name, unit.target) != unit.target
    ]


def _own_targets(policy: Policy) -> dict[str, int]:
    named = {unit.name: unit.target for unit in policy.org.townships if unit.target is not None}
    return named or dict(policy.targets.headcounts)


def _imported(policy: Policy, headcounts: pl.DataFrame) -> list[TargetVersion]:
    names = {_compact(word): unit.name for unit in policy.org.townships for word in (unit.name, *unit.aliases)}
    found: dict[tuple[float | None, str], dict[str, int]] = {}
    for row in headcounts.iter_rows(named=True):
        if row["target"] is None or not row["township"]:
            continue
        township = names.get(_compact(row["township"]), row["township"])
        found.setdefault((row["since"], row["version"]), {})[township] = int(row["target"])
    return [
        TargetVersion(version or "未注明", None if since is None else from_serial(since), targets)
        for (since, version), targets in found.items()
    ]


def _compact(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def version_of_day(versions: Sequence[TargetVersion], day: date | None) -> TargetVersion | None:
    """Return the version in force on a day; without a day the newest."""
    return in_force(versions, day) if day else next(iter(reversed(versions)), None)


def in_force(versions: Sequence[TargetVersion], day: date) -> TargetVersion | None:
    """Return the version in force on a day; None before the first one."""
    come = [version for version in versions if version.since is None or version.since <= day]
    return come[-1] if come else None


def in_force_or_later(versions: Iterable[TargetVersion], day: date) -> list[TargetVersion]:
    """Return the version in force on a day and those that came after it: what a test on that day is shown with."""
    ordered = list(versions)
    current = in_force(ordered, day)
    return ordered if current is None else ordered[ordered.index(current) :]
