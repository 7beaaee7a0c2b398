"""How `canbao province check` grows with the persons: generated files, then time, memory and disk of one run.

``python tools/province_scale.py --persons 10000000 [--counties 80] [--memory 8] [--folder out/scale]`` prints a line of
the table in docs/scale.md. Files are made once. Codes are SHA-256 of a number, cut as those of persons are; every two
hundredth person stands in a second county.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb

from canbao_province.checks import find_all
from canbao_province.columns import KEY, REGION, SCHEMA, YEAR, load_columns, schema_name
from canbao_province.engines import open_engine

_TYPES = {"text": "VARCHAR", "flag": "BOOLEAN", "count": "BIGINT", "day": "DATE", "fen": "BIGINT", "code": "BLOB"}
_SHARED = 200
_LOOK = 0.5  # seconds between two looks at the disk
_ROWS = """
    SELECT unhex(substr(sha256(id::VARCHAR), 1, 32)) AS person, unhex(substr(sha256('n' || id), 1, 16)) AS name_code,
        hash(id + {county}) AS chance
    FROM (SELECT range AS id FROM range({first}, {last}) UNION ALL
          SELECT range AS id FROM range({others}, {others} + {size} // {shared}))
"""
_VALUES = {
    "county": "'第{county}县'",
    "person": "person",
    "name_code": "name_code",
    "rows": "1",
    "counts": "TRUE",
    "enrolled": "chance % 20 > 0",
    "state": "CASE WHEN chance % 20 > 0 THEN 'enrolled' ELSE 'due' END",
    "left": "CASE WHEN chance % 400 = 0 THEN 'elsewhere' END",
    "category": "CASE WHEN chance % 7 = 0 THEN 'Q1' ELSE '' END",
    "payer": "CASE WHEN chance % 7 = 0 THEN '县' ELSE '' END",
    "rebate_due_fen": "CASE WHEN chance % 7 = 0 THEN 20000 ELSE 0 END",
    "paid_on": "DATE '2020-09-01' + (chance % 120)::INTEGER",
}
_FEN = {"premium_fen": 28_000, "self_due_fen": 28_000, "received_fen": 28_000, "accepted_fen": 28_000}


def make_files(folder: Path, persons: int, counties: int) -> None:
    """Write the counties' files, each in the order of its codes as a county does."""
    folder.mkdir(parents=True, exist_ok=True)
    size = persons // counties
    for county in range(counties):
        first, others = county * size, (county + 1) % counties * size
        rows = _ROWS.format(county=county, first=first, last=first + size, others=others, size=size, shared=_SHARED)
        metadata = {SCHEMA: schema_name(), YEAR: "2021", KEY: "generated", REGION: str(620_000 + county)}
        told = ", ".join(f"'{name}': '{value}'" for name, value in metadata.items())
        columns = ", ".join(_column(column.name, column.kind, county) for column in load_columns()[1])
        target = folder / f"{county}.parquet"
        duckdb.sql(
            f"COPY (SELECT {columns} FROM ({rows}) ORDER BY person) TO '{target}' "  # noqa: S608 - numbers of our own
            f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{told}}})"
        )


def _column(name: str, kind: str, county: int) -> str:
    value = _VALUES.get(name, str(_FEN.get(name, 0)) if kind == "fen" else "''").format(county=county)
    return f'({value})::{_TYPES[kind]} AS "{name}"'


def compare(folder: Path, spilled: Path, memory: int) -> None:
    """Run the comparison here and say how long it took and what it found."""
    begun = time.perf_counter()
    with open_engine("duckdb", sorted(folder.glob("*.parquet")), spilled, memory=memory) as engine:
        counties, _, rows = find_all(engine)
    seconds = time.perf_counter() - begun
    print(f"{counties['persons'].sum()} {rows['person'].n_unique()} {seconds:.1f}")


def measure(folder: Path, memory: int) -> str:
    """Run the comparison in a process of its own; return a line of the table."""
    spilled = folder / "spilled"
    words = [sys.executable, __file__, "--compare", "--folder", str(folder), "--memory", str(memory)]
    most = [0]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_LOOK):
            files = [path.stat().st_size for path in spilled.rglob("*") if path.is_file()]
            most[0] = max(most[0], sum(files))

    watcher = threading.Thread(target=watch)
    watcher.start()
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    done.set()
    watcher.join()
    held = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    size = sum(path.stat().st_size for path in folder.glob("*.parquet")) / 2**30
    persons, shared, seconds = int(said[0]), int(said[1]), float(said[2])
    return f"| {persons:,} | {size:.1f} | {shared:,} | {memory} | {seconds:.0f} | {held:.1f} | {most[0] / 2**30:.1f} |"


def main() -> int:
    """Make the files where they are not there, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=10_000_000)
    parser.add_argument("--counties", type=int, default=80)
    parser.add_argument("--memory", type=int, default=8)
    parser.add_argument("--folder", type=Path, default=Path("out/scale"))
    parser.add_argument("--compare", action="store_true", help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.compare:
        compare(said.folder, said.folder / "spilled", said.memory)
        return 0
    folder = said.folder / str(said.persons)
    if not folder.is_dir():
        make_files(folder, said.persons, said.counties)
    print(measure(folder, said.memory))
    return 0


if __name__ == "__main__":
    sys.exit(main())
