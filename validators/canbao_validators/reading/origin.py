"""Which command of ours wrote a workbook, and whether a program has saved it since."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from canbao_rulebook.meta import ORIGIN_WORD, WRITTEN_ON
from canbao_validators.reading.package import OWN_TOTAL_BYTES, Package, open_package
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_CORE = "docProps/core.xml"
_MOST_BYTES = 1 << 16
_COMMAND = re.compile(rb"keywords[^<>]*>\s*" + ORIGIN_WORD.encode() + rb" ([a-z-]+)\s*<")
_SAVED = re.compile(rb"modified[^<>]*>\s*([^<\s]*)\s*<")


class Origin(NamedTuple):
    """The command that wrote the workbook; ``touched``: Excel or another program has saved it afterwards."""

    command: str
    touched: bool


def read_origin(package: Package) -> Origin | None:
    """Return where the workbook of a package comes from, None when no command of ours wrote it."""
    if _CORE not in package:
        return None
    with package.open(_CORE) as stream:
        properties = stream.read(_MOST_BYTES)
    command, saved = _COMMAND.search(properties), _SAVED.search(properties)
    if command is None:
        return None
    return Origin(command[1].decode(), saved is None or saved[1].decode() != WRITTEN_ON)


def find_origin(path: Path, passwords: Sequence[str] = ()) -> Origin | None:
    """Return the same for a file, None also for what is no workbook that the passwords open.

    A county's own result is known however many townships it holds: nothing of it is unpacked but this.
    """
    try:
        with open_package(path, passwords, OWN_TOTAL_BYTES) as package:
            return read_origin(package)
    except UnreadableFile:
        return None
