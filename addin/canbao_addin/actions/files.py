"""Files and folders that a person named: are they there?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.texts import CannotRunError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def require_folder(folder: Path) -> None:
    """Raise CannotRunError when there is no such folder."""
    if not folder.is_dir():
        raise CannotRunError("folder_missing", path=folder)


def require_files(paths: Iterable[Path]) -> None:
    """Raise CannotRunError for the first file that is not there, or is a folder."""
    for path in paths:
        if path.is_dir():
            raise CannotRunError("file_is_folder", path=path)
        if not path.exists():
            raise CannotRunError("file_missing", path=path)
