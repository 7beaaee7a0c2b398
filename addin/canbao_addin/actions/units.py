"""The list of townships: CSV or workbook with 乡镇, 村, 组, 目标任务数; one row per township, village or group."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from canbao_addin.texts import CannotRunError
from canbao_rulebook.kinds import CellKind
from canbao_rulebook.units import Unit
from canbao_validators.reading.package import UnreadableFile
from canbao_validators.reading.sheets import read_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from canbao_rulebook.policy import Policy

_ALIASES = {
    "township": {"乡镇", "乡镇(街道)", "镇街", "镇(街道)", "乡镇街道", "镇(街)"},
    "village": {"村", "村(社区)", "村(居)", "村社区", "村委(居委)", "村名"},
    "group": {"组", "村小组", "村民小组", "小组"},
    "target": {"目标任务数", "目标任务数(人)", "任务数", "目标", "应保人数"},
}
_ENCODINGS = ("utf-8-sig", "gb18030")
_UNFIT = set('\\/:*?"<>|\n\r\t')


def load_units(path: Path | None, policy: Policy) -> list[Unit]:
    """Return the townships of a list, or those that the policy names. Raises CannotRunError."""
    units = _policy_units(policy) if path is None else parse_units(_read_table(path), str(path))
    for unit in units:
        if set(unit.name) & _UNFIT or unit.name.strip(". ") != unit.name:
            raise CannotRunError("units_name", name=unit.name)
    return units


def _policy_units(policy: Policy) -> list[Unit]:
    units = [Unit(township.name, target=township.target) for township in policy.org.townships]
    if not units:
        raise CannotRunError("no_units", policy=policy.meta.id)
    return units


def _read_table(path: Path) -> list[list[str]]:
    if not path.is_file():
        raise CannotRunError("file_missing", path=path)
    if path.suffix.lower() in {".csv", ".txt"}:
        return _read_csv(path)
    try:
        sheet = next(iter(read_workbook(path).sheets.values()))
    except UnreadableFile as trouble:
        raise CannotRunError("cannot_read", path=path, why=trouble.as_finding(path.name).message) from trouble
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


def parse_units(table: Sequence[Sequence[str]], path: str) -> list[Unit]:
    """Return the townships of a table whose first row holds the headers. Raises CannotRunError."""
    places = _places(table[0] if table else [])
    if "township" not in places:
        raise CannotRunError("units_no_township", path=path)
    villages: dict[str, dict[str, list[str]]] = {}
    targets: dict[str, int] = {}
    for number, line in enumerate(table[1:], start=2):
        cells = {name: line[place].strip() if place < len(line) else "" for name, place in places.items()}
        name = cells["township"]
        if not name:
            continue
        groups = villages.setdefault(name, {})
        if village := cells.get("village", ""):
            known = groups.setdefault(village, [])
            if (group := cells.get("group", "")) and group not in known:
                known.append(group)
        if target := cells.get("target", ""):
            targets[name] = _target(target, path, number)
    if not villages:
        raise CannotRunError("units_empty", path=path)
    return [_unit(name, groups, targets.get(name)) for name, groups in villages.items()]


def _places(header: Sequence[str]) -> dict[str, int]:
    clean = [text.strip().replace("（", "(").replace("）", ")").replace(" ", "") for text in header]
    found = {name: [index for index, text in enumerate(clean) if text in words] for name, words in _ALIASES.items()}
    return {name: places[0] for name, places in found.items() if places}


def _target(text: str, path: str, row: int) -> int:
    digits = text.replace(",", "").replace("，", "")
    if not (digits.isascii() and digits.isdigit() and int(digits) > 0):
        raise CannotRunError("units_target", path=path, row=row, value=text)
    return int(digits)


def _unit(name: str, groups: dict[str, list[str]], target: int | None) -> Unit:
    named = tuple((village, tuple(names)) for village, names in groups.items() if names)
    return Unit(name, tuple(groups), named, target)
