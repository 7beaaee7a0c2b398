"""Agents who collect from door to door and pay into the bank within both limits."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from random import Random

    from canbao_demo.facts import Facts
    from canbao_demo.model import Row, Value
    from canbao_demo.people import People
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit

_A_DAY, _DAYS = 20, 3  # persons that an agent visits in a day, and days until the money is in the bank


class Agents:
    """Assigns payers to agents, days and deposits."""

    def __init__(self, rng: Random, book: Rulebook, facts: Facts, people: People) -> None:
        self.rng, self.facts, self.people = rng, facts, people
        window = next((entry for entry in book.policy.calendar.windows if entry.kind == "agent_collect"), None)
        self.opens = window.start if window and window.start else facts.opens
        self.closes = window.end if window else facts.closes

    def collect(self, unit: Unit, roster: Roster, deposit: Roster, rows: Sequence[Row]) -> list[Row]:
        """Write agent, day and batch into the rows that paid; return the rows of the deposits."""
        header = {name: roster.by_field[name].header for name in ("village", "agent", "pay_date", "deposit_id")}
        slips: list[Row] = []
        for village in unit.villages:
            own = [row for row in rows if row[header["village"]] == village and header["pay_date"] in row]
            for agent, payers in self._shares(own):
                for number, batch in enumerate(_batches(payers), start=1):
                    first = self.opens + timedelta(days=_DAYS * (number - 1))
                    name = f"{unit.name}{village}{agent}{number:02d}"
                    for place, row in enumerate(batch):
                        day = min(first + timedelta(days=place // _A_DAY), self.closes)
                        row.update({header["agent"]: agent, header["pay_date"]: day, header["deposit_id"]: name})
                    last = min(first + timedelta(days=(len(batch) - 1) // _A_DAY), self.closes)
                    slips.append(self._slip(deposit, unit, village, agent, name, first, last, len(batch)))
        return slips

    def _shares(self, rows: list[Row]) -> Iterator[tuple[str, list[Row]]]:
        """As many agents as can visit everybody in the window."""
        most = _A_DAY * ((self.closes - self.opens).days // _DAYS * _DAYS)
        for start in range(0, len(rows), most):
            yield self.people.names.full("靳", "男", 1970), rows[start : start + most]

    def _slip(
        self, deposit: Roster, unit: Unit, village: str, agent: str, name: str, first: date, last: date, persons: int
    ) -> Row:
        values: dict[str, Value] = {
            "village": village,
            "agent": agent,
            "deposit_id": name,
            "deposit_date": last,
            "amount": persons * self.facts.premium,
            "first_date": first,
            "slip_no": self.people.numbers.receipt(self.facts.year).replace("GS", "HD"),
            "remark": f"{unit.name} {village} {agent}",
        }
        inputs = [column for column in deposit.columns if column.is_input]
        return {column.header: values[column.field] for column in inputs if column.field in values}


def _batches(rows: list[Row]) -> Iterator[list[Row]]:
    size = _A_DAY * _DAYS
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
