"""Personal names: blanks and separators only. Never NFKC, never another character than the one that was typed.

Only to be compared are names folded: what two ways to write one name have in common.
"""

from __future__ import annotations

import re

import polars as pl

from canbao_rulebook.name_look_alikes import PRIVATE_USE
from canbao_validators.normalise.result import Normalised, note_of
from canbao_validators.normalise.text import (
    BLANKS,
    INVISIBLE,
    compile_pattern,
    drop_blanks,
    drop_invisible,
    squeeze_blanks,
)

HANZI = r"\x{3007}\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}\x{f900}-\x{faff}\x{20000}-\x{323af}"
PRIVATE = r"\x{e000}-\x{f8ff}"
MIDDLE_DOT = "\u00b7"
SEPARATORS = (
    "\u2022\u30fb\uff65\u2027\u2219\u22c5\u25cf\u0387\u2e31\u16eb\uff0e.\u3002*\uff0a"
    "\ua78f\u2e33\u2024\ufe52\uff61\u2981\u1427\u318d"
)
SUSPECT_NAME = f"^$|[^{HANZI}\xb7]"

HIDDEN = "*"
# Also as the folding of width leaves them: U+318D becomes U+119E.
_NOT_COMPARED = f"[{BLANKS}{INVISIBLE}{MIDDLE_DOT}{re.escape(SEPARATORS.replace(HIDDEN, ''))}\\x{{a78f}}\\x{{119e}}]"
# 张*三: the star was taken for a separator when the list was read
_DOT_FOR_STAR = f"^([{HANZI}]{{1,2}}){MIDDLE_DOT}([{HANZI}])$"

_IS_HANZI_NAME = compile_pattern(f"[{HANZI}{PRIVATE}{MIDDLE_DOT}{re.escape(SEPARATORS)}]+")
_LETTER = r"[^\W\d_]"
_SEPARATOR = re.compile(  # a full stop between Latin letters is one: J.R. SMITH
    f"(?<={_LETTER})(?!(?<=[A-Za-z])[.][A-Za-z])[{re.escape(SEPARATORS)}](?={_LETTER})"
)


def normalise_name(value: str) -> Normalised:
    """Remove blanks (inside names of hanzi all of them), and write a separator between letters as U+00B7."""
    changes: list[str] = []
    visible = drop_invisible(value)
    if visible != value:
        changes.append("V42.invisible")
    dense = drop_blanks(visible)
    text = dense if _IS_HANZI_NAME.fullmatch(dense) else squeeze_blanks(visible)
    if text != visible:
        changes.append("V42.blanks")
    dotted = _SEPARATOR.sub(MIDDLE_DOT, text)
    if dotted != text:
        changes.append("V42.separator")
    return Normalised(dotted, note_of(changes)) if dotted else Normalised(None)


def name_key(name: pl.Expr) -> pl.Expr:
    """Return what ways to write a name have in common: no blanks, no dots, no width, no case; stars hide characters."""
    standard = name.str.replace_many(PRIVATE_USE)
    return standard.str.normalize("NFKC").str.to_lowercase().str.replace_all(_NOT_COMPARED, "")


def listed_name_key(name: pl.Expr) -> pl.Expr:
    """Return the same for a name on a list of others, which may hide characters."""
    return name_key(name.str.replace(_DOT_FOR_STAR, f"${{1}}{HIDDEN}${{2}}"))


def names_fit(key: pl.Expr, listed: pl.Expr) -> pl.Expr:
    """Tell whether two names may be one person's: they are the same, one is empty, or what a list shows of it fits.

    Of a masked name its two ends are compared; stars hide one character or more.
    """
    parts = listed.str.split(HIDDEN)
    first, last = parts.list.first(), parts.list.last()
    hidden = key.str.len_chars().cast(pl.Int64) - first.str.len_chars() - last.str.len_chars()
    masked = listed.str.contains(HIDDEN, literal=True)
    shown = key.str.starts_with(first) & key.str.ends_with(last) & (hidden > 0)
    return (key == "") | (listed == "") | (key == listed) | (masked & shown)
