"""The goals, and how far a run is from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.work import Results

MILLION = 1_000_000
WHOLE = 36 * MILLION  # filled input cells of a county: 1.5 million people with 24 each


@dataclass(frozen=True)
class Goal:
    """One goal. ``at_least`` turns the limit round."""

    name: str
    value: float
    limit: float
    unit: str
    at_least: bool = False

    @property
    def reached(self) -> bool:
        """Whether the value keeps to the limit."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def verdict(self) -> str:
        """Say whether the goal is reached, else how many times the value would have to shrink or grow."""
        if self.reached:
            return "reached"
        times = self.limit / self.value if self.at_least else self.value / self.limit
        return f"missed, {times:.1f} times off"


def judge(results: Results) -> list[Goal]:
    """Return all goals with what was measured."""
    rows, cells = results.capacity / MILLION, results.dataset.cells / WHOLE
    generate, merge = results.generate, results.merge
    per_person = merge.cpu / results.dataset.people
    small_person = results.small_merge.cpu / results.small.people
    peer = results.template_peer.cpu / generate.cpu
    return [
        Goal("templates: CPU for a million rows", generate.cpu / rows, 1.5, "s"),
        Goal("templates: size of a million rows", results.template_mb / rows, 25, "MB"),
        Goal("templates: less CPU than openpyxl write-only", peer, 200, "times", at_least=True),
        Goal("merge: CPU for 36 million filled cells", merge.cpu / cells, 20, "s"),
        Goal("merge: wall time for 36 million filled cells", merge.wall / cells, 12, "s"),
        Goal("merge: peak memory of this run", merge.peak_mb, 1000, "MB"),
        Goal(f"merge: CPU a person, against {results.small.people:,} people", per_person / small_person, 1, "times"),
    ]
