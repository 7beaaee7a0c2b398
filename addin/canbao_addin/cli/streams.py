"""Where a command speaks to: a console of any encoding, a closed pipe, or nothing at all (pythonw). None ends it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TextIO


_NAMES = ("stdout", "stderr")
_FIRST_FREE = 3  # after standard input, output and error


class ForgivingStream:
    """A stream of text that takes everything: what its encoding has no character for, and what nobody reads any more.

    All else is that of the stream behind it.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what can be written."""
        try:
            self._stream.write(text)
        except UnicodeEncodeError:
            encoding = self._stream.encoding or "ascii"
            self.write(text.encode(encoding, errors="replace").decode(encoding))
        except (OSError, ValueError):  # nobody reads it, or it is closed
            pass
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            self._let_go()

    def _let_go(self) -> None:
        """Lead the rest nowhere, so that the interpreter does not stumble over it when it ends."""
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
        except (OSError, ValueError):
            return

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _take_standard_numbers() -> None:
    while (number := os.open(os.devnull, os.O_RDWR)) < _FIRST_FREE:
        os.set_inheritable(number, True)  # children need them as well
    os.close(number)


def forgive_streams() -> None:
    """Put forgiving streams in the place of standard output and standard error.

    Where they were closed before the program began, their numbers are taken first, so that no other file gets them.
    """
    _take_standard_numbers()
    replace_missing_streams()
    for name in _NAMES:
        setattr(sys, name, ForgivingStream(getattr(sys, name)))


def replace_missing_streams() -> None:
    """Put a stream that leads nowhere in the place of one that the interpreter does not have."""
    for name in _NAMES:
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - stays open
