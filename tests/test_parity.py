"""Every computed column and every rule of every roster: LibreOffice and polars agree in every cell."""

from collections.abc import Callable
from functools import cache

import pytest

from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.rulebook import load_rulebook
from support.parity import Difference
from support.parity_samples import Sample, find_differences
from support.times import times

CHUNKS = {  # of 500 rows, by policy year: 7,000 rows in all, and 10,000 in a soak
    "huining-2021": {"R1": times(1, 4), "R2": times(1, 3), "R3": times(1, 2), "R4": 1, "R7": 1, "R17": 1},
    "shangcai-2020": {"R6": 1, "R7": 1, "R8": 1},
    "putuo-2022": {"R10": 1, "R10C": 1, "R11": 1},
    "dongxing-2022": {"R10": 1, "R15": 1},
}
CHUNK = 500
CASES = [
    (policy, code, number)
    for policy, rosters in CHUNKS.items()
    for code, count in rosters.items()
    for number in range(count)
]


@pytest.fixture(scope="session")
def differing(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, list[Difference]]]:
    """Where the two differ in each chunk of a policy year, all of which one office computes."""

    @cache
    def find(policy_id: str) -> dict[str, list[Difference]]:
        book = load_rulebook(load_policy(policy_id))
        samples = {
            f"{code} {number}": Sample(book, code, CHUNK, seed=20210101 + number)
            for own, code, number in CASES
            if own == policy_id
        }
        return find_differences(samples, tmp_path_factory.mktemp("parity"))

    return find


def test_every_roster_of_every_policy_year_is_compared() -> None:
    for policy in list_policies():
        shared = {code for rosters in CHUNKS.values() for code in rosters}
        assert load_rulebook(load_policy(policy)).rosters.keys() <= shared


@pytest.mark.parametrize(("policy_id", "code", "chunk"), CASES)
def test_sheet_and_polars_agree(
    policy_id: str, code: str, chunk: int, differing: Callable[[str], dict[str, list[Difference]]]
) -> None:
    found = differing(policy_id)[f"{code} {chunk}"]
    assert found == [], sorted({item.where for item in found})
