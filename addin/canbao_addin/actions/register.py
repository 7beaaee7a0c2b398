"""上报登记: the register of submissions, carried from merge to merge, which is the county's desk, too."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from canbao_addin.actions.file_names import file_names
from canbao_addin.actions.made_by import MERGE
from canbao_addin.actions.results import result_file
from canbao_addin.texts import CannotRunError
from canbao_county.desk import IMPORTS, SETTINGS, form_sheet, read_form
from canbao_county.merge.register import Entry, State, update_register, wait_for
from canbao_generator.tables import write_tables
from canbao_rulebook.problem_list import REGISTER_SHEET
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.units import TOWNSHIP
from canbao_validators.apart import read_apart
from canbao_validators.reading.own_tables import find_table
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_county.merge.merging import Merge
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.units import Unit
    from canbao_validators.reading.raw import RawWorkbook

_AROUND = 3  # results lie in folders of the register's folder
_ADDED_LATER = frozenset({"goal"})  # columns that registers of earlier versions lack


@dataclass(frozen=True)
class Register:
    """Who has handed in, and the forms: by field what the county has set."""

    entries: tuple[Entry, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    imports: Mapping[str, str] = field(default_factory=dict)


def register_path(beside: Path, name: str) -> Path:
    """Return the register of a policy year or of a township, beside the results of its merges."""
    return beside.with_name(f"{REGISTER_SHEET}_{file_names([name])[0]}.xlsx")


def nearby_register(path: Path) -> Path | None:
    """Return the one register in the folder of a file, or in one of the next folders around it."""
    for folder in list(path.parents)[:_AROUND]:
        found = list(folder.glob(f"{REGISTER_SHEET}_*.xlsx"))
        if found:
            return found[0] if len(found) == 1 else None
    return None


def read_register(path: Path, encrypt: str | None = None) -> Register:
    """Return what an earlier merge registered; nothing where there was none. Raises CannotRunError."""
    if not path.is_file():
        return Register()
    try:
        raw = read_apart(path, (encrypt,) if encrypt else ())
    except UnreadableFile as trouble:
        raise CannotRunError("cannot_read", path=path, why=trouble) from trouble
    entries = _read_entries(raw)
    if entries is None:
        raise CannotRunError("output_exists", path=path)
    return Register(tuple(entries), read_form(raw, SETTINGS), read_form(raw, IMPORTS))


def write_register(path: Path, register: Register, policy: Policy, unit: str, encrypt: str | None = None) -> None:
    """Write the register of a unit, a county or a township. Raises CannotRunError."""
    begin = f"{unit}{policy.meta.policy_year}年度"
    rows = [{name: getattr(entry, name) for name in load_table("register").columns} for entry in register.entries]
    sheets = [
        load_table("register").make(rows, sheet=REGISTER_SHEET, begin=begin),
        form_sheet(SETTINGS, register.settings, policy, begin),
        form_sheet(IMPORTS, register.imports, policy, begin),
    ]
    with result_file(path, MERGE, encrypt, keep=False) as plain:
        write_tables(plain, sheets, command=MERGE, title=sheets[0].title)


def register_units(path: Path, policy: Policy, units: Sequence[Unit]) -> None:
    """Write the register of the units that workbooks were made for; an earlier one is carried on.

    Of a township whose villages have workbooks of their own the county waits for the township. Raises CannotRunError.
    """
    owners = [unit.parent or unit for unit in units]
    goals = {owner.name: owner.target if owner.body == TOWNSHIP else None for owner in owners}
    known = read_register(path)
    entries, settings = tuple(wait_for(known.entries, goals)), {"policy": policy.meta.id, **known.settings}
    write_register(path, replace(known, entries=entries, settings=settings), policy, policy.meta.county)


def register_merge(
    path: Path, merge: Merge, *, returned: bool, told: Mapping[str, Path | None], encrypt: str | None = None
) -> list[Entry]:
    """Carry the register on by one merge and write it.

    ``told``: files and folders of the merge by the settings that they are. Raises CannotRunError.
    """
    now = f"{datetime.now():%Y-%m-%d %H:%M}"  # noqa: DTZ005 - the time on the wall of the office
    known = read_register(path, encrypt)
    entries = update_register(known.entries, merge.expected, merge.received, merge.findings, returned=returned, now=now)
    goals = {part.unit.name: part.unit.target for part in merge.parts if part.unit and part.unit.target}
    entries = [replace(entry, goal=entry.goal or goals.get(entry.unit)) for entry in entries]
    policy = merge.book.policy
    places = {name: state_place(place, path) for name, place in told.items() if place is not None}
    settings = {**known.settings, "policy": policy.meta.id, **places}
    kept = replace(known, entries=tuple(entries), settings=settings)
    write_register(path, kept, policy, merge.county.unit, encrypt)
    return entries


def state_place(place: Path, register: Path) -> str:
    """Return how a register names a file or a folder: what lies in its own folder goes with it."""
    place, home = place.absolute(), register.absolute().parent
    return place.relative_to(home).as_posix() if home in place.parents else str(place)


def find_place(text: str, register: Path) -> Path:
    """Return the file or the folder that a register names."""
    return register.absolute().parent / Path(text)


def _read_entries(raw: RawWorkbook) -> list[Entry] | None:
    headers = {name: column.header for name, column in load_table("register").columns.items()}
    needed = {header for name, header in headers.items() if name not in _ADDED_LATER}
    table = find_table(raw.sheets.get(REGISTER_SHEET), needed)
    if table is None:
        return None
    return [_entry({name: cells.get(header, "") for name, header in headers.items()}) for _, cells in table.texts()]


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
        goal=_count(texts["goal"]) or None,
    )


def _count(text: str) -> int:
    return int(text) if text.isdigit() else 0
