"""The folder of imported lists as the merge uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.texts import CannotRunError
from canbao_county.lists.stored import Lists, load_lists

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_rulebook.policy import Policy
    from canbao_validators.apart import Reading
    from canbao_validators.workers import Workers


def open_lists(folder: Path, policy: Policy, reading: Reading, workers: Workers | None = None) -> Lists:
    """Return the imported lists of a folder. Raises CannotRunError when there is no such folder."""
    if not folder.is_dir():
        raise CannotRunError("list_folder_missing", path=folder)
    return load_lists(folder, policy, workers=workers, passwords=reading.passwords)
