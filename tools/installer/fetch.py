"""The packed files, fetched once into .tools/installer and checked against the lock at every build."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from installer.pip import download_python, download_wheels
from installer.settings import InstallerError, normal, packing

if TYPE_CHECKING:
    from pathlib import Path

    from installer.lock import Locked


def fetch(lock: tuple[Locked, ...], folder: Path) -> dict[str, Path]:
    """Return the file of each package in ``folder``, fetched when it is missing.

    Raises InstallerError when a file, fetched now or earlier, is not the one of the lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [one for one in lock if _find(one, folder) is None]
    wheels = [one.requirement for one in missing if one.name != packing().python]
    sources = [one.requirement for one in missing if one.name == packing().python]
    if wheels:
        download_wheels(wheels, folder)
    if sources:
        download_python(sources, folder)
    return {one.name: _checked(one, folder) for one in lock}


def _find(one: Locked, folder: Path) -> Path | None:
    """Return the file of a package, named ``name-version-…`` as wheels and source distributions are."""
    for path in sorted(folder.iterdir()):
        name, _, rest = path.name.partition("-")
        if normal(name) == one.name and rest.removesuffix(".tar.gz").split("-")[0] == one.version:
            return path
    return None


def _checked(one: Locked, folder: Path) -> Path:
    path = _find(one, folder)
    if path is None:
        raise InstallerError(f"pip fetched no file for {one.name} {one.version}")
    digest = sha256(path.read_bytes()).hexdigest()
    if digest != one.digest:
        raise InstallerError(
            f"{path.name} is not the file that packages.lock names: its sha256 is {digest}, expected {one.digest}. "
            f"Nothing was built. If the file was damaged, remove it from {folder} and try again."
        )
    return path
