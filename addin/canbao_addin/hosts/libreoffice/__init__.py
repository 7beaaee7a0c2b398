"""LibreOffice as a host of the buttons: an xlwings engine over its programming interface UNO."""

from __future__ import annotations

from functools import cache
from typing import Any

import xlwings as xw

from canbao_addin.hosts.libreoffice.apps import Apps
from canbao_addin.hosts.libreoffice.bridge import resolve
from canbao_addin.hosts.libreoffice.engine import Engine

__all__ = ["attach", "connect"]


@cache
def _engine() -> Engine:
    """Made and registered once in a process."""
    engine = Engine(Apps())
    xw.engines.add(xw.Engine(impl=engine))
    return engine


def attach(context: Any, *, hidden: bool = False) -> xw.App:
    """The office of a UNO component context as the active app of xlwings; the same office gives the same app.

    ``hidden``: books are opened without windows, and messages wait for nobody.
    """
    engine = _engine()
    xw.engines[engine.name].activate()
    return xw.App(impl=engine.apps.attach(context, hidden=hidden, engine=engine))


def connect(connection: str, *, hidden: bool = True, timeout_seconds: float = 60) -> xw.App:
    """Attach to an office that listens elsewhere, e.g. at ``"pipe,name=canbao123"``.

    Waits while it starts. Raises OfficeMissingError without LibreOffice's Python bridge, OfficeError without an answer.
    """
    return attach(resolve(connection, timeout_seconds), hidden=hidden)
