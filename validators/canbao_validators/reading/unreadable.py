"""A file that cannot be read as a workbook, and what damaged bytes make libraries raise."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from canbao_rulebook.findings import Place
from canbao_rulebook.messages import build_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.findings import Finding

ZIP_MAGIC = b"PK"

# What zipfile, zlib and the parsers built on them raise when bytes are not what they claim to be.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    OverflowError,
)


class UnreadableFile(Exception):  # noqa: N818 - it names what the file is, as people say it
    """A file that cannot be read as a workbook; ``key`` is the message that says why, ``params`` fill it."""

    def __init__(self, key: str, **params: Any) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(UnreadableFile, self.key, **self.params), ()

    def as_finding(self) -> Finding:
        """Return the one finding that stands for the whole file."""
        return build_finding(self.key, Place(), **self.params)


@contextmanager
def damage_as_unreadable() -> Iterator[None]:
    """Turn whatever damaged bytes make the standard library raise into UnreadableFile."""
    try:
        yield
    except MemoryError as error:
        raise UnreadableFile("V39.too_big") from error
    except DAMAGE as error:
        raise UnreadableFile("V39.damaged") from error


@contextmanager
def anything_as_unreadable() -> Iterator[None]:
    """Turn whatever a library raises over a file into UnreadableFile, a panic of Rust code too, which is no Exception.

    What ends the program or says already what is wrong goes through.
    """
    try:
        yield
    except (UnreadableFile, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except MemoryError as error:
        raise UnreadableFile("V39.too_big") from error
    except BaseException as error:
        raise UnreadableFile("V39.damaged") from error
