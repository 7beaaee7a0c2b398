"""The list of units: CSV or workbook with 乡镇, 村, 组, 目标任务数; one row per township, village or group.

A goal beside a township alone is the township's. Goals beside villages are theirs, and the township's is their sum; but
one goal in all, or the same one in every row, is taken for the township's, repeated. Rows with 学校 are schools, with
their insurer in 保险公司.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canbao_addin.texts import CannotRunError
from canbao_county.lists.places import fold_place, index_places
from canbao_rulebook.kinds import CellKind
from canbao_rulebook.phrases import enumerate_words
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP, VILLAGE, Unit
from canbao_validators.apart import read_apart
from canbao_validators.normalise.choices import normalise_choice
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.rulebook import Rulebook

_ALIASES = {
    "township": {"乡镇", "乡镇(街道)", "镇街", "镇(街道)", "乡镇街道", "镇(街)"},
    "village": {"村", "村(社区)", "村(居)", "村社区", "村委(居委)", "村名"},
    "group": {"组", "村小组", "村民小组", "小组"},
    "school": {"学校", "学校名称"},
    "insurer": {"保险公司", "对应保险公司"},
    "target": {"目标任务数", "目标任务数(人)", "任务数", "目标", "应保人数"},
}
HEADERS = {
    "township": "乡镇",
    "village": "村",
    "group": "组",
    "target": "目标任务数",
    "school": "学校",
    "insurer": "保险公司",
}
_ENCODINGS = ("utf-8-sig", "gb18030")
_UNFIT = set('\\/:*?"<>|\n\r\t')
_SHOWN = 5  # names in one sentence


@dataclass
class _Town:
    """What the rows of one township say: groups by village, and goals as (village or "", headcount)."""

    name: str
    groups: dict[str, list[str]] = field(default_factory=dict)
    goals: list[tuple[str, int]] = field(default_factory=list)

    def add(self, village: str, group: str) -> None:
        """Take in the village and the group of a row."""
        if village:
            known = self.groups.setdefault(village, [])
            if group and group not in known:
                known.append(group)

    def settle(self) -> tuple[int | None, dict[str, int]]:
        """Return the goal of the township and those of its villages. Raises CannotRunError."""
        if len({goal for _, goal in self.goals}) <= 1:
            return next((goal for _, goal in self.goals), None), {}
        villages: dict[str, int] = {}
        for village, goal in self.goals:
            villages[village] = goal + (villages.get(village, 0) if village else 0)
        own = villages.pop("", None)
        if own is None and villages.keys() != self.groups.keys():
            raise CannotRunError("units_goals_partial", name=self.name)
        return own or sum(villages.values()), villages

    def units(self, level: str, account: str) -> list[Unit]:
        """Return the township, or its villages in order. Raises CannotRunError."""
        own, goals = self.settle()
        named = {village: ((village, tuple(groups)),) if groups else () for village, groups in self.groups.items()}
        pairs = tuple(entry for pair in named.values() for entry in pair)
        township = Unit(self.name, tuple(self.groups), pairs, own, account=account)
        if level == TOWNSHIP:
            return [township]
        return [
            Unit(name, (name,), groups, goals.get(name), township, account=account) for name, groups in named.items()
        ]


def load_units(path: Path | None, policy: Policy, level: str = TOWNSHIP) -> list[Unit]:
    """Return the townships of a list or, at the level of villages, their villages; without a list the policy's.

    Raises CannotRunError.
    """
    return _town_units(
        _policy_towns(policy) if path is None else _parse_towns(_read_table(path), str(path), policy), policy, level
    )


def load_all_units(
    path: Path | None, book: Rulebook, level: str = TOWNSHIP, divided: Collection[str] = ()
) -> list[Unit]:
    """Return every unit that has rosters to fill: townships or villages, then schools, then departments.

    ``divided`` are names of townships whose villages stand in their place. Raises CannotRunError.
    """
    policy, kinds = book.policy, {kind for roster in book.rosters.values() for kind in roster.units}
    table = [] if path is None else _read_table(path)
    towns = _policy_towns(policy) if path is None else _parse_towns(table, str(path), policy)
    units = _town_units(towns, policy, level, divided)
    if SCHOOL in kinds:
        units += _schools(policy, table)
    if AGENCY in kinds:
        units += _agencies(policy, tuple(town.name for town in towns))
    return units


def _schools(policy: Policy, table: Sequence[Sequence[str]]) -> list[Unit]:
    """Return the schools that the policy names, and those of a list."""
    insurers = dict.fromkeys(policy.org.schools, "") | {
        school: insurer or "" for school, insurer in policy.org.school_insurers.items()
    }
    for cells in _cells(table, _places(table[0] if table else [])):
        if name := cells.get("school", ""):
            insurers[name] = cells.get("insurer", "") or insurers.get(name, "")
    for name in insurers:
        _require_name(name)
    return [Unit(name, body=SCHOOL, insurer=insurer) for name, insurer in insurers.items()]


def _agencies(policy: Policy, townships: tuple[str, ...]) -> list[Unit]:
    owners = [agency for agency in policy.org.agencies.values() if agency.owns_identities]
    return [Unit(agency.name, townships, body=AGENCY) for agency in owners]


def _require_name(name: str) -> None:
    """Refuse what cannot name a file. Raises CannotRunError."""
    if set(name) & _UNFIT or name.strip(". ") != name:
        raise CannotRunError("units_name", name=name)


def _town_units(towns: Sequence[_Town], policy: Policy, level: str, divided: Collection[str] = ()) -> list[Unit]:
    accounts = {_clean(township.name): township.account or "" for township in policy.org.townships}
    for town in towns:
        _require_name(town.name)
    bare = [town.name for town in towns if not town.groups]
    if bare and level != TOWNSHIP:
        raise CannotRunError("units_no_villages", names=enumerate_words(bare[:_SHOWN]))
    levels = {town.name: VILLAGE if town.name in divided else level for town in towns}
    return [unit for town in towns for unit in town.units(levels[town.name], accounts.get(town.name, ""))]


def _policy_towns(policy: Policy) -> list[_Town]:
    towns = [
        _Town(_clean(township.name), goals=[("", township.target)] if township.target else [])
        for township in policy.org.townships
    ]
    if not towns:
        raise CannotRunError("no_units", policy=policy.meta.id)
    return towns


def _read_table(path: Path) -> list[list[str]]:
    if not path.is_file():
        raise CannotRunError("file_missing", path=path)
    if path.suffix.lower() in {".csv", ".txt"}:
        return _read_csv(path)
    try:
        sheet = next(iter(read_apart(path).sheets.values()))
    except UnreadableFile as trouble:
        raise CannotRunError("cannot_read", path=path, why=trouble) from trouble
    columns = range(1, max(sheet.columns, default=0) + 1)
    rows = [[sheet.cell(row, column) for column in columns] for row in range(1, sheet.max_row + 1)]
    return [[f"{cell.number:g}" if cell.kind is CellKind.NUMBER else cell.text for cell in row] for row in rows]


def _read_csv(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    for encoding in _ENCODINGS:
        try:
            return list(csv.reader(io.StringIO(content.decode(encoding))))
        except UnicodeDecodeError:
            continue
    raise CannotRunError("units_encoding", path=path)


def _parse_towns(table: Sequence[Sequence[str]], path: str, policy: Policy) -> list[_Town]:
    """Return the townships of a table whose first row holds the headers. Raises CannotRunError."""
    places = _places(table[0] if table else [])
    if "township" not in places:
        raise CannotRunError("units_no_township", path=path)
    towns: dict[str, _Town] = {}
    own = index_places(township.name for township in policy.org.townships)
    for number, cells in enumerate(_cells(table, places), start=2):
        if not (name := cells["township"]):
            continue
        name = own.get(fold_place(name), name)  # as the policy writes it
        town = towns.setdefault(name, _Town(name))
        town.add(cells.get("village", ""), cells.get("group", ""))
        if goal := cells.get("target", ""):
            town.goals.append((cells.get("village", ""), _target(goal, path, number)))
    if not towns:
        raise CannotRunError("units_empty", path=path)
    return list(towns.values())


def _cells(table: Sequence[Sequence[str]], places: Mapping[str, int]) -> Iterator[dict[str, str]]:
    """Yield what each row below the headers says, by field."""
    for line in table[1:]:
        yield {name: _clean(line[place]) if place < len(line) else "" for name, place in places.items()}


def _clean(text: str) -> str:
    """Return a cell without blanks around it and, where it is a name in hanzi, inside it: 重 阳 is 重阳."""
    return str(normalise_choice(text).value or "")


def _places(header: Sequence[str]) -> dict[str, int]:
    clean = [text.strip().replace("（", "(").replace("）", ")").replace(" ", "") for text in header]
    found = {name: [index for index, text in enumerate(clean) if text in words] for name, words in _ALIASES.items()}
    return {name: places[0] for name, places in found.items() if places}


def _target(text: str, path: str, row: int) -> int:
    digits = text.replace(",", "").replace("，", "")
    if not (digits.isascii() and digits.isdigit() and int(digits) > 0):
        raise CannotRunError("units_target", path=path, row=row, value=text)
    return int(digits)
