"""A policy year as it was worked: its rows are typed into workbooks that are generated anew, and merged anew.

``python -m support.replay FILE``, run in tests/, prints the figures of a file that has none yet.
"""

import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from canbao_addin.actions.generate import generate_workbooks
from canbao_addin.actions.units import load_all_units
from canbao_addin.cli.main import run
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import TOWNSHIP
from canbao_rulebook.yaml_text import parse_yaml
from support.cli import fill, write_units

_SAID = {"unit", "rate_basis", "errors", "warnings", "unanswered"}
FOLDER = Path(__file__).parents[1] / "data" / "replay"


def load_year(path: Path) -> dict[str, Any]:
    """A file of ``data/replay``: ``policy``, ``villages``, ``rows`` by unit and roster, ``figures``."""
    year: dict[str, Any] = parse_yaml(path.read_text(encoding="utf-8"))
    return year


def replay(year: dict[str, Any], home: Path) -> dict[str, Any]:
    """The figures of the county's merge today, as the file has them."""
    book = load_rulebook(load_policy(year["policy"]))
    listed = [[township, village, "", ""] for township, villages in year["villages"].items() for village in villages]
    known = load_all_units(write_units(home / "units.csv", listed), book, TOWNSHIP)
    units = [unit for unit in known if unit.name in year["rows"]]
    for unit, path in zip(units, generate_workbooks(book, units, home / "filled", rows=20), strict=True):
        sheets = {book.rosters[code].sheet: _rows(table) for code, table in year["rows"][unit.name].items()}
        fill(path, sheets)
    out = home / "merge.json"
    words = ["--policy", year["policy"], "--out", str(home / "county.xlsx"), "--json", str(out)]
    with redirect_stdout(StringIO()):
        assert run(["merge", str(home / "filled"), *words, "--units", str(home / "units.csv")]) in {0, 1}
    return _figures(json.loads(out.read_text(encoding="utf-8")))


def _rows(table: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]


def _figures(merged: dict[str, Any]) -> dict[str, Any]:
    """Persons and money; what is said of them may become more with a later program."""
    return {
        "county": _of_unit(merged["county"]),
        "townships": {total["unit"]: _of_unit(total) for total in merged["townships"]},
    }


def _of_unit(total: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in total.items() if name not in _SAID}


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        print(yaml.safe_dump(replay(load_year(Path(sys.argv[1])), Path(folder)), allow_unicode=True, sort_keys=False))
