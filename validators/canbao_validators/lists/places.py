"""Townships as lists write them: 河畔 and 河畔镇 are the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from canbao_validators.normalise.choices import fold_choice

if TYPE_CHECKING:
    from collections.abc import Iterable

_KIND_OF_PLACE = re.compile(r"(?:街道办事处|办事处|管理委员会|管委会|街道|镇|乡)$")


def fold_place(name: str) -> str:
    """Return what two ways to write a township have in common."""
    folded = fold_choice(name)
    return _KIND_OF_PLACE.sub("", folded) or folded


def index_places(names: Iterable[str]) -> dict[str, str]:
    """Return townships by what ``fold_place`` makes of their names; those that it cannot tell apart are left out."""
    own = list(names)
    folded = [fold_place(name) for name in own]
    return {key: name for key, name in zip(folded, own, strict=True) if folded.count(key) == 1}
