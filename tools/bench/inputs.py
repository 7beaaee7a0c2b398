"""``make bench BENCH=--inputs``: many small workbooks, one large one, one that LibreOffice saved, and starting."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.county import VILLAGE_PEOPLE
from bench.dataset import make_township, make_villages
from bench.measure import CommandError, measure, python
from bench.report import machine
from bench.work import CANBAO, FINDINGS, measure_merge

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.measure import Measured

INPUTS = "## Small, dear and single workbooks"
VILLAGES, FEWEST_VILLAGES = 400, 4
SAVED_SCALE = 0.03  # of the largest township, for the workbook that LibreOffice opens and saves
_SECONDS = 1800


@dataclass(frozen=True)
class Inputs:
    """What was measured: villages merged, one township checked, the same saved by LibreOffice, and starting."""

    villages: int
    merge: Measured
    merge_peer: Measured
    people: int
    check: Measured
    reading_peer: Measured
    saved_people: int
    issued: Measured
    saved: Measured
    start: Measured
    small_check: Measured


def measure_inputs(folder: Path, scale: float, tell: Callable[[str], None]) -> Inputs:
    """Make the data sets of a scale where they are missing, and measure. Raises CommandError."""
    count = max(FEWEST_VILLAGES, round(VILLAGES * scale))
    tell(f"{count} villages and a township, in {folder}")
    villages = make_villages(folder / f"villages-{count}", count)
    township = make_township(folder / f"township-{scale:g}", scale)
    small = make_township(folder / f"township-{SAVED_SCALE:g}", SAVED_SCALE)
    (largest,), (issued,) = township.workbooks(), small.workbooks()
    results = folder / "results"
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    tell("saving with LibreOffice")
    saved = save_again(issued, results / "saved")
    tell("villages")
    merge = measure_merge(villages, results / "villages")
    peer = python("-m", "bench.peers", "polars", "--out", results / "peer.xlsx", *villages.workbooks())
    tell("single workbooks")
    return Inputs(
        villages=count,
        merge=merge,
        merge_peer=measure(peer),
        people=township.people,
        check=check(largest),
        reading_peer=measure(python("-m", "bench.peers", "polars", largest)),
        saved_people=small.people,
        issued=measure(python("-m", "bench.again", issued)),
        saved=measure(python("-m", "bench.again", saved)),
        start=measure(python(*CANBAO, "--help")),
        small_check=check(villages.workbooks()[0]),
    )


def check(path: Path) -> Measured:
    """Check one workbook with the command."""
    return measure(python(*CANBAO, "check", path), accept=FINDINGS)


def save_again(path: Path, folder: Path) -> Path:
    """Let LibreOffice open a workbook and save it."""
    with tempfile.TemporaryDirectory(prefix="canbao-bench-") as profile:
        command = ["soffice", f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--convert-to", "xlsx"]
        whole = [*command, "--outdir", str(folder), str(path)]
        try:
            subprocess.run(whole, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=_SECONDS)
        except (OSError, subprocess.SubprocessError) as trouble:
            raise CommandError(f"LibreOffice, to save {path}: {trouble}") from trouble
    return folder / path.name


def inputs_section(found: Inputs) -> str:
    """Return the section of the page."""
    start, peer = found.start.cpu, found.reading_peer.cpu
    rows = [
        (f"merge of {found.villages} villages of {VILLAGE_PEOPLE} people", found.merge),
        ("the same cells by polars + fastexcel, rustpy-xlsxwriter, no checks", found.merge_peer),
        (f"check of one workbook of {found.people:,} people", found.check),
        ("polars + fastexcel reading it", found.reading_peer),
        ("`canbao --help`", found.start),
        ("check of one village's workbook", found.small_check),
    ]
    goals = [
        ("merge: CPU a village's workbook", found.merge.cpu / found.villages, 0.25, " s"),
        ("check of one large workbook: times the CPU of the peer's reading", found.check.cpu / peer, 2.0, ""),
        (
            f"check of {found.saved_people:,} people saved by LibreOffice: times the CPU of the workbook as issued",
            found.saved.less_startup() / found.issued.less_startup(),
            1.5,
            "",
        ),
        ("start of `--help`: CPU", start, 0.5, " s"),
        ("check of a small workbook: CPU", found.small_check.cpu, 1.0, " s"),
    ]
    rest = [
        (f"check of a workbook of {found.saved_people:,} people as issued and filled, starting left out", found.issued),
        ("the same, opened and saved by LibreOffice", found.saved),
    ]
    lines = ["| work | CPU s | wall s | peak MB |", "| --- | --- | --- | --- |"]
    lines += [f"| {title} | {one.cpu:.1f} | {one.wall:.1f} | {one.peak_mb:.0f} |" for title, one in rows]
    lines += [f"| {title} | {one.less_startup():.2f} | | |" for title, one in rest]
    lines += ["", "| goal | limit | measured | verdict |", "| --- | --- | --- | --- |"]
    for title, value, limit, unit in goals:
        verdict = "reached" if value <= limit else f"missed, {value / limit:.1f} times off"
        lines.append(f"| {title} | ≤ {limit:g}{unit} | {value:.2f}{unit} | {verdict} |")
    told = "Measured in one run by `make bench BENCH=--inputs`, less with `--scale`."
    return f"{INPUTS}\n\n{told} {machine()}\n\n" + "\n".join(lines)
