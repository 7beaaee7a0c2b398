"""``make bench BENCH=--sheet``: the sheet beside that of an earlier commit, in LibreOffice; ratios go to the page."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.county import load_rules
from canbao_generator.layout import build_layout

if TYPE_CHECKING:
    from collections.abc import Callable

BEFORE = "ee7159b"  # the sheet as it was weighed first
HEADING = "## The sheet"
MOST_CELLS = 32  # of a row with formulas
_PEOPLE, _ROSTER = 5_000, "R1"
_PACKAGES = ("addin", "county", "generator", "validators", "rulebook", "xlsx_templates", "tools")
_SYSTEM_PYTHON = "/usr/bin/python3"
_SECONDS = 900
# LibreOffice 7.4 may wait for ever when it computes a column of formulas in several threads
_ONE_THREAD = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Calculation">
<prop oor:name="UseThreadedCalculationForFormulaGroups" oor:op="fuse"><value>false</value></prop></item>
</oor:items>
"""
_MEASURED = ("load", "memory", "calculate", "entry")


@dataclass(frozen=True)
class Weight:
    """What one version's workbooks weigh: bytes of the blank one, and what LibreOffice took for the filled one."""

    blank: int
    filled: int
    load: float
    memory: float
    calculate: float
    entry: float


def measure_sheets(root: Path, folder: Path, tell: Callable[[str], None], people: int = _PEOPLE) -> list[Weight]:
    """Return the weights of the earlier sheet and of this one, measured one after the other."""
    shutil.rmtree(folder, ignore_errors=True)
    tree = folder / "tree"
    git = ["git", "-C", str(root), "worktree"]
    subprocess.run([*git, "add", "--detach", str(tree), BEFORE], check=True, capture_output=True)
    try:
        for version, home in (("before", tree), ("now", root)):
            tell(f"workbooks of {people:,} people: {version}")
            path = os.pathsep.join(str(home / package) for package in _PACKAGES)
            script = Path(__file__).with_name("sheet_books.py")
            # -P: not the folder of the script, which has a numbers.py
            command = [sys.executable, "-P", str(script), str(folder / version), str(people)]
            subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": path}, timeout=_SECONDS)
    finally:
        subprocess.run([*git, "remove", "--force", str(tree)], check=True, capture_output=True)
    tell("LibreOffice")
    homes = [folder / version for version in ("before", "now")]
    found = [_in_office(home / "filled.xlsx") for home in homes]
    return [
        Weight(
            _bytes(home, "blank"), _bytes(home, "filled"), one["load"], one["memory"], one["calculate"], one["entry"]
        )
        for home, one in zip(homes, found, strict=True)
    ]


def _bytes(home: Path, name: str) -> int:
    return (home / f"{name}.xlsx").stat().st_size


def _in_office(path: Path) -> dict[str, float]:
    """Let a LibreOffice of its own open a workbook."""
    with tempfile.TemporaryDirectory(prefix="canbao-bench-") as home:
        settings = Path(home, "profile", "user", "registrymodifications.xcu")
        settings.parent.mkdir(parents=True)
        settings.write_text(_ONE_THREAD, encoding="utf-8")
        request = {
            # the program itself: what `soffice` starts it as a child, whose time would not be seen
            "soffice": str(Path(shutil.which("soffice") or "soffice").resolve().with_name("soffice.bin")),
            "profile": Path(home, "profile").as_uri(),
            "pipe": f"canbaobench{os.getpid()}",
            "path": str(path.resolve()),
            "sheet": load_rules().rosters[_ROSTER].sheet,
        }
        script = Path(__file__).with_name("sheet_office.py")
        command = [_SYSTEM_PYTHON, str(script), json.dumps(request)]
        said = subprocess.run(
            command, check=True, timeout=_SECONDS, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        ).stdout
    found: dict[str, float] = json.loads(said)
    return found


def cells_a_row() -> int:
    """Return how many formula cells a row of R1 has."""
    book = load_rules()
    return sum(entry.formula is not None for entry in build_layout(book, book.rosters[_ROSTER]).columns)


def sheet_section(weights: list[Weight], people: int = _PEOPLE) -> str:
    """Return the section of the page."""
    before, now = weights
    rows = [
        ("recalculate everything, CPU s", before.calculate, now.calculate, "≥ 1.7 times faster", 1.7),
        ("one entry, CPU s", before.entry, now.entry, "≤ 0.05 s", None),
        ("open, CPU s", before.load, now.load, "", None),
        ("memory, MB", before.memory, now.memory, "", None),
        ("blank file, kB", before.blank / 1000, now.blank / 1000, "≥ 25 % smaller", 1 / 0.75),
        ("filled file, kB", before.filled / 1000, now.filled / 1000, "", None),
    ]
    lines = [f"| | {BEFORE} | now | before ÷ now | wanted | |", "|---|---|---|---|---|---|"]
    for title, old, new, wanted, least in rows:
        met = "" if not wanted else "reached" if (old >= new * least if least else new <= 0.05) else "missed"
        ratio = f"{old / new:.2f}" if new else "—"
        lines.append(f"| {title} | {old:.2f} | {new:.2f} | {ratio} | {wanted} | {met} |")
    cells = cells_a_row()
    met = "reached" if cells <= MOST_CELLS else "missed"
    lines.append(f"| formula cells a row | 43 | {cells} | {43 / cells:.2f} | ≤ {MOST_CELLS} | {met} |")
    told = (
        f"{people:,} people in R1 of huining-2021, filled as Excel saves it, in LibreOffice, the workbook of commit"
        f" {BEFORE} and that of this version in one run (`make bench BENCH=--sheet`). 汇总 of the blank workbook does"
        " not count until its switch says so."
    )
    return f"{HEADING}\n\n{told}\n\n" + "\n".join(lines)


def write_section(page: Path, heading: str, section: str) -> None:
    """Put the section of a heading into the page, in place of the one that is there."""
    text = page.read_text(encoding="utf-8")
    start = text.find(f"\n{heading}\n")
    if start >= 0:
        end = text.find("\n## ", start + 1)
        text = text[:start].rstrip("\n") + "\n" + (text[end:] if end >= 0 else "")
    page.write_text(f"{text.rstrip()}\n\n{section}\n", encoding="utf-8")
