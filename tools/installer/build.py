"""``python -m installer.build``: makes dist/canbao-<version>-setup.exe, signed where a certificate is given."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from installer.fetch import fetch
from installer.lock import check_current, read_lock
from installer.settings import CACHE, DIST, HERE, ROOT, InstallerError, project_version
from installer.signing import Signer, add_options, signer_of
from installer.stage import SCANNERS, stage


def build(folder: Path = DIST, *, fast: bool = False, signer: Signer | None = None) -> Path:
    """Make the installer in ``folder`` and return it; ``fast`` compresses less. Raises InstallerError."""
    if signer:
        signer.require()
    lock = read_lock()
    check_current(lock)
    files = fetch(lock, CACHE)
    target = folder / f"canbao-{project_version()}-setup.exe"
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="canbao-installer-") as work:
        staged = Path(work, "staged")
        staged.mkdir()
        stage(staged, files, _canbao_wheel(Path(work, "wheel")))
        options = ["-DFAST"] if fast else []
        if signer:
            for scanner in staged.glob(SCANNERS):
                signer.sign(scanner)
            options.append(f"-DSIGN={shlex.join(signer.command())}")
        _compile(staged, target, options)
    if signer:
        signer.sign(target)
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


def main(arguments: list[str] | None = None) -> None:
    """Build what the options ask for."""
    parser = argparse.ArgumentParser(prog="installer.build", description=__doc__)
    add_options(parser)
    try:
        made = build(signer=signer_of(parser.parse_args(arguments)))
    except InstallerError as trouble:
        sys.exit(str(trouble))
    size, digest = made.stat().st_size / 1e6, sha256(made.read_bytes()).hexdigest()
    print(f"{made.relative_to(ROOT)}: {size:.1f} MB, sha256 {digest}")


if __name__ == "__main__":
    main()
