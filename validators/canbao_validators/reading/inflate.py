"""The bytes of one part, inflated by isal in pieces of bounded size, for the fast lane."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, cast

from isal import isal_zlib

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from canbao_validators.reading.source import Source

INPUT_BYTES = 1 << 18
OUTPUT_BYTES = 1 << 22
_LOCAL_HEADER_BYTES = 30
_LOCAL_MAGIC = b"PK\x03\x04"
_RAW_DEFLATE = -15
_ENCODING = re.compile(rb"\s*<\?xml[^>]*encoding=[\"']([^\"']*)[\"']")
_TROUBLE: tuple[type[Exception], ...] = (OSError, cast("type[Exception]", isal_zlib.error))


class UnsureError(Exception):
    """The fast lane is not sure that it reads a part as it is meant: the slow lane reads it, or says what is wrong."""


def inflate_part(source: Source, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the content of one part of a package, length and checksum verified at the end. Raises UnsureError."""
    checksum = length = 0
    try:
        with source.open() as stream:
            _skip_local_header(stream, entry)
            for piece in _pieces(stream, entry):
                length += len(piece)
                if length > entry.file_size:
                    raise UnsureError
                checksum = isal_zlib.crc32(piece, checksum)
                yield piece
    except _TROUBLE as error:
        raise UnsureError from error
    if length != entry.file_size or checksum != entry.CRC:
        raise UnsureError


def is_utf8(start: bytes) -> bool:
    """Tell whether a part that begins like this says that it is UTF-8, or says nothing, which means the same."""
    encoding = _ENCODING.match(start)
    return encoding is None or encoding[1].upper() in {b"UTF-8", b"UTF8"}


def _skip_local_header(stream: IO[bytes], entry: zipfile.ZipInfo) -> None:
    stream.seek(entry.header_offset)
    header = stream.read(_LOCAL_HEADER_BYTES)
    if len(header) < _LOCAL_HEADER_BYTES or not header.startswith(_LOCAL_MAGIC):
        raise UnsureError
    stream.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)


def _pieces(stream: IO[bytes], entry: zipfile.ZipInfo) -> Iterator[bytes]:
    if entry.compress_type not in {zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED}:
        raise UnsureError
    decoder = isal_zlib.decompressobj(_RAW_DEFLATE) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    left = entry.compress_size
    while left > 0:
        chunk = stream.read(min(left, INPUT_BYTES))
        if not chunk:
            raise UnsureError
        left -= len(chunk)
        if decoder is None:
            yield chunk
            continue
        while chunk and not decoder.eof:
            yield decoder.decompress(chunk, OUTPUT_BYTES)
            chunk = decoder.unconsumed_tail
    if decoder is not None:
        yield decoder.flush()
        if not decoder.eof:
            raise UnsureError
