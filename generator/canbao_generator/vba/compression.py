"""The compression of module source and of the ``dir`` stream: [MS-OVBA] 2.4.1."""

from __future__ import annotations

import struct

CHUNK = 4096  # decompressed bytes of every chunk but the last: 2.4.1.1.3
_SIGNATURE = b"\x01"  # 2.4.1.1.1 CompressedContainer
_COMPRESSED = 0xB000  # flag 1 and signature 0b011 of a chunk's header: 2.4.1.1.5
_RAW = 0x3000  # flag 0 and the same signature
_MIN_MATCH = 3  # shortest copy: 2.4.1.3.19.3
_CANDIDATES = 64  # earlier places looked at for a copy; more saves a handful of bytes


class IncompressibleError(ValueError):
    """The last chunk is short and does not get smaller, and only a whole chunk may stand raw. Source text never is."""


def compress(data: bytes) -> bytes:
    """Return ``data`` as a CompressedContainer (2.4.1.1.1). Raises IncompressibleError."""
    chunks = (_chunk(data[start : start + CHUNK]) for start in range(0, len(data), CHUNK))
    return _SIGNATURE + b"".join(chunks)


def _chunk(data: bytes) -> bytes:
    """Return one CompressedChunk (2.4.1.1.4): raw when tokens would take more room than the bytes themselves."""
    tokens = _tokens(data)
    if len(tokens) <= CHUNK:
        return struct.pack("<H", _COMPRESSED | (len(tokens) - 1)) + tokens
    if len(data) < CHUNK:
        raise IncompressibleError(f"{len(data)} bytes")
    return struct.pack("<H", _RAW | (CHUNK - 1)) + data


def _tokens(data: bytes) -> bytes:
    """Return the TokenSequences (2.4.1.1.7) of a chunk: a byte of flags before every eight literals or copies."""
    out = bytearray()
    seen: dict[bytes, list[int]] = {}
    place = 0
    while place < len(data):
        flags, flag_place = 0, len(out)
        out.append(0)
        for bit in range(8):
            if place >= len(data):
                break
            length, distance = _longest(data, place, seen)
            if length:
                out += _copy_token(place, length, distance)
                flags |= 1 << bit
            else:
                out.append(data[place])
            step = length or 1
            for index in range(place, place + step):
                seen.setdefault(data[index : index + _MIN_MATCH], []).append(index)
            place += step
        out[flag_place] = flags
    return bytes(out)


def _longest(data: bytes, place: int, seen: dict[bytes, list[int]]) -> tuple[int, int]:
    """Return length and distance of the longest earlier match (2.4.1.3.19.4), or two zeros."""
    limit = min((0xFFFF >> _distance_bits(place)) + _MIN_MATCH, len(data) - place)
    if limit < _MIN_MATCH:
        return 0, 0
    best = distance = 0
    for candidate in reversed(seen.get(data[place : place + _MIN_MATCH], ())[-_CANDIDATES:]):
        length = _MIN_MATCH
        while length < limit and data[candidate + length] == data[place + length]:
            length += 1
        if length > best:
            best, distance = length, place - candidate
    return best, distance


def _distance_bits(place: int) -> int:
    """Return how many bits of a CopyToken hold the distance at ``place`` in the chunk: 2.4.1.3.19.1."""
    return max(4, (place - 1).bit_length())


def _copy_token(place: int, length: int, distance: int) -> bytes:
    """Return a packed CopyToken: 2.4.1.3.19.3."""
    return struct.pack("<H", (distance - 1) << (16 - _distance_bits(place)) | (length - _MIN_MATCH))
