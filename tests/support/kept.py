"""What the program keeps on disk between its runs, in tests: one folder for all of their processes.

A test that changes what it was made of without changing a file, text or code in memory, asks for nothing to be kept.
"""

import os
from pathlib import Path

import pytest

from canbao_rulebook import kept

_FOLDER = Path(__file__).parents[2] / ".kept"


def keep_for_all() -> None:
    """Let this process and those that it starts keep things for each other and for the next run."""
    os.environ[kept.VARIABLE] = str(_FOLDER)


def keep_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process work everything out as long as a test lasts."""
    monkeypatch.setattr(kept, "_folder", lambda: None)
