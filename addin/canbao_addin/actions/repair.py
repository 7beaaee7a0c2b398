"""Repair: a workbook rebuilt around its data. The cells as typed move into a fresh workbook with the same lock."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from canbao_addin.actions.accepted import require_accepted
from canbao_addin.actions.compute import subsidy_frame
from canbao_addin.actions.made_by import REPAIR
from canbao_addin.actions.results import keep_others
from canbao_addin.actions.stamping import master_like, stamp_like
from canbao_addin.texts import CannotRunError
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.meta import CODE_SHEET
from canbao_rulebook.names import unit_names
from canbao_validators.checking import compute_check_code, read_check_code
from canbao_validators.damage import inspect_workbook, restore_headers
from canbao_validators.frames import build_stored_frame
from canbao_validators.reading.raw import Form
from canbao_validators.reading.sheets import read_workbook
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.roster_sheets.layout import settle_layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from canbao_addin.texts import Texts
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.damage import Damage, Leftover
    from canbao_validators.reading.raw import RawWorkbook
    from canbao_validators.workbook import FilledWorkbook


@dataclass(frozen=True)
class Repaired:
    """What was mended, what stays behind in the old file, and the rows that moved.

    ``rows`` are by roster code; ``closed`` are the sheets in which blank rows between filled ones were taken out;
    ``compared`` is False for a file that is no .xlsx or of another edition: what was lost in it cannot be told.
    """

    damages: list[Damage]
    leftovers: list[Leftover]
    rows: dict[str, int]
    closed: dict[str, int]
    check_code: str
    compared: bool = True


def repair_workbook(
    filled: FilledWorkbook,
    source: Path,
    target: Path,
    *,
    raw: RawWorkbook | None = None,
    passwords: Sequence[str] = (),
) -> Repaired:
    """Write the workbook anew: every row as typed, R4 and the cover too, in their order, without blank rows between.

    ``raw`` are the cells of ``source`` where they were read already; headers typed over are put back in them. The room
    for rows stays, and grows when there are more, or when the computed R4 will be longer. Raises CannotRunError when
    the workbook was refused, the target cannot be written, or the result would not have the same check code; nothing is
    left then.
    """
    book, _ = require_accepted(filled)
    try:
        raw = raw or read_workbook(source, passwords)
    except UnreadableFile as trouble:
        raise CannotRunError("refused", file=filled.file, reason=trouble) from trouble
    if CODE_SHEET not in raw.sheets:
        raise CannotRunError("repair_no_lists", file=filled.file, sheet=CODE_SHEET)
    settle_layout(raw, book.rosters.values())
    compared = raw.form is Form.XLSX and not filled.other_editions
    current = [roster for code, roster in book.rosters.items() if code not in filled.other_editions]
    code = compute_check_code(raw, book) if restore_headers(raw, current) else filled.check_code
    master = master_like(filled)
    frames = _stored_frames(filled, raw, book)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".canbao-", dir=target.parent) as name:
            fresh, made = Path(name) / "fresh.xlsx", Path(name) / "made.xlsx"
            stamp_like(filled, master, fresh, command=REPAIR, outline=True)
            damages, leftovers = inspect_workbook(source, fresh, filled, passwords) if compared else ([], [])
            stamp_like(filled, master, made, frames, filled.cover, command=REPAIR, needed=_subsidy_rows(filled))
            _require_same_data(filled.file, code, made, book)
            keep_others(target, REPAIR)
            made.replace(target.resolve())
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble
    return Repaired(
        damages,
        leftovers,
        rows={code: frame.height for code, frame in frames.items()},
        closed=_closed(frames, raw, book),
        check_code=code,
        compared=compared,
    )


def describe_repaired(done: Repaired, source: Path, target: Path, texts: Texts) -> list[str]:
    """Return in lines what was mended, what stays behind in the old file, and where rows moved up."""
    key = ("repair_done" if done.damages else "repair_none") if done.compared else "repair_converted"
    figures = {"count": len(done.damages), "rows": sum(done.rows.values()), "code": done.check_code}
    lines = [texts.say(key, path=target, **figures)]
    if done.damages:
        lines.append(texts.say("repair_what"))
        lines += [f"  {damage.sentence.say(texts.lang)}" for damage in done.damages]
    if done.leftovers:
        lines.append(texts.say("repair_left", source=source.name))
        lines += [f"  {leftover.sentence.say(texts.lang)}" for leftover in done.leftovers]
    return lines + [texts.say("repair_closed", sheet=sheet, count=count) for sheet, count in done.closed.items()]


def _stored_frames(filled: FilledWorkbook, raw: RawWorkbook, book: Rulebook) -> dict[str, pl.DataFrame]:
    """Return the rows as typed, with what the formulas beside them give."""
    names = {**book.names, **unit_names(filled.unit)}
    frames = {}
    for code, roster in filled.rosters.items():
        sheet = raw.sheets[roster.sheet]
        stored = build_stored_frame(sheet, roster, date1904=raw.date1904)
        frames[code] = compute_columns(roster, stored, names)
    return frames


def _subsidy_rows(filled: FilledWorkbook) -> dict[str, int]:
    """Return the room that the subsidy roster needs once it is computed; repair leaves its rows as typed."""
    subsidy = filled.subsidy_code
    return {subsidy: subsidy_frame(filled).height} if subsidy else {}


def _require_same_data(file: str, code: str, made: Path, book: Rulebook) -> None:
    """Read the result back. Raises CannotRunError when its check code is another one."""
    try:
        found = read_check_code(made, book)
    except UnreadableFile as trouble:
        raise CannotRunError("repair_differs", file=file, before=code, after="—") from trouble
    if found != code:
        raise CannotRunError("repair_differs", file=file, before=code, after=found)


def _closed(frames: dict[str, pl.DataFrame], raw: RawWorkbook, book: Rulebook) -> dict[str, int]:
    """Return by sheet how many blank rows between the filled ones were closed."""
    sheets = {code: book.rosters[code].sheet for code in frames}
    gaps = {sheets[code]: _gaps(frame, raw.sheets[sheets[code]].first_row) for code, frame in frames.items()}
    return {sheet: count for sheet, count in gaps.items() if count}


def _gaps(frame: pl.DataFrame, first_row: int) -> int:
    """Return how many blank rows stand above the last filled one."""
    return int(str(frame["row"][-1])) - first_row + 1 - frame.height if frame.height else 0
