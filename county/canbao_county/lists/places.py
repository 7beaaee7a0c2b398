"""Places as people write them: 河畔, 河 畔 and 河畔镇 are the same; near names are proposed, never taken."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from canbao_rulebook.functions.places import match_place
from canbao_validators.normalise.choices import fold_choice

if TYPE_CHECKING:
    from collections.abc import Iterable

_KIND_OF_TOWNSHIP = re.compile(r"(?:街道办事处|办事处|管理委员会|管委会|街道|镇|乡)$")
_KIND_OF_VILLAGE = re.compile(r"(?:村民委员会|居民委员会|村委会|居委会|社区居委会|社区|村|居)$")
_NEAR = 0.5


def fold_place(name: str) -> str:
    """Return what two ways to write a township have in common."""
    folded = fold_choice(name)
    return _KIND_OF_TOWNSHIP.sub("", folded) or folded


def fold_village(name: str) -> str:
    """Return what two ways to write a village or a community have in common."""
    folded = fold_choice(name)
    return _KIND_OF_VILLAGE.sub("", folded) or folded


def index_places(names: Iterable[str]) -> dict[str, str]:
    """Return townships by what ``fold_place`` makes of their names; those that it cannot tell apart are left out."""
    own = list(names)
    folded = [fold_place(name) for name in own]
    return {key: name for key, name in zip(folded, own, strict=True) if folded.count(key) == 1}


def find_village(name: str, known: Iterable[str]) -> str | None:
    """Return the one of the known villages that a name means: as written, else with 村 or 社区 added or left out."""
    own = {fold_choice(village): village for village in known}
    meant = match_place(fold_choice(name), own)
    return None if meant is None else own[meant]


def near_places(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return the known name that may be meant by another one, if any; never the same one again."""
    own = [one for one in dict.fromkeys(known) if fold_choice(one) != fold_choice(name)]
    for fold in (fold_choice, fold_place, fold_village):
        names = {fold(one): one for one in own}
        if found := get_close_matches(fold(name), list(names), n=1, cutoff=_NEAR):
            return (names[found[0]],)
    return ()
