"""The border: look at a file before parsing it, and open it as a package of named parts that is safe to read."""

from __future__ import annotations

import lzma
import posixpath
import struct
import zipfile
import zlib
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from canbao_rulebook.findings import Place
from canbao_rulebook.messages import build_finding
from canbao_validators.reading.sniff import HEAD_BYTES, identify_package, identify_stranger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from canbao_rulebook.findings import Finding

MAX_ENTRIES = 1_000
MAX_TOTAL_BYTES = 1_500_000_000
MAX_RATIO = 200
RATIO_FREE_BYTES = 10_000_000
PROLOG_BYTES = 1_024
ZIP_MAGIC = b"PK"
XML_SUFFIXES = (".xml", ".rels", ".vml")
ENCRYPTED_FLAG = 1

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

    def as_finding(self, file: str, *, lang: str = "zh") -> Finding:
        """Return the one finding that stands for the whole file."""
        return build_finding(self.key, Place(file=file), lang=lang, **self.params)


@contextmanager
def damage_as_unreadable() -> Iterator[None]:
    """Turn whatever damaged bytes make the standard library raise into UnreadableFile."""
    try:
        yield
    except MemoryError as error:
        raise UnreadableFile("V39.too_big") from error
    except DAMAGE as error:
        raise UnreadableFile("V39.damaged") from error


class Package:
    """An opened workbook package. Part names compare without regard to case, slashes or backslashes, as Excel does."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path = path
        self._archive = archive
        self._parts = {normalise_part(info.filename): info for info in archive.infolist() if not info.is_dir()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def __contains__(self, part: str) -> bool:
        return normalise_part(part) in self._parts

    @contextmanager
    def open(self, part: str) -> Iterator[IO[bytes]]:
        """Open one part for streaming. Raises UnreadableFile when it is missing or damaged."""
        info = self.entry(part)
        with damage_as_unreadable(), self._archive.open(info) as stream:
            yield stream

    def entry(self, part: str) -> zipfile.ZipInfo:
        """Return where and how one part is stored. Raises UnreadableFile when it is missing."""
        info = self._parts.get(normalise_part(part))
        if info is None:
            raise UnreadableFile("V39.damaged")
        return info

    def names(self) -> list[str]:
        """Return the normalised names of all parts."""
        return list(self._parts)


def normalise_part(name: str) -> str:
    """Return a part name as it is compared: forward slashes, no leading slash, no dot segments, one case."""
    return posixpath.normpath("/" + name.replace("\\", "/").casefold()).lstrip("/")


def open_package(path: Path) -> Package:
    """Open a workbook file after looking at its content. Raises UnreadableFile with the reason."""
    if path.name.startswith("~$"):
        raise UnreadableFile("V39.lock_file")
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except (OSError, ValueError) as error:
        raise UnreadableFile("V39.cannot_open") from error
    if not head.startswith(ZIP_MAGIC):
        with damage_as_unreadable():
            raise UnreadableFile(identify_stranger(path, head))
    return _open_archive(path)


def _open_archive(path: Path) -> Package:
    with damage_as_unreadable():
        archive = zipfile.ZipFile(path)  # closed by Package, or below when the look inside fails
    try:
        with damage_as_unreadable():
            _check_entries(archive)
            package = Package(path, archive)
            _refuse_strangers(package)
            _refuse_doctypes(archive)
    except UnreadableFile:
        archive.close()
        raise
    return package


def _refuse_strangers(package: Package) -> None:
    key = identify_package(package.names())
    if key:
        raise UnreadableFile(key)


def _check_entries(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise UnreadableFile("V39.suspect", what=f"{len(entries)} > {MAX_ENTRIES}")
    seen: set[str] = set()
    for info in entries:
        name = normalise_part(info.filename)
        if name in seen:
            raise UnreadableFile("V39.suspect", what=info.filename)
        seen.add(name)
        if info.flag_bits & ENCRYPTED_FLAG:
            raise UnreadableFile("V39.encrypted")
        if info.file_size > RATIO_FREE_BYTES and info.file_size > MAX_RATIO * info.compress_size:
            raise UnreadableFile("V39.too_big")
    if sum(info.file_size for info in entries) > MAX_TOTAL_BYTES:
        raise UnreadableFile("V39.too_big")


def _refuse_doctypes(archive: zipfile.ZipFile) -> None:
    """Refuse a document type declaration in any part, also in parts that only other programs will read."""
    for info in archive.infolist():
        if not info.filename.casefold().endswith(XML_SUFFIXES):
            continue
        with archive.open(info) as stream:
            prolog = stream.read(PROLOG_BYTES).replace(b"\0", b"")
        if b"<!DOCTYPE" in prolog:
            raise UnreadableFile("V39.suspect", what=f"DOCTYPE, {info.filename}")
