"""Results that nobody opens without a password: written without one where nobody looks, then encrypted into place."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from msoffcrypto.format.ooxml import OOXMLFile

from canbao_addin.actions.working import working_folder
from canbao_generator.atomic import atomic_write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def encrypting(target: Path, password: str | None) -> Iterator[Path]:
    """Yield where to write the workbook: ``target``, or with a password a file that is encrypted into it afterwards.

    The plain file stands in a folder that only this user can read and is removed. Raises OSError.
    """
    if password is None:
        yield target
        return
    with working_folder() as folder:
        plain = folder / target.name
        yield plain
        target.parent.mkdir(parents=True, exist_ok=True)
        with plain.open("rb") as stream, atomic_write(target) as encrypted:
            OOXMLFile(stream).encrypt(password, encrypted)
