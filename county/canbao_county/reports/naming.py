"""Sheet names from the names of places: no character that Excel refuses, none too long, none twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.tables import MAX_SHEET_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNFIT = dict.fromkeys(map(ord, "\\/*?:[]"), "_")
_NUMBER = 5  # characters that a number in brackets may take


def sheet_names(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Return a sheet name for each name, in order; ``taken`` are the workbook's other sheets."""
    used = {name.casefold() for name in taken}
    result = []
    for name in names:
        plain = name.translate(_UNFIT).strip("' ") or "_"
        chosen, number = plain[:MAX_SHEET_NAME], 1
        while chosen.casefold() in used:
            number += 1
            chosen = f"{plain[: MAX_SHEET_NAME - _NUMBER]}({number})"
        used.add(chosen.casefold())
        result.append(chosen)
    return result
