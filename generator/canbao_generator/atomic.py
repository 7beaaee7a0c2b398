"""Files that appear whole or not at all: written beside their target, flushed to disk, then renamed over it."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ABANDONED = 24 * 3600  # seconds
_PREFIX, _SUFFIX = ".canbao-", ".part"  # of the file beside the target, whose own name may leave no room for more


@contextlib.contextmanager
def atomic_write(target: Path) -> Iterator[IO[bytes]]:
    """Open a binary file that replaces ``target`` when the block ends well; otherwise ``target`` stays as it was.

    A run that is killed leaves the old file or the new one, and at worst a hidden ``.part`` file beside it, which a
    later run removes. A link stays, what it leads to is replaced; into a device or a pipe everything is written at the
    end. Raises OSError, EBUSY when the target is open in an office program.
    """
    target = target.resolve() if target.is_symlink() else target
    require_closed(target)
    if target.exists() and not target.is_file():
        with _written_through(target) as stream:
            yield stream
        return
    _sweep(target.parent)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=_PREFIX, suffix=_SUFFIX)
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


@contextlib.contextmanager
def _written_through(target: Path) -> Iterator[IO[bytes]]:
    """Collect what is written and hand it to a device or a pipe when the block ends well."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    with tempfile.TemporaryFile() as collected:
        yield collected
        collected.seek(0)
        with target.open("wb", buffering=0) as stream:
            shutil.copyfileobj(collected, stream)


def _sweep(folder: Path) -> None:
    """Remove what runs that were killed a day ago or earlier left in a folder."""
    for part in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
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
