"""Files with a password to open: decrypted in memory, whatever program encrypted them."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import msoffcrypto
import olefile
from msoffcrypto.exceptions import InvalidKeyError

from canbao_validators.reading.biff import is_encrypted
from canbao_validators.reading.raw import Form
from canbao_validators.reading.sniff import with_usual_names
from canbao_validators.reading.source import Source
from canbao_validators.reading.unreadable import ZIP_MAGIC, UnreadableFile, anything_as_unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

# Excel encrypts with this when it protects the structure of an .xls, and opens such a file without asking.
EXCELS_OWN = "VelvetSweatshop"
_INFO = "EncryptionInfo"
_INFO_BYTES = 1 << 16
_DOCTYPE = b"<!DOCTYPE"


def open_ole(source: Source, passwords: Sequence[str]) -> Source:
    """Return the content of an OLE file, decrypted where that is needed. Raises UnreadableFile.

    ``source.form`` is XLS, or None for an encrypted package.
    """
    with anything_as_unreadable():
        if source.form is Form.XLS:
            source = _with_usual_names(source)
            if not is_encrypted(source):
                return source
        if source.form is None:
            _check_info(source)
        for password in (EXCELS_OWN, *passwords):
            content = _decrypt(source, password)
            if content is not None:
                return Source(source.path, source.form, content, password != EXCELS_OWN)
    if passwords:
        raise UnreadableFile("V39.wrong_password", count=len(passwords))
    raise UnreadableFile("V39.encrypted")


def _with_usual_names(source: Source) -> Source:
    """Return an .xls whose streams are named as readers look for them: some programs write WORKBOOK or BOOK."""
    with source.open() as stream:
        content = stream.read()
    usual = with_usual_names(content)
    return source if usual == content else replace(source, decrypted=usual)


def _check_info(source: Source) -> None:
    """Refuse a description of the encryption that is larger than any, or that declares entities."""
    with source.open() as stream, olefile.OleFileIO(stream) as ole:
        info = ole.openstream(_INFO).read(_INFO_BYTES + 1)
    if len(info) > _INFO_BYTES or _DOCTYPE in info.replace(b"\0", b""):
        raise UnreadableFile("V39.suspect", what=_INFO)


def _decrypt(source: Source, password: str) -> bytes | None:
    """Return the content, None when the password is another one. Raises UnreadableFile when it cannot be had.

    A package shows by itself whether the password was right; the library's own check fails for SHA-1 (Excel 2010).
    """
    content = io.BytesIO()
    try:
        with source.open() as stream:
            file = msoffcrypto.OfficeFile(stream)
            file.load_key(password=password)
            file.decrypt(content)
    except InvalidKeyError:
        return None
    except OSError as error:  # olefile's word for damage
        raise UnreadableFile("V39.damaged") from error
    except Exception as error:
        raise UnreadableFile("V39.cannot_decrypt") from error
    found = content.getvalue()
    return found if source.form is Form.XLS or found.startswith(ZIP_MAGIC) else None
