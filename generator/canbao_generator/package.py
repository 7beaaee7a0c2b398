"""A zip package out of pieces that were deflated beforehand: what many workbooks share is compressed once."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, TYPE_CHECKING

from isal import isal_zlib

if TYPE_CHECKING:
    from collections.abc import Iterable

LEVEL, OF_ROWS = 6, 7  # of compression: rows of formulas take less room than at 6, in less time
_POLYNOMIAL = 0xEDB88320
_LAST_BLOCK = b"\x03\x00"  # an empty final deflate block: ends the stream that the segments make up
_DATE_1980 = (0, 33)  # the earliest time a zip entry can bear
_UTF8_NAME = 0x800
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_LIMIT = 0xFFFFFFFF


class PackageTooLargeError(ValueError):
    """A part or the package passes 4 GiB, which office programs do not open."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a part: raw deflate data that ends at a byte, with the checksum and size of what it holds."""

    data: bytes
    crc: int
    size: int


def deflate(content: bytes, level: int = LEVEL, *, before: bytes = b"") -> Segment:
    """Compress a piece so that it can stand anywhere in a stream, or only behind ``before``, which it can repeat."""
    compressor = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=before)
    data = compressor.compress(content) + compressor.flush(zlib.Z_FULL_FLUSH)
    return Segment(data, isal_zlib.crc32(content), len(content))


def deflate_quickly(contents: Iterable[bytes]) -> Segment:
    """Do the same with contents one after the other, in a sixth of the time; processors may come to other bytes."""
    compressor = isal_zlib.compressobj(1, zlib.DEFLATED, -zlib.MAX_WBITS)
    pieces, crc, size = [], 0, 0
    for content in contents:
        pieces.append(compressor.compress(content))
        crc, size = isal_zlib.crc32(content, crc), size + len(content)
    return Segment(b"".join([*pieces, compressor.flush(zlib.Z_FULL_FLUSH)]), crc, size)


def combine_crc(first: int, second: int, second_size: int) -> int:
    """Return the CRC-32 of two pieces joined, from those of the pieces (as zlib's ``crc32_combine``)."""
    return _multiply(_shift(second_size), first) ^ second


def _multiply(left: int, right: int) -> int:
    """Multiply two polynomials modulo the CRC polynomial, bits reversed as zlib holds them."""
    product = 0
    mask = 1 << 31
    while left:
        if left & mask:
            product ^= right
            left ^= mask
        mask >>= 1
        right = (right >> 1) ^ _POLYNOMIAL if right & 1 else right >> 1
    return product


@lru_cache(maxsize=4096)
def _shift(size: int) -> int:
    """Return the operator that appends ``size`` zero bytes: x to the power of 8 * size."""
    power, base = 1 << 31, 1 << 23
    while size:
        if size & 1:
            power = _multiply(base, power)
        base = _multiply(base, base)
        size >>= 1
    return power


class PackageWriter:
    """Writes a zip file whose bytes depend on its content alone: no clock, no random number. The stream can seek."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._begin = stream.tell()
        self._offset = 0
        self._directory: list[bytes] = []

    def add(self, name: str, segments: Iterable[Segment]) -> None:
        """Write one part from its pieces, one after another as they come. Raises PackageTooLargeError."""
        entry, start = name.encode(), self._offset
        self._write(bytes(_LOCAL.size) + entry)  # its sums are known at the end
        crc = size = 0
        for piece in segments:
            crc = combine_crc(crc, piece.crc, piece.size) if size else piece.crc
            size += piece.size
            self._write(piece.data)
        self._write(_LAST_BLOCK)
        packed = self._offset - start - _LOCAL.size - len(entry)
        if max(size, packed, start) > _LIMIT:
            raise PackageTooLargeError(name)
        common = (20, _UTF8_NAME, zlib.DEFLATED, *_DATE_1980, crc, packed, size, len(entry), 0)
        self._directory.append(_CENTRAL.pack(b"PK\1\2", 20, *common, 0, 0, 0, 0, start) + entry)
        self._stream.seek(self._begin + start)
        self._stream.write(_LOCAL.pack(b"PK\3\4", *common))
        self._stream.seek(self._begin + self._offset)

    def close(self) -> None:
        """Write the directory. The stream stays open."""
        directory = b"".join(self._directory)
        count = len(self._directory)
        if self._offset + len(directory) > _LIMIT:
            raise PackageTooLargeError
        self._stream.write(directory + _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), self._offset, 0))

    def _write(self, data: bytes) -> None:
        self._stream.write(data)
        self._offset += len(data)
