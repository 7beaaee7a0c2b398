"""Which packages are packed, at the versions of constraints.txt, and the sha256 of each file.

``python -m installer.lock`` writes packages.lock anew, after a change of what is packed or of a version.
"""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from dataclasses import dataclass
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement

from installer.pip import download_python, download_wheels
from installer.settings import CACHE, LOCK, ROOT, InstallerError, normal, packing

# What markers see on the computers that the installer is for.
WINDOWS = {
    "os_name": "nt",
    "sys_platform": "win32",
    "platform_system": "Windows",
    "platform_machine": "AMD64",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "extra": "",
}
HEAD = """\
# The files that the Windows installer packs, by sha256. Written by `make installer-lock` from constraints.txt.
"""
_LINE = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>\S+) --hash=sha256:(?P<digest>[0-9a-f]{64})")


@dataclass(frozen=True)
class Locked:
    """One packed file: the package, its version, and the file's sha256 in hexadecimal digits."""

    name: str
    version: str
    digest: str

    @property
    def requirement(self) -> str:
        """The line of the lock, which pip reads as well."""
        return f"{self.name}=={self.version} --hash=sha256:{self.digest}"


def read_lock(path: Path = LOCK) -> tuple[Locked, ...]:
    """Return the packed files. Raises InstallerError when a line is none."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            match = _LINE.fullmatch(line)
            if match is None:
                raise InstallerError(f"{path.name} is not a list of packages and their sha256: {line}")
            found.append(Locked(match["name"], match["version"], match["digest"]))
    return tuple(found)


def pinned() -> dict[str, str]:
    """Return the versions of constraints.txt by normal name."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {normal(name): version for name, version in pairs}


def wanted() -> dict[str, str]:
    """Return every package to pack with its version: what canbao needs on Windows, swapped, and Python itself.

    What a package needs is read from the packages installed here; those for Windows only need nothing else.
    Raises InstallerError when constraints.txt lacks one.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = [normal(Requirement(text).name) for text in project["dependencies"]]
    names: set[str] = set()
    while waiting:
        name = packing().replace.get(waiting[-1], waiting[-1])
        waiting.pop()
        if name not in names:
            names.add(name)
            waiting += _needs(name)
    versions = pinned()
    names.add(packing().python)
    missing = sorted(names - versions.keys())
    if missing:
        raise InstallerError(f"Not pinned in constraints.txt, add: {', '.join(missing)}")
    return {name: versions[name] for name in sorted(names)}


def _needs(name: str) -> list[str]:
    environment = {**WINDOWS, "python_version": packing().python_version}
    try:
        texts = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    requirements = (Requirement(text) for text in texts)
    return [normal(one.name) for one in requirements if one.marker is None or one.marker.evaluate(environment)]


def check_current(lock: tuple[Locked, ...]) -> None:
    """Raise InstallerError unless the lock has exactly the wanted packages and versions."""
    versions = {one.name: one.version for one in lock}
    wrong = sorted(name for name in versions.keys() | wanted().keys() if versions.get(name) != wanted().get(name))
    if wrong:
        raise InstallerError(
            f"packages.lock and constraints.txt differ in {', '.join(wrong)}; run `make installer-lock`"
        )


def write_lock() -> None:
    """Fetch every wanted package and write its sha256. Raises InstallerError."""
    lines = []
    CACHE.mkdir(parents=True, exist_ok=True)
    for name, version in wanted().items():
        with TemporaryDirectory() as folder:
            download = download_python if name == packing().python else download_wheels
            download([f"{name}=={version}"], Path(folder))
            (path,) = Path(folder).iterdir()
            lines.append(Locked(name, version, sha256(path.read_bytes()).hexdigest()).requirement)
            shutil.move(path, CACHE / path.name)
    LOCK.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        write_lock()
    except InstallerError as trouble:
        sys.exit(str(trouble))
