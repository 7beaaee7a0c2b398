"""The table on the terminal, and docs/benchmarks.md."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib.metadata import packages_distributions, version
from itertools import chain
from os import cpu_count
from pathlib import Path
from typing import TYPE_CHECKING

from bench.county import PLACES, RULES
from bench.goals import judge
from bench.work import PEERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.measure import Measured
    from bench.work import Results

BY_HAND = "## What the profile shows"
_EMPTY = "Nothing has been written here yet. This section is kept when the page is made anew."
_LIBRARIES = ("polars", "isal", "numpy", "openpyxl", "fastexcel", "rustpy-xlsxwriter", "python-calamine", "XlsxWriter")
_WORK = ("work", "CPU s", "wall s", "peak MB", "times canbao's CPU")
_HOW = (
    "CPU is user and system time of a process and all it started. What a peer or the floor did for a part of the work,"
    " start-up left out, is scaled to the whole. Peak memory is the largest sum over a command's processes."
)
_GOALS = ("goal", "limit", "measured", "verdict")


def work_rows(results: Results) -> list[Sequence[str]]:
    """Return the rows of the table of work, canbao's own and what stands beside it."""
    merge, generate = results.merge, results.generate
    floor = results.floor_in.less_startup()
    rows = [
        _row("canbao generate", generate),
        _scaled("openpyxl write-only: the same formulas", results.template_peer.cpu, generate.cpu),
        _row(f"canbao check, the largest workbook ({results.largest.stat().st_size / 1e6:.0f} MB)", results.check),
        _row("canbao merge", merge),
        _row(f"canbao merge, {results.small.people:,} people", results.small_merge),
        _scaled("floor: inflate the inputs (isal)", floor, merge.cpu),
        _scaled("floor: deflate the outputs (isal, level 1)", results.floor_isal.less_startup(), merge.cpu),
        _scaled("floor: deflate the outputs (zlib, level 6)", results.floor_zlib.less_startup(), merge.cpu),
    ]
    for name, title in PEERS.items():
        peer = results.peers[name]
        share = "" if peer.factor < 1.01 else f" (from {1 / peer.factor:.1%} of the people)"
        rows.append(_scaled(f"{title}: in and out, no checks{share}", peer.cpu, merge.cpu))
    return rows


def _row(title: str, measured: Measured) -> Sequence[str]:
    return title, f"{measured.cpu:.1f}", f"{measured.wall:.1f}", f"{measured.peak_mb:.0f}", "1"


def _scaled(title: str, cpu: float, own: float) -> Sequence[str]:
    return title, f"{cpu:.1f}", "", "", f"{cpu / own:.2f}"


def goal_rows(results: Results) -> list[Sequence[str]]:
    """Return the rows of the table of goals."""
    return [
        (
            goal.name,
            f"{'≥' if goal.at_least else '≤'} {goal.limit:g} {goal.unit}",
            f"{goal.value:.2f} {goal.unit}",
            goal.verdict,
        )
        for goal in judge(results)
    ]


def as_text(results: Results) -> str:
    """Return both tables for a terminal."""
    return "\n\n".join((_facts(results), _columns(_WORK, work_rows(results)), _columns(_GOALS, goal_rows(results))))


def _columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    table = [header, *rows]
    widths = [max(len(row[place]) for row in table) for place in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
    )


def write_page(results: Results, path: Path) -> None:
    """Write docs/benchmarks.md anew above the section that people write by hand and those of other runs."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    kept = before.partition(f"{BY_HAND}\n")[2].strip() or _EMPTY
    parts = [
        "# Benchmarks",
        "Written by `make bench`. Seconds belong to the machine below; ratios can be compared between machines.",
        _facts(results),
        machine(),
        "## What was measured",
        _markdown(_WORK, work_rows(results)),
        _HOW,
        "## Goals",
        _markdown(_GOALS, goal_rows(results)),
        BY_HAND,
        kept,
    ]
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _facts(results: Results) -> str:
    made = results.dataset
    return (
        f"Data: {made.people:,} invented people in {len(made.workbooks())} townships with the names and headcounts of"
        f" {PLACES}, times {made.scale:g}; rosters and rules of {RULES}, which are wider than"
        f" Shangcai's own; {made.cells:,} filled input cells, {made.cells / made.people:.1f} a person; texts as shared"
        f" strings, values beside all formulas, {results.input_mb:.0f} MB of workbooks in, {results.output_mb:.0f} MB"
        f" out; {results.capacity:,} rows of capacity in the templates, {results.template_mb:.0f} MB;"
        f" {len(made.planted):,} planted findings."
    )


def machine() -> str:
    """Say what was measured on, and when."""
    installed = {name.lower() for name in chain.from_iterable(packages_distributions().values())}
    versions = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES if name.lower() in installed)
    day = datetime.now(UTC).date().isoformat()
    return f"Machine: {_processor()}, {cpu_count()} cores, Python {platform.python_version()}; {versions}; {day}."


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)
