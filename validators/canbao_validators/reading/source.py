"""The bytes of a file that was handed in: as they lie on the disk, or decrypted in memory."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_validators.reading.raw import Form


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read. ``form`` is what it is, None for a zip archive, which says so inside.

    ``decrypted`` is the content where a password opened it; ``encrypted`` when it was one of those given.
    """

    path: Path
    form: Form | None = None
    decrypted: bytes | None = None
    encrypted: bool = False

    def open(self) -> IO[bytes]:
        """Open the content at its beginning; the caller closes it."""
        return self.path.open("rb") if self.decrypted is None else io.BytesIO(self.decrypted)

    def size(self) -> int:
        """Return the length of the content in bytes."""
        return self.path.stat().st_size if self.decrypted is None else len(self.decrypted)

    def head(self, count: int) -> bytes:
        """Return the first bytes."""
        with self.open() as stream:
            return stream.read(count)
