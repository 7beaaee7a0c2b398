"""What can be wrong with a filled workbook as a template, and how it is said (canbao_templates/repair.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from canbao_rulebook.phrases import Phrase
from canbao_rulebook.yaml_text import read_data


class DamageKind(StrEnum):
    """What differs from the workbook as it was issued. The values are keys of the catalogue."""

    SHEET_MISSING = "sheet_missing"
    SHEET_SHOWN = "sheet_shown"
    META = "meta"
    LISTS = "lists"
    PARAMETERS = "parameters"
    PAGE = "page"
    NAME_MISSING = "name_missing"
    NAME_CHANGED = "name_changed"
    WORKBOOK_UNLOCKED = "workbook_unlocked"
    SHEET_UNLOCKED = "sheet_unlocked"
    PASSWORD = "password"  # noqa: S105 - a kind of damage
    HEADER = "header"
    COLUMN_MISSING = "column_missing"
    COLUMN_MOVED = "column_moved"
    TECHNICAL_MISSING = "technical_missing"
    COLUMN_SHOWN = "column_shown"
    VALIDATION = "validation"
    COLOURS = "colours"
    FORMAT_TEXT = "format_text"
    FORMAT_DATE = "format_date"
    FORMAT_NUMBER = "format_number"
    FORMAT_GENERAL = "format_general"
    CELL_UNLOCKED = "cell_unlocked"
    CELL_LOCKED = "cell_locked"
    FORMULA_MISSING = "formula_missing"
    FORMULA_OVERWRITTEN = "formula_overwritten"
    FORMULA_ALTERED = "formula_altered"
    OUTSIDE = "outside"


class LeftoverKind(StrEnum):
    """What stands in a workbook beside its data and cannot come along into a fresh one. The values are keys too."""

    EXTRA_SHEET = "extra_sheet"
    EXTRA_COLUMN = "extra_column"
    PRINTED_BOX = "printed_box"
    TYPED_FORMULA = "typed_formula"
    COMMENTS = "comments"
    OWN_COLOURS = "own_colours"


@dataclass(frozen=True)
class _Remark:
    """Where something is, and how often. ``cell`` is an example, ``header`` a column or a defined name."""

    sheet: str = ""
    cell: str = ""
    header: str = ""
    count: int = 1

    @property
    def key(self) -> str:
        """The sentence's key in the catalogue."""
        raise NotImplementedError

    @property
    def sentence(self) -> Phrase:
        """What a clerk reads about it."""
        told = {"sheet": self.sheet, "cell": self.cell, "header": self.header, "count": self.count}
        return Phrase(_catalogue()[self.key], told)

    def as_dict(self, lang: str) -> dict[str, object]:
        """Return the remark as JSON shows it."""
        return {
            "kind": self.key,
            "sheet": self.sheet,
            "cell": self.cell,
            "header": self.header,
            "count": self.count,
            "message": self.sentence.say(lang),
        }


@dataclass(frozen=True, kw_only=True)
class Damage(_Remark):
    """One thing that is not as issued, for a sheet and column.

    ``value`` and ``expected`` are what stands in a locked cell of a page and what stood there.
    """

    kind: DamageKind
    value: str = ""
    expected: str = ""

    @property
    def key(self) -> str:
        """The sentence's key in the catalogue."""
        return self.kind.value


@dataclass(frozen=True, kw_only=True)
class Leftover(_Remark):
    """One thing that a repaired workbook does not carry; it stays in the old file."""

    kind: LeftoverKind

    @property
    def key(self) -> str:
        """The sentence's key in the catalogue."""
        return self.kind.value


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = read_data("repair.yaml")
    return texts
