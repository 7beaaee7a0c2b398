"""Fill the computed columns of a workbook and its subsidy roster R4, around the data as the clerk typed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canbao_addin.actions.stamping import master_like, require_accepted, stamp_like
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.meta import COVER_CODE_NAME
from canbao_rulebook.names import unit_names
from canbao_validators.frames import typed_frame
from canbao_validators.subsidies import compute_subsidy_roster
from canbao_validators.workbook import SUBSIDY

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_validators.workbook import FilledWorkbook

_KEPT = ("batch", "state", "paid_on", "bounce")  # what the county or the clerk wrote beside a person in R4


@dataclass(frozen=True)
class Computed:
    """What was computed: rows of R1 to R3, persons in R4, and R4 rows that were typed before."""

    rows: int
    subsidised: int
    replaced: int


def compute_workbook(filled: FilledWorkbook, target: Path, *, password: str | None = None) -> Computed:
    """Write the workbook anew with every computed cell filled, R4 made from R1 and R2, and the check code on the cover.

    Without a password it is locked as it was. Raises CannotRunError when the workbook was refused or the target cannot
    be written.
    """
    book, _ = require_accepted(filled)
    frames = dict(filled.frames)
    typed = frames.get(SUBSIDY)
    if SUBSIDY in book.rosters:
        frames[SUBSIDY] = subsidy_frame(filled)
    cover = {**filled.cover, COVER_CODE_NAME: filled.check_code}
    stamp_like(filled, master_like(filled, password), target, frames, cover)
    return Computed(
        rows=sum(frame.height for code, frame in frames.items() if code != SUBSIDY),
        subsidised=frames[SUBSIDY].height if SUBSIDY in frames else 0,
        replaced=typed.height if typed is not None else 0,
    )


def subsidy_frame(filled: FilledWorkbook) -> pl.DataFrame:
    """Return R4 as it follows from R1 and R2, with what stood beside the same persons before."""
    assert filled.book is not None
    roster = filled.book.rosters[SUBSIDY]
    table = compute_subsidy_roster(filled.rosters, filled.frames)
    typed = filled.frames.get(SUBSIDY)
    if typed is not None and typed.height and table.height:
        before = typed.select(key=pl.col("cert.computed"), **{f"{name}_before": pl.col(name) for name in _KEPT})
        table = table.join(before.unique("key", keep="first"), on="key", how="left", maintain_order="left")
        table = table.with_columns(
            pl.when(pl.col(f"{name}_before").is_null() | (pl.col(f"{name}_before").cast(pl.String) == ""))
            .then(name)
            .otherwise(f"{name}_before")
            .alias(name)
            for name in _KEPT
        )
    names = {**filled.book.names, **unit_names(filled.unit)}
    return compute_columns(roster, typed_frame(roster, table), names)
