"""Workbooks that need a password to open, encrypted as Excel does it but for the time it takes to try one."""

import io

from msoffcrypto.method.ecma376_agile import ECMA376Agile

_SPINS = 1_000  # of the password's hash; Excel, and `--encrypt`, take a hundred times as many


def encrypt(content: bytes, password: str) -> bytes:
    """Return the bytes of a workbook encrypted with a password."""
    encrypted: bytes = ECMA376Agile.encrypt(password, io.BytesIO(content), spin_count=_SPINS)
    return encrypted
