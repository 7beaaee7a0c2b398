"""Targets as headcounts of townships, in versions; in force on a day is the last that had come by then (C19)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.policy.measures import Base, rate_measure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    import polars as pl

    from canbao_rulebook.policy import Policy

NOTICE = "通知"  # the version that the policy file itself gives


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


def target_versions(policy: Policy, headcounts: pl.DataFrame | None = None) -> list[TargetVersion]:
    """Return the versions of the targets, the earliest first; none where the policy counts rosters instead.

    ``headcounts`` is the imported list: township, version, since (a serial) and target.
    """
    denominator = rate_measure(policy.targets).denominator
    if denominator is None or denominator.base is Base.ROSTERS:
        return []
    known = _own_targets(policy)
    versions = [TargetVersion(NOTICE, None, known)] if known else []
    if headcounts is not None and denominator.base is Base.HEADCOUNTS:
        versions += _imported(policy, headcounts)
    return sorted(versions, key=lambda version: (version.since is not None, version.since, version.name))


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


def in_force(versions: Sequence[TargetVersion], day: date) -> TargetVersion | None:
    """Return the version in force on a day; None before the first one."""
    come = [version for version in versions if version.since is None or version.since <= day]
    return come[-1] if come else None


def in_force_or_later(versions: Iterable[TargetVersion], day: date) -> list[TargetVersion]:
    """Return the version in force on a day and those that came after it: what a test on that day is shown with."""
    ordered = list(versions)
    current = in_force(ordered, day)
    return ordered if current is None else ordered[ordered.index(current) :]
