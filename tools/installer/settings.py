"""Where things are, and what packing.toml says."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".tools" / "installer"
DIST = ROOT / "dist"
LOCK = HERE / "packages.lock"


class InstallerError(Exception):
    """The installer cannot be made; the text is one sentence that says why."""


@dataclass(frozen=True)
class Packing:
    """What is packed: ``python`` is the package with the embeddable Python, ``replace`` swaps packages by name."""

    python: str
    python_version: str
    archive: str
    folder: str
    replace: dict[str, str]
    omit: tuple[str, ...]


@cache
def packing() -> Packing:
    """Return what packing.toml says."""
    read = tomllib.loads((HERE / "packing.toml").read_text(encoding="utf-8"))
    python = read["python"]
    return Packing(
        python=python["package"],
        python_version=python["version"],
        archive=python["archive"],
        folder=python["folder"],
        replace=dict(read["replace"]),
        omit=tuple(read["omit"]["patterns"]),
    )


def project_version() -> str:
    """Return canbao's version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def normal(name: str) -> str:
    """Return a package's name as the lock writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()
