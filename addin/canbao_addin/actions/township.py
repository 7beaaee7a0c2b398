"""The township's workbook made of its villages': an issued template that holds their rows, to be mended and sent on."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING

from canbao_addin.actions.accepted import require_accepted
from canbao_addin.actions.compute import subsidy_frame
from canbao_addin.actions.looking import look_at
from canbao_addin.actions.made_by import MERGE
from canbao_addin.actions.stamping import master_like, sheet_frames, stamp_like
from canbao_generator.unit_workbook import SPARE, default_capacities
from canbao_validators.check_code import input_digest

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_validators.workbook import FilledWorkbook


def write_township(township: FilledWorkbook, target: Path) -> None:
    """Write the workbook: rows as typed, every computed cell filled, R4 made anew, the cover not yet signed.

    It is locked as its villages are. Raises CannotRunError when it cannot be written.
    """
    book, unit = require_accepted(township)
    frames = sheet_frames(township)
    if township.subsidy_code:
        frames[township.subsidy_code] = subsidy_frame(township)
    limits = default_capacities(book, unit)
    limits |= {code: max(limits[code], ceil(frame.height * SPARE)) for code, frame in frames.items()}
    looked_at = look_at(township, frames, input_digest(frames, book.rosters))
    room = replace(township, limits=limits)
    stamp_like(room, master_like(township), target, frames, command=MERGE, looked_at=looked_at)
