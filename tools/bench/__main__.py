"""``make bench``: makes a county of Shangcai's size, measures canbao with it, and writes docs/benchmarks.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.dataset import make_dataset
from bench.measure import CommandError
from bench.report import as_text, write_page
from bench.sheet import measure_sheets, sheet_section, write_section
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
    given = options.parse_args(arguments)
    if given.sheet:
        section = sheet_section(measure_sheets(ROOT, given.out / "sheet", _tell))
        write_section(given.page, section)
        print(section)
        return
    _tell(f"data sets in {given.out}")
    dataset, small = (
        make_dataset(given.out / f"scale-{scale:g}", scale) for scale in (given.scale, given.scale * _SMALLER)
    )
    try:
        results = measure_all(dataset, small, given.out / "results", _tell)
    except CommandError as trouble:
        sys.exit(f"{trouble}\nmeasured so far: {given.out / 'results' / MEASURED}")
    write_page(results, given.page)
    print(as_text(results))


def _tell(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
