"""``python -m bench.floor``: what zip alone costs, without looking at a single cell.

``inflate FILE…`` unpacks every part; ``isal FILE…`` and ``zlib FILE…`` pack the parts of the files again.
"""

from __future__ import annotations

import json
import sys
import time
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from isal import isal_zlib

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PIECE = 1 << 20
_SIZES = {"isal": 1, "zlib": 6}  # levels: isal's fast one, zlib's usual one


def main(action: str, *names: str) -> None:
    """Do one of the three to all files and print the CPU seconds spent before the work began."""
    files = [Path(name) for name in names]
    if action == "inflate":
        startup = time.process_time()
        for file in files:
            for piece in _unpack(file):
                len(piece)
    else:
        parts = [piece for file in files for piece in _unpack(file)]
        startup = time.process_time()
        for part in parts:
            _compressor(action)(part)
    print(json.dumps({"startup": startup}))


def _compressor(action: str) -> Callable[[bytes], bytes]:
    """Return what packs one piece, checksum included."""
    level = _SIZES[action]
    if action == "isal":
        return lambda piece: isal_zlib.compress(piece, level) + isal_zlib.crc32(piece).to_bytes(4, "little")
    return lambda piece: zlib.compress(piece, level) + zlib.crc32(piece).to_bytes(4, "little")


def _unpack(file: Path) -> Iterator[bytes]:
    """Yield the pieces of all parts of a package."""
    with zipfile.ZipFile(file) as package, file.open("rb") as stream:
        for info in package.infolist():
            stream.seek(info.header_offset + 26)
            lengths = stream.read(4)
            stream.seek(int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little"), 1)
            unpack = isal_zlib.decompressobj(-zlib.MAX_WBITS)
            left = info.compress_size
            while left:
                packed = stream.read(min(left, _PIECE))
                left -= len(packed)
                yield unpack.decompress(packed)
            yield unpack.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
