"""What tests do with the installer on a Windows, and with what it has installed there."""

import struct
import subprocess
from pathlib import Path, PureWindowsPath

from support.wine import Windows

# NSIS takes a folder with blanks unquoted, as the last words of its command line.
FOLDER = PureWindowsPath(r"C:\办公 软件\参保 一")
REFUSED = 2
I386, AMD64, ARM64 = 0x014C, 0x8664, 0xAA64  # processors, as the head of a library names them
_CALL = "from canbao_addin.cli import main; main()"


def install(windows: Windows, setup: Path, folder: PureWindowsPath | None = None) -> subprocess.CompletedProcess[str]:
    words = f"/D={folder}".split(" ") if folder else []
    return windows.run(setup, "/S", *words)


def here(windows: Windows, folder: PureWindowsPath) -> Path:
    return windows.drive.joinpath(*folder.parts[1:])


def python(windows: Windows, code: str, *, folder: PureWindowsPath = FOLDER) -> subprocess.CompletedProcess[str]:
    return windows.run(folder / "python" / "python.exe", "-X", "utf8", "-c", code)


def canbao(windows: Windows, *words: str) -> subprocess.CompletedProcess[str]:
    return windows.run(FOLDER / "python" / "python.exe", "-X", "utf8", "-c", _CALL, *words)


def machine_of(library: Path) -> int:
    """For which processor a library was built."""
    content = library.read_bytes()
    (header,) = struct.unpack_from("<I", content, 60)
    machine: int = struct.unpack_from("<H", content, header + 4)[0]
    return machine
