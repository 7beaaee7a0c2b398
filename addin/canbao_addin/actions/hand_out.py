"""Everything that is handed out at the beginning of a year: the templates, the list of units, the register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_addin.actions.generate import generate_workbooks
from canbao_addin.actions.register import register_path, register_units
from canbao_addin.actions.sizes import large, measure_unit, too_large
from canbao_addin.actions.units import load_all_units
from canbao_addin.actions.units_list import write_units
from canbao_rulebook.units import TOWNSHIP
from canbao_validators.inbox import UNITS_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from canbao_addin.actions.sizes import Size
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit


@dataclass(frozen=True)
class FittingUnits:
    """The units, the townships whose villages stand in their place, and the sizes of those that are slow to open."""

    units: list[Unit]
    divided: Sequence[Size] = ()
    slow: Sequence[Size] = ()


@dataclass(frozen=True)
class HandedOut:
    """The workbooks and the register."""

    paths: list[Path]
    register: Path


def fit_units(path: Path | None, book: Rulebook, level: str | None = None, rows: int | None = None) -> FittingUnits:
    """Return the units of a list or of the policy; where nobody has chosen a level, the villages of townships that no
    workbook has room for. Raises CannotRunError.
    """
    units = load_all_units(path, book, level or TOWNSHIP)
    sizes = [measure_unit(book, unit, rows) for unit in units]
    divided = too_large(sizes) if level is None else []
    if divided:
        units = load_all_units(path, book, TOWNSHIP, {size.unit.name for size in divided})
        sizes = [measure_unit(book, unit, rows) for unit in units]
    return FittingUnits(units, divided, large(sizes))


def hand_out(
    book: Rulebook,
    units: Sequence[Unit],
    folder: Path,
    listed: Path | None = None,
    *,
    rows: int | None = None,
    password: str | None = None,
    plain: bool = False,
    people: Mapping[int, Mapping[str, pl.DataFrame]] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> HandedOut:
    """Write the workbooks of units, their list - unless it is ``listed``, which was read - and the register.

    ``rows``, ``password``, ``plain`` and ``people`` as for ``generate_workbooks``. Raises CannotRunError.
    """
    paths = generate_workbooks(
        book, units, folder, rows=rows, password=password, plain=plain, people=people, progress=progress
    )
    own = folder / UNITS_FILE
    if listed is None or not own.exists() or not own.samefile(listed):
        write_units(units, folder)
    register = register_path(own, book.policy.meta.id)
    register_units(register, book.policy, units)
    return HandedOut(paths, register)
