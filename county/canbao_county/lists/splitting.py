"""Cells that hold a name and a number, or several persons: taken apart by a rule, shown, and only when confirmed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canbao_county.lists.listed import Tidied
from canbao_rulebook.kinds import CellKind
from canbao_rulebook.messages import build_finding, load_catalogue
from canbao_rulebook.phrases import SEMICOLON, Phrases
from canbao_validators.normalise.cells import Cells
from canbao_validators.normalise.display import shorten
from canbao_validators.normalise.names import HANZI
from canbao_validators.normalise.text import compile_pattern, drop_blanks, to_half_width, to_half_width_alnum

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from canbao_county.lists.listed import ListTable
    from canbao_county.lists.request import ListRequest

_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:[1-9]\d{16}[0-9Xx]|[1-9]\d{14})(?![0-9A-Za-z])")
_LABEL = re.compile("(?:居民|公民|中国)?(?:身份证件?|身份|证件)(?:号码|号)?|姓名|号码")
_MARKS = " \t:：()（）,，、;；/|\\-_—.。[]【】“”\"'`=*#\n"
_NAME = compile_pattern(f"[{HANZI}A-Za-z·•.]{{1,25}}")
_BETWEEN = re.compile(r"[、,，/;；|\s]+")
_LONE = r"^[0-9A-Za-z×*Х'’`\"“”=\s\x{3000}\x{a0}]*$"
_MIN_DIGITS = "[0-9０-９]{15}"
_SHOWN = 3


@dataclass
class _Split:
    """What was found: persons (name, number) by place; ``labels`` are places of numbers with their label only."""

    persons: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)


def split_cell(text: str) -> list[tuple[str, str]]:
    """Return the persons (name, number) that a cell tells of, none where it does not follow the rule.

    Names stand before their numbers, or behind them, all in the same way; a name may be missing.
    """
    dense = drop_blanks(to_half_width_alnum(text))
    numbers = list(_NUMBER.finditer(dense))
    if not numbers:
        return []
    edges = [0, *(edge for number in numbers for edge in number.span()), len(dense)]
    between = [_clean(dense[start:end]) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    names = between[1:] if not between[0] else between[:-1]
    rest = between[0] if not between[0] else between[-1]
    if rest or any(name and not _NAME.fullmatch(name) for name in names):
        return []
    if len(numbers) > 1 and not all(names) and any(names):
        return []
    return [(name, number[0].upper()) for name, number in zip(names, numbers, strict=True)]


def _clean(text: str) -> str:
    return _LABEL.sub("", text).strip(_MARKS)


def split_persons(
    table: ListTable, cells: dict[str, Cells], rows: NDArray[np.int64], request: ListRequest
) -> tuple[dict[str, Cells], NDArray[np.int64]]:
    """Return cells and rows with one person a row; without a confirmation ask for one, and refuse the list."""
    if "cert_no" not in cells or "name" not in cells:
        return cells, rows
    found = _find(table, cells)
    if found.labels:
        cells = {**cells, "cert_no": _with_texts(cells["cert_no"], found.labels)}
        _tell(table, "V42.list_label", found.labels, rows)
    if not found.persons:
        return cells, rows
    if not request.split:
        _ask(table, cells, found, rows)
        return cells, rows
    _tell(table, "V42.list_split", found.persons, rows)
    counts = np.array([len(found.persons.get(place, "1")) for place in range(len(rows))])
    source = np.repeat(np.arange(len(rows)), counts)
    starts = np.cumsum(counts) - counts
    persons = {int(starts[place]) + step: one for place, some in found.persons.items() for step, one in enumerate(some)}
    taken = {name: _take(column, source) for name, column in cells.items()}
    taken["cert_no"] = _with_texts(taken["cert_no"], {place: number for place, (_, number) in persons.items()})
    taken["name"] = _with_texts(taken["name"], {place: name for place, (name, _) in persons.items()})
    return taken, rows[source]


def _find(table: ListTable, cells: dict[str, Cells]) -> _Split:
    """Find the cells that hold more than a number."""
    certs, names = cells["cert_no"], cells["name"]
    together = table.fit.places["cert_no"] == table.fit.places["name"]
    suspects = (certs.texts.str.contains(_MIN_DIGITS) & ~certs.texts.str.contains(_LONE)).to_numpy()
    found = _Split()
    for place in np.flatnonzero(suspects & (certs.kinds == CellKind.TEXT)).tolist():
        persons = split_cell(str(certs.texts[place]))
        if not together:
            persons = _agree(persons, str(names.texts[place]))
        if not together and len(persons) == 1 and persons[0][0] == "":
            found.labels[place] = persons[0][1]
        elif persons and all(name for name, _ in persons):
            found.persons[place] = persons
    return found


def _agree(persons: list[tuple[str, str]], column: str) -> list[tuple[str, str]]:
    """Return persons with the names that their own column gives; none where it tells of others."""
    named = [drop_blanks(name) for name in _BETWEEN.split(to_half_width(column).strip()) if drop_blanks(name)]
    told = [name for name, _ in persons if name]
    if len(persons) == 1 and not told:
        return persons
    if not named or named == told or (len(persons) == 1 and drop_blanks(column) == told[0]):
        return persons
    if not told and len(named) == len(persons):
        return [(name, number) for name, (_, number) in zip(named, persons, strict=True)]
    return []


def _ask(table: ListTable, cells: dict[str, Cells], found: _Split, rows: NDArray[np.int64]) -> None:
    shown = [*found.persons.items()][:_SHOWN]
    for place, persons in shown:
        value = shorten(str(cells["cert_no"].texts[place]))
        after = Phrases([f"{name} {number}" for name, number in persons], SEMICOLON)
        where = table.place("cert_no", int(rows[place]))
        finding = build_finding("V39.list_split", where, value=value, after=after, count=len(found.persons))
        table.findings.append(finding)
        table.reason = table.reason or finding


def _tell(table: ListTable, key: str, places: Collection[int], rows: NDArray[np.int64]) -> None:
    where = table.place("cert_no", int(rows[min(places)]))
    table.findings.append(build_finding(key, where, count=len(places)))
    table.tidied.append(Tidied(where.header, load_catalogue()[key].short, len(places), ""))


def _take(cells: Cells, source: NDArray[np.int64]) -> Cells:
    texts = cells.texts.gather(pl.Series(source))
    return Cells(cells.kinds[source], cells.numbers[source], texts, cells.formulas[source])


def _with_texts(cells: Cells, texts: dict[int, str]) -> Cells:
    """Return cells with other texts at some places."""
    places = sorted(texts)
    kinds = cells.kinds.copy()
    kinds[places] = CellKind.TEXT
    told = cells.texts.clone().scatter(places, [texts[place] for place in places])  # scatter works in place
    return Cells(kinds, cells.numbers, told, cells.formulas)
