"""Checks of a policy file: its texts can stand in roster specs, formulas, sheets and names of files (P04)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from canbao_rulebook.policy.report import Report, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.policy.model import Policy

_FREE = {
    "unknown",
    "export",
    "lists",
    "supersedes",
    "confirm",
    "own_rules",
    "own_columns",
}  # blocks with rules of their own, or none
_UNFIT = re.compile(r"""[\x00-\x1f\x7f'"\\]|\{\{|\{%|: | #""")
_UNFIT_LABEL = re.compile(r"[,\[\]{}`]|^[-?&*!|>%@=+ ]")
_UNFIT_FILE = re.compile(r"[/\\:*?<>|]|[. ]$|^.{61,}$")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")


def check_texts(policy: Policy, report: Report) -> None:
    """Report texts with characters that break what is made of them, and codes that no defined name can end with."""
    for spot in walk(policy):
        if isinstance(spot.value, str) and spot.keys[0] not in _FREE and (found := _UNFIT.search(spot.value)):
            report.add("P04.characters", spot.path, value=found[0].strip() or " ")
    for path, label in _labels(policy):
        if found := _UNFIT_LABEL.search(label):
            report.add("P04.characters", path, value=found[0])
    for path, name in _files(policy):
        if found := _UNFIT_FILE.search(name):
            report.add("P04.file_name", path, value=name)
    for i, population in enumerate(policy.populations):
        if not _CODE.fullmatch(population.code):
            report.add("P04.code", f"populations[{i}].code", value=population.code)


def _labels(policy: Policy) -> Iterator[tuple[str, str]]:
    yield from _files(policy)
    for i, category in enumerate(policy.subsidy.categories):
        yield f"subsidy.categories[{i}].name", category.name
        yield from ((f"subsidy.categories[{i}].aliases[{k}]", alias) for k, alias in enumerate(category.aliases))
    for i, status in enumerate(policy.eligibility.statuses):
        yield f"eligibility.statuses[{i}].label", status.label
    for i, population in enumerate(policy.populations):
        yield f"populations[{i}].name", population.name


def _files(policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield the names that files and folders are called by."""
    yield "meta.county", policy.meta.county
    yield from ((f"org.townships[{i}].name", unit.name) for i, unit in enumerate(policy.org.townships))
    yield from ((f"org.schools[{i}]", school) for i, school in enumerate(policy.org.schools))
    yield from ((f"org.agencies.{code}.name", agency.name) for code, agency in policy.org.agencies.items())
