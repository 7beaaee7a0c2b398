"""Normalise a whole column: find the few suspicious cells by vector, run the pure functions on those only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canbao_rulebook.kinds import CellKind, ColumnType, Filler, Normaliser
from canbao_rulebook.phrases import SEMICOLON, Phrases
from canbao_validators.normalise.amounts import LARGEST, normalise_amount, normalise_integer, normalise_integer_number
from canbao_validators.normalise.cells import Cells
from canbao_validators.normalise.choices import (
    SUSPECT_CHOICE,
    YES_NO,
    normalise_choice,
    normalise_place,
    normalise_yes_no,
    normalise_yes_no_number,
)
from canbao_validators.normalise.dates import (
    FIRST_SERIAL,
    FIRST_YEAR,
    LAST_SERIAL,
    LAST_YEAR,
    normalise_date,
    normalise_date_number,
)
from canbao_validators.normalise.display import PLAIN_LIMIT, format_number, format_serial
from canbao_validators.normalise.identifiers import (
    SUSPECT_IDENTIFIER,
    SUSPECT_PHONE,
    normalise_identifier,
    normalise_phone,
    normalise_phone_number,
)
from canbao_validators.normalise.names import SUSPECT_NAME, normalise_name
from canbao_validators.normalise.nothing import find_nothing
from canbao_validators.normalise.result import Normalised
from canbao_validators.normalise.text import BLANK_ONLY, SUSPECT_PLAIN, normalise_plain
from canbao_validators.reading.contradictions import DOUBLED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from canbao_rulebook.phrases import Text
    from canbao_rulebook.roster import Column

YES_NO_LISTS = frozenset({"是否名单", "yes_no"})
_EVERY_TEXT = ""
_PLACES = {"township", "village"}

TextReader = Callable[[str], Normalised]
NumberReader = Callable[[float], Normalised]


@dataclass(frozen=True, slots=True)
class Remark:
    """A note or problem about the cell at ``index``.

    ``after`` is what was understood; of a problem what the cell may mean, "" where nothing is to be said of it.
    """

    index: int
    key: str
    after: Text = ""


@dataclass(frozen=True, slots=True)
class _Readers:
    """How a column is read: texts that match ``suspect`` and are not in ``clean``; ``number`` None leaves numbers."""

    text: TextReader
    suspect: str
    number: NumberReader | None
    clean: Collection[str] = ()


def normalise_column(
    column: Column, cells: Cells, *, date1904: bool = False, allowed: Collection[str] | None = None
) -> tuple[Cells, list[Remark]]:
    """Return the cells as understood and what was changed or could not be understood, in row order.

    ``allowed`` are the entries of the column's list where they are known.
    """
    readers = _find_readers(column, date1904=date1904, allowed=allowed)
    changes = _read_nothing(column, cells, allowed)
    said = np.isin(np.arange(len(cells.kinds)), list(changes))
    is_text = (cells.kinds == CellKind.TEXT) & ~said
    if is_text.any():
        changes |= _read_texts(readers.text, cells, _suspects(readers, cells.texts, is_text))
    if readers.number is not None:
        suspects = _odd_numbers(column, cells, date1904=date1904) & ~said
        changes |= _read_numbers(readers.number, cells, suspects)
    if column.type.is_number:
        changes |= _beyond_all(cells, changes)
    remarks = _remarks(column, changes) + _wrong_kinds(column, cells, changes)
    return _apply(cells, changes), sorted(remarks, key=lambda remark: remark.index)


def _read_nothing(column: Column, cells: Cells, allowed: Collection[str] | None) -> dict[int, Normalised]:
    """Return the cells that say there is nothing; where something must be, that is told as missing, not as read."""
    if is_yes_no(column, allowed):
        return {}
    nothing = Normalised(None, note=None if column.required else "V42.nothing")
    return dict.fromkeys(np.flatnonzero(find_nothing(column, cells, allowed)).tolist(), nothing)


def _suspects(readers: _Readers, texts: pl.Series, is_text: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which texts need a look."""
    suspects = is_text
    if readers.clean:
        suspects = suspects & ~texts.is_in(list(readers.clean)).to_numpy()
    if readers.suspect != _EVERY_TEXT and suspects.any():
        suspects = suspects & texts.str.contains(readers.suspect).to_numpy()
    return suspects


def is_yes_no(column: Column, allowed: Collection[str] | None) -> bool:
    """Tell whether the column's list is 是/否 and nothing else."""
    return column.list_name in YES_NO_LISTS or (allowed is not None and set(allowed) == YES_NO)


def reading_of(column: Column) -> Normaliser:
    """Return the normaliser that applies: a number column with the default one is read by its type."""
    if column.normaliser is Normaliser.PLAIN:
        by_type = {
            ColumnType.DATE: Normaliser.DATE,
            ColumnType.MONEY: Normaliser.MONEY,
            ColumnType.INTEGER: Normaliser.INTEGER,
        }
        return by_type.get(column.type, Normaliser.PLAIN)
    return column.normaliser


def _find_readers(column: Column, *, date1904: bool, allowed: Collection[str] | None) -> _Readers:
    to_text = None if column.identifier or column.type is ColumnType.BOOL else _number_to_text
    if reading_of(column) is Normaliser.CHOICE:
        return _choice_readers(column, allowed, to_text)
    readers = {
        Normaliser.NONE: _Readers(_blank_only, BLANK_ONLY, None),
        Normaliser.PLAIN: _Readers(normalise_plain, SUSPECT_PLAIN, to_text),
        Normaliser.NAME: _Readers(normalise_name, SUSPECT_NAME, _text_expected),
        Normaliser.IDENTIFIER: _Readers(normalise_identifier, SUSPECT_IDENTIFIER, to_text),
        Normaliser.PHONE: _Readers(normalise_phone, SUSPECT_PHONE, normalise_phone_number),
        Normaliser.DATE: _Readers(normalise_date, _EVERY_TEXT, partial(normalise_date_number, date1904=date1904)),
        Normaliser.MONEY: _Readers(normalise_amount, _EVERY_TEXT, None),
        Normaliser.INTEGER: _Readers(normalise_integer, _EVERY_TEXT, normalise_integer_number),
    }
    return readers[reading_of(column)]


def _choice_readers(column: Column, allowed: Collection[str] | None, to_text: NumberReader | None) -> _Readers:
    if is_yes_no(column, allowed):
        return _Readers(normalise_yes_no, _EVERY_TEXT, normalise_yes_no_number, clean=YES_NO)
    if allowed and column.field in _PLACES:
        return _Readers(partial(normalise_place, allowed=allowed), _EVERY_TEXT, to_text, clean=allowed)
    suspect = SUSPECT_CHOICE if allowed is None else _EVERY_TEXT
    return _Readers(partial(normalise_choice, allowed=allowed), suspect, to_text, clean=allowed or ())


def _blank_only(_: str) -> Normalised:
    return Normalised(None)


def _number_to_text(value: float) -> Normalised:
    if value.is_integer() and abs(value) < PLAIN_LIMIT:
        return Normalised(format_number(value), note="V42.number_to_text")
    return Normalised(value, problem="V41.text_expected")


def _text_expected(value: float) -> Normalised:
    return Normalised(value, problem="V41.text_expected")


def _read_texts(reader: TextReader, cells: Cells, suspects: NDArray[np.bool_]) -> dict[int, Normalised]:
    positions = np.flatnonzero(suspects).tolist()
    if not positions:
        return {}
    values = cells.texts.filter(pl.Series(suspects)).to_list()
    known: dict[str, Normalised] = {}
    changes: dict[int, Normalised] = {}
    for position, value in zip(positions, values, strict=True):
        result = known.get(value)
        if result is None:
            result = known[value] = reader(value)
        if result.value != value or result.problem:
            changes[position] = result
    return changes


def _odd_numbers(column: Column, cells: Cells, *, date1904: bool) -> NDArray[np.bool_]:
    """Return which numbers need a look: all of them, except the plain ones of a column of dates or counts."""
    numeric: NDArray[np.bool_] = cells.kinds == CellKind.NUMBER
    fractional = cells.numbers != np.floor(cells.numbers)
    reading = reading_of(column)
    if reading is Normaliser.INTEGER:
        numeric &= fractional
    elif reading is Normaliser.DATE and not date1904:
        outside = (cells.numbers < FIRST_SERIAL) | (cells.numbers > LAST_SERIAL)
        numeric &= fractional | outside | ((cells.numbers >= FIRST_YEAR) & (cells.numbers < LAST_YEAR + 1))
    return numeric


def _read_numbers(reader: NumberReader, cells: Cells, suspects: NDArray[np.bool_]) -> dict[int, Normalised]:
    positions = np.flatnonzero(suspects).tolist()
    known: dict[float, Normalised] = {}
    changes: dict[int, Normalised] = {}
    for position, value in zip(positions, cells.numbers[suspects].tolist(), strict=True):
        result = known.get(value)
        if result is None:
            result = known[value] = reader(value)
        changes[position] = result
    return changes


def _beyond_all(cells: Cells, changes: Mapping[int, Normalised]) -> dict[int, Normalised]:
    """Return the numbers that no amount, count or date can be: they stay what they showed, and are no numbers."""
    found = {position: result.value for position, result in changes.items() if isinstance(result.value, float)}
    places = np.flatnonzero((cells.kinds == CellKind.NUMBER) & ~(np.abs(cells.numbers) <= LARGEST)).tolist()
    found |= {place: float(cells.numbers[place]) for place in places}
    return {
        position: Normalised(cells.texts[position] or format_number(number), problem="V41.number_range")
        for position, number in found.items()
        if not abs(number) <= LARGEST
    }


def _remarks(column: Column, changes: dict[int, Normalised]) -> list[Remark]:
    is_date = column.type is ColumnType.DATE
    return [
        Remark(position, key, _show(result.value, is_date=is_date) if result.note else _readings(result))
        for position, result in changes.items()
        if (key := result.note or result.problem)
    ]


def _readings(result: Normalised) -> Text:
    return Phrases(result.readings, SEMICOLON) if result.readings else ""


def _show(value: str | float | None, *, is_date: bool) -> str:
    if isinstance(value, float):
        return format_serial(value) if is_date else format_number(value)
    return value or ""


def _wrong_kinds(column: Column, cells: Cells, changes: dict[int, Normalised]) -> list[Remark]:
    """Report truth values and, where somebody typed them or a lost formula left them, errors and missing results."""
    remarks: list[Remark] = []
    for position in np.flatnonzero(cells.kinds == CellKind.BOOL).tolist():
        if reading_of(column) is Normaliser.CHOICE and column.list_name in YES_NO_LISTS:
            changes[position] = normalise_yes_no_number(float(cells.numbers[position]))
            remarks.append(Remark(position, "V42.yes_no", str(changes[position].value)))
        elif column.type is not ColumnType.BOOL:
            remarks.append(Remark(position, "V41.bool"))
    if column.filler is Filler.DEFAULT:
        return remarks
    errors = (cells.kinds == CellKind.ERROR) & (cells.texts != DOUBLED).to_numpy()  # a cell with two values was told
    remarks += [Remark(i, "V41.error_value") for i in np.flatnonzero(errors).tolist()]
    unsaved = (cells.kinds == CellKind.BLANK) & cells.formulas
    return remarks + [Remark(i, "V41.no_result") for i in np.flatnonzero(unsaved).tolist()]


def _apply(cells: Cells, changes: dict[int, Normalised]) -> Cells:
    if not changes:
        return cells
    kinds, numbers = cells.kinds.copy(), cells.numbers.copy()
    texts = dict.fromkeys(changes, "")
    for position, result in changes.items():
        value = result.value
        numbers[position] = value if isinstance(value, float) else 0.0
        if value is None:
            kinds[position] = CellKind.BLANK
        elif isinstance(value, float):
            kinds[position] = CellKind.NUMBER
        else:
            kinds[position] = CellKind.TEXT
            texts[position] = value
    order = sorted(texts)
    # scatter works in place, and the texts as found are still to be shown
    return Cells(kinds, numbers, cells.texts.clone().scatter(order, [texts[i] for i in order]), cells.formulas)
