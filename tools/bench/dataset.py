"""The data set: generated templates, and the same workbooks filled. Made once for each folder and scale."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from os import cpu_count
from typing import TYPE_CHECKING

import polars as pl

from bench.county import RULES, VILLAGE_PEOPLE, load_rules, plan_townships, plan_villages, write_units
from bench.mistakes import Planted, plant
from bench.people import make_people
from bench.stamping import Filled, fill_workbook
from canbao_addin.actions.generate import generate_workbooks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.county import Township
    from canbao_rulebook.units import Unit

VERSION = 3  # of what a data set looks like; a folder of another one is made anew
PEOPLE = 1_510_380  # of the county, at scale 1
_TEMPLATES, _FILLED, _TABLES = "templates", "filled", "tables"
_UNITS, _MANIFEST = "units.csv", "dataset.json"


@dataclass(frozen=True)
class Dataset:
    """A data set in a folder, and what was put into it; ``people`` are rows of all rosters."""

    folder: Path
    scale: float
    people: int
    cells: int
    planted: list[Planted]

    @property
    def units(self) -> Path:
        """The list of townships for ``canbao generate``."""
        return self.folder / _UNITS

    @property
    def filled(self) -> Path:
        """The folder of the filled workbooks."""
        return self.folder / _FILLED

    @property
    def tables(self) -> Path:
        """The folder of the same rows as Parquet files, ``<township>-<roster>.parquet``."""
        return self.folder / _TABLES

    def workbooks(self) -> list[Path]:
        """Return the filled workbooks in the order of their names."""
        return sorted(self.filled.glob("*.xlsx"))


def make_dataset(folder: Path, scale: float) -> Dataset:
    """Return the data set of a folder; it is made when the folder does not hold it yet."""
    return _make(folder, scale, plan_townships(scale))


def make_villages(folder: Path, count: int) -> Dataset:
    """Return the same of so many villages of one township."""
    return _make(folder, count * VILLAGE_PEOPLE / PEOPLE, plan_villages(count))


def make_township(folder: Path, scale: float) -> Dataset:
    """Return the same of the largest township alone, its people multiplied by ``scale``."""
    return _make(folder, scale, [max(plan_townships(scale), key=lambda township: township.people)])


def _make(folder: Path, scale: float, townships: Sequence[Township]) -> Dataset:
    found = _load(folder)
    if found is not None and found.scale == scale:
        return found
    for name in (_TEMPLATES, _FILLED, _TABLES):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for path in (folder / name).rglob("*.*"):
            path.unlink()
    write_units(townships, folder / _UNITS)
    planted = _write_tables(townships, folder / _TABLES)
    units = [township.unit for township in townships]
    paths = generate_workbooks(load_rules(), units, folder / _TEMPLATES)
    results = _fill_all(paths, units, folder)
    made = Dataset(folder, scale, sum(one.rows for one in results), sum(one.cells for one in results), planted)
    _save(made)
    return made


def _write_tables(townships: Sequence[Township], folder: Path) -> list[Planted]:
    people = make_people(townships)
    people["R1"], planted = plant(people["R1"])
    for code, table in people.items():
        for (unit,), rows in table.partition_by("unit", as_dict=True).items():
            rows.drop("unit").write_parquet(_table(folder, str(unit), code))
    return planted


def _table(folder: Path, unit: str, code: str) -> Path:
    return folder / f"{unit}-{code}.parquet"


def _fill_all(paths: Sequence[Path], units: Sequence[Unit], folder: Path) -> list[Filled]:
    jobs = [(path, unit, folder) for path, unit in zip(paths, units, strict=True)]
    with ProcessPoolExecutor(max_workers=cpu_count(), mp_context=get_context("spawn")) as pool:
        return list(pool.map(_fill, jobs))


def _fill(job: tuple[Path, Unit, Path]) -> Filled:
    source, unit, folder = job
    book = load_rules().of_kind(unit.kind)
    found = {code: _table(folder / _TABLES, unit.name, code) for code in book.rosters}
    tables = {code: pl.read_parquet(path) for code, path in found.items() if path.exists()}
    return fill_workbook(source, folder / _FILLED / source.name, book, unit, tables)


def _load(folder: Path) -> Dataset | None:
    """Return what the folder holds, or None; the manifest is written last, so a folder half made has none."""
    try:
        stored = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if stored.pop("version") != VERSION or stored.pop("rules") != RULES:
        return None
    planted = [Planted(*entry) for entry in stored.pop("planted")]
    return replace(Dataset(folder, planted=planted, **stored))


def _save(made: Dataset) -> None:
    stored = asdict(made) | {"version": VERSION, "rules": RULES}
    del stored["folder"]
    (made.folder / _MANIFEST).write_text(json.dumps(stored, ensure_ascii=False), encoding="utf-8")
