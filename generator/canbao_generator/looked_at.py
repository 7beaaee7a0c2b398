"""What a check of the whole workbook leaves in it: ※核对 beside each row, and the list on 检查结果.

The button 校验 leaves it in an open workbook, ``compute``, ``submit`` and ``merge`` in the one that they write.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from canbao_rulebook.check_column import LOOKED_AT, MARK, MARK_END

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from canbao_rulebook.findings import Finding, Severity

_MARK = re.compile(rf"[{''.join(MARK.values())}]\d+{re.escape(MARK_END)}")


@dataclass(frozen=True)
class LookedAt:
    """A check of a whole workbook: what it found, at the rows as they are written, and its summary in a sentence."""

    findings: Sequence[Finding]
    summary: str


class MarkedCell(NamedTuple):
    """A finding in a row of a sheet: the number of its column, and the few words that 校验结果 has for it."""

    row: int
    column: int
    severity: Severity
    glance: str


def own_marks(text: str) -> set[str]:
    """Return the marks that a row's own formulas have made, without their numbers."""
    return set(_MARK.findall(text))


def outside_marks(told: Iterable[MarkedCell], seen: Mapping[int, set[str]]) -> dict[int, str]:
    """Return by row the marks that are missing in ``seen``, and the words of the first of them.

    ``told`` stands in order, the gravest first. Nothing is missing where the row's own formulas have found it all.
    """
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for one in told:
        found[one.row].setdefault(f"{MARK[one.severity]}{one.column}{MARK_END}", one.glance)
    texts = {}
    for row, wanted in found.items():
        missing = [mark for mark in wanted if mark not in seen.get(row, set())]
        texts[row] = "".join(missing) + f"{LOOKED_AT}{wanted[missing[0]]}" if missing else ""
    return texts


def outside_texts(marks: Mapping[int, str], keys: Mapping[int, str]) -> dict[int, str]:
    """Return what stands in ※核对 by row: the marks, or that a row, by its key, was looked at beside all others."""
    return {
        **{row: f"{LOOKED_AT}{key}" for row, key in keys.items()},
        **{row: text for row, text in marks.items() if text},
    }
