"""上报登记: the register of submissions, a workbook beside the results that is carried from merge to merge."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from canbao_addin.actions.file_names import file_names
from canbao_addin.actions.made_by import MERGE
from canbao_addin.actions.results import result_file
from canbao_addin.texts import CannotRunError
from canbao_county.merge.register import Entry, State, update_register
from canbao_generator.tables import write_tables
from canbao_rulebook.problem_list import REGISTER_SHEET
from canbao_rulebook.table_specs import load_table
from canbao_validators.apart import read_apart
from canbao_validators.reading.own_tables import find_table
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_county.merge.merging import Merge


def register_path(beside: Path, name: str) -> Path:
    """Return the register of a policy year or of a township, beside the results of its merges."""
    return beside.with_name(f"{REGISTER_SHEET}_{file_names([name])[0]}.xlsx")


def read_register(path: Path, encrypt: str | None = None) -> list[Entry]:
    """Return what an earlier merge registered; nothing where there was none. Raises CannotRunError."""
    if not path.is_file():
        return []
    headers = {name: column.header for name, column in load_table("register").columns.items()}
    try:
        raw = read_apart(path, (encrypt,) if encrypt else ())
        table = find_table(raw.sheets.get(REGISTER_SHEET), headers.values())
    except UnreadableFile as trouble:
        raise CannotRunError("cannot_read", path=path, why=trouble) from trouble
    if table is None:
        raise CannotRunError("output_exists", path=path)
    return [_entry({name: cells[header] for name, header in headers.items()}) for _, cells in table.texts()]


def write_register(path: Path, merge: Merge, entries: list[Entry], encrypt: str | None = None) -> None:
    """Write the register. Raises CannotRunError."""
    begin = f"{merge.county.unit}{merge.book.policy.meta.policy_year}年度"
    rows = [{name: getattr(entry, name) for name in load_table("register").columns} for entry in entries]
    sheet = load_table("register").make(rows, sheet=REGISTER_SHEET, begin=begin)
    with result_file(path, MERGE, encrypt, keep=False) as plain:
        write_tables(plain, [sheet], command=MERGE, title=sheet.title)


def register_merge(path: Path, merge: Merge, *, returned: bool, encrypt: str | None = None) -> list[Entry]:
    """Carry the register on by one merge and write it. Raises CannotRunError."""
    now = f"{datetime.now():%Y-%m-%d %H:%M}"  # noqa: DTZ005 - the time on the wall of the office
    entries = update_register(
        read_register(path, encrypt), merge.expected, merge.received, merge.findings, returned=returned, now=now
    )
    write_register(path, merge, entries, encrypt)
    return entries


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
