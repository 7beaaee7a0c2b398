"""A folder for what one run stores on the way: personal data, which nobody else can read and nothing leaves behind."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from canbao_validators.apart import RUN_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

_ABANDONED = 24 * 3600  # seconds after which a folder belongs to a run that was killed


@contextmanager
def working_folder() -> Iterator[Path]:
    """Make the folder, and remove it with what killed runs of earlier days left behind."""
    _sweep()
    with tempfile.TemporaryDirectory(prefix=RUN_PREFIX, ignore_cleanup_errors=True) as name:
        yield Path(name)


def _sweep() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{RUN_PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > _ABANDONED:
                shutil.rmtree(folder)
