"""Texts that stand in files for whoever changes what is written: `CANBAO_GOLDEN=write pytest …` writes them anew."""

import os
import re
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import openpyxl

CHECK_CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")  # has tests of its own
DATA = Path(__file__).parents[1] / "data"


def shown_workbook(path: Path, name: str) -> Iterator[str]:
    """The cells of a workbook, a line a row, blank ones left out."""
    for sheet in openpyxl.load_workbook(path, data_only=True, read_only=True).worksheets:
        yield f"## {name}「{sheet.title}」"
        for row in sheet.iter_rows(values_only=True):
            if any(cell not in {None, ""} for cell in row):
                text = " | ".join("" if cell is None else str(cell).replace("\n", "⏎") for cell in row).rstrip(" |")
                yield CHECK_CODE.sub("□", text)


def differences(lines: list[str], name: str) -> list[str]:
    """Return how lines differ from those of tests/data/<name>, nothing where they are the same."""
    path = DATA / name
    if os.environ.get("CANBAO_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    known = path.read_text(encoding="utf-8").splitlines()
    return list(unified_diff(known, lines, "as kept", "as made now", lineterm="", n=0))
