"""打印稿 beside a submission: its rosters for paper, to be signed and handed in with the cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.file_names import shorten_stem
from canbao_addin.actions.made_by import SUBMIT
from canbao_generator.paper_copy import paper_sheets
from canbao_generator.tables import write_tables
from canbao_rulebook.problem_list import PAPER_PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import polars as pl

    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit


def paper_path(submission: Path) -> Path:
    """Return the file beside a submission that is printed."""
    return submission.with_name(f"{PAPER_PREFIX}{shorten_stem(submission.stem)}.xlsx")


def write_paper(book: Rulebook, unit: Unit, frames: Mapping[str, pl.DataFrame], code: str, target: Path) -> None:
    """Write the rosters that have rows. Raises OSError."""
    sheets = list(paper_sheets(book, unit, frames, code))
    write_tables(target, sheets, command=SUBMIT, title=f"{unit.title}打印稿")
