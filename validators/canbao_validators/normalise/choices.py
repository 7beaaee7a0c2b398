"""List values: the same word in other clothes, matched against the list where the list is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.functions.places import match_place
from canbao_validators.normalise.names import HANZI
from canbao_validators.normalise.result import Normalised, note_of
from canbao_validators.normalise.text import (
    BLANKS,
    INVISIBLE,
    compile_pattern,
    drop_blanks,
    drop_invisible,
    squeeze_blanks,
    to_half_width,
    to_half_width_alnum,
)

if TYPE_CHECKING:
    from collections.abc import Collection

YES, NO = "是", "否"
YES_NO = frozenset({YES, NO})
YES_SIGNS = frozenset({"√", "✓", "✔", "☑", "✅", "Y", "YES", "有", "1", "T", "TRUE", "对"})
NO_SIGNS = frozenset({"×", "✗", "✘", "☒", "❌", "X", "N", "NO", "无", "0", "F", "FALSE", "没有", "不是"})
SUSPECT_CHOICE = f"^$|[{BLANKS}{INVISIBLE}０-９Ａ-Ｚａ-ｚ]"

_HAS_HANZI = compile_pattern(f"[{HANZI}]")
_BRACKETS = str.maketrans("﹙﹚【】[]〔〕", "()()()()")


def normalise_choice(value: str, allowed: Collection[str] | None = None) -> Normalised:
    """Remove blanks (all of them between hanzi) and full-width letters and digits.

    With the list at hand, a value that differs from exactly one entry by blanks, width, brackets or case is that entry.
    """
    changes: list[str] = []
    visible = drop_invisible(value)
    if visible != value:
        changes.append("V42.invisible")
    text = drop_blanks(visible) if _HAS_HANZI.search(visible) else squeeze_blanks(visible)
    if text != visible:
        changes.append("V42.blanks")
    shaped = to_half_width_alnum(text)
    if shaped != text:
        changes.append("V42.full_width")
    if not shaped:
        return Normalised(None)
    if allowed is None or shaped in allowed:
        return Normalised(shaped, note_of(changes))
    key = fold_choice(value)
    alike = [entry for entry in allowed if fold_choice(entry) == key]
    return Normalised(alike[0], note="V42.choice") if len(alike) == 1 else Normalised(shaped, note_of(changes))


def normalise_place(value: str, allowed: Collection[str]) -> Normalised:
    """Read the name of a place: the one of the list that it means, with or without 镇, 乡, 街道, 村 or 社区."""
    read = normalise_choice(value, allowed)
    if not isinstance(read.value, str) or read.value in allowed:
        return read
    meant = match_place(fold_choice(read.value), {fold_choice(entry): entry for entry in allowed})
    named = [entry for entry in allowed if fold_choice(entry) == meant]
    return Normalised(named[0], note="V42.choice") if named else read


def normalise_yes_no(value: str) -> Normalised:
    """Read the signs people use for yes and no; anything else is treated like another list value."""
    sign = to_half_width_alnum(drop_blanks(value)).upper()
    if sign in YES_SIGNS:
        return Normalised(YES, note="V42.yes_no")
    if sign in NO_SIGNS:
        return Normalised(NO, note="V42.yes_no")
    return normalise_choice(value, YES_NO)


def normalise_yes_no_number(value: float) -> Normalised:
    """Read 1 and 0, and TRUE and FALSE, as 是 and 否."""
    if value in {0.0, 1.0}:
        return Normalised(YES if value else NO, note="V42.yes_no")
    return Normalised(value, problem="V41.text_expected")


def fold_choice(text: str) -> str:
    """Return what two spellings of the same list entry have in common."""
    return to_half_width(drop_blanks(text)).translate(_BRACKETS).casefold()
