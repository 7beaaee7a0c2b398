"""上报登记: the register of submissions, a workbook beside the results that is carried from merge to merge."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from canbao_addin.actions.file_names import file_names
from canbao_addin.actions.results import result_file
from canbao_addin.texts import CannotRunError
from canbao_county.merge.register import Entry, State, update_register
from canbao_generator.tables import CellType, TableColumn, TableSheet, table_frame, write_tables
from canbao_rulebook.problem_list import REGISTER_SHEET
from canbao_validators.apart import read_apart
from canbao_validators.reading.own_tables import find_table
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_county.merge.merging import Merge

_COLUMNS = {
    "unit": TableColumn("单位", width=22),
    "state": TableColumn("状态", CellType.CENTRED, 12),
    "file": TableColumn("文件", CellType.WRAPPED, 30),
    "received": TableColumn("收到时间", CellType.CENTRED, 17),
    "version": TableColumn("第几次", CellType.COUNT, 8),
    "code": TableColumn("校验码", CellType.CENTRED, 12),
    "errors": TableColumn("错误(处)", CellType.COUNT, 9),
    "note": TableColumn("备注", CellType.WRAPPED, 30),
}
_NOTES = (
    "没有交：还没有收到；已交、更正后已交：收到了，还有错误，没有写退回清单；退回：有错误，退回清单已写；通过：没有错误。",
    "收到时间是这一稿第一次合并的时间；校验码不变就还是同一稿。“备注”可以自己写，下次合并时保留。",
)  # fmt: skip


def register_path(beside: Path, name: str) -> Path:
    """Return the register of a policy year or of a township, beside the results of its merges."""
    return beside.with_name(f"{REGISTER_SHEET}_{file_names([name])[0]}.xlsx")


def read_register(path: Path, encrypt: str | None = None) -> list[Entry]:
    """Return what an earlier merge registered; nothing where there was none. Raises CannotRunError."""
    if not path.is_file():
        return []
    try:
        table = find_table(read_apart(path, (encrypt,) if encrypt else ()).sheets.get(REGISTER_SHEET), _headers())
    except UnreadableFile as trouble:
        raise CannotRunError("cannot_read", path=path, why=trouble.as_finding(path.name).message) from trouble
    if table is None:
        raise CannotRunError("output_exists", path=path)
    return [_entry({name: cells[column.header] for name, column in _COLUMNS.items()}) for _, cells in table.texts()]


def write_register(path: Path, merge: Merge, entries: list[Entry], encrypt: str | None = None) -> None:
    """Write the register. Raises CannotRunError."""
    columns = list(_COLUMNS.values())
    frame = table_frame([[getattr(entry, name) for name in _COLUMNS] for entry in entries], columns)
    title = f"{merge.county.unit}{merge.book.policy.meta.policy_year}年度{REGISTER_SHEET}"
    with result_file(path, "merge", encrypt, keep=False) as plain:
        write_tables(
            plain,
            [TableSheet(REGISTER_SHEET, title, columns, frame, notes=list(_NOTES), freeze=1, locked=False)],
            command="merge",
            title=title,
        )


def register_merge(path: Path, merge: Merge, *, returned: bool, encrypt: str | None = None) -> list[Entry]:
    """Carry the register on by one merge and write it. Raises CannotRunError."""
    now = f"{datetime.now():%Y-%m-%d %H:%M}"  # noqa: DTZ005 - the time on the wall of the office
    entries = update_register(
        read_register(path, encrypt), merge.expected, merge.received, merge.findings, returned=returned, now=now
    )
    write_register(path, merge, entries, encrypt)
    return entries


def _headers() -> set[str]:
    return {column.header for column in _COLUMNS.values()}


def _entry(texts: dict[str, str]) -> Entry:
    states = {state.value: state for state in State}
    return Entry(
        unit=texts["unit"].strip(),
        state=states.get(texts["state"].strip(), State.RECEIVED),
        file=texts["file"],
        received=texts["received"],
        version=_count(texts["version"]),
        code=texts["code"],
        errors=_count(texts["errors"]),
        note=texts["note"],
    )


def _count(text: str) -> int:
    return int(text) if text.isdigit() else 0
