"""Small counties of every policy year, merged, and their rows: what properties of the settlement are asked of."""

from collections import defaultdict
from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from canbao_county.merge.merging import Merge
from canbao_rulebook.findings import Finding, Place, Severity
from canbao_rulebook.policy import list_policies
from canbao_validators.settlement.terms import Terms
from canbao_validators.settlement.withhold import OF_REBATES
from support.small_counties import County, counties, sweep
from support.times import times

POLICIES = list_policies()
EXAMPLES, SOME, FEW = times(9, 40), times(5, 20), times(1, 6)
SEED = 2025  # one whose few counties have every situation (test_settlement_properties.py)
KNOWN_REBATES = {"huining-2021"}
NO_SUMS = {"putuo-2022", "dongxing-2022"}  # nothing is paid out: no amount is known
Row = dict[str, Any]


@cache
def merged_counties(policy: str, *, tidy: bool = False) -> tuple[tuple[County, Merge], ...]:
    """Counties of a policy year, the same ones every time, merged once for all that is asked of them.

    They are small as they come: nothing is gained by shrinking them.
    """
    found: list[tuple[County, Merge]] = []
    some = settings(
        max_examples=EXAMPLES,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    drawn = given(counties(policy, tidy=tidy))(lambda county: found.append((county, county.merge())))
    seed(SEED)(some(drawn))()
    return tuple(found)


@cache
def merged_sweep(policy: str) -> tuple[tuple[County, Merge], ...]:
    """The counties that between them hold every card of the townships, merged once."""
    return tuple((county, county.merge()) for county in sweep(policy))


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
