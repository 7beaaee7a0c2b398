"""A code signature (Authenticode) for what the project itself makes: the setup, its uninstaller, the compiled scanners.

The certificate is a PKCS#12 file (.pfx, .p12) of whoever hands the setup out, its password in a text file. Without
one nothing is signed. The add-in is written on the user's PC, and its VBA cannot be signed here (docs/installer.md).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from installer.settings import HERE, InstallerError

_SECONDS = 120


@dataclass(frozen=True)
class Signer:
    """Whose signature; ``timestamp`` is the address of a time-stamping service, so that it outlives the certificate."""

    certificate: Path
    password_file: Path | None = None
    timestamp: str | None = None

    def require(self) -> None:
        """Raise InstallerError for a file that is not there, before anything is built."""
        for path in filter(None, (self.certificate, self.password_file)):
            if not path.is_file():
                raise InstallerError(f"There is no file {path}. Nothing was built.")

    def sign(self, path: Path) -> None:
        """Put the signature into a program or library. Raises InstallerError."""
        fresh = path.with_name(f"{path.name}.signed")
        words = ["osslsigncode", "sign", "-h", "sha256", "-n", "canbao", "-pkcs12", str(self.certificate.resolve())]
        words += ["-readpass", str(self.password_file.resolve())] if self.password_file else []
        words += ["-ts", self.timestamp] if self.timestamp else []
        try:
            done = subprocess.run(
                [*words, "-in", str(path), "-out", str(fresh)],
                check=False,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
            )
        except FileNotFoundError as trouble:
            raise InstallerError("osslsigncode is not installed. As root: apt-get install osslsigncode") from trouble
        if done.returncode:
            fresh.unlink(missing_ok=True)
            raise InstallerError(
                f"{path.name} could not be signed with {self.certificate}:\n{done.stdout}{done.stderr}"
            )
        fresh.chmod(path.stat().st_mode)
        fresh.replace(path)

    def command(self) -> list[str]:
        """Return the words of a command that signs the file whose path is put behind them."""
        here = ["env", f"PYTHONPATH={HERE.parent}", sys.executable, "-m", "installer.signing"]
        options = ["--certificate", str(self.certificate.resolve())]
        options += ["--password-file", str(self.password_file.resolve())] if self.password_file else []
        return [*here, *options, *(["--timestamp", self.timestamp] if self.timestamp else [])]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Let a command take a certificate."""
    parser.add_argument("--certificate", type=Path, help="a PKCS#12 file (.pfx, .p12) with a code-signing certificate")
    parser.add_argument("--password-file", type=Path, help="a text file whose first line is its password")
    parser.add_argument("--timestamp", help="the address of a time-stamping service")


def signer_of(given: argparse.Namespace) -> Signer | None:
    """Return the signer that the options name, None where there is no certificate."""
    return Signer(given.certificate, given.password_file, given.timestamp) if given.certificate else None


def main(arguments: list[str] | None = None) -> None:
    """Sign one file, as makensis asks for its uninstaller."""
    parser = argparse.ArgumentParser(prog="installer.signing", description=__doc__)
    add_options(parser)
    parser.add_argument("path", type=Path)
    given = parser.parse_args(arguments)
    signer = signer_of(given)
    if signer is None:
        parser.error("--certificate is missing")
    try:
        signer.sign(given.path)
    except InstallerError as trouble:
        sys.exit(str(trouble))


if __name__ == "__main__":
    main()
