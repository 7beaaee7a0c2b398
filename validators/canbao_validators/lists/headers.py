"""Which row of a strange table holds the headers, and which column is which field of a kind of list."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from canbao_rulebook.roster import column_index
from canbao_validators.normalise.text import drop_blanks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from canbao_rulebook.list_kinds import ListKind
    from canbao_validators.reading.raw import RawSheet

HEADER_ROWS = 20  # titles may stand above the headers
_MOST_COLUMNS = 500  # that a header is looked for in
_BRACKETS = str.maketrans("[]{}〔〕【】〈〉<>", "()()()()()()")
_MARKS = "*※:;、.。,-_#"
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")
_WORSE = 1_000  # how much a match without what stands in brackets counts less


@dataclass(frozen=True)
class HeaderFit:
    """How a sheet was understood: ``places`` are 1-based columns by field, ``texts`` the headers by column.

    ``doubled`` are headers that would also fit a field which another column has taken.
    """

    sheet: str
    row: int = 0
    first_row: int = 0
    places: dict[str, int] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    doubled: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def mapping(self) -> dict[str, str]:
        """Fields by the header they were recognised by."""
        return {self.texts[place]: name for name, place in sorted(self.places.items(), key=lambda item: item[1])}

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headers of columns that are no field."""
        taken = set(self.places.values())
        return tuple(text for place, text in sorted(self.texts.items()) if place not in taken)


def fold_header(text: str) -> str:
    """Return what two spellings of a header have in common."""
    wide = unicodedata.normalize("NFKC", drop_blanks(text)).translate(_BRACKETS)
    return wide.strip(_MARKS).casefold()


def fit_sheet(
    sheet: RawSheet, kind: ListKind, given: Mapping[str, str], *, supplied: Collection[str] = ()
) -> HeaderFit:
    """Return the row that fits a kind best. ``given``: fields by header; ``supplied`` fields need no column."""
    merges = list(_vertical_merges(sheet))
    named = {fold_header(header): name for header, name in given.items()}
    fits = [
        _fit_row(sheet, row, kind, named, merges, supplied) for row in range(1, min(HEADER_ROWS, sheet.max_row) + 1)
    ]
    return max(fits, key=lambda fit: (-len(fit.missing), len(fit.places), -fit.row), default=HeaderFit(sheet.name))


def _fit_row(
    sheet: RawSheet,
    row: int,
    kind: ListKind,
    given: Mapping[str, str],
    merges: list[tuple[int, int, int]],
    supplied: Collection[str],
) -> HeaderFit:
    texts = _header_texts(sheet, row, merges)
    candidates: dict[str, list[tuple[int, int]]] = {}
    for place, text in texts.items():
        match = _match(fold_header(text), kind, given)
        if match is not None and match[0] not in supplied:
            candidates.setdefault(match[0], []).append((match[1], place))
    places = {name: min(found)[1] for name, found in candidates.items()}
    doubled = {texts[place]: name for name, found in candidates.items() for _, place in found if place != places[name]}
    bottoms = [bottom for top, bottom, column in merges if column in places.values() and top <= row <= bottom]
    missing = [entry.header for entry in kind.required if entry.field not in places and entry.field not in supplied]
    if kind.one_of and not places.keys() & set(kind.one_of):
        missing.append(kind[kind.one_of[0]].header)
    return HeaderFit(sheet.name, row, max([row, *bottoms]) + 1, places, texts, doubled, tuple(missing))


def _header_texts(sheet: RawSheet, row: int, merges: list[tuple[int, int, int]]) -> dict[int, str]:
    """Return the texts over the columns of a row; a cell that a merged one covers from above has its text."""
    texts = {}
    for column in sorted(sheet.columns)[:_MOST_COLUMNS]:
        text = sheet.cell(row, column).text
        if not drop_blanks(text):
            above = next((top for top, bottom, place in merges if place == column and top < row <= bottom), None)
            text = sheet.cell(above, column).text if above else ""
        if shown := drop_blanks(text):
            texts[column] = shown
    return texts


def _vertical_merges(sheet: RawSheet) -> Iterator[tuple[int, int, int]]:
    """Yield top row, bottom row and first column of the merged cells among the first rows."""
    for reference in sheet.merged:
        match = _RANGE.fullmatch(reference)
        if match and int(match[2]) <= HEADER_ROWS and int(match[4]) > int(match[2]):
            yield int(match[2]), int(match[4]), column_index(match[1])


def _match(text: str, kind: ListKind, given: Mapping[str, str]) -> tuple[str, int] | None:
    """Return the field that a header means and how well it fits, 0 being best."""
    if text in given:
        return given[text], -1
    words = _words(kind)
    if text in words:
        return words[text]
    bare = _IN_BRACKETS.sub("", text).strip(_MARKS)
    if bare in words:
        name, rank = words[bare]
        return name, rank + _WORSE
    return None


@cache
def _words(kind: ListKind) -> dict[str, tuple[str, int]]:
    """Return field and rank by folded header."""
    return {
        fold_header(header): (entry.field, rank)
        for entry in reversed(kind.fields)
        for rank, header in reversed(list(enumerate(entry.headers)))
    }
