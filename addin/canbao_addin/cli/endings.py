"""What tells a command to end: Ctrl-C, a closed window, another program that asks it to."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Endings:
    """An interruption wherever the command stands; noted alone while it loads what it would say then.

    A module that is torn while it loads may not load a second time, and the command could not say that it was stopped.
    """

    def __init__(self) -> None:
        self.told = False  # somebody wants it to end
        self._is_loading = False

    def listen(self) -> None:
        """Note from now on that the command is told to end; ``ready`` ends it."""
        self._is_loading = True
        for number in _heard():
            signal.signal(number, self._hear)

    def ready(self) -> None:
        """Interrupt from now on, and at once if it was told to end before.

        Raises:
            KeyboardInterrupt: somebody wanted it to end while it was loading.

        """
        self._is_loading = False
        if self.told:
            raise KeyboardInterrupt

    def pass_over(self) -> None:
        """Let the command leave with its exit status: all is done, there is nothing left to stop."""
        for number in _heard():
            signal.signal(number, signal.SIG_IGN)

    def _hear(self, *_: object) -> None:
        self.told = True
        if not self._is_loading:
            raise KeyboardInterrupt


def _heard() -> Iterator[int]:
    """What can tell a command to end, without that which whoever started it wants it to be deaf to (nohup)."""
    numbers = (getattr(signal, name) for name in _NAMES if hasattr(signal, name))
    return (number for number in numbers if signal.getsignal(number) != signal.SIG_IGN)
