"""How several identities combine: by amount, or by the order that the policy gives."""

from pathlib import Path

import pytest

from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.precedence import ranked_categories

FIFTH = Path(__file__).parents[1] / "data" / "fifth-county.yaml"


@pytest.mark.parametrize(
    ("combine", "best"), [("highest_wins", ["A1", "A3", "A2"]), ("first_by_precedence", ["A2", "A1", "A3"])]
)
def test_the_policy_says_what_comes_first(combine: str, best: list[str], tmp_path: Path) -> None:
    text = FIFTH.read_text(encoding="utf-8").replace("combine: highest_wins", f"combine: {combine}")
    path = tmp_path / "p.yaml"
    path.write_text(text.replace("precedence: 20", "precedence: 5"), encoding="utf-8")
    assert [category.code for category in ranked_categories(load_policy(str(path)))] == best


def test_the_four_notices_take_the_highest() -> None:
    assert {load_policy(policy).subsidy.combine.value for policy in list_policies()} == {"highest_wins"}
