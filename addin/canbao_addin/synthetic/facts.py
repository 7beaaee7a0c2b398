"""What the generator must know of the policy year: dates, amounts, labels, identities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from canbao_addin.synthetic.model import ROSTERS
from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.names import channel_label

if TYPE_CHECKING:
    from canbao_rulebook.roster_load import Rulebook

_NEEDED = ("缴费标准", "征缴开始", "征缴截止", "新生儿期限", "新识别期限", "参照日期")
_COUNTER, _CASH = "bank_counter", "agent_cash"


@dataclass(frozen=True, slots=True)
class Facts:
    """A policy year as the synthetic county needs it; amounts in yuan."""

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

    def code_of(self, name: str) -> str:
        """Return the category code of an identity's name or alias, empty when there is none."""
        return next((code for code, word in self.names.items() if name == word or name in self.aliases[code]), "")

    def day(self, offset: int) -> date:
        """Return the day ``offset`` days after the payment window opens."""
        return self.opens + timedelta(days=offset)


def read_facts(book: Rulebook) -> Facts:
    """Return the facts of a policy year. Raises ValueError when it is not one that the demo can fill."""
    values = {name: book.names[name].value for name in _NEEDED}
    unknown = [name for name, value in values.items() if not isinstance(value, float)]
    missing = [code for code in ROSTERS if code not in book.rosters]
    if unknown or missing:
        raise ValueError(f"政策“{book.policy.meta.id}”不能生成示例数据，缺少：{'、'.join([*unknown, *missing])}")
    number = {name: value for name, value in values.items() if isinstance(value, float)}
    policy = book.policy
    categories = policy.subsidy.categories
    return Facts(
        county=policy.meta.county,
        year=policy.meta.policy_year,
        premium=number["缴费标准"],
        opens=from_serial(number["征缴开始"]),
        closes=from_serial(number["征缴截止"]),
        reference=from_serial(number["参照日期"]),
        newborn_days=int(number["新生儿期限"]),
        codes=(policy.meta.gb2260, *policy.meta.gb2260_former),
        channels=tuple(channel_label(str(code)) for code in policy.collection.channels),
        counter=channel_label(_COUNTER),
        cash=channel_label(_CASH),
        names={category.code: category.name for category in categories},
        aliases={category.code: tuple(category.aliases) for category in categories},
        direct=frozenset(category.code for category in categories if category.kind == "direct"),
        rebate=frozenset(category.code for category in categories if category.kind == "rebate"),
        statuses={status.code: status.label for status in policy.eligibility.statuses},
    )
