"""The kinds of imported lists: their fields, and the headers by which fields are recognised (list_kinds.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from canbao_rulebook.kinds import ColumnType, Filler, Normaliser
from canbao_rulebook.phrases import Phrase
from canbao_rulebook.roster import Column
from canbao_rulebook.yaml_text import read_data

LIST_SCHEMA = "canbao-list/1"
LIST_SHEET, NOTES_SHEET, CHANGES_SHEET = "名单", "导入说明", "对比结果"
_WIDTH = 14


class FieldType(StrEnum):
    """What a field of a list holds."""

    TEXT = "text"
    ID = "id"
    NAME = "name"
    CHOICE = "choice"
    YES_NO = "yes_no"
    DATE = "date"
    TIME = "time"
    MONEY = "money"
    COUNT = "count"

    @property
    def is_number(self) -> bool:
        """Whether values are numbers: dates are serials, times serials with a fraction, money is yuan."""
        return self in {FieldType.DATE, FieldType.TIME, FieldType.MONEY, FieldType.COUNT}


_COLUMNS = {
    FieldType.TEXT: (ColumnType.TEXT, Normaliser.PLAIN),
    FieldType.ID: (ColumnType.TEXT, Normaliser.IDENTIFIER),
    FieldType.NAME: (ColumnType.TEXT, Normaliser.NAME),
    FieldType.CHOICE: (ColumnType.TEXT, Normaliser.CHOICE),
    FieldType.YES_NO: (ColumnType.TEXT, Normaliser.CHOICE),
    FieldType.DATE: (ColumnType.DATE, Normaliser.DATE),
    FieldType.TIME: (ColumnType.TEXT, Normaliser.NONE),
    FieldType.MONEY: (ColumnType.MONEY, Normaliser.MONEY),
    FieldType.COUNT: (ColumnType.INTEGER, Normaliser.INTEGER),
}


@dataclass(frozen=True)
class ListField:
    """One field of a kind. ``headers`` are recognised; the first one is what our own files bear.

    ``words`` names the vocabulary that the field's values come from, where there is one.
    """

    field: str
    type: FieldType
    headers: tuple[str, ...]
    required: bool
    width: float
    words: str = ""

    @property
    def header(self) -> str:
        """The header in our own files."""
        return self.headers[0]

    @property
    def column(self) -> Column:
        """The field as the normalisers of rosters know columns."""
        kind, normaliser = _COLUMNS[self.type]
        return Column(
            self.field,
            self.header,
            kind,
            Filler.COUNTY,
            width=self.width,
            required=self.required,
            identifier=self.type is FieldType.ID,
            list_name="是否名单" if self.type is FieldType.YES_NO else None,
            normaliser=normaliser,
        )


@dataclass(frozen=True)
class ListKind:
    """A kind of list. ``key`` are fields by which rows are the same, ``person`` those that say whom a row is about.

    ``exempts`` is the class and, where it can be only one, the reason why its persons need not enrol here.
    """

    code: str
    name: str
    name_en: str
    fields: tuple[ListField, ...]
    key: tuple[str, ...]
    person: tuple[str, ...]
    one_of: tuple[str, ...] = ()
    needs_agency: bool = False
    statuses: tuple[str, ...] = ()
    dated: str = ""
    exempts: tuple[str, ...] = ()
    prefills: bool = False

    def __getitem__(self, field: str) -> ListField:
        return self.by_field[field]

    @property
    def phrase(self) -> Phrase:
        """What people call it."""
        return Phrase({"zh": self.name, "en": self.name_en})

    @property
    def by_field(self) -> dict[str, ListField]:
        """Fields by their name in code."""
        return {entry.field: entry for entry in self.fields}

    @property
    def about_persons(self) -> bool:
        """Whether every row is about a person with a document number."""
        return "cert_no" in self.by_field

    @property
    def required(self) -> tuple[ListField, ...]:
        """The fields without which a table is no list of this kind."""
        return tuple(entry for entry in self.fields if entry.required)


@cache
def load_list_words(name: str) -> tuple[tuple[str, ...], ...]:
    """Return a vocabulary of lists: rows of words, a plain list as one row."""
    words = _load()[name]
    return tuple(map(tuple, words)) if isinstance(words[0], list) else (tuple(words),)


@cache
def load_list_kinds() -> dict[str, ListKind]:
    """Return all kinds by code."""
    data = _load()
    return {code: _build_kind(code, entry, data["fields"]) for code, entry in data["kinds"].items()}


@cache
def _load() -> dict[str, Any]:
    data: dict[str, Any] = read_data("list_kinds.yaml")
    return data


def _build_kind(code: str, entry: dict[str, Any], general: dict[str, Any]) -> ListKind:
    required = set(entry["required"])
    fields = [
        _build_field(field, {**general.get(field, {}), **own}, required=field in required)
        for field, own in entry["fields"].items()
    ]
    return ListKind(
        code,
        entry["name"],
        entry["name_en"],
        tuple(fields),
        tuple(entry["key"]),
        tuple(entry["person"]),
        tuple(entry.get("one_of", ())),
        entry.get("agency") == "required",
        tuple(entry.get("statuses", ())),
        entry.get("dated", ""),
        tuple(entry.get("exempts", ())),
        entry.get("prefills", False),
    )


def _build_field(field: str, entry: dict[str, Any], *, required: bool) -> ListField:
    kind = FieldType(entry["type"])
    width = entry.get("width") or {FieldType.ID: 21, FieldType.NAME: 11}.get(kind, _WIDTH)
    headers = dict.fromkeys([entry["header"], *entry["aliases"]])
    return ListField(field, kind, tuple(headers), required, float(width), entry.get("words", ""))
