"""The border: look at a file before parsing it, and open it as a package of named parts that is safe to read."""

from __future__ import annotations

import posixpath
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from canbao_validators.reading.raw import Form
from canbao_validators.reading.sniff import HEAD_BYTES, Kind, identify_package, identify_stranger
from canbao_validators.reading.source import Source
from canbao_validators.reading.unreadable import ZIP_MAGIC, UnreadableFile, damage_as_unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import IO


MAX_ENTRIES = 1_000
MAX_TOTAL_BYTES = 1_500_000_000
OWN_TOTAL_BYTES = 10_000_000_000  # of a county's own result, which holds every township: 1.5 million persons are 4.5 GB
MAX_WHOLE_BYTES = 200_000_000
MAX_RATIO = 200
RATIO_FREE_BYTES = 10_000_000
PROLOG_BYTES = 1_024
XML_SUFFIXES = (".xml", ".rels", ".vml")
ENCRYPTED_FLAG = 1
_MIMETYPE = "mimetype"


class Package:
    """An opened archive of parts. Part names compare without regard to case, slashes or backslashes, as Excel does."""

    def __init__(self, source: Source, stream: IO[bytes], archive: zipfile.ZipFile, form: Form) -> None:
        self.source = source
        self.form = form
        self._stream = stream
        self._archive = archive
        self._parts = {normalise_part(info.filename): info for info in archive.infolist() if not info.is_dir()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the archive and the file under it."""
        self._archive.close()
        self._stream.close()

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


def open_source(path: Path, passwords: Sequence[str] = ()) -> Source:
    """Look at a file and decrypt it in memory where it is encrypted; each password is tried in turn.

    Raises UnreadableFile for what is no table at all, and for what no password opens.
    """
    if path.name.startswith("~$"):
        raise UnreadableFile("V39.lock_file")
    try:
        head = Source(path).head(HEAD_BYTES)
    except (OSError, ValueError) as error:
        raise UnreadableFile("V39.cannot_open") from error
    if head.startswith(ZIP_MAGIC):
        return Source(path)
    with damage_as_unreadable():
        found = identify_stranger(path, head)
    is_encrypted = isinstance(found, Kind) and found.key == "V39.encrypted"
    if isinstance(found, Kind) and not is_encrypted:
        raise _as_trouble(found)
    if isinstance(found, Form) and found is not Form.XLS:
        return _require_small(Source(path, form=found))
    from canbao_validators.reading.decrypt import open_ole  # noqa: PLC0415 - a tenth of a second that few files need

    return open_ole(_require_small(Source(path, form=None if is_encrypted else Form.XLS)), passwords)


def _as_trouble(kind: Kind) -> UnreadableFile:
    return UnreadableFile(kind.key, **({"what": kind.what} if kind.what else {}))


def open_package(path: Path, passwords: Sequence[str] = (), most: int = MAX_TOTAL_BYTES) -> Package:
    """Open an .xlsx package after looking at its content, which unpacks to so many bytes at most.

    Raises UnreadableFile with the reason.
    """
    source = open_source(path, passwords)
    if source.form is not None:
        raise UnreadableFile("V39.old_format", what=source.form.value)
    package = open_archive(source, most)
    if package.form is not Form.XLSX:
        package.close()
        raise UnreadableFile("V39.old_format", what=package.form.value)
    return package


def open_archive(source: Source, most: int = MAX_TOTAL_BYTES) -> Package:
    """Open a package of any form after looking at its entries, which unpack to so many bytes at most.

    Raises UnreadableFile with the reason.
    """
    with damage_as_unreadable():
        stream = source.open()  # closed by Package, or below when the look inside fails
    try:
        with damage_as_unreadable():
            archive = zipfile.ZipFile(stream)
            _check_entries(archive, most)
            form = _identify(archive)
            if form is not Form.ODS:  # of which only parts are read that our own parser looks at
                _refuse_doctypes(archive)
            return Package(source, stream, archive, form)
    except UnreadableFile:
        stream.close()
        raise


def _require_small(source: Source) -> Source:
    """Refuse what is larger than its readers can take: all but XML take it into memory whole."""
    if source.size() > (MAX_TOTAL_BYTES if source.form in {Form.XML_2003, Form.ODS} else MAX_WHOLE_BYTES):
        raise UnreadableFile("V39.too_big")
    return source


def _identify(archive: zipfile.ZipFile) -> Form:
    names = archive.namelist()
    stated = b""
    if _MIMETYPE in names:
        with archive.open(_MIMETYPE) as stream:
            stated = stream.read(PROLOG_BYTES)
    form = identify_package(names, stated.decode("ascii", "replace"))
    if isinstance(form, Kind):
        raise _as_trouble(form)
    return form


def _check_entries(archive: zipfile.ZipFile, most: int) -> None:
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
    if sum(info.file_size for info in entries) > most:
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
