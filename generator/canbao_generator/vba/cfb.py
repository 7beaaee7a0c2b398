"""The container of a VBA project: a compound file of version 3, as [MS-CFB] has it."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Tree = dict[str, "bytes | Tree"]

_SECTOR, _MINI_SECTOR, _MINI_CUTOFF = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD  # 2.1
_NO_STREAM = 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5  # 2.6.1 Object Type
_BLACK = 1  # 2.6.4: every node may be black
_HEADER_FATS = 109  # 2.2: FAT sectors that the header itself can name
_PER_FAT = _SECTOR // 4
_ENTRY = struct.Struct("<64sHBBIII16sIQQIQ")  # 2.6.1
_HEADER = struct.Struct("<8s16sHHHHH6s9I109I")  # 2.2


@dataclass
class _Entry:
    """One directory entry (2.6.1); left, right and child are numbers of other entries."""

    name: str
    kind: int
    data: bytes = b""
    left: int = _NO_STREAM
    right: int = _NO_STREAM
    child: int = _NO_STREAM
    start: int = 0
    size: int = 0


@dataclass
class _Sectors:
    """Sectors of one size with their allocation table (2.3, 2.4)."""

    size: int
    table: list[int] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)

    def add(self, data: bytes) -> int:
        """Append a chain of sectors and return the number of its first; an empty one has none."""
        count = -(-len(data) // self.size)
        if not count:
            return _END
        start = len(self.table)
        self.table += [*range(start + 1, start + count), _END]
        self.body += data.ljust(count * self.size, b"\0")
        return start


def build_cfb(tree: Tree) -> bytes:
    """Return the compound file with these streams (bytes) and storages (dicts). Raises ValueError above 7 MB."""
    entries = [_Entry("Root Entry", _ROOT)]
    entries[0].child = _add_entries(tree, entries)
    sectors, minis = _Sectors(_SECTOR), _Sectors(_MINI_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.size = len(entry.data)
            entry.start = (minis if entry.size < _MINI_CUTOFF else sectors).add(entry.data)
    root = entries[0]
    root.size, root.start = len(minis.body), sectors.add(bytes(minis.body))
    mini_table = sectors.add(_words(minis.table))
    directory = sectors.add(_directory(entries))
    return _with_tables(sectors, directory, mini_table, -(-len(minis.table) // _PER_FAT))


def _add_entries(tree: Mapping[str, bytes | Tree], entries: list[_Entry]) -> int:
    """Append the entries of one storage and return the number of the one at the top of its search tree (2.6.4)."""
    numbers = []
    for name in sorted(tree, key=lambda name: (len(name.encode("utf-16-le")), name.upper())):
        node = tree[name]
        entry = _Entry(name, _STREAM, node) if isinstance(node, bytes) else _Entry(name, _STORAGE)
        numbers.append(len(entries))
        entries.append(entry)
        if isinstance(node, dict):
            entry.child = _add_entries(node, entries)
    return _balance(numbers, entries)


def _balance(numbers: list[int], entries: list[_Entry]) -> int:
    """Link entries that stand in order into a balanced tree and return its top."""
    if not numbers:
        return _NO_STREAM
    middle = len(numbers) // 2
    top = entries[numbers[middle]]
    top.left = _balance(numbers[:middle], entries)
    top.right = _balance(numbers[middle + 1 :], entries)
    return numbers[middle]


def _directory(entries: list[_Entry]) -> bytes:
    """Return the directory (2.6) in whole sectors; without times, so that the same content gives the same bytes."""
    packed = []
    for entry in entries:
        name = entry.name.encode("utf-16-le") + b"\0\0"
        links = (entry.left, entry.right, entry.child)
        packed.append(
            _ENTRY.pack(name, len(name), entry.kind, _BLACK, *links, bytes(16), 0, 0, 0, entry.start, entry.size)
        )
    unused = _ENTRY.pack(b"", 0, 0, 0, _NO_STREAM, _NO_STREAM, _NO_STREAM, bytes(16), 0, 0, 0, 0, 0)
    packed += [unused] * (-len(entries) % (_SECTOR // _ENTRY.size))
    return b"".join(packed)


def _with_tables(sectors: _Sectors, directory: int, mini_table: int, mini_sectors: int) -> bytes:
    """Return header (2.2), sectors and the allocation table (2.3), which has a place for its own sectors too."""
    fats = 1
    while len(sectors.table) + fats > fats * _PER_FAT:
        fats += 1
    if fats > _HEADER_FATS:
        raise ValueError("more sectors than the header of a compound file can name")
    first = len(sectors.table)
    table = [*sectors.table, *[_FAT] * fats]
    named = [*range(first, first + fats), *[_FREE] * (_HEADER_FATS - fats)]
    numbers = (0, fats, directory, 0, _MINI_CUTOFF, mini_table, mini_sectors, _END, 0)
    signature = bytes.fromhex("d0cf11e0a1b11ae1")
    header = _HEADER.pack(signature, bytes(16), 0x3E, 3, 0xFFFE, 9, 6, bytes(6), *numbers, *named)
    return header + bytes(sectors.body) + _words(table)


def _words(numbers: list[int]) -> bytes:
    """Return an allocation table in whole sectors, its rest free."""
    padded = [*numbers, *[_FREE] * (-len(numbers) % _PER_FAT)]
    return struct.pack(f"<{len(padded)}I", *padded)
