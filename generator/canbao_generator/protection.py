"""Sheet and workbook protection: SHA-512, with a salt that the policy gives: the same input makes the same bytes."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256, sha512
from typing import TYPE_CHECKING

from openpyxl.workbook.protection import WorkbookProtection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

SPIN_COUNT = 100_000
_ALGORITHM = "SHA-512"
_SALT_BYTES = 16


@dataclass(frozen=True)
class Lock:
    """A hashed password; empty texts mean protection that anyone may lift."""

    salt: str = ""
    digest: str = ""


def make_lock(password: str | None, seed: str) -> Lock:
    """Hash a password as ECMA-376 part 1, 18.2.29 says; ``seed`` gives the salt."""
    if not password:
        return Lock()
    salt = sha256(f"canbao salt {seed}".encode()).digest()[:_SALT_BYTES]
    digest = sha512(salt + password.encode("utf-16-le")).digest()
    for turn in range(SPIN_COUNT):
        digest = sha512(digest + turn.to_bytes(4, "little")).digest()
    return Lock(b64encode(salt).decode(), b64encode(digest).decode())


def protect_sheet(sheet: Worksheet, lock: Lock, *, free: Sequence[str] = ()) -> None:
    """Protect a sheet; sorting and filtering stay allowed, and what ``free`` says.

    ``formatRows``: heights, where no row is hidden, as who may change heights may also show rows. ``formatColumns``:
    widths, and columns that people hide and show.
    """
    protection = sheet.protection
    protection.sheet = True
    for freedom in ("sort", "autoFilter", *free):
        setattr(protection, freedom, False)  # the attribute says what is forbidden
    if lock.digest:
        protection.algorithmName, protection.spinCount = _ALGORITHM, SPIN_COUNT
        protection.saltValue, protection.hashValue = lock.salt, lock.digest


def protect_workbook(book: Workbook, lock: Lock) -> None:
    """Lock the structure: no sheet can be added, removed, renamed or shown."""
    protection = WorkbookProtection(lockStructure=True)
    if lock.digest:
        protection.workbookAlgorithmName, protection.workbookSpinCount = _ALGORITHM, SPIN_COUNT
        protection.workbookSaltValue, protection.workbookHashValue = lock.salt, lock.digest
    book.security = protection
