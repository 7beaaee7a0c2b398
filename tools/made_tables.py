"""Write the tables of docs/rules.md, glossary.md, schema.md and province.md that say what data says.

Checks, columns of rosters, columns of the data sets.

``python tools/made_tables.py`` writes them, ``--check`` only tells whether they are up to date (exit status 1 if not).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from canbao_county.dataset import DTYPES, load_schema
from canbao_province.columns import load_columns
from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.rulebook import load_rulebook
from error_codes import ROOT, find_severities, load_notes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from canbao_county.dataset import DatasetColumn

BEGIN = "<!-- This table is made by tools/made_tables.py (make docs). -->\n"
END = "<!-- end -->\n"


def render_checks() -> list[str]:
    """Return the rows of the checks: what is told, and the rules of the notices that ask for it."""
    lines = ["| check | what is told | 级别 | level | asked for by |", "|---|---|---|---|---|"]
    for code, note in load_notes()["codes"].items():
        if code.startswith("V"):
            english = note["en"].replace("、", ", ")
            severities = "、".join(find_severities(code))
            source = ", ".join(note.get("from", [])) or "–"
            lines.append(f"| {code} | {english}: {note['says']} | {severities} | {note['level']} | {source} |")
    return lines


def render_columns() -> list[str]:
    """Return the rows of all fields that rosters of the shipped policy years have, with their headers."""
    headers: dict[str, dict[str, set[str]]] = {}
    for policy in list_policies():
        for code, roster in load_rulebook(load_policy(policy)).rosters.items():
            for column in roster.columns:
                headers.setdefault(column.field, {}).setdefault(column.header, set()).add(code)
    lines = ["| field | 表头 (花名册) |", "|---|---|"]
    for field, named in sorted(headers.items()):
        told = "；".join(f"{header} ({', '.join(sorted(codes))})" for header, codes in sorted(named.items()))
        lines.append(f"| {field} | {told} |")
    return lines


def render_dataset() -> list[str]:
    """Return the rows of the published schema of the submission."""
    return _render_schema(load_schema()[1])


def render_province() -> list[str]:
    """Return the rows of the published schema of what a county gives to its province."""
    return _render_schema(load_columns()[1])


def _render_schema(columns: Sequence[DatasetColumn]) -> list[str]:
    lines = ["| column | type | unit | 含义 | meaning |", "|---|---|---|---|---|"]
    for column in columns:
        unit = "fen, null: unknown" if column.kind == "fen" else ""
        zh, en = (
            ("；只在有叠加资助的年度有", "; only in years that know subsidies on top of others")
            if column.optional
            else ("", "")
        )
        lines.append(f"| `{column.name}` | {DTYPES[column.kind]} | {unit} | {column.zh}{zh} | {column.en}{en} |")
    return lines


TABLES = {
    "rules.md": render_checks,
    "glossary.md": render_columns,
    "schema.md": render_dataset,
    "province.md": render_province,
}


def render_page(page: str, lines: list[str]) -> str:
    """Return a page with its table made anew."""
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    return before + BEGIN + "\n" + "\n".join(lines) + "\n\n" + end + after


def outdated(folder: Path = ROOT / "docs") -> dict[Path, str]:
    """Return the pages whose table is not current, as they should be."""
    pages = {folder / name: render() for name, render in TABLES.items()}
    made = {path: render_page(path.read_text(encoding="utf-8"), lines) for path, lines in pages.items()}
    return {path: text for path, text in made.items() if text != path.read_text(encoding="utf-8")}


def main(arguments: list[str]) -> int:
    """Write or check the pages."""
    pages = outdated()
    if "--check" in arguments:
        return int(bool(pages))
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
