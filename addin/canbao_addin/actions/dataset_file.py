"""The Parquet file of a merge: written whole, over nothing but an earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.results import require_other
from canbao_addin.texts import CannotRunError
from canbao_county.dataset import is_dataset, write_dataset
from canbao_generator.atomic import atomic_write

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from canbao_county.merge.merging import Merge


def require_dataset_target(target: Path, inputs: Iterable[Path | None], encrypt: str | None) -> None:
    """Say before the long work what would be in the way after it. Raises CannotRunError."""
    if encrypt is not None:
        raise CannotRunError("dataset_encrypted")
    require_other(target, inputs)
    if target.exists() and not is_dataset(target):
        raise CannotRunError("output_exists", path=target)


def write_dataset_file(merge: Merge, target: Path) -> None:
    """Write the data set of a merge. Raises CannotRunError when it cannot be written."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(target) as stream:
            write_dataset(merge, stream)
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble
