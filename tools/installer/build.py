"""``python -m installer.build``: makes dist/canbao-<version>-setup.exe on Linux."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from installer.fetch import fetch
from installer.lock import check_current, read_lock
from installer.settings import CACHE, DIST, HERE, ROOT, InstallerError, project_version
from installer.stage import stage


def build(folder: Path = DIST, *, fast: bool = False) -> Path:
    """Make the installer in ``folder`` and return it; ``fast`` compresses less. Raises InstallerError."""
    lock = read_lock()
    check_current(lock)
    files = fetch(lock, CACHE)
    target = folder / f"canbao-{project_version()}-setup.exe"
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="canbao-installer-") as work:
        staged = Path(work, "staged")
        staged.mkdir()
        stage(staged, files, _canbao_wheel(Path(work, "wheel")))
        _compile(staged, target, ["-DFAST"] if fast else [])
    return target


def _canbao_wheel(folder: Path) -> Path:
    """Build canbao's own wheel from the repository."""
    pinned = str(ROOT / "constraints.txt")
    _run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)],
        {"PIP_CONSTRAINT": pinned, "PIP_BUILD_CONSTRAINT": pinned},
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


def _compile(staged: Path, target: Path, options: list[str]) -> None:
    """Run makensis over the staged folder."""
    kilobytes = sum(path.stat().st_size for path in staged.rglob("*") if path.is_file()) // 1024
    defines = {"VERSION": project_version(), "STAGED": staged, "OUT": target, "KILOBYTES": kilobytes}
    options = [*options, *(f"-D{name}={value}" for name, value in defines.items())]
    # Names of files are Chinese here and there; makensis reads them in the locale's encoding.
    _run(["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *options, str(HERE / "canbao.nsi")], {"LC_ALL": "C.UTF-8"})


def _run(command: list[str], environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(command, env={**os.environ, **environment}, check=False, capture_output=True, text=True)
    except FileNotFoundError as trouble:
        raise InstallerError(f"{command[0]} is not installed; run `bash tools/bootstrap.sh installer`") from trouble
    if done.returncode:
        raise InstallerError(f"{Path(command[0]).name} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")


if __name__ == "__main__":
    try:
        made = build()
    except InstallerError as trouble:
        sys.exit(str(trouble))
    print(
        f"{made.relative_to(ROOT)}: {made.stat().st_size / 1e6:.1f} MB, sha256 {sha256(made.read_bytes()).hexdigest()}"
    )
