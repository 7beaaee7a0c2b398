"""The texts of the Excel add-in, made from the ribbon's data: customUI XML and VBA sources."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined

from canbao_templates import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from canbao_rulebook.ribbon import Ribbon

BUTTONS_MODULE = "CanbaoButtons"
CUSTOM_UI_2006 = "http://schemas.microsoft.com/office/2006/01/customui"  # Excel 2007; WPS reads it too
CUSTOM_UI_2009 = "http://schemas.microsoft.com/office/2009/07/customui"  # Excel 2010 and later
_CALLER = "caller"  # the argument that xlwings fills in itself with the calling cell

_XML = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
# VBA has no markup to escape; what is put in are names that VBA itself limits.
_VBA = Environment(autoescape=False, undefined=StrictUndefined, trim_blocks=True)  # noqa: S701


@dataclass(frozen=True)
class _Function:
    """A worksheet function as its VBA wrapper writes it."""

    name: str
    parameters: str
    values: str


def custom_ui(ribbon: Ribbon, namespace: str) -> str:
    """Return the ribbon as customUI XML of one of the two namespaces."""
    template = _XML.from_string(read_text("ribbon/customUI.xml.j2"))
    return template.render(ribbon=ribbon, namespace=namespace, module=BUTTONS_MODULE)


def buttons_source(ribbon: Ribbon) -> str:
    """Return the VBA procedures that the ribbon's buttons call."""
    return _VBA.from_string(read_text("ribbon/buttons.bas.j2")).render(ribbon=ribbon)


def python_source(xlwings_version: str, sentences: int) -> str:
    """Return the VBA that starts Python; ``sentences`` is how many rows of the add-in's sheet hold its messages."""
    template = _VBA.from_string(read_text("ribbon/python.bas.j2"))
    return template.render(xlwings_version=xlwings_version, sentences=sentences)


def functions_source(functions: Iterable[Callable[..., object]], module: str) -> str:
    """Return VBA wrappers of worksheet functions of the Python module ``module``.

    Raises ValueError for parameters that a cell cannot give by position.
    """
    wrappers = [_wrap(function) for function in functions]
    return _VBA.from_string(read_text("ribbon/functions.bas.j2")).render(functions=wrappers, module=module)


def _wrap(function: Callable[..., object]) -> _Function:
    parameters, values = [], []
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind not in {parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD}:
            raise ValueError(f"{function.__name__}: a worksheet function cannot have the parameter {name!r}")
        if name == _CALLER:
            values.append("Nothing")
            continue
        parameters.append(name if parameter.default is parameter.empty else f"Optional {name}")
        values.append(name)
    return _Function(function.__name__, ", ".join(parameters), ", ".join(values))
