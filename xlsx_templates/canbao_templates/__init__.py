"""Data only: policy years, roster specs, tables, page texts and the message catalogue."""

from importlib.resources import files
from importlib.resources.abc import Traversable

ROOT: Traversable = files(__name__)


def read_text(relative: str) -> str:
    """Return the UTF-8 text of a data file, named relative to this package."""
    return ROOT.joinpath(relative).read_text(encoding="utf-8")


def list_names(folder: str, suffix: str) -> list[str]:
    """Return the sorted names, without suffix, of the data files of one folder."""
    return sorted(
        entry.name.removesuffix(suffix) for entry in ROOT.joinpath(folder).iterdir() if entry.name.endswith(suffix)
    )
