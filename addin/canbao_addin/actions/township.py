"""The township's workbook made of its villages': an issued template that holds their rows, to be mended and sent on."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import polars as pl

from canbao_addin.actions.compute import subsidy_frame
from canbao_addin.actions.generate import reason
from canbao_addin.texts import CannotRunError
from canbao_generator.master import build_master
from canbao_generator.protection import Lock
from canbao_generator.township import SPARE, default_capacities, stamp_township
from canbao_validators.workbook import SUBSIDY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from canbao_validators.workbook import FilledWorkbook


def write_township(township: FilledWorkbook, villages: Sequence[FilledWorkbook], target: Path) -> None:
    """Write the workbook: rows as typed, every computed cell filled, R4 made anew, the cover not yet signed.

    It is locked as the first village's that has a password. Raises CannotRunError when it cannot be written.
    """
    assert township.book is not None
    assert township.unit is not None
    frames = {
        code: _as_typed(township.typed[code], frame) for code, frame in township.frames.items() if code != SUBSIDY
    }
    if SUBSIDY in township.book.rosters:
        frames[SUBSIDY] = subsidy_frame(township)
    rows = default_capacities(township.book, township.unit)
    rows |= {code: max(rows[code], ceil(frame.height * SPARE)) for code, frame in frames.items()}
    lock = next((Lock(*village.lock) for village in villages if village.lock[1]), Lock())
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        stamp_township(build_master(township.book, lock=lock), township.unit, rows, target, frames)
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=reason(trouble)) from trouble


def _as_typed(typed: pl.DataFrame, computed: pl.DataFrame) -> pl.DataFrame:
    """Return what was typed with what was computed: what R3 says of a person is computed with, not typed for them."""
    return typed.hstack(computed.select(pl.col("^.*\\.computed$")))
