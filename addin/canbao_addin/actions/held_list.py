"""暂留名单, the list of the rows that were not handed in: who it is, what has to be mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.file_names import shorten_stem
from canbao_addin.actions.made_by import SUBMIT
from canbao_generator.tables import write_tables
from canbao_rulebook.messages import render
from canbao_rulebook.problem_list import HELD_PREFIX, HELD_SHEET, problem_columns
from canbao_rulebook.table_specs import load_table

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from canbao_rulebook.tables import TableSheet
    from canbao_validators.held import Split

_WHO = ("name", "cert_no")


def held_path(submission: Path) -> Path:
    """Return the file beside a submission that lists what was not handed in."""
    return submission.with_name(f"{HELD_PREFIX}{shorten_stem(submission.stem)}.xlsx")


def write_held(split: Split, target: Path, lang: str) -> None:
    """Write the rows that stay, a row of the list a problem. Raises OSError."""
    assert split.whole.unit is not None
    title = f"{split.whole.unit.title}{HELD_SHEET}"
    write_tables(target, [_sheet(split, title, lang)], command=SUBMIT, title=title)


def _sheet(split: Split, title: str, lang: str) -> TableSheet:
    whole, spec = split.whole, load_table("held_rows")
    rows = [
        {
            **{field: str(getattr(render(error, lang), field)) for field in problem_columns() if field in spec.columns},
            "sheet": whole.rosters[code].sheet,
            "row": row,
            **_person(whole.frames[code], row),
        }
        for code, row, error in split.problems
    ]
    return spec.make(rows, title=title, sheet=HELD_SHEET)


def _person(frame: pl.DataFrame, row: int) -> dict[str, str]:
    shown = frame.filter(frame["row"] == row).select(f"{name}.raw" for name in _WHO).row(0)
    return {name: str(text or "") for name, text in zip(_WHO, shown, strict=True)}
