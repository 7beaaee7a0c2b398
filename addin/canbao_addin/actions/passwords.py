"""Files that hold passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.texts import CannotRunError

if TYPE_CHECKING:
    from pathlib import Path


def read_password(path: Path | None) -> str | None:
    """Return the first line of a password file. Raises CannotRunError when it is missing or empty."""
    return read_passwords(path)[0] if path else None


def read_passwords(path: Path) -> tuple[str, ...]:
    """Return the lines of a password file, blank ones left out. Raises CannotRunError when the first line is blank."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as trouble:
        raise CannotRunError("cannot_read", path=path, why=trouble) from trouble
    if not lines or not lines[0].strip():
        raise CannotRunError("password_empty", path=path)
    return tuple(line.strip() for line in lines if line.strip())
