"""A workbook made anew like one that was issued: same policy year, unit, rows and lock, around other frames."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import TYPE_CHECKING

from canbao_addin.actions.accepted import require_accepted
from canbao_addin.texts import CannotRunError
from canbao_generator.master import build_master
from canbao_generator.protection import Lock
from canbao_generator.unit_workbook import MAX_ROWS, default_capacities, stamp_unit
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.names import unit_names
from canbao_validators.frames import without_overwritten

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import polars as pl

    from canbao_generator.looked_at import LookedAt
    from canbao_generator.master import Master
    from canbao_validators.workbook import FilledWorkbook

_DIGEST_BYTES = 64  # SHA-512


def master_like(filled: FilledWorkbook, password: str | None = None) -> Master:
    """Return the master of a workbook's policy year, locked as the workbook was issued or with a new password.

    Raises CannotRunError when the workbook was refused.
    """
    book, _ = require_accepted(filled)
    return build_master(book, password, lock=_lock_of(filled), plain=filled.plain)


def sheet_frames(filled: FilledWorkbook) -> dict[str, pl.DataFrame]:
    """Return the rows of every roster but R4 as typed, with what the formulas beside them give, and nothing over these.

    The check also carries statuses from R3 to R1 and R2. They are not typed there: written into the cells, they would
    make another check code, and the sheet's own formulas do not know them.
    """
    book, unit = require_accepted(filled)
    names = {**book.names, **unit_names(unit)}
    return {
        code: compute_columns(book.rosters[code], without_overwritten(book.rosters[code], typed), names)
        for code, typed in filled.typed.items()
        if code != filled.subsidy_code
    }


def stamp_like(
    filled: FilledWorkbook,
    master: Master,
    target: Path,
    frames: Mapping[str, pl.DataFrame] | None = None,
    cover: Mapping[str, str] | None = None,
    *,
    command: str,
    needed: Mapping[str, int] | None = None,
    outline: bool = False,
    final: bool = False,
    looked_at: LookedAt | None = None,
) -> None:
    """Write a workbook of the same unit with the same room for rows, and more where ``frames`` or ``needed`` ask.

    ``command`` is what it will be a result of. ``outline``: only the first of its empty rows, which stands for all of
    them. ``final``: nobody adds rows any more. ``looked_at``: what a check of ``frames`` has found.
    Raises CannotRunError when the target cannot be written.
    """
    book, unit = require_accepted(filled)
    stated = {code: min(limit, MAX_ROWS) for code, limit in filled.limits.items() if limit}
    room = default_capacities(book, unit) | stated
    room |= {code: max(room[code], rows) for code, rows in (needed or {}).items()}
    try:
        stamp_unit(
            master,
            unit,
            room,
            target,
            frames,
            cover,
            command=command,
            outline=outline,
            final=final,
            looked_at=looked_at,
        )
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble


def _lock_of(filled: FilledWorkbook) -> Lock:
    """Return the lock that the workbook states; what is no salt and digest of ours counts as none."""
    salt, digest = filled.lock
    try:
        sound = bool(b64decode(salt, validate=True)) and len(b64decode(digest, validate=True)) == _DIGEST_BYTES
    except (binascii.Error, ValueError):
        sound = False
    return Lock(salt, digest) if sound else Lock()
