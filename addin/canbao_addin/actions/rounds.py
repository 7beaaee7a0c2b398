"""The screening rounds beside the return lists: 筛查轮次.xlsx carries what every round returned and got back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_addin.actions.returns import read_returns
from canbao_addin.texts import CannotRunError
from canbao_county.merge.rounds import Round, compare_round, first_round
from canbao_generator.tables import CellType, TableColumn, TableSheet, table_frame
from canbao_rulebook.problem_list import RETURN_PREFIX, ROUNDS_SHEET
from canbao_validators.apart import read_apart
from canbao_validators.reading.own_tables import find_table, text_of
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from canbao_rulebook.findings import Finding

ROUNDS_FILE = f"{ROUNDS_SHEET}.xlsx"
_PASSED, _AGAIN, _ABSENT = "信息规范", "退回更正", "没有再交"
_ROUND, _UNIT, _RESULT = "轮次", "单位", "结果"
_COUNTS = {
    "returned": "退回(处)", "rows": "退回(行)", "before": "上轮退回(处)", "corrected": "已更正(处)",
    "remaining": "未更正(处)", "fresh": "新发现(处)",
}  # fmt: skip
_OPEN = {"warnings": "提醒(处)", "unanswered": "提醒未说明(处)"}


@dataclass(frozen=True)
class Rounds:
    """The rounds so far, and what the last of them returned, by unit."""

    done: tuple[Round, ...]
    returned: Mapping[str, Sequence[Finding]]

    @property
    def number(self) -> int:
        """The number of the round that comes now."""
        return max((one.number for one in self.done), default=0) + 1


@dataclass(frozen=True)
class Screening:
    """All rounds with the present one; ``again`` are the findings that were returned before."""

    rounds: tuple[Round, ...]
    again: frozenset[Finding]

    @property
    def number(self) -> int:
        """The number of the present round."""
        return self.rounds[-1].number

    @property
    def present(self) -> list[Round]:
        """The units of the present round."""
        return [one for one in self.rounds if one.number == self.number]

    def as_dict(self) -> dict[str, object]:
        """Return the fields of the command-line contract."""
        units = [
            {
                "unit": one.unit,
                "handed_in": one.handed_in,
                **{name: getattr(one, name) for name in (*_COUNTS, *_OPEN, "answered")},
            }
            for one in self.present
        ]
        return {"number": self.number, "units": units}

    def counts(self) -> dict[str, int]:
        """Return the sums of the present round."""
        return {name: sum(getattr(one, name) for one in self.present) for name in (*_COUNTS, *_OPEN)}


def read_rounds(folder: Path, passwords: Sequence[str] = ()) -> Rounds:
    """Return what the return lists of a folder say. Raises CannotRunError when it has none."""
    paths = sorted(folder.glob(f"{RETURN_PREFIX}*.xlsx")) if folder.is_dir() else []
    if not paths:
        raise CannotRunError("no_return_lists", path=folder)
    returned: dict[str, list[Finding]] = {}
    for path in paths:
        one = read_returns(path, passwords)
        returned.setdefault(one.unit, []).extend(one.findings)
    earlier = folder / ROUNDS_FILE
    if earlier.is_file():
        return Rounds(tuple(_read_done(earlier, passwords)), returned)
    return Rounds(tuple(first_round(unit, findings) for unit, findings in returned.items()), returned)


def screen(rounds: Rounds, present: Mapping[str, Sequence[Finding]]) -> Screening:
    """Return the present round of all units that hand in now, or were returned something before."""
    now: list[Round] = []
    again: list[Finding] = []
    for unit in dict.fromkeys([*present, *rounds.returned]):
        one, same = compare_round(rounds.number, unit, rounds.returned.get(unit, ()), present.get(unit))
        now.append(one)
        again += same
    return Screening((*rounds.done, *now), frozenset(again))


def rounds_sheet(screening: Screening, title: str) -> TableSheet:
    """Return the table of all rounds, unit by unit."""
    columns = [
        TableColumn(_ROUND, CellType.COUNT, 7),
        TableColumn(_UNIT, width=16),
        *(TableColumn(header, CellType.COUNT, 13) for header in (*_COUNTS.values(), *_OPEN.values())),
        TableColumn(_RESULT, CellType.CENTRED, 11),
    ]
    rows = [
        [one.number, one.unit, *(getattr(one, name) for name in (*_COUNTS, *_OPEN)), _result(one)]
        for one in screening.rounds
    ]
    notes = [
        "退回和更正只计“错误”。同一列、同样的内容、同样的问题算同一处，行挪动了也算；空着的格子按行算。没有再交的，上轮退回的仍算未更正。",
        "“提醒”在该行的“情况说明”里写了的，算已说明。",
    ]
    return TableSheet(
        ROUNDS_SHEET, f"{title}{ROUNDS_SHEET}", columns, table_frame(rows, columns), notes=notes, freeze=2
    )


def _result(one: Round) -> str:
    if not one.handed_in:
        return _ABSENT
    return _PASSED if one.passed else _AGAIN


def _read_done(path: Path, passwords: Sequence[str]) -> list[Round]:
    try:
        table = find_table(read_apart(path, passwords).sheets.get(ROUNDS_SHEET), {_ROUND, _UNIT, *_COUNTS.values()})
    except UnreadableFile as trouble:
        raise CannotRunError("cannot_read", path=path, why=trouble.as_finding(path.name).message) from trouble
    if table is None:
        raise CannotRunError("no_return_lists", path=path)
    done = []
    for _, cells in table.rows():
        if unit := cells[_UNIT].text:
            counts = {name: int(cells[header].number) for name, header in _COUNTS.items()}
            handed_in = _RESULT not in cells or cells[_RESULT].text != _ABSENT
            counts |= {  # files of earlier versions do not tell
                name: int(cells[header].number)
                for name, header in _OPEN.items()
                if header in cells and text_of(cells[header])
            }
            done.append(Round(int(cells[_ROUND].number), unit, handed_in=handed_in, **counts))
    return done
