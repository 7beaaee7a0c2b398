"""Names of files that every system takes, for units whose names were typed by people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNFIT = dict.fromkeys(map(ord, '\\/:*?"<>|\n\r\t'), "_")
_LONGEST = 80  # characters; a path may have 259 on Windows
_MOST_BYTES = 200  # a name may have 255 on Linux, with what is put before and after it


def file_names(names: Iterable[str]) -> list[str]:
    """Return a file name without ending for each name: no character that Windows refuses, none twice in any case."""
    taken: set[str] = set()
    result = []
    for name in names:
        plain = shorten_stem(name.translate(_UNFIT).strip(". ")[:_LONGEST]) or "_"
        chosen, number = plain, 1
        while chosen.casefold() in taken:
            number += 1
            chosen = f"{plain}（{number}）"
        taken.add(chosen.casefold())
        result.append(chosen)
    return result


def shorten_stem(stem: str) -> str:
    """Return as much of a name without ending as leaves room for a few words and the ending."""
    return stem.encode()[:_MOST_BYTES].decode(errors="ignore")
