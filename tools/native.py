"""``make native``: builds the compiled scanner into the package.

For this machine by $CC, cc or gcc; with ``--windows`` for Windows x64 and arm64 by ziglang (PyPI), if installed.
``--checked`` builds with the address and undefined-behaviour sanitizers, for `make fuzz`.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from canbao_validators.reading.scanner import SOURCE, library_name, source_digest

CHECKED = ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
WINDOWS = {"AMD64": "x86_64-windows-gnu", "ARM64": "aarch64-windows-gnu"}
_FLAGS = ("-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-fvisibility=hidden")
_SECONDS = 900  # zig compiles a C library for each system once


class BuildError(Exception):
    """A compiler is missing, or says why it does not compile."""


def build(folder: Path, *, checked: bool = False) -> Path:
    """Build for this machine into a folder. Raises BuildError."""
    chosen = os.environ.get("CC") or "cc"
    compiler = shutil.which(chosen) or shutil.which("gcc")
    if compiler is None:
        raise BuildError("There is no C compiler. As root, on Debian 12: apt-get install gcc libc6-dev")
    name = library_name(platform.system(), platform.machine())
    return _compile([compiler, *_FLAGS, *(CHECKED if checked else ())], folder / name)


def build_for_windows(folder: Path) -> list[Path]:
    """Build for both kinds of Windows machines. Raises BuildError."""
    if find_spec("ziglang") is None:
        raise BuildError("ziglang is not installed, which compiles for Windows: pip install ziglang")
    flags = [flag for flag in _FLAGS if flag != "-fPIC"]
    zig = [sys.executable, "-m", "ziglang", "cc"]
    return [
        _compile([*zig, "-target", target, *flags, "-s"], folder / library_name("Windows", machine))
        for machine, target in WINDOWS.items()
    ]


def _compile(command: list[str], path: Path) -> Path:
    """Compile beside the file first: a build that breaks off, or one that is in use, harms nobody."""
    with TemporaryDirectory(dir=path.parent, prefix=".scanner-") as folder:
        fresh = Path(folder, path.name)
        whole = [*command, f'-DSOURCE_DIGEST="{source_digest()}"', "-o", str(fresh), str(SOURCE)]
        done = subprocess.run(whole, check=False, capture_output=True, text=True, timeout=_SECONDS)
        if done.returncode:
            raise BuildError(f"{' '.join(whole)}\n{done.stderr}")
        fresh.replace(path)
    return path


def main(arguments: list[str] | None = None) -> None:
    """Build what the options ask for."""
    options = argparse.ArgumentParser(prog="tools/native.py", description=__doc__)
    options.add_argument("--windows", action="store_true")
    options.add_argument("--checked", action="store_true")
    options.add_argument("--out", type=Path, default=SOURCE.parent)
    given = options.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    try:
        built = build_for_windows(given.out) if given.windows else [build(given.out, checked=given.checked)]
    except BuildError as trouble:
        sys.exit(str(trouble))
    for path in built:
        print(path)


if __name__ == "__main__":
    main()
