"""Checks of a policy file: every gap of the notice is listed under ``unknown`` (P09) and told (V40)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.policy.absent import can_be_left_out
from canbao_rulebook.policy.issues import LEAVE_OUT
from canbao_rulebook.policy.report import Report, Spot, location, walk
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from collections.abc import Collection

    from canbao_rulebook.policy.model import Policy

# What amounts and benefits hang on (docs/policy-files.md); other gaps are only asked about.
_VITAL = ("premium", "subsidy", "benefit", "org", "targets")


def check_gaps(policy: Policy, report: Report) -> None:
    """Report nulls that are not listed, listed gaps that are filled, and each gap that remains."""
    spots = list(walk(policy))
    patterns = [tuple(entry.path.split(".")) for entry in policy.unknown]
    for spot in spots:
        if _needs_listing(spot) and not any(spot.matches(pattern) for pattern in patterns):
            key = "P09.unlisted" if spot.keys[0] in _VITAL else "P09.unlisted_minor"
            absent = LEAVE_OUT if can_be_left_out(type(policy), location(spot.path)) else ""
            report.add(key, spot.path, key=".".join(spot.keys), absent=absent)
    for i, entry in enumerate(policy.unknown):
        _check_listed(report, f"unknown[{i}].path", entry.path, [spot for spot in spots if spot.matches(patterns[i])])
    _tell_gaps(policy, report, spots, patterns)


def gap_lines(policy: Policy, parts: Collection[str], *, confidential: bool) -> list[str]:
    """Return what the notice does not state in some parts of the policy file, for people: who or what, and why.

    Gaps of one reason are one line. Only where it may be (``confidential``) a confidential category is named.
    """
    lines: dict[tuple[str, str], list[str]] = {}
    for gap in policy.unknown:
        if gap.path.partition(".")[0] in parts:
            lines.setdefault((gap.needed_for, gap.reason), []).append(_subject(policy, gap.path, confidential))
    return [f"{_of('、'.join(filter(None, subjects)))}{what}：{reason}" for (what, reason), subjects in lines.items()]


def _of(subject: str) -> str:
    return f"{subject}的" if subject else ""


def _subject(policy: Policy, path: str, confidential: bool) -> str:
    """Return whom or what a path concerns: a category by its name, what lists.yaml calls a part; else nothing."""
    known = [category for category in policy.subsidy.categories if confidential or not category.confidential]
    named = {f"subsidy.categories.{category.code}": category.name for category in known}
    named |= load_lists()["gap_subjects"]
    return next((word for start, word in named.items() if path == start or path.startswith(f"{start}.")), "")


def _needs_listing(spot: Spot) -> bool:
    is_base = spot.keys[:2] == ("targets", "denominators") and spot.value is None
    return spot.is_gap or is_base or (spot.keys == ("org", "townships") and not spot.value)


def _check_listed(report: Report, path: str, listed: str, spots: list[Spot]) -> None:
    if not spots:
        report.add("P05.unknown", path, value=listed)
    elif not _is_open(spots):
        report.add("P09.known", path, value=listed)


def _is_open(spots: list[Spot]) -> bool:
    """Whether something is still missing: a null, the word unknown, or an empty list in the place of the gap itself."""
    depth = min(len(spot.keys) for spot in spots)
    return any(
        spot.value is None or spot.value == "unknown" or (len(spot.keys) == depth and spot.value in ((), {}))
        for spot in spots
    )


def _tell_gaps(policy: Policy, report: Report, spots: list[Spot], patterns: list[tuple[str, ...]]) -> None:
    for i, entry in enumerate(policy.unknown):
        inside = [spot for spot in spots if spot.matches(patterns[i])]
        if inside and _is_open(inside):
            exact = [spot.path for spot in inside if len(spot.keys) == len(patterns[i])]
            path = exact[0] if len(exact) == 1 else f"unknown[{i}].path"
            report.add("V40.unknown", path, value=entry.path, reason=entry.reason, needed_for=entry.needed_for)
