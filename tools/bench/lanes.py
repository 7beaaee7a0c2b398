"""``make bench BENCH=--lanes``: reading large, small and dear workbooks without and with the scanner."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.dataset import make_township, make_villages
from bench.inputs import FEWEST_VILLAGES, SAVED_SCALE, check, save_again
from bench.measure import CommandError, measure, python
from bench.reading import TIMES
from bench.report import machine
from canbao_validators.reading.scanner import OFF, SWITCH
from native import BuildError, build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HEADING = "## With and without the compiled scanner"


@dataclass(frozen=True)
class Lanes:
    """CPU seconds for one workbook: read by numpy and with the scanner, by the peer, and checked in both ways."""

    what: str
    numpy: float
    scanner: float
    peer: float
    check_numpy: float
    check_scanner: float


def measure_lanes(folder: Path, scale: float, tell: Callable[[str], None]) -> list[Lanes]:
    """Build the scanner, make the data sets where they are missing, and measure. Raises CommandError."""
    results = folder / "results"
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    try:
        scanner = build(results)
    except BuildError as trouble:
        raise CommandError(str(trouble)) from trouble
    tell(f"workbooks, in {folder}")
    large = make_township(folder / f"township-{scale:g}", scale)
    small = make_township(folder / f"township-{SAVED_SCALE:g}", SAVED_SCALE)
    village = make_villages(folder / f"villages-{FEWEST_VILLAGES}", FEWEST_VILLAGES).workbooks()[0]
    (issued,) = small.workbooks()
    tell("saving with LibreOffice")
    saved = save_again(issued, results / "saved")
    (largest,) = large.workbooks()
    workbooks = {
        f"{large.people:,} people": largest,
        "a village's workbook": village,
        f"{small.people:,} people as issued and filled": issued,
        "the same, saved by LibreOffice": saved,
    }
    return [_measure(what, path, scanner, tell) for what, path in workbooks.items()]


def _measure(what: str, path: Path, scanner: Path, tell: Callable[[str], None]) -> Lanes:
    tell(what)
    peer = measure(python("-m", "bench.peers", "polars", path))
    with _switch(OFF):
        numpy, check_numpy = _read(path, scanner=False), check(path).cpu
    with _switch(str(scanner)):
        scanned, check_scanner = _read(path, scanner=True), check(path).cpu
    return Lanes(what, numpy, scanned, peer.less_startup(), check_numpy, check_scanner)


def _read(path: Path, *, scanner: bool) -> float:
    found = measure(python("-m", "bench.reading", path))
    if found.said["scanner"] != scanner:
        raise CommandError(f"{path}: the scanner was {'not ' if scanner else ''}used")
    return found.less_startup() / TIMES


@contextmanager
def _switch(said: str) -> Iterator[None]:
    before = os.environ.get(SWITCH)
    os.environ[SWITCH] = said
    try:
        yield
    finally:
        os.environ.pop(SWITCH) if before is None else os.environ.update({SWITCH: before})


def lanes_section(found: list[Lanes]) -> str:
    """Return the section of the page."""
    lines = [
        "| workbook | by numpy | by the scanner | times faster | by the peer | scanner ÷ peer | check | with scanner |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in found:
        faster, beside = one.numpy / one.scanner, one.scanner / one.peer
        lines.append(
            f"| {one.what} | {one.numpy:.2f} | {one.scanner:.2f} | {faster:.1f} | {one.peer:.2f} | {beside:.1f} "
            f"| {one.check_numpy:.1f} | {one.check_scanner:.1f} |"
        )
    told = (
        "CPU seconds in one run (`make bench BENCH=--lanes`). Reading: all cells and what tampering needs; starting "
        "is left out, also that of the peer, polars + fastexcel, which reads typed cells. Checks: with start, master. "
        f"{machine()}"
    )
    return f"{HEADING}\n\n{told}\n\n" + "\n".join(lines)
