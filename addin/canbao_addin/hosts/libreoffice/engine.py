"""The engine that xlwings asks for its apps, and that turns cell values into Python values and back, as on Windows."""

from __future__ import annotations

import datetime as dt
import math
import numbers
from itertools import chain
from typing import TYPE_CHECKING, Any

from canbao_addin.hosts.libreoffice.cell_errors import ERROR_TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from canbao_addin.hosts.libreoffice.apps import Apps

NAME = "libreoffice"


class Engine:
    """One for the whole process, registered with xlwings by :func:`attach`."""

    name = NAME
    type = "desktop"

    def __init__(self, apps: Apps) -> None:
        self.apps = apps

    @staticmethod
    def prepare_xl_data_element(value: Any, _options: Any) -> Any:
        """A Python value as the engine writes it: None and NaN are empty text, numpy's numbers plain floats."""
        if type(value) is str:
            return value
        if value is None or (isinstance(value, numbers.Real) and math.isnan(value)):
            return ""
        if isinstance(value, bool | str | dt.date):
            return value
        if isinstance(value, numbers.Number):
            return float(value)  # type: ignore[arg-type]
        return value

    @staticmethod
    def clean_value_data(
        data: Sequence[Sequence[Any]],
        datetime_builder: Callable[..., Any],
        empty_as: Any,
        number_builder: Callable[[float], Any] | None,
        err_to_str: bool,
    ) -> list[list[Any]]:
        """Values as read, as xlwings' users ask for them: empties, dates, numbers and errors by their options."""

        def clean(value: Any) -> Any:
            if value in ("", None):
                return empty_as
            if isinstance(value, dt.datetime):
                return _rebuild(value, datetime_builder)
            if isinstance(value, float):
                return value if number_builder is None else number_builder(value)
            if isinstance(value, int) and value in ERROR_TEXTS and not isinstance(value, bool):
                return ERROR_TEXTS[value] if err_to_str else None
            return value

        types = set(map(type, chain.from_iterable(data)))
        if types <= {str} or (types <= {str, float} and number_builder is None):  # what nearly all columns hold
            return [[empty_as if value == "" else value for value in row] for row in data]
        return [[clean(value) for value in row] for row in data]


def _rebuild(value: dt.datetime, builder: Callable[..., Any]) -> Any:
    if builder is dt.datetime:
        return value
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return builder(**{name: getattr(value, name) for name in names}, tzinfo=None)
