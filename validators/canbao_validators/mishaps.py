"""Errors of our own that a file brought about: kept in the user's log under a reference, which the finding names.

The log tells where in the code it happened; what stands in the file is left out or masked.
"""

from __future__ import annotations

import hashlib
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING

from canbao_rulebook.kept import HOME
from canbao_rulebook.masking import mask_numbers
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

LOG = HOME / "canbao.log"
_MOST_WORDS = 200  # characters of an error's own words
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")  # a reference of digits would be masked as a number
_REFERENCE = 6  # letters


def as_unexpected(trouble: BaseException, path: Path) -> UnreadableFile:
    """Return what stands for a file over which our own code failed, and keep the trace in the log. Never raises."""
    where = "".join(traceback.format_tb(trouble.__traceback__))
    what = f"{type(trouble).__name__}: {_words_of(trouble)}"
    reference = (
        hashlib.sha256(f"{path.name}\n{where}{what}".encode("utf-8", "replace"))
        .hexdigest()[:_REFERENCE]
        .translate(_LETTERS)
    )
    with suppress(OSError):
        LOG.parent.mkdir(parents=True, exist_ok=True)
        with LOG.open("a", encoding="utf-8", errors="replace") as log:
            log.write(mask_numbers(f"{path.name} #") + f"{reference}\n{where}{what}\n\n")
    return UnreadableFile("V39.unexpected", code=reference)


def _words_of(trouble: BaseException) -> str:
    """Return an error's own words, masked and not too many: they may quote a cell."""
    try:
        words = str(trouble)
    except Exception:  # noqa: BLE001 - an error that cannot even be told
        return ""
    return mask_numbers(words[:_MOST_WORDS])
