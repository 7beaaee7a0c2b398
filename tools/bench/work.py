"""What is measured: canbao's own commands, the floor, and the peers, each as a process of its own."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from bench.county import RULES, load_rules
from bench.measure import Measured, measure, python
from canbao_addin.actions.units import load_units
from canbao_generator.unit_workbook import default_capacities

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bench.dataset import Dataset

CANBAO = ("-c", "from canbao_addin.cli import main; main()")
FINDINGS = (0, 1)  # exit statuses of a check or merge that has run
_TEMPLATE_ROWS = 5_000  # a slice for openpyxl
MB = 1_000_000
MEASURED = "measured.json"
PEERS = {
    "polars": "polars + fastexcel, rustpy-xlsxwriter",
    "calamine": "python-calamine, XlsxWriter",
    "openpyxl": "openpyxl read-only, write-only",
}
_SLICES = {"openpyxl": 1, "calamine": 2}  # workbooks, the smallest first; the others take all


@dataclass(frozen=True)
class Slice:
    """What a peer took for a part of the work, and how many times that part goes into the whole."""

    measured: Measured
    factor: float

    @property
    def cpu(self) -> float:
        """CPU seconds for the whole."""
        return self.measured.less_startup() * self.factor


@dataclass(frozen=True)
class Results:
    """Everything that was measured."""

    dataset: Dataset
    small: Dataset
    capacity: int
    template_mb: float
    input_mb: float
    output_mb: float
    largest: Path
    generate: Measured
    template_peer: Slice
    check: Measured
    merge: Measured
    small_merge: Measured
    floor_in: Measured
    floor_isal: Measured
    floor_zlib: Measured
    peers: dict[str, Slice]


class Notes:
    """What was measured so far, kept in a file: a run takes an hour, and its last step may fail."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._found: dict[str, Measured] = {}

    def keep(self, name: str, measured: Measured) -> Measured:
        """Write one more measurement down and return it."""
        self._found[name] = measured
        found = {name: asdict(one) for name, one in self._found.items()}
        self.path.write_text(json.dumps(found, indent=1), encoding="utf-8")
        return measured


def measure_all(dataset: Dataset, small: Dataset, folder: Path, tell: Callable[[str], None]) -> Results:
    """Measure everything in a folder that is made anew. Raises CommandError; MEASURED there keeps what came before."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    notes = Notes(folder / MEASURED)
    templates, filled = folder / "templates", dataset.workbooks()
    largest = max(filled, key=lambda path: path.stat().st_size)
    tell("generate")
    making = python(*CANBAO, "generate", RULES, "--units", dataset.units, "--out", templates)
    generate = notes.keep("generate", measure(making))
    tell("check")
    checking = python(*CANBAO, "check", largest, "--json", folder / "check.json")
    check = notes.keep("check", measure(checking, accept=FINDINGS))
    tell("merge")
    merge = notes.keep("merge", measure_merge(dataset, folder / "county"))
    small_merge = notes.keep("small merge", measure_merge(small, folder / "small"))
    written = [folder / "county" / "county.xlsx", *(folder / "county" / "returns").glob("*.xlsx")]
    tell("floor")
    handled = {"inflate": filled, "isal": written, "zlib": written}
    floors = [
        notes.keep(f"floor {action}", measure(python("-m", "bench.floor", action, *files)))
        for action, files in handled.items()
    ]
    capacity = _capacity(dataset)
    return Results(
        dataset=dataset,
        small=small,
        capacity=capacity,
        template_mb=_size(list(templates.glob("*.xlsx"))),
        input_mb=_size(filled),
        output_mb=_size(written),
        largest=largest,
        generate=generate,
        template_peer=_template_peer(folder, capacity, notes, tell),
        check=check,
        merge=merge,
        small_merge=small_merge,
        floor_in=floors[0],
        floor_isal=floors[1],
        floor_zlib=floors[2],
        peers={name: _peer(name, dataset, folder, notes, tell) for name in PEERS},
    )


def merge_command(dataset: Dataset, folder: Path) -> list[str | Path]:
    """Return the command of the whole merge, results into ``folder``."""
    options = ("--policy", RULES, "--out", folder / "county.xlsx", "--returns", folder / "returns")
    return python(*CANBAO, "merge", dataset.filled, *options, "--json", folder / "merge.json")


def measure_merge(dataset: Dataset, folder: Path) -> Measured:
    """Return what the merge of a data set takes, results into a folder that is made."""
    folder.mkdir()
    return measure(merge_command(dataset, folder), accept=FINDINGS)


def _template_peer(folder: Path, capacity: int, notes: Notes, tell: Callable[[str], None]) -> Slice:
    tell("openpyxl templates")
    rows = min(_TEMPLATE_ROWS, capacity)
    target = folder / "template.xlsx"
    command = python("-m", "bench.peers", "template", "--rows", str(rows), "--out", target)
    measured = notes.keep("openpyxl templates", measure(command))
    return Slice(measured, capacity / measured.said["rows"])


def _peer(name: str, dataset: Dataset, folder: Path, notes: Notes, tell: Callable[[str], None]) -> Slice:
    tell(PEERS[name])
    files = sorted(dataset.workbooks(), key=lambda path: path.stat().st_size)[: _SLICES.get(name)]
    measured = notes.keep(name, measure(python("-m", "bench.peers", name, "--out", folder / f"{name}.xlsx", *files)))
    return Slice(measured, dataset.people / measured.said["rows"])


def _capacity(dataset: Dataset) -> int:
    """Return the rows of all rosters of all templates."""
    book = load_rules()
    units = load_units(dataset.units, book.policy)
    return sum(sum(default_capacities(book, unit).values()) for unit in units)


def _size(files: Sequence[Path]) -> float:
    return sum(file.stat().st_size for file in files) / MB
