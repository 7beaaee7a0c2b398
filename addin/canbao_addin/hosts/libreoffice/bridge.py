"""LibreOffice's Python bridge ``uno``: found when first needed, and the few calls on it that everything else uses."""

from __future__ import annotations

import importlib
import sys
import time
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from canbao_addin.hosts.libreoffice.errors import OfficeError, OfficeMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator

SYSTEM_PACKAGES = "/usr/lib/python3/dist-packages"  # where Debian and its relatives put python3-uno
_RETRY_SECONDS = 0.1


@cache
def load_uno() -> Any:
    """The module ``uno``. Inside LibreOffice it is there; outside, the system's belongs to the same minor Python."""
    try:
        return importlib.import_module("uno")
    except ImportError:
        pass
    with _on_path(SYSTEM_PACKAGES):
        try:
            importlib.import_module("unohelper")  # imports uno; com.sun.star.* then comes from its import hook
            return importlib.import_module("uno")
        except ImportError as error:
            version = ".".join(map(str, sys.version_info[:2]))
            raise OfficeMissingError(
                f"LibreOffice's Python bridge for Python {version} is missing. On Debian, install python3-uno and use "
                f"the system's own Python version. ({error})"
            ) from None


@contextmanager
def _on_path(folder: str) -> Iterator[None]:
    """For a moment only: the rest of the system's packages must not be mixed with ours."""
    sys.path.append(folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def struct(name: str, *values: Any) -> Any:
    """A UNO struct, e.g. ``struct("table.CellAddress", sheet, column, row)``."""
    return load_uno().createUnoStruct(f"com.sun.star.{name}", *values)


def enum(name: str, value: str) -> Any:
    return load_uno().Enum(f"com.sun.star.{name}", value)


def properties(**values: Any) -> tuple[Any, ...]:
    """Named values as UNO's sequence of ``PropertyValue``."""
    return tuple(struct("beans.PropertyValue", name, 0, value, 0) for name, value in values.items())


def uno_exception(name: str = "uno.Exception") -> type[Exception]:
    """The Python class of a UNO exception, for ``except``."""
    found: type[Exception] = load_uno().getClass(f"com.sun.star.{name}")
    return found


def file_url(path: str) -> str:
    url: str = load_uno().systemPathToFileUrl(path)
    return url


def file_path(url: str) -> str:
    """The path of a file URL; other URLs (a book on a server) as they are."""
    if not url.startswith("file:"):
        return url
    path: str = load_uno().fileUrlToSystemPath(url)
    return path


def resolve(connection: str, timeout_seconds: float) -> Any:
    """The component context of a running office, e.g. of ``"pipe,name=canbao1"``. Waits for it to start."""
    local = load_uno().getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    deadline = time.monotonic() + timeout_seconds
    while True:
        try:
            return resolver.resolve(f"uno:{connection};urp;StarOffice.ComponentContext")
        except uno_exception() as error:
            if time.monotonic() > deadline:
                raise OfficeError(f"No LibreOffice answers at {connection!r} after {timeout_seconds:g} s.") from error
        time.sleep(_RETRY_SECONDS)


def is_own_context(context: Any) -> bool:
    """Whether Python runs inside the office that this context belongs to."""
    return bool(load_uno().getComponentContext() == context)
