"""Personal names: blanks and separators only. Never NFKC, never another character than the one that was typed."""

from __future__ import annotations

import re

from canbao_validators.normalise.result import Normalised, note_of
from canbao_validators.normalise.text import compile_pattern, drop_blanks, drop_invisible, squeeze_blanks

HANZI = r"\x{3007}\x{3400}-\x{4dbf}\x{4e00}-\x{9fff}\x{f900}-\x{faff}\x{20000}-\x{323af}"
PRIVATE = r"\x{e000}-\x{f8ff}"
MIDDLE_DOT = "\u00b7"
SEPARATORS = "\u2022\u30fb\uff65\u2027\u2219\u22c5\u25cf\u0387\u2e31\u16eb\uff0e.\u3002*\uff0a"
SUSPECT_NAME = f"^$|[^{HANZI}\xb7]"

_IS_HANZI_NAME = compile_pattern(f"[{HANZI}{PRIVATE}{MIDDLE_DOT}{re.escape(SEPARATORS)}]+")
_LETTER = r"[^\W\d_]"
_SEPARATOR = re.compile(f"(?<={_LETTER})[{re.escape(SEPARATORS)}](?={_LETTER})")


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
