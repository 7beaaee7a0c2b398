"""Workbooks of the county's own, read apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.texts import CannotRunError
from canbao_validators.apart import read_result_apart
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_validators.apart import Reading
    from canbao_validators.reading.raw import RawWorkbook


def read_own(path: Path, reading: Reading) -> RawWorkbook:
    """Return what stands in a workbook, e.g. a county submission. Raises CannotRunError."""
    if not path.is_file():
        raise CannotRunError("file_missing", path=path)
    try:
        return read_result_apart(path, reading.passwords)
    except UnreadableFile as trouble:
        why = trouble
        raise CannotRunError("cannot_read", path=path, why=why) from trouble
