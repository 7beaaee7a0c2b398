"""Install, remove and look for the extension in the LibreOffice of the person who runs this, through its ``unopkg``."""

from __future__ import annotations

import json
import os
import re
import shutil
import site
import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

from canbao_addin.texts import CannotRunError
from canbao_generator.oxt import IDENTIFIER, SETTINGS

PACKAGES = (
    "canbao_templates",
    "canbao_rulebook",
    "canbao_generator",
    "canbao_validators",
    "canbao_county",
    "canbao_demo",
    "canbao_addin",
)
UNOPKG_SECONDS = 300
_WINDOWS_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)")  # LibreOffice's installer changes no PATH
# Where each build of LibreOffice shows the version of its Python, beside its programs.
_BUNDLED_PYTHON = ("python-core-3.*", "../Frameworks/LibreOfficePython.framework/Versions/3.*")
_PYTHON_BRIDGE = "libpyuno.so"
_FOREIGN_PYTHON = {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"}


def install(oxt: Path) -> None:
    """Install an extension for this person, pointed at the Python that runs this. Raises CannotRunError."""
    program = _find_program()
    _check_python(program)
    with tempfile.TemporaryDirectory(prefix="canbao-oxt-") as folder:
        ready = Path(folder) / oxt.name
        try:
            shutil.copyfile(oxt, ready)
        except OSError as trouble:
            raise CannotRunError("cannot_read", path=oxt, why=trouble.strerror) from trouble
        settings = {"python": sys.version_info[:2], "paths": python_paths()}
        with zipfile.ZipFile(ready, "a") as package:
            package.writestr(SETTINGS, json.dumps(settings, ensure_ascii=False))
        _run_unopkg(program, "add", "--force", "--suppress-license", str(ready))


def remove() -> bool:
    """Remove the extension; False when there was none. Raises CannotRunError."""
    if status() is None:
        return False
    _run_unopkg(_find_program(), "remove", IDENTIFIER)
    return True


def status() -> str | None:
    """Return the version of the extension that is installed, None when there is none. Raises CannotRunError."""
    listed = _run_unopkg(_find_program(), "list")
    found = re.search(rf"^Identifier: {re.escape(IDENTIFIER)}\s+Version: (\S+)", listed, re.MULTILINE)
    return found[1] if found else None


def python_paths() -> list[str]:
    """Return the folders that another process of the same Python version needs on its path to import canbao."""
    specs = [find_spec(package) for package in PACKAGES]
    own = [str(Path(spec.origin).parent.parent) for spec in specs if spec and spec.origin]
    installed = [path for path in (*site.getsitepackages(), site.getusersitepackages()) if path in sys.path]
    return list(dict.fromkeys([*own, *installed]))


def _find_program() -> Path:
    """Return LibreOffice's folder of programs. Raises CannotRunError when there is none, and for root."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        raise CannotRunError("office_root")
    found = [shutil.which(name) for name in ("soffice", "libreoffice")]
    places = [Path(path).resolve().parent for path in found if path]
    places += [Path(os.environ[name], "LibreOffice", "program") for name in _WINDOWS_FOLDERS if name in os.environ]
    places.append(Path("/Applications/LibreOffice.app/Contents/MacOS"))
    for place in places:
        if shutil.which("unopkg", path=str(place)):
            return place
    raise CannotRunError("office_missing")


def _check_python(program: Path) -> None:
    """Raise CannotRunError unless LibreOffice's Python can load what is installed in this one."""
    version = _office_python(program)
    if version is None:
        raise CannotRunError("office_no_python")
    if version != sys.version_info[:2]:
        office, own = ("{}.{}".format(*each) for each in (version, sys.version_info))
        raise CannotRunError("office_other_python", office=office, own=own)


def _office_python(program: Path) -> tuple[int, int] | None:
    """Return the version of LibreOffice's own Python: bundled, or the system's that its bridge is linked with."""
    for pattern in _BUNDLED_PYTHON:
        for place in sorted(program.glob(pattern)):
            major, minor = place.name.removeprefix("python-core-").split(".")[:2]
            return int(major), int(minor)
    bridge = program / _PYTHON_BRIDGE
    linked = re.search(rb"libpython(\d+)\.(\d+)", bridge.read_bytes()) if bridge.exists() else None
    return (int(linked[1]), int(linked[2])) if linked else None


def _run_unopkg(program: Path, *arguments: str) -> str:
    """Return what unopkg printed. Raises CannotRunError with its own last words."""
    tool = shutil.which("unopkg", path=str(program))
    assert tool, "the folder was chosen for it"
    try:
        done = subprocess.run(
            [tool, *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=UNOPKG_SECONDS,
            env=_own_environment(),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as trouble:
        raise CannotRunError("office_failed", why=type(trouble).__name__) from trouble
    if done.returncode:
        said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        raise CannotRunError("office_failed", why=said[0] if said else done.returncode)
    return done.stdout


def _own_environment() -> dict[str, str]:
    """Return the environment without this Python's: LibreOffice looks for its own by the same names, and would fail."""
    environment = {name: value for name, value in os.environ.items() if name not in _FOREIGN_PYTHON}
    if sys.prefix != sys.base_prefix:
        folders = environment.get("PATH", "").split(os.pathsep)
        environment["PATH"] = os.pathsep.join(
            folder for folder in folders if Path(folder) != Path(sys.executable).parent
        )
    return environment
