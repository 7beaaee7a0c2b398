"""Which canbao this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def software_version() -> str:
    """Return the installed version; ``0`` in a source tree that was never installed."""
    try:
        return version("canbao")
    except PackageNotFoundError:
        return "0"
