"""What a row claims: the same whether it is found for each row or once for all rows that say the same."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao_rulebook.policy import list_policies, load_policy
from canbao_validators.settlement.claims import claims_of_rows

COLUMNS = ("identity_1", "identity_2", "identity_3", "chosen_category.computed")


@pytest.mark.parametrize("policy_id", list_policies())
@given(data=st.data())
def test_each_row_claims_what_its_own_words_mean(policy_id: str, data: st.DataObject) -> None:
    policy = load_policy(policy_id)
    categories = {name: one for one in reversed(policy.subsidy.categories) for name in (one.name, *one.aliases)}
    words = st.sampled_from([*categories, "无此类别", "", None])
    rows = data.draw(st.lists(st.tuples(*[words] * len(COLUMNS)), min_size=1, max_size=8))
    frame = pl.DataFrame([(place, *row) for place, row in enumerate(rows)], ["row", *COLUMNS], orient="row")
    found = claims_of_rows(policy, frame.cast(dict.fromkeys(COLUMNS, pl.String))).to_dicts()
    for row, said in zip(rows, found, strict=True):
        claimed, named = ([categories[word] for word in some if word in categories] for some in (row, row[:3]))
        assert sorted(said["claims"]) == sorted({one.code for one in claimed})
        assert sorted(said["groups"]) == sorted({one.target_group for one in named if one.target_group})


def test_a_roster_without_identities_claims_nothing_in_any_row() -> None:
    found = claims_of_rows(load_policy("huining-2021"), pl.DataFrame({"row": [5, 6, 7], "name": ["甲", "乙", "丙"]}))
    assert found.to_dicts() == [{"claims": [], "groups": []}] * 3
    assert dict(found.schema) == {"claims": pl.List(pl.String), "groups": pl.List(pl.String)}
