"""Writes a blank workbook and the same one filled, with whatever version of canbao stands on the path.

Run as a script, so that the modules beside it are those of that version, too: sheet_books.py FOLDER PEOPLE.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from bench.county import load_rules, plan_townships
from bench.people import make_people
from bench.stamping import fill_workbook
from canbao_generator.master import build_master
from canbao_generator.unit_workbook import stamp_unit

_OTHERS = 3  # rows of the other rosters, which are not measured


def main(folder: Path, people: int) -> None:
    """Write blank.xlsx and filled.xlsx for a township with as many people in R1."""
    first = plan_townships(0.01)[0]
    township = replace(first, unit=replace(first.unit, target=people), rows={"R1": people, "R2": 0, "R3": 0})
    table = make_people([township])["R1"].drop("unit", "spare")
    book = load_rules()
    room = dict.fromkeys(book.rosters, _OTHERS) | {"R1": people}
    folder.mkdir(parents=True, exist_ok=True)
    stamp_unit(build_master(book), township.unit, room, folder / "blank.xlsx")
    fill_workbook(folder / "blank.xlsx", folder / "filled.xlsx", book, township.unit, {"R1": table})


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
