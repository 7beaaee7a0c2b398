"""Which row of a strange table holds the headers, and which column is which field of a kind of list."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from canbao_county.lists.header_rows import HeaderRows, Heading
from canbao_rulebook.list_kinds import load_list_words
from canbao_validators.normalise.text import drop_blanks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from canbao_rulebook.list_kinds import ListKind
    from canbao_validators.reading.raw import RawSheet

_BRACKETS = str.maketrans("[]{}〔〕【】〈〉<>", "()()()()()()")
_MARKS = "*※:;、.。,-_#"
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_WORSE = 1_000  # how much a match without what stands in brackets counts less
_OF_OTHERS = 1_000_000  # and one below a group that is about another person than the row
_WHOM = ("cert_no", "name")


@dataclass(frozen=True)
class HeaderFit:
    """How a sheet was understood: ``places`` are 1-based columns by field, ``texts`` the headers by column.

    ``doubled`` are headers that would also fit a field which another column has taken. ``standing`` is all that stands
    over each column, ``form`` what two tables of the same form have in common, ``remembered`` whether the fields were
    named for this form at an earlier import.
    """

    sheet: str
    row: int = 0
    first_row: int = 0
    places: dict[str, int] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    doubled: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    standing: dict[int, frozenset[str]] = field(default_factory=dict)
    form: str = ""
    remembered: bool = False

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
    sheet: RawSheet,
    kind: ListKind,
    given: Mapping[str, str],
    *,
    supplied: Collection[str] = (),
    remembered: Mapping[str, Mapping[str, str]] | None = None,
) -> HeaderFit:
    """Return the row that fits a kind best. ``given``: fields by header; ``supplied`` fields need no column.

    ``remembered``: fields by header, by the form that they were given for before.
    """
    rows = HeaderRows(sheet)
    fits = [
        _fit_row(sheet.name, rows, row, kind, _Known(given, remembered or {}), supplied)
        for row in range(1, rows.last + 1)
    ]
    nothing = HeaderFit(sheet.name, missing=tuple(entry.header for entry in kind.required))
    return max(fits, key=lambda fit: (-len(fit.missing), len(fit.places), -fit.row), default=nothing)


@dataclass(frozen=True)
class _Known:
    """What people said of headers: now, and at earlier imports by form."""

    given: Mapping[str, str]
    remembered: Mapping[str, Mapping[str, str]]

    def fields(self, form: str) -> dict[str, str]:
        """Return fields by folded header for a table of a form."""
        said = {**self.remembered.get(form, {}), **self.given}
        return {fold_header(header): name for header, name in said.items()}


def form_of(headings: Mapping[int, Heading]) -> str:
    """Return what tables of one form have in common: the headers, in any order; titles above them may differ."""
    return "|".join(sorted(fold_header(heading.leaf) for heading in headings.values()))


def _fit_row(
    name: str, rows: HeaderRows, row: int, kind: ListKind, known: _Known, supplied: Collection[str]
) -> HeaderFit:
    headings = rows.headings(row)
    form = form_of(headings)
    given = known.fields(form)
    texts = _shown(headings)
    candidates: dict[str, list[tuple[int, int]]] = {}
    for place, heading in headings.items():
        if fold_header(heading.leaf) in _both() and kind.about_persons and fold_header(texts[place]) not in given:
            for whom in _WHOM:
                candidates.setdefault(whom, []).append((_WORSE, place))
            continue
        match = _match_heading(heading, texts[place], kind, given)
        if match is not None and match[0] not in supplied:
            candidates.setdefault(match[0], []).append((match[1], place))
    _drop_others(candidates)
    places = {name: min(found)[1] for name, found in candidates.items()}
    doubled = {texts[place]: name for name, found in candidates.items() for _, place in found if place != places[name]}
    missing = [entry.header for entry in kind.required if entry.field not in places and entry.field not in supplied]
    if kind.one_of and not places.keys() & set(kind.one_of):
        missing.append(kind[kind.one_of[0]].header)
    first = rows.first_row(row, set(places.values()))
    standing = {place: heading.texts for place, heading in headings.items()}
    remembered = form in known.remembered
    return HeaderFit(name, row, first, places, texts, doubled, tuple(missing), standing, form, remembered)


def _shown(headings: Mapping[int, Heading]) -> dict[int, str]:
    """Return the headers as sentences name them: with the group above where another column bears the same."""
    leaves = [heading.leaf for heading in headings.values()]
    return {
        place: "/".join((*heading.groups[:1], heading.leaf)) if leaves.count(heading.leaf) > 1 else heading.leaf
        for place, heading in headings.items()
    }


def _drop_others(candidates: dict[str, list[tuple[int, int]]]) -> None:
    """Take out the columns about other persons than the row, unless the table is about nobody else."""
    if not any(rank < _OF_OTHERS for name in _WHOM for rank, _ in candidates.get(name, ())):
        return
    for name in list(candidates):
        candidates[name] = [(rank, place) for rank, place in candidates[name] if rank < _OF_OTHERS]
        if not candidates[name]:
            del candidates[name]


def _match_heading(heading: Heading, shown: str, kind: ListKind, given: Mapping[str, str]) -> tuple[str, int] | None:
    """Return the field that a header means together with its groups, and how well it fits, 0 being best."""
    leaf = fold_header(heading.leaf)
    groups = [fold_header(group) for group in heading.groups]
    if (text := fold_header(shown)) in given:
        return given[text], -1
    others = [word for group in groups for word in load_list_words("other_persons")[0] if group.startswith(word)]
    for group in (*others, *groups):
        match = _match(group + leaf, kind, given, whole=True)
        if match is not None:
            return match
    own = _match(leaf, kind, given)
    return (own[0], own[1] + _OF_OTHERS) if own is not None and others else own


def _match(text: str, kind: ListKind, given: Mapping[str, str], *, whole: bool = False) -> tuple[str, int] | None:
    """Return the field that a header means and how well it fits; not ``whole``: or what it means without brackets."""
    if text in given:
        return given[text], -1
    words = _words(kind)
    if text in words:
        return words[text]
    bare = _IN_BRACKETS.sub("", text).strip(_MARKS)
    if bare in words and not whole:
        name, rank = words[bare]
        return name, rank + _WORSE
    return None


@cache
def _both() -> frozenset[str]:
    """Return the folded headers of columns that hold names and numbers together."""
    return frozenset(map(fold_header, load_list_words("name_and_number")[0]))


@cache
def _words(kind: ListKind) -> dict[str, tuple[str, int]]:
    """Return field and rank by folded header."""
    return {
        fold_header(header): (entry.field, rank)
        for entry in reversed(kind.fields)
        for rank, header in reversed(list(enumerate(entry.headers)))
    }
