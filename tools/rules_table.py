"""Write the table of the checks into docs/rules.md: what tools/error_codes.yaml and the message catalogues say of them.

``python tools/rules_table.py`` writes it, ``--check`` only tells whether it is up to date (exit status 1 if not).
"""

from __future__ import annotations

import sys

from error_codes import ROOT, collect_entries, find_severities, load_notes

PAGE = ROOT / "docs" / "rules.md"
BEGIN = "<!-- This table is made by tools/rules_table.py (make docs). -->\n"
END = "<!-- end -->\n"


def render_table() -> str:
    """Return the table: one row a code of a check, with the rules of the notices that ask for it."""
    entries = collect_entries()
    lines = ["| check | what is told | 级别 | level | asked for by |", "|---|---|---|---|---|"]
    for code, note in load_notes()["codes"].items():
        if code.startswith("V"):
            english = note["en"].replace("、", ", ")
            severities = "、".join(find_severities(code, entries))
            source = ", ".join(note.get("from", [])) or "–"
            lines.append(f"| {code} | {english}: {note['says']} | {severities} | {note['level']} | {source} |")
    return "\n".join(lines) + "\n"


def render_page(page: str) -> str:
    """Return the page with its table made anew."""
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    return before + BEGIN + "\n" + render_table() + "\n" + end + after


def main(arguments: list[str]) -> int:
    """Write or check the page."""
    now = PAGE.read_text(encoding="utf-8")
    page = render_page(now)
    if "--check" in arguments:
        return int(page != now)
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
