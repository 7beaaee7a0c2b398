"""Public files that other projects test their readers with, and what reading each must give (tests/data/corpus)."""

from functools import cache
from pathlib import Path
from typing import Any

from canbao_rulebook.yaml_text import parse_yaml
from canbao_validators.reading.sheets import read_workbook
from canbao_validators.reading.unreadable import UnreadableFile

FOLDER = Path(__file__).parents[1] / "data" / "corpus"
OUTCOMES = FOLDER.with_name("corpus_outcomes.yaml")


@cache
def load_outcomes() -> dict[str, Any]:
    """The expected outcomes: ``plain`` by file, ``passwords`` by file, then by password."""
    outcomes: dict[str, Any] = parse_yaml(OUTCOMES.read_text(encoding="utf-8"))
    return outcomes


def outcome(path: Path, *passwords: str) -> str | dict[str, Any]:
    """The message key of a file that is refused, else what was read of it."""
    try:
        raw = read_workbook(path, passwords)
    except UnreadableFile as trouble:
        return trouble.key
    columns = [column for sheet in raw.sheets.values() for column in sheet.columns.values()]
    kinds = [kind for column in columns for kind in column.kinds.tolist()]
    found = {"form": raw.form.name, "sheets": len(raw.sheets)}
    for name, kind in (("numbers", 1), ("texts", 2), ("truths", 3), ("errors", 4)):
        found |= {name: kinds.count(kind)} if kind in kinds else {}
    formulas = sum(int(column.formulas.sum()) for column in columns)
    return found | ({"formulas": formulas} if formulas else {})
