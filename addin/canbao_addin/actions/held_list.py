"""暂留名单, the list of the rows that were not handed in: who it is, what has to be mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.file_names import shorten_stem
from canbao_generator.tables import CellType, TableColumn, TableSheet, table_frame, write_tables
from canbao_rulebook.problem_list import HELD_PREFIX, HELD_SHEET, PROBLEM_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from canbao_rulebook.findings import Finding
    from canbao_validators.held import Split

_WHO = {"name": TableColumn("姓名", width=11), "cert_no": TableColumn("证件号码", width=21)}
_TOLD = [column for column in PROBLEM_COLUMNS if column.field not in {"file", "sheet", "cell"}]
_NOTE = "这些行没有上报，仍在原来的工作簿里。改好后重新生成上报文件，就一并上报。"


def held_path(submission: Path) -> Path:
    """Return the file beside a submission that lists what was not handed in."""
    return submission.with_name(f"{HELD_PREFIX}{shorten_stem(submission.stem)}.xlsx")


def write_held(split: Split, target: Path) -> None:
    """Write the rows that stay, a row of the list a problem. Raises OSError."""
    assert split.whole.unit is not None
    title = f"{split.whole.unit.title}{HELD_SHEET}"
    write_tables(target, [_sheet(split, title)], command="submit", title=title)


def _sheet(split: Split, title: str) -> TableSheet:
    columns = [
        TableColumn("工作表", width=22),
        TableColumn("行", CellType.COUNT, 7),
        *_WHO.values(),
        *(TableColumn(column.header, width=column.width) for column in _TOLD),
    ]
    whole = split.whole
    rows = [
        [whole.rosters[code].sheet, row, *_person(whole.frames[code], row), *_described(error)]
        for code, row, error in split.problems
    ]
    return TableSheet(HELD_SHEET, title, columns, table_frame(rows, columns), notes=[_NOTE], freeze=4)


def _person(frame: pl.DataFrame, row: int) -> list[str]:
    shown = [f"{name}.raw" for name in _WHO]
    return [str(text or "") for text in frame.filter(frame["row"] == row).select(shown).row(0)]


def _described(error: Finding) -> list[str]:
    return [str(getattr(error, column.field)) for column in _TOLD]
