"""Generate one locked workbook per township or village, and per school and department that fills rosters."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from canbao_addin.actions.file_names import file_names
from canbao_addin.actions.made_by import GENERATE
from canbao_addin.actions.results import require_target
from canbao_addin.texts import CannotRunError
from canbao_county.lists.prefill import frame_of_texts
from canbao_generator.master import build_master
from canbao_generator.unit_workbook import MAX_ROWS, MIN_ROWS, SPARE, default_capacities, stamp_unit
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.names import unit_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from canbao_generator.master import Master
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit


def generate_workbooks(
    book: Rulebook,
    units: Sequence[Unit],
    folder: Path,
    *,
    rows: int | None = None,
    password: str | None = None,
    plain: bool = False,
    people: Mapping[int, Mapping[str, pl.DataFrame]] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write ``<township>.xlsx`` or ``<township>/<village>.xlsx`` for every unit into the folder; return the paths.

    ``people`` stand in them already: texts by field, by the place of the unit in ``units``, then by roster code; their
    rosters have room for more persons. ``plain``: their formulas stand in cells, none in names. Raises CannotRunError.
    """
    if rows is not None and not 1 <= rows <= MAX_ROWS:
        raise CannotRunError("rows_range")
    paths = _paths(units, folder)
    for path in paths:
        require_target(path, GENERATE)
    try:
        for parent in dict.fromkeys(path.parent for path in paths):
            parent.mkdir(parents=True, exist_ok=True)
        masters: dict[str, Master] = {}
        for index, (unit, path) in enumerate(zip(units, paths, strict=True)):
            progress(unit.title)
            own = book.of_kind(unit.kind)
            if unit.kind not in masters:
                masters[unit.kind] = build_master(own, password, plain=plain)
            data = _compute(own, unit, (people or {}).get(index, {}))
            room = _room(default_capacities(own, unit, rows), data)
            stamp_unit(masters[unit.kind], unit, room, path, data, command=GENERATE, counting=False)
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=trouble.filename or folder, why=trouble) from trouble
    return paths


def _compute(book: Rulebook, unit: Unit, people: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the rows of a unit as if they had been typed, with what the formulas beside them give."""
    names = {**book.names, **unit_names(unit)}
    rosters = {code: book.rosters[code] for code in people}
    return {
        code: compute_columns(roster, frame_of_texts(roster, people[code]), names) for code, roster in rosters.items()
    }


def _room(capacities: Mapping[str, int], data: Mapping[str, pl.DataFrame]) -> dict[str, int]:
    """Return the rows of each roster: where persons stand already, others must still find a place."""
    return {
        code: max(rows, ceil(len(data[code]) * SPARE) + MIN_ROWS) if code in data else rows
        for code, rows in capacities.items()
    }


def _paths(units: Sequence[Unit], folder: Path) -> list[Path]:
    homes = [folder / unit.parent.name if unit.parent else folder for unit in units]
    paths: dict[int, Path] = {}
    for home in dict.fromkeys(homes):
        own = [number for number, other in enumerate(homes) if other == home]
        names = file_names(units[number].name for number in own)
        paths |= {number: home / f"{name}.xlsx" for number, name in zip(own, names, strict=True)}
    return [paths[number] for number in range(len(units))]
