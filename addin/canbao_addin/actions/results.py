"""Files that commands write: never over what somebody handed in or worked on, and readable with a password if asked."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from msoffcrypto.format.ooxml import OOXMLFile

from canbao_addin.actions.file_names import shorten_stem
from canbao_addin.actions.made_by import GENERATE
from canbao_addin.actions.working import working_folder
from canbao_addin.texts import CannotRunError
from canbao_generator.atomic import atomic_write, require_closed
from canbao_validators.reading.origin import find_origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from canbao_validators.reading.origin import Origin

JSON_BEGINS = b'{\n "'  # what every JSON of a command begins with
_ISSUED = GENERATE  # what this command wrote and somebody saved since is filled by people


@contextmanager
def result_file(target: Path, command: str, encrypt: str | None = None, *, keep: bool = True) -> Iterator[Path]:
    """Yield where to write a workbook that ``command`` makes.

    That is ``target``, or with a password a file that only this user can read and that is encrypted into ``target``
    afterwards. Without ``keep`` no copy stays of what somebody saved since: the new file carries it on. Raises
    CannotRunError when the target cannot be written, or is another file than an earlier result.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        keep_others(target, command, encrypt, copy=keep)
        if encrypt is None:
            yield target
            return
        with working_folder() as folder:
            plain = folder / "plain.xlsx"
            yield plain
            with plain.open("rb") as stream, atomic_write(target) as encrypted:
                OOXMLFile(stream).encrypt(encrypt, encrypted)
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble


def require_target(target: Path, command: str, inputs: Iterable[Path | None] = (), encrypt: str | None = None) -> None:
    """Say before the long work what would be in the way after it: a file to keep, an open one, a folder that is closed.

    ``inputs``: files and folders that the command reads. Raises CannotRunError.
    """
    require_other(target, inputs)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        require_closed(target)
        _earlier_result(target, command, encrypt)
        if target.is_file() or not target.exists():
            with tempfile.TemporaryFile(dir=target.resolve().parent):
                pass
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble


def require_other(target: Path, inputs: Iterable[Path | None]) -> None:
    """Raise CannotRunError when a command would write to a file that it reads, by whatever name."""
    for path in inputs:
        if path is not None and path.is_file() and target.exists() and target.samefile(path):
            raise CannotRunError("output_is_input", path=target)


def keep_others(target: Path, command: str, encrypt: str | None = None, *, copy: bool = True) -> None:
    """Keep a copy of an earlier result that somebody has saved since. Raises CannotRunError for any other file."""
    origin = _earlier_result(target, command, encrypt)
    if copy and origin is not None and origin.touched:
        when = f"{datetime.fromtimestamp(target.stat().st_mtime):%Y%m%d-%H%M%S}"  # noqa: DTZ006 - as people see it
        kept = target.with_name(f"{shorten_stem(target.stem)}_{when}{target.suffix}")
        if not kept.exists():
            shutil.copy2(target, kept)


def keep_text(target: Path, begins: bytes) -> None:
    """Raise CannotRunError when a file stands there that does not begin as an earlier result of the kind does."""
    if target.is_file() and target.stat().st_size:
        with target.open("rb") as stream:
            if stream.read(len(begins)) != begins:
                raise CannotRunError("output_exists", path=target)


def _earlier_result(target: Path, command: str, encrypt: str | None) -> Origin | None:
    """Return where the file comes from that will be replaced. Raises CannotRunError for what must stay."""
    if not target.is_file() or not target.stat().st_size:
        return None
    origin = find_origin(target, (encrypt,) if encrypt else ())
    if origin is None or origin.command != command:
        raise CannotRunError("output_exists", path=target)
    if command == _ISSUED and origin.touched:
        raise CannotRunError("output_filled", path=target)
    return origin
