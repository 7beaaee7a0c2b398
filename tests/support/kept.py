"""What the program keeps on disk between its runs, in tests: one folder for the processes that they start.

In the tests' own processes nothing is read from there: they may have changed what it was made of.
"""

import os
from pathlib import Path

from canbao_rulebook import kept

FOLDER = Path(__file__).parents[2] / ".kept"


def keep_for_others() -> None:
    """Let what this process starts keep things for each other, and this process keep nothing."""
    os.environ[kept.VARIABLE] = str(FOLDER)
    kept._folder = lambda: None
