"""A unit's workbook - township, village, school, department - stamped from the master of its policy year and kind."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from canbao_generator.cached import add_checks
from canbao_generator.marks import (
    ACCOUNT_TOKEN,
    AREA_TOKEN,
    CHECKED_TOKEN,
    CODE_TOKEN,
    COMMAND_MARK,
    GROUP_COUNT,
    GROUP_LAST,
    INSURER_TOKEN,
    OWNER_TOKEN,
    PHONE_TOKEN,
    ROSTER_LAST,
    TOWNSHIP_TOKEN,
    UNIT_TOKEN,
    VILLAGE_COUNT,
    VILLAGE_LAST,
    print_token,
    replace_marks,
)
from canbao_generator.master import build_master
from canbao_generator.meta import meta_rows
from canbao_generator.package import Segment, deflate
from canbao_generator.results import result_area, result_rows, result_summary
from canbao_generator.roster_sheet import growing_print_area, print_area
from canbao_generator.shell import write_package
from canbao_generator.xml import grid_rows
from canbao_rulebook.meta import COVER_CODE_NAME, COVER_OWNER_NAME, COVER_PHONE_NAME
from canbao_rulebook.names import unit_names
from canbao_rulebook.roster import FIRST_ROW, column_letter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import polars as pl

    from canbao_generator.looked_at import LookedAt
    from canbao_generator.master import Master, RosterShell
    from canbao_generator.shell import Shell
    from canbao_generator.summary_values import SummaryValues
    from canbao_generator.xml import Value
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit

SPARE = 1.05
MIN_ROWS, DEFAULT_ROWS = 200, 2_000
UNEVEN = 1.5  # a village's share of its township's goal is a guess: villages differ in size
MAX_ROWS = 1_000_000


def default_capacities(book: Rulebook, unit: Unit, rows: int | None = None) -> dict[str, int]:
    """Return the rows of each roster: ``rows`` if given, else by the unit's goal and the roster's share of it."""
    if rows is not None:
        return dict.fromkeys(book.rosters, rows)
    base = _expected(unit)
    return {code: max(MIN_ROWS, ceil(base * roster.capacity_share)) for code, roster in book.rosters.items()}


def _expected(unit: Unit) -> float:
    """Return how many persons a workbook must have room for."""
    if unit.target:
        return unit.target * SPARE
    if unit.parent and unit.parent.target:
        return unit.parent.target * _share(unit, unit.parent) * UNEVEN
    return DEFAULT_ROWS


def _share(village: Unit, township: Unit) -> float:
    """Return a village's share of its township: by their groups where each village has some, else the mean."""
    groups = {name: len(own) for name, own in township.groups}
    if all(groups.get(name) for name in township.villages):
        return groups[village.name] / sum(groups.values())
    return 1 / max(1, len(township.villages))


def generate_unit(
    book: Rulebook, unit: Unit, target: Path, *, rows: int | None = None, password: str | None = None
) -> None:
    """Write one empty workbook. For many of one policy year, build the master once and stamp it."""
    own = book.of_kind(unit.kind)
    stamp_unit(build_master(own, password), unit, default_capacities(own, unit, rows), target)


def stamp_unit(
    master: Master,
    unit: Unit,
    capacities: Mapping[str, int],
    target: Path,
    data: Mapping[str, pl.DataFrame] | None = None,
    cover: Mapping[str, str] | None = None,
    *,
    command: str = "generate",
    outline: bool = False,
    final: bool = False,
    counting: bool = True,
    looked_at: LookedAt | None = None,
) -> None:
    """Write the workbook of a unit to ``target``, whole or not at all, as a result of ``command``.

    ``capacities`` are rows by roster code. ``data`` are frames by roster code (docs/architecture.md) with their
    ``<field>.computed`` columns; their rows are written in their order from the first data row on.
    ``cover`` holds what stands in the white cells of the cover, by defined name. ``outline``: of the empty rows, which
    are all alike, only the first one is written; everything else is as in the whole workbook. ``final``: nobody adds
    rows any more, and the printed area is what is filled; else Excel finds it when it prints. ``counting``: 汇总 of a
    workbook with rows counts them, though each entry takes longer then. ``looked_at``: what a check of all these rows
    has found in them.
    """
    frames = data or {}
    lasts = {
        shell.layout.roster.code: _last_row(shell, capacities, frames.get(shell.layout.roster.code))
        for shell in master.rosters
    }
    typed = cover or {}
    texts = {
        UNIT_TOKEN: unit.title,
        TOWNSHIP_TOKEN: unit.township,
        INSURER_TOKEN: unit.insurer,
        ACCOUNT_TOKEN: unit.account,
        CODE_TOKEN: typed.get(COVER_CODE_NAME, ""),
        COMMAND_MARK: command,
        OWNER_TOKEN: typed.get(COVER_OWNER_NAME, ""),
        PHONE_TOKEN: typed.get(COVER_PHONE_NAME, ""),
        CHECKED_TOKEN: result_summary(master.book.policy, looked_at),
    }
    numbers = _numbers(master, unit, lasts)
    texts |= {
        print_token(shell.layout.roster.code): _printed(
            shell, lasts[shell.layout.roster.code], frames.get(shell.layout.roster.code), final=final
        )
        for shell in master.rosters
    }
    names = {**master.book.names, **unit_names(unit)}
    checked = {
        shell.layout.roster.code: add_checks(shell.layout, frames[shell.layout.roster.code], names, looked_at)
        for shell in master.rosters
        if len(frames.get(shell.layout.roster.code, ()))
    }
    values = master.summary.values(checked) if counting and checked else None
    parts = {
        name: [deflate(replace_marks(master.summary.put_totals(part, values), texts, numbers))]
        for name, part in master.parts.items()
    }
    for shell in master.rosters:
        code = shell.layout.roster.code
        segments = shell.writer.write(checked.get(code), FIRST_ROW if outline else lasts[code])
        area = f"A1:{shell.layout.last_letter}{lasts[code]}"
        parts[shell.shell.part] = _wrap(shell.shell, segments, {**texts, AREA_TOKEN: area}, numbers)
    for flat, rows, area in _stamped(master, unit, lasts, values, looked_at):
        parts[flat.part] = _wrap(flat, [deflate(rows.encode())], {**texts, AREA_TOKEN: area}, numbers)
    write_package(target, parts)


def _last_row(shell: RosterShell, capacities: Mapping[str, int], frame: pl.DataFrame | None) -> int:
    needed = 0 if frame is None else len(frame)
    rows = max(1, capacities[shell.layout.roster.code], needed)
    if rows > MAX_ROWS:
        raise ValueError(f"「{shell.layout.roster.sheet}」最多{MAX_ROWS:,}行，要求的是{rows:,}行")
    return FIRST_ROW - 1 + rows


def _printed(shell: RosterShell, last: int, frame: pl.DataFrame | None, *, final: bool) -> str:
    """Return the area that a roster prints."""
    filled = FIRST_ROW - 1 + max(1, 0 if frame is None else len(frame))
    return print_area(shell.layout, filled) if final else growing_print_area(shell.layout, last)


def _numbers(master: Master, unit: Unit, lasts: Mapping[str, int]) -> dict[int, int]:
    """Return what takes the place of the master's stand-ins."""
    numbers = {ROSTER_LAST + position: lasts[code] for position, code in enumerate(master.book.rosters)}
    return numbers | {
        VILLAGE_LAST: max(1, len(unit.villages)) + 1,
        GROUP_LAST: max(1, len(unit.group_keys)) + 1,
        VILLAGE_COUNT: len(unit.villages),
        GROUP_COUNT: len(unit.group_keys),
    }


def _stamped(
    master: Master, unit: Unit, lasts: Mapping[str, int], values: SummaryValues | None, looked_at: LookedAt | None
) -> list[tuple[Shell, str, str]]:
    """Return the sheets that are written row by row for each unit: shell, rows, used area."""
    signatures = next(iter(master.book.rosters.values())).signatures if master.book.rosters else ()
    columns = master.codes.columns(unit)
    table = meta_rows(master.book, unit, master.layouts, lasts, master.lock, plain=master.plain)
    meta_columns: dict[int, list[Value]] = {
        index: [row[index - 1] if index <= len(row) else "" for row in table]
        for index in range(1, max(map(len, table)) + 1)
    }
    sheets = [layout.roster.sheet for layout in master.layouts]
    problems = result_rows(looked_at, sheets, master.result_styles)
    return [
        (master.results_shell, problems, result_area(looked_at)),
        (master.summary_shell, master.summary.rows(unit, lasts, signatures, values), master.summary.area(unit)),
        (master.codes_shell, grid_rows(columns, master.plain_style), _area(columns)),
        (master.meta_shell, grid_rows(meta_columns, master.plain_style), _area(meta_columns)),
    ]


def _area(columns: Mapping[int, list[Value]]) -> str:
    return f"A1:{column_letter(max(columns))}{max(len(values) for values in columns.values())}"


def _wrap(shell: Shell, rows: list[Segment], texts: Mapping[str, str], numbers: Mapping[int, int]) -> list[Segment]:
    """Return a sheet part: what stands before its rows, the rows, what stands after them."""
    head, tail = (deflate(replace_marks(piece, texts, numbers)) for piece in (shell.head, shell.tail))
    return [head, *rows, tail]
