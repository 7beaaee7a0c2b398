"""Formulas made comparable: what different programs write for the same formula in different rows becomes one text."""

from __future__ import annotations

import re
from functools import lru_cache

from canbao_rulebook.roster import column_index

_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")"""
    r"""|'(?P<sheet>(?:[^']|'')*)'!"""
    r"""|(?<![\w.$])(?P<c>\$?)(?P<letters>[A-Za-z]{1,3})(?P<r>\$?)(?P<digits>[0-9]{1,7})(?![\w.(])"""
    r"""|(?P<blank>\s+)"""
    r"""|(?<![\w.])(?P<truth>TRUE|FALSE)\(\)"""
    r"""|(?P<prefix>_xlfn\.)"""
)
_PLAIN_SHEET = re.compile(r"[^\W\d]\w*")


@lru_cache(maxsize=8192)
def relative_form(formula: str, row: int, column: int) -> str:
    """Return a formula with its relative references as distances from a cell, like ``IF($CA[0],ROW()-4,"")``.

    Blanks outside texts, quotes around plain sheet names, and ``TRUE()`` for ``TRUE`` make no difference.
    """

    def replace(match: re.Match[str]) -> str:
        if match["text"]:
            return match[0]
        if match["letters"]:
            letters, digits = match["letters"].upper(), match["digits"]
            across = f"${letters}" if match["c"] else f"({column_index(letters) - column})"
            return f"{across}${digits}" if match["r"] else f"{across}[{int(digits) - row}]"
        if match["sheet"] is not None:
            return f"{match['sheet']}!" if _PLAIN_SHEET.fullmatch(match["sheet"]) else match[0]
        return match["truth"] or ""

    return _TOKEN.sub(replace, formula.strip().removeprefix("="))


def row_pieces(formula: str, row: int) -> list[str]:
    """Return what stands between the references to a formula's own row: joined by another row it is that row's."""
    pieces: list[str] = []
    start = 0
    for match in _TOKEN.finditer(formula):
        if match["letters"] and not match["r"] and match["digits"] == str(row):
            pieces.append(formula[start : match.start("digits")])
            start = match.end("digits")
    return [*pieces, formula[start:]]
