"""UNO's exceptions must not reach a caller: Python cannot even pass them through a context manager.

They are no ordinary exceptions, setting their ``__traceback__`` raises another one. Here they become OfficeError.
"""

from __future__ import annotations

import functools
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

from canbao_addin.hosts.libreoffice.bridge import uno_exception
from canbao_addin.hosts.libreoffice.errors import OfficeError

if TYPE_CHECKING:
    from collections.abc import Callable

_Class = TypeVar("_Class", bound=type)


def plain_errors(decorated: _Class) -> _Class:
    """Every method and property of the class raises OfficeError where UNO raised an exception of its own."""
    for name, member in list(vars(decorated).items()):
        if isinstance(member, property):
            label = f"{decorated.__name__}.{name}"
            fget, fset = (function and _plainly(function, label) for function in (member.fget, member.fset))
            setattr(decorated, name, property(fget, fset, doc=member.__doc__))
        elif isinstance(member, FunctionType):
            setattr(decorated, name, _plainly(member, f"{decorated.__name__}.{name}"))
    return decorated


def _plainly(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def plain(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except Exception as error:
            if not isinstance(error, uno_exception()):
                raise
            said = str(error) or type(error).__name__
        raise OfficeError(f"LibreOffice refused {name}: {said}")

    return plain
