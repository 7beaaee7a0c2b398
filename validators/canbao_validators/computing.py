"""The formulas over the rows of workbooks of one policy year and kind: computed columns, and which rules fail where."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from canbao_rulebook.evaluate import compute_together, flag_together
from canbao_rulebook.names import unit_names
from canbao_validators.exemptions import carry_statuses

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import polars as pl

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.workbook import FilledWorkbook

    Together = Callable[[Roster, Sequence[pl.DataFrame], Sequence[Mapping[str, NamedValue]]], list[pl.DataFrame]]


class ComputedRows(NamedTuple):
    """What the formulas gave for one workbook beside its computed frames.

    ``flags`` are Boolean columns by rule, by roster code. ``carried`` says which statuses were carried over, and
    ``excused`` are the (sheet, cell) pairs that have them.
    """

    names: Mapping[str, NamedValue]
    flags: dict[str, pl.DataFrame]
    carried: list[Finding]
    excused: set[tuple[str, str]]


def compute_rows(alike: Sequence[FilledWorkbook]) -> list[ComputedRows]:
    """Replace the frames of workbooks of one rulebook by computed ones; return what else their formulas gave."""
    book = alike[0].book
    assert book is not None
    names = [{**book.names, **unit_names(filled.unit)} for filled in alike]
    computed = _by_roster(book, [filled.frames for filled in alike], names, compute_together)
    carried = [
        carry_statuses(book.policy, filled.rosters, frames) for filled, frames in zip(alike, computed, strict=True)
    ]
    changed = [
        {code: frame for code, frame in new.frames.items() if frame is not old[code]}
        for new, old in zip(carried, computed, strict=True)
    ]
    again = _by_roster(book, changed, names, compute_together)
    for filled, new, recomputed in zip(alike, carried, again, strict=True):
        filled.frames = new.frames | recomputed
    flags = _by_roster(book, [filled.frames for filled in alike], names, flag_together)
    return [
        ComputedRows(own, flagged, new.findings, new.cells)
        for own, flagged, new in zip(names, flags, carried, strict=True)
    ]


def _by_roster(
    book: Rulebook,
    frames: Sequence[Mapping[str, pl.DataFrame]],
    names: Sequence[Mapping[str, NamedValue]],
    function: Together,
) -> list[dict[str, pl.DataFrame]]:
    """Return what a function makes of every roster of every workbook, in the order of each workbook's rosters."""
    made = [dict(own) for own in frames]
    for code, roster in book.rosters.items():
        places = [place for place, own in enumerate(frames) if code in own]
        if places:
            results = function(roster, [frames[place][code] for place in places], [names[place] for place in places])
            for place, result in zip(places, results, strict=True):
                made[place][code] = result
    return made
