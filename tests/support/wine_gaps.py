"""What Debian 12's Wine 8 lacks and our packages call: filled in the prefix of the tests, never shipped.

``crealf``, ``cimagf`` and ``cimag`` of ucrtbase.dll (numpy asks for them when it is imported) are stubs that abort.
bcryptprimitives.dll, from which polars takes random numbers, is missing. Windows 10 has all of them.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Windows on x64: a float complex comes in rcx, a double complex as an address in rcx; the result goes to xmm0.
UCRT = {
    "crealf": "66 0f 6e c1 c3",  # movd xmm0, ecx; ret
    "cimagf": "48 c1 e9 20 66 0f 6e c1 c3",  # shr rcx, 32; movd xmm0, ecx; ret
    "cimag": "f2 0f 10 41 08 c3",  # movsd xmm0, [rcx + 8]; ret
}
RANDOM = {"ProcessPrng": "advapi32.SystemFunction036"}
_BUILTIN = slice(0x40, 0x60)  # where Wine marks its own libraries, which it takes from elsewhere


def fill(system32: Path) -> None:
    """Fill the gaps in a prefix; Wine must be told to take ucrtbase from there (WINEDLLOVERRIDES=ucrtbase=n)."""
    path = system32 / "ucrtbase.dll"
    library = bytearray(path.read_bytes())
    assert library[_BUILTIN].startswith(b"Wine builtin DLL")
    for name, code in UCRT.items():
        start = _export(library, name)
        machine = bytes.fromhex(code)
        library[start : start + len(machine)] = machine
    library[_BUILTIN] = bytes(32)
    path.write_bytes(library)
    (system32 / "bcryptprimitives.dll").write_bytes(forwarding_library("bcryptprimitives.dll", RANDOM))


def _export(library: bytearray, wanted: str) -> int:
    """Return where in the file the code of an exported function begins."""
    (header,) = struct.unpack_from("<I", library, 60)
    (sections,) = struct.unpack_from("<H", library, header + 6)
    (optional,) = struct.unpack_from("<H", library, header + 20)
    tables = [
        struct.unpack_from("<IIII", library, header + 24 + optional + 40 * index + 8) for index in range(sections)
    ]

    def at(address: int) -> int:
        for size, start, raw_size, raw in tables:
            if start <= address < start + max(size, raw_size):
                return address - start + raw
        raise AssertionError(address)

    (directory,) = struct.unpack_from("<I", library, header + 24 + 112)
    count, functions, names, ordinals = struct.unpack_from("<IIII", library, at(directory) + 24)
    for index in range(count):
        (name,) = struct.unpack_from("<I", library, at(names) + 4 * index)
        start = at(name)
        if library[start : library.index(0, start)] == wanted.encode():
            (ordinal,) = struct.unpack_from("<H", library, at(ordinals) + 2 * index)
            return at(struct.unpack_from("<I", library, at(functions) + 4 * ordinal)[0])
    raise AssertionError(wanted)


def forwarding_library(name: str, exports: dict[str, str]) -> bytes:
    """Return a 64-bit library without code, whose functions are those of other libraries ("library.function")."""
    base, head = 0x1000, 40
    names = sorted(exports)
    functions = base + head
    strings = functions + 10 * len(names)
    text = bytearray()

    def put(word: str) -> int:
        text.extend(word.encode() + b"\0")
        return strings + len(text) - len(word) - 1

    called = put(name)
    forwards, labels = [put(exports[one]) for one in names], [put(one) for one in names]
    count = len(names)
    table = struct.pack(
        "<IIHHIIIIIII", 0, 0, 0, 0, called, 1, count, count, *(functions + n * count for n in (0, 4, 8))
    )
    table += struct.pack(f"<{count}I{count}I{count}H", *forwards, *labels, *range(count)) + text
    body = table.ljust(-len(table) % 512 + len(table), b"\0")
    dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x2022)
    optional = struct.pack("<HBBIIIII", 0x20B, 14, 0, 0, len(body), 0, 0, base)
    optional += struct.pack(
        "<QIIHHHHHHIIIIHH", 0x180000000, 0x1000, 0x200, 6, 0, 0, 0, 6, 0, 0, 0x2000, 0x200, 0, 2, 0x140
    )
    optional += struct.pack("<QQQQII", 0x100000, 0x1000, 0x100000, 0x1000, 0, 16)
    optional += struct.pack("<II", base, len(table)) + bytes(15 * 8)
    section = struct.pack("<8sIIIIIIHHI", b".edata", len(table), base, len(body), 0x200, 0, 0, 0, 0, 0x40000040)
    return (dos + coff + optional + section).ljust(0x200, b"\0") + body
