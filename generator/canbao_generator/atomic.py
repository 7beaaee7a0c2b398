"""Files that appear whole or not at all: written beside their target, flushed to disk, then renamed over it."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ABANDONED = 24 * 3600  # seconds


@contextlib.contextmanager
def atomic_write(target: Path) -> Iterator[IO[bytes]]:
    """Open a binary file that replaces ``target`` when the block ends well; otherwise ``target`` stays as it was.

    A run that is killed leaves the old file or the new one, and at worst a hidden ``.part`` file beside it, which a
    later run removes. Raises OSError, EBUSY when the target is open in an office program.
    """
    require_closed(target)
    _sweep(target)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        beside.chmod(_mode_of(target))
        beside.replace(target)
        _sync_folder(target.parent)
    finally:
        beside.unlink(missing_ok=True)


def require_closed(target: Path) -> None:
    """Raise OSError (EBUSY) when the lock file of Excel, WPS or LibreOffice stands beside a file."""
    for lock in (f"~${target.name}", f"~${target.name[2:]}", f".~lock.{target.name}#"):
        if target.exists() and target.with_name(lock).exists():
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(target))


def _sweep(target: Path) -> None:
    """Remove what runs that were killed a day ago or earlier left beside the target."""
    for part in target.parent.glob(f".{glob.escape(target.name)}.*.part"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > _ABANDONED:
                part.unlink()


def _mode_of(target: Path) -> int:
    """Permissions of the file to be replaced; of a new file, what the umask allows."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Flush the rename itself; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
