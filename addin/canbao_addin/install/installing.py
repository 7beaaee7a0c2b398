"""Puts the add-in into the user's own Excel on Windows, takes it out again, and says what is there.

Nothing needs an administrator. The file is written here, so it bears no mark of the internet; its folder becomes a
trusted location, and Excel opens it at every start because it stands in the list that its dialog 加载项 keeps.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from canbao_addin.install.building import XLAM, build_xlam
from canbao_addin.texts import CannotRunError
from canbao_generator.atomic import atomic_write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canbao_addin.install.registry import Registry

INTERPRETER = "INTERPRETER_WIN"
_OFFICE = r"Software\Microsoft\Office"
_OLDEST, _NEWEST = 14, 16  # Excel 2010; every Excel since 2016
_OPEN = re.compile(r"OPEN(\d*)", re.IGNORECASE)
_CONF_START = b"\xff\xfe"  # UTF-16, which the add-in reads whatever the language of Windows


@dataclass(frozen=True)
class UserPlaces:
    """Where the add-in's parts stand for one user, and the Python that runs it."""

    addin: Path
    conf: Path
    interpreter: Path

    @property
    def xlam(self) -> Path:
        """The installed add-in."""
        return self.addin / XLAM


@dataclass(frozen=True)
class ExcelStatus:
    """What is installed: ``versions`` of Excel are those that open it, ``interpreter`` is what it will start."""

    path: Path | None
    current: bool
    versions: tuple[str, ...]
    interpreter: Path | None

    @property
    def complete(self) -> bool:
        """Whether a click on a button will find everything that it needs."""
        found = self.interpreter is not None and self.interpreter.exists()
        return self.current and bool(self.versions) and found


def user_places() -> UserPlaces:
    """Return the places of the user who is signed in. Raises CannotRunError when this is not Windows."""
    if sys.platform != "win32":
        raise CannotRunError("excel_only_windows")
    python = Path(sys.executable)
    silent = python.with_name("pythonw.exe")
    return UserPlaces(
        addin=Path(os.environ["LOCALAPPDATA"], "canbao", "addin"),
        conf=Path(os.environ["USERPROFILE"], ".canbao", "canbao.conf"),
        interpreter=silent if silent.exists() else python,
    )


def install_excel(places: UserPlaces, registry: Registry) -> tuple[str, ...]:
    """Install or renew the add-in for every Excel of this user and return their versions. Raises CannotRunError.

    A user whose Excel has never run has no version yet; the add-in then waits for the newest.
    """
    versions = excel_versions(registry) or (f"{_NEWEST}.0",)
    build_xlam(places.addin)
    write_conf(places.conf, places.interpreter)
    for version in versions:
        trusted = _trusted_key(version)
        registry.write(trusted, "Path", f"{places.addin}\\")
        registry.write(trusted, "Description", "canbao")
        others = _openings(registry, version, besides=places.xlam)
        _write_openings(registry, version, [*others, f'"{places.xlam}"'])
        registry.remove_value(_manager_key(version), str(places.xlam))
    return versions


def remove_excel(places: UserPlaces, registry: Registry) -> bool:
    """Take the add-in out and return whether there was one. Raises CannotRunError when Excel holds its file."""
    there = places.xlam.exists()
    try:
        places.xlam.unlink(missing_ok=True)
        places.conf.unlink(missing_ok=True)
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=places.xlam, why=trouble) from trouble
    for folder in (places.addin, places.conf.parent):
        with suppress(OSError):  # something else stands there
            folder.rmdir()
    for version in excel_versions(registry):
        registry.remove_key(_trusted_key(version))
        if _is_opened(registry, version, places.xlam):
            _write_openings(registry, version, _openings(registry, version, besides=places.xlam))
        registry.remove_value(_manager_key(version), str(places.xlam))
    return there


def excel_status(places: UserPlaces, registry: Registry) -> ExcelStatus:
    """Return what is installed; ``current`` compares it with what this version of canbao would write."""
    if not places.xlam.exists():
        return ExcelStatus(None, current=False, versions=(), interpreter=None)
    with TemporaryDirectory(prefix="canbao-") as folder:
        current = build_xlam(Path(folder)).read_bytes() == places.xlam.read_bytes()
    opening = tuple(version for version in excel_versions(registry) if _is_opened(registry, version, places.xlam))
    return ExcelStatus(places.xlam, current, opening, read_conf(places.conf))


def write_conf(conf: Path, interpreter: Path) -> None:
    """Write which Python the add-in starts. Raises CannotRunError."""
    try:
        conf.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(conf) as stream:
            stream.write(_CONF_START + f'"{INTERPRETER}","{interpreter}"\r\n'.encode("utf-16-le"))
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=conf, why=trouble) from trouble


def read_conf(conf: Path) -> Path | None:
    """Return which Python the add-in starts; None when nothing readable says so."""
    try:
        text = conf.read_bytes().removeprefix(_CONF_START).decode("utf-16-le")
    except (OSError, UnicodeDecodeError):
        return None
    found = re.search(rf'^"{INTERPRETER}","(.+)"\r?$', text, re.MULTILINE)
    return Path(found[1]) if found else None


def excel_versions(registry: Registry) -> tuple[str, ...]:
    """Return the versions of Excel, oldest first, that have run for this user."""
    numbers = sorted(
        int(name.removesuffix(".0")) for name in registry.subkeys(_OFFICE) if re.fullmatch(r"\d+\.0", name)
    )
    versions = (f"{number}.0" for number in numbers if number >= _OLDEST)
    return tuple(version for version in versions if "excel" in _folded(registry.subkeys(rf"{_OFFICE}\{version}")))


def _folded(names: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names}


def _options_key(version: str) -> str:
    return rf"{_OFFICE}\{version}\Excel\Options"


def _manager_key(version: str) -> str:
    """Return the key that lists the add-ins which are known and switched off."""
    return rf"{_OFFICE}\{version}\Excel\Add-in Manager"


def _trusted_key(version: str) -> str:
    return rf"{_OFFICE}\{version}\Excel\Security\Trusted Locations\canbao"


def _openings(registry: Registry, version: str, *, besides: Path | None = None) -> list[str]:
    """Return what Excel opens at its start, in order, without one add-in."""
    numbered = []
    for name, value in registry.values(_options_key(version)).items():
        match = _OPEN.fullmatch(name)
        if match:
            numbered.append((int(match[1] or 0), str(value)))
    return [value for _, value in sorted(numbered) if not (besides and _names(value, besides))]


def _is_opened(registry: Registry, version: str, xlam: Path) -> bool:
    return any(_names(value, xlam) for value in _openings(registry, version))


def _names(opening: str, xlam: Path) -> bool:
    r"""Tell whether an opening, ``"C:\path"`` or ``/R "C:\path"``, is this file."""
    return opening.removeprefix("/R").strip().strip('"').casefold() == str(xlam).casefold()


def _write_openings(registry: Registry, version: str, openings: list[str]) -> None:
    """Number what Excel opens without gaps: OPEN, OPEN1, OPEN2 … It stops reading at the first gap."""
    key = _options_key(version)
    names = ["OPEN", *(f"OPEN{number}" for number in range(1, len(openings)))][: len(openings)]
    kept = _folded(names)
    for name in list(registry.values(key)):
        if _OPEN.fullmatch(name) and name.casefold() not in kept:
            registry.remove_value(key, name)
    for name, opening in zip(names, openings, strict=True):
        registry.write(key, name, opening)
