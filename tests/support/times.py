"""How often a test does what it repeats: a few times in each run, many times in `make soak`, before a release."""

import os

SOAK = bool(os.environ.get("CANBAO_SOAK"))


def times(usual: int, soak: int) -> int:
    """Return a number of repetitions."""
    return soak if SOAK else usual
