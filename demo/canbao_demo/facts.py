"""What the generator must know of the policy year: dates, amounts, labels, identities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from canbao_demo.model import ROSTERS
from canbao_rulebook.channels import channel_label, channel_labels
from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.money import to_yuan

if TYPE_CHECKING:
    from canbao_rulebook.rulebook import Rulebook

_COUNTER, _CASH = "bank_counter", "agent_cash"


@dataclass(frozen=True, slots=True)
class Facts:
    """A policy year as the synthetic county needs it; amounts in yuan, 0 where the notice does not say.

    ``windows`` and ``premiums`` are by roster code, where a population has its own.
    """

    county: str
    year: int
    premium: float
    opens: date
    closes: date
    reference: date
    newborn_days: int
    codes: tuple[str, ...]
    channels: tuple[str, ...]
    counter: str
    cash: str
    names: dict[str, str]
    aliases: dict[str, tuple[str, ...]]
    direct: frozenset[str]
    rebate: frozenset[str]
    statuses: dict[str, str]
    student_channels: tuple[str, ...]
    windows: dict[str, tuple[date, date]]
    premiums: dict[str, float]

    def due(self, roster: str) -> float:
        """Return the premium of a roster's population."""
        return self.premiums.get(roster, self.premium)

    def window(self, roster: str) -> tuple[date, date]:
        """Return the payment window of a roster."""
        return self.windows.get(roster, (self.opens, self.closes))

    def code_of(self, name: str) -> str:
        """Return the category code of an identity's name or alias, empty when there is none."""
        return next((code for code, word in self.names.items() if name == word or name in self.aliases[code]), "")

    def day(self, offset: int) -> date:
        """Return the day ``offset`` days after the payment window opens."""
        return self.opens + timedelta(days=offset)


def read_facts(book: Rulebook) -> Facts:
    """Return the facts of a policy year. Raises ValueError without a payment window."""
    names = ("征缴开始", "征缴截止", "参照日期")
    number = {name: value for name in names if isinstance(value := book.names[name].value, float)}
    if len(number) < len(names):
        raise ValueError(f"政策“{book.policy.meta.id}”没有写明缴费期，不能生成示例数据")
    policy = book.policy
    premium, newborn = policy.premium_fen(None), policy.late_entry.newborn
    categories = policy.subsidy.categories
    return Facts(
        county=policy.meta.county,
        year=policy.meta.policy_year,
        premium=0.0 if premium is None else to_yuan(premium),
        opens=from_serial(number["征缴开始"]),
        closes=from_serial(number["征缴截止"]),
        reference=from_serial(number["参照日期"]),
        newborn_days=newborn.limit if newborn else 0,
        codes=(policy.meta.gb2260, *policy.meta.gb2260_former),
        channels=tuple(channel_labels(policy, policy.collection.channels)),
        counter=channel_label(policy, _COUNTER),
        cash=channel_label(policy, _CASH),
        names={category.code: category.name for category in categories},
        aliases={category.code: tuple(category.aliases) for category in categories},
        direct=frozenset(category.code for category in categories if category.kind == "direct"),
        rebate=frozenset(category.code for category in categories if category.kind == "rebate"),
        statuses={status.code: status.label for status in policy.eligibility.statuses},
        student_channels=tuple(
            channel_labels(policy, policy.collection.student_channels or policy.collection.channels)
        ),
        windows={
            entry.roster: (window.start, window.end)
            for entry in reversed(policy.populations)
            if entry.roster and (window := policy.window("pay", entry.code)) and window.start
        },
        premiums={
            entry.roster: to_yuan(own)
            for entry in reversed(policy.populations)
            if entry.roster and (own := policy.premium_fen(entry.code)) is not None
        },
    )


def has_ledgers(book: Rulebook) -> bool:
    """Whether the policy year uses the ledgers R1 to R4, whose mistakes the demo knows in detail."""
    return all(code in book.rosters for code in ROSTERS)
