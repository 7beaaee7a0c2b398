"""The installer that is tried out: one for all files, signed by somebody whom nobody knows."""

import subprocess
from pathlib import Path

import pytest

from installer.build import build
from installer.signing import Signer
from support.programs import find_program


@pytest.fixture(scope="session")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    """A certificate for signing code that vouches for itself; its text lies beside it as .pem."""
    folder = tmp_path_factory.mktemp("certificate with 中文")
    key, certificate, password = folder / "key.pem", folder / "签名.pem", folder / "口令.txt"
    password.write_text("测试口令1\n", encoding="utf-8")
    openssl = find_program("openssl", "openssl")
    asked = ["-subj", "/CN=canbao test/O=nobody", "-addext", "extendedKeyUsage=codeSigning", "-days", "2", "-nodes"]
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", *asked, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    packed = certificate.with_suffix(".pfx")
    words = [openssl, "pkcs12", "-export", "-inkey", str(key), "-in", str(certificate), "-out", str(packed)]
    subprocess.run([*words, "-passout", f"file:{password}"], check=True, capture_output=True)
    return Signer(packed, password)


@pytest.fixture(scope="session")
def setup(tmp_path_factory: pytest.TempPathFactory, signer: Signer) -> Path:
    """The installer as it is built, but compressed in a tenth of the time."""
    return build(tmp_path_factory.mktemp("setup"), fast=True, signer=signer)
