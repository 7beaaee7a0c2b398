"""The screening rounds beside the return lists: 筛查轮次.xlsx carries what every round returned and got back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_addin.actions.returns import read_returns
from canbao_addin.texts import CannotRunError
from canbao_county.merge.rounds import Round, compare_round, first_round
from canbao_rulebook.problem_list import RETURN_PREFIX, ROUNDS_SHEET
from canbao_rulebook.table_specs import load_table
from canbao_validators.apart import read_apart
from canbao_validators.reading.own_tables import find_table, text_of
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from canbao_rulebook.findings import Finding, RenderedFinding
    from canbao_rulebook.tables import TableSheet

ROUNDS_FILE = f"{ROUNDS_SHEET}.xlsx"
_PASSED, _AGAIN, _ABSENT = "信息规范", "退回更正", "没有再交"
_COUNTS = ("returned", "rows", "before", "corrected", "remaining", "fresh")
_OPEN = ("warnings", "unanswered")


@dataclass(frozen=True)
class Rounds:
    """The rounds so far, and what the last of them returned, by unit."""

    done: tuple[Round, ...]
    returned: Mapping[str, Sequence[RenderedFinding]]

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
    returned: dict[str, list[RenderedFinding]] = {}
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
    rows = [
        {
            "round": one.number,
            "unit": one.unit,
            **{name: getattr(one, name) for name in (*_COUNTS, *_OPEN)},
            "result": _result(one),
        }
        for one in screening.rounds
    ]
    return load_table("rounds").make(rows, title=title, sheet=ROUNDS_SHEET)


def _result(one: Round) -> str:
    if not one.handed_in:
        return _ABSENT
    return _PASSED if one.passed else _AGAIN


def _read_done(path: Path, passwords: Sequence[str]) -> list[Round]:
    headers = {name: column.header for name, column in load_table("rounds").columns.items()}
    needed = {headers[name] for name in ("round", "unit", *_COUNTS)}
    try:
        table = find_table(read_apart(path, passwords).sheets.get(ROUNDS_SHEET), needed)
    except UnreadableFile as trouble:
        raise CannotRunError("cannot_read", path=path, why=trouble) from trouble
    if table is None:
        raise CannotRunError("no_return_lists", path=path)
    done = []
    for _, found in table.rows():
        cells = {name: found[header] for name, header in headers.items() if header in found}
        if unit := cells["unit"].text:
            told = [name for name in _OPEN if name in cells and text_of(cells[name])]  # earlier versions do not tell
            counts = {name: int(cells[name].number) for name in (*_COUNTS, *told)}
            handed_in = "result" not in cells or cells["result"].text != _ABSENT
            done.append(Round(int(cells["round"].number), unit, handed_in=handed_in, **counts))
    return done
