"""Small counties of every policy year, merged, and their rows: what properties of the settlement are asked of."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from canbao_county.merge.merging import Merge
from canbao_rulebook.findings import Finding, Place, Severity
from canbao_rulebook.policy import list_policies
from canbao_validators.settlement.terms import Terms
from canbao_validators.settlement.withhold import OF_REBATES
from support.small_counties import County, counties
from support.times import times

POLICIES = list_policies()
EXAMPLES, SOME, FEW = times(9, 40), times(5, 20), times(1, 6)
KNOWN_REBATES = {"huining-2021"}
NO_SUMS = {"putuo-2022", "dongxing-2022"}  # nothing is paid out: no amount is known
Row = dict[str, Any]


def over_counties(
    check: Callable[[County], None], policy: str, examples: int = EXAMPLES, *, tidy: bool = False
) -> None:
    """Let a check see counties of a policy year, the same ones every time.

    They are small as they come: nothing is gained by shrinking them.
    """
    some = settings(
        max_examples=examples,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    some(given(counties(policy, tidy=tidy))(check))()


def rows_of(merge: Merge) -> list[Row]:
    """The settled rows."""
    return merge.people.to_dicts()


def by_person(rows: list[Row]) -> dict[str, list[Row]]:
    """The rows of each person."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["pid"]].append(row)
    return found


def planted(code: str, row: Row) -> Finding:
    """An error of a code at a row."""
    return Finding(f"{code}.planted", Severity.ERROR, Place(row["sheet"], row["row"], file=row["file"]), row["cert"])


def holding(terms: Terms, *, rebate: bool) -> set[str]:
    """The codes that hold back a rebate, or a direct payment, which no account and no cash of the person touch."""
    return set(terms.withholding - {"V09"}) - (set() if rebate else set(OF_REBATES))
