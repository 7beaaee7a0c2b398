"""``make bench``: makes a county of Shangcai's size, measures canbao with it, and writes docs/benchmarks.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.dataset import make_dataset
from bench.inputs import INPUTS, inputs_section, measure_inputs
from bench.lanes import HEADING as LANES
from bench.lanes import lanes_section, measure_lanes
from bench.measure import CommandError
from bench.report import as_text, write_page
from bench.sheet import HEADING, measure_sheets, sheet_section, write_section
from bench.work import MEASURED, measure_all

ROOT = Path(__file__).resolve().parents[2]
_SMALLER = 0.1  # the scale, relative to that of the run, that the merge is compared with


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark."""
    options = argparse.ArgumentParser(prog="make bench BENCH=", description=__doc__)
    options.add_argument("--scale", type=float, default=1.0, help="part of Shangcai's 1,510,380 people (default 1)")
    options.add_argument("--out", type=Path, default=ROOT / "out" / "bench", help="folder for data sets and results")
    options.add_argument("--page", type=Path, default=ROOT / "docs" / "benchmarks.md", help="the page to write")
    options.add_argument("--sheet", action="store_true", help="only the sheet, beside that of an earlier commit")
    options.add_argument("--inputs", action="store_true", help="only small, dear and single workbooks")
    options.add_argument("--lanes", action="store_true", help="only reading, with and without the compiled scanner")
    given = options.parse_args(arguments)
    if given.sheet:
        section = sheet_section(measure_sheets(ROOT, given.out / "sheet", _tell))
        write_section(given.page, HEADING, section)
        print(section)
        return
    if given.lanes:
        try:
            section = lanes_section(measure_lanes(given.out / "lanes", given.scale, _tell))
        except CommandError as trouble:
            sys.exit(str(trouble))
        write_section(given.page, LANES, section)
        print(section)
        return
    if not given.inputs:
        _measure_county(given.out, given.scale, given.page)
    try:
        section = inputs_section(measure_inputs(given.out / "inputs", given.scale, _tell))
    except CommandError as trouble:
        sys.exit(str(trouble))
    write_section(given.page, INPUTS, section)
    print(section)


def _measure_county(out: Path, scale: float, page: Path) -> None:
    _tell(f"data sets in {out}")
    dataset, small = (make_dataset(out / f"scale-{part:g}", part) for part in (scale, scale * _SMALLER))
    try:
        results = measure_all(dataset, small, out / "results", _tell)
    except CommandError as trouble:
        sys.exit(f"{trouble}\nmeasured so far: {out / 'results' / MEASURED}")
    write_page(results, page)
    print(as_text(results))


def _tell(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
