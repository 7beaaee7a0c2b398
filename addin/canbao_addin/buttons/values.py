"""Values of a column as xlwings gives them, as the cells that a file is read into: all at once where they are alike."""

from __future__ import annotations

from datetime import date
from math import isnan
from types import NoneType
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.kinds import CellKind, ColumnType
from canbao_validators.reading.raw import RawColumn
from canbao_validators.reading.values import to_serial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from canbao_rulebook.roster import Column

TEXT_FORMAT = "@"
_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")


def read_values(values: Sequence[Any], first: int, formulas: NDArray[np.bool_] | None = None) -> RawColumn:
    """Return the cells that hold something, or a formula, of a column whose values begin in row ``first``."""
    types = set(map(type, values)) - {NoneType}
    if types <= {str}:
        cells = _read_texts(values)
    elif types <= {float}:
        cells = _read_numbers(values)
    else:
        cells = _read_mixed(values)
    kinds, numbers, texts = cells
    formula = np.zeros(len(values), dtype=np.bool_) if formulas is None else formulas
    kept = np.flatnonzero((kinds != CellKind.BLANK) | formula)
    return RawColumn(kept.astype(np.int64) + first, kinds[kept], numbers[kept], texts.gather(kept), formula[kept])


_Cells = tuple["NDArray[np.uint8]", "NDArray[np.float64]", pl.Series]


def as_cell(column: Column, value: Any) -> object:
    """Return a value of a typed frame as it is written into a cell of the column; None where there is none."""
    if not column.type.is_number:
        return value or None
    if value is None or isnan(value):
        return None
    return from_serial(value) if column.type is ColumnType.DATE else round(value, 2)


def is_like_number(text: str) -> bool:
    """Return whether a program would take a text for a number, a date or a formula where the format is not of texts."""
    first = text.strip()[:1]
    return first.isdigit() or first in tuple("+-=.(¥￥$")


def _read_texts(values: Sequence[str | None]) -> _Cells:
    texts = pl.Series(values, dtype=pl.String).fill_null("")
    kinds = np.where((texts != "").to_numpy(), CellKind.TEXT, CellKind.BLANK).astype(np.uint8)
    kinds[texts.is_in(_ERRORS).to_numpy()] = CellKind.ERROR
    return kinds, np.zeros(len(texts)), texts


def _read_numbers(values: Sequence[float | None]) -> _Cells:
    numbers = pl.Series(values, dtype=pl.Float64)
    kinds = np.where(numbers.is_not_null().to_numpy(), CellKind.NUMBER, CellKind.BLANK).astype(np.uint8)
    return kinds, numbers.fill_null(0.0).to_numpy(), pl.repeat("", len(numbers), dtype=pl.String, eager=True)


def _read_mixed(values: Sequence[Any]) -> _Cells:
    cells = [_read_value(value) for value in values]
    return (
        np.array([kind for kind, _, _ in cells], dtype=np.uint8),
        np.array([number for _, number, _ in cells], dtype=np.float64),
        pl.Series([text for _, _, text in cells], dtype=pl.String),
    )


def _read_value(value: Any) -> tuple[CellKind, float, str]:
    """Return kind, number and text of one value."""
    if value is None or value == "":
        return CellKind.BLANK, 0.0, ""
    if isinstance(value, str):
        return (CellKind.ERROR if value in _ERRORS else CellKind.TEXT), 0.0, value
    if isinstance(value, bool):
        return CellKind.BOOL, float(value), ""
    if isinstance(value, date):
        return CellKind.NUMBER, to_serial(value), ""
    return CellKind.NUMBER, float(value), ""
