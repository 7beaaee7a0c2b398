"""Fill the computed columns of a workbook and its subsidy roster R4, around the data as the clerk typed it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from canbao_addin.actions.accepted import require_accepted
from canbao_addin.actions.looking import look_at
from canbao_addin.actions.made_by import COMPUTE
from canbao_addin.actions.stamping import master_like, sheet_frames, stamp_like
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.findings import count_severities
from canbao_rulebook.meta import COVER_CODE_NAME
from canbao_rulebook.names import unit_names
from canbao_rulebook.phrases import enumerate_words
from canbao_validators.check_code import input_digest
from canbao_validators.frames import typed_frame
from canbao_validators.subsidies import compute_subsidy_roster

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from canbao_addin.texts import Texts
    from canbao_validators.workbook import FilledWorkbook

_FIGURES = ("rows", "subsidised", "errors", "warnings")
_KEPT = (
    "batch",
    "state",
    "paid_on",
    "bounce",
    "explanation",
)  # what was written beside a person in R4


@dataclass(frozen=True)
class Computed:
    """What was computed: rows of R1 to R3, persons in R4, R4 rows that were typed before; the new file's check code.

    The code is another one than before when R4 was not yet filled: its rows are data too. ``frames`` are the rows.
    """

    rows: int
    subsidised: int
    replaced: int
    check_code: str
    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)


def compute_workbook(
    filled: FilledWorkbook, target: Path, *, password: str | None = None, command: str = COMPUTE, final: bool = False
) -> Computed:
    """Write the workbook anew with every computed cell filled, R4 made from R1 and R2, and the check code on the cover.

    It says of each row what a check of the whole of it finds, as after the button 校验.
    Without a password it is locked as it was; ``final``: nobody adds rows any more. Raises CannotRunError when the
    workbook was refused or the target cannot be written.
    """
    book, _ = require_accepted(filled)
    frames = sheet_frames(filled)
    subsidy = filled.subsidy_code
    typed = filled.frames.get(subsidy)
    if subsidy:
        frames[subsidy] = subsidy_frame(filled)
    code = input_digest(frames, book.rosters)
    cover = {**filled.cover, COVER_CODE_NAME: code}
    looked_at = look_at(filled, frames, code)
    stamp_like(
        filled, master_like(filled, password), target, frames, cover, command=command, final=final, looked_at=looked_at
    )
    return Computed(
        rows=sum(frame.height for code, frame in frames.items() if code != subsidy),
        subsidised=frames[subsidy].height if subsidy in frames else 0,
        replaced=typed.height if typed is not None else 0,
        check_code=code,
        frames=frames,
    )


def describe_computed(done: Computed, filled: FilledWorkbook, target: Path, texts: Texts) -> list[str]:
    """Return in lines what was computed, and what is not in the new file as it was in the old one."""
    counts = count_severities(filled.findings)
    figures = {"rows": done.rows, "subsidised": done.subsidised, **counts}
    lines = [texts.say("computed", path=target, **{key: figures[key] for key in _FIGURES})]
    lines.append(texts.say("check_code", file=target.name, code=done.check_code))
    if filled.read_otherwise:
        first = filled.read_otherwise[0]
        cell = f"「{first.sheet}」{first.cell}"
        lines.append(texts.say("computed_tidied", count=len(filled.read_otherwise), first=cell))
    removed = [found for found in filled.findings if found.key == "V39.removed"]
    if removed:
        row = f"「{removed[0].sheet}」第{removed[0].row}行"
        lines.append(texts.say("computed_left_out", count=len(removed), first=row))
    if done.replaced:
        lines.append(texts.say("computed_replaced", rows=done.replaced))
    if filled.extra_sheets:
        lines.append(texts.say("computed_sheets", sheets=enumerate_words(filled.extra_sheets)))
    return lines


def subsidy_frame(filled: FilledWorkbook) -> pl.DataFrame:
    """Return R4 as it follows from R1 and R2, with what stood beside the same persons before."""
    assert filled.book is not None
    roster = filled.book.rosters[filled.subsidy_code]
    table = compute_subsidy_roster(filled)
    typed = filled.frames.get(roster.code)
    if typed is not None and typed.height and table.height:
        kept = [name for name in _KEPT if name in typed.columns]
        before = typed.select(cert=pl.col("cert.computed"), **{f"{name}_before": pl.col(name) for name in kept})
        table = table.join(before.unique("cert", keep="first"), on="cert", how="left", maintain_order="left")
        table = table.with_columns(
            pl.when(pl.col(f"{name}_before").is_null() | (pl.col(f"{name}_before").cast(pl.String) == ""))
            .then(name)
            .otherwise(f"{name}_before")
            .alias(name)
            for name in kept
        )
    names = {**filled.book.names, **unit_names(filled.unit)}
    table = table.drop("cert", strict=False)  # a column of R4, too: its formula makes it
    return compute_columns(roster, typed_frame(roster, table), names)
