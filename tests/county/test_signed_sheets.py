"""What the county signs: townships by goals, subsidies with their basis, the policy in words."""

import re

import pytest

from canbao_county.parameters_sheet import parameters_sheet
from canbao_county.signed_sheets import goal_matrix
from canbao_county.targets.goals import GoalResult
from canbao_rulebook.policy import load_policy
from canbao_rulebook.policy.load import list_policies

GOALS = [
    GoalResult("甲镇", "RATE", "参保率", 98, 100, "高于97%", reached=True, gap=0, source="六"),
    GoalResult("甲镇", "CARD", "采集率", 3, 4, "达到100%", reached=False, gap=1, source="六"),
    GoalResult("乙镇", "RATE", "参保率", 97, 100, "高于97%", reached=False, gap=1, source="六"),
    GoalResult("乙镇", "OTHER", "参保率(含异地)", 99, 100, "高于97%", reached=True, gap=0, source="六", aside=True),
]


def test_townships_stand_against_goals() -> None:
    (sheet,) = goal_matrix(GOALS, "会宁县")
    assert [column.header for column in sheet.columns] == [
        "乡镇(街道)", "参保率\n目标 高于97%", "采集率\n目标 达到100%", "参保率(含异地)\n目标 高于97%",
    ]  # fmt: skip
    assert sheet.frame.rows() == [
        ("甲镇", "✓ 98.00%", "✗ 75.00%（差1人）", "—"),
        ("乙镇", "✗ 97.00%（差1人）", "—", "99.00%"),
    ]
    assert goal_matrix([], "会宁县") == []


@pytest.mark.parametrize("name", list_policies())
def test_the_policy_is_told_in_words(name: str) -> None:
    policy = load_policy(name)
    rows = parameters_sheet(policy, "").frame.rows()
    assert not [row for row in rows if "unknown" in row or any(gap.path in "".join(row) for gap in policy.unknown)]
    gaps = [row for row in rows if row[0].startswith("通知未规定：")]
    assert len(set(gaps)) == len(gaps) > 0
    assert all(any(gap.reason in row[2] for row in gaps) for gap in policy.unknown)
    assert not [row for row in rows if re.search(r"\b[RVL]\d+C?\b", "".join(row))]
    named = "".join(row[0] for row in rows)
    assert all(category.name in named for category in policy.subsidy.categories if not category.confidential)


def test_an_amount_stands_beside_what_it_stands_on() -> None:
    rows = {row[0]: row[1:] for row in parameters_sheet(load_policy("huining-2021"), "").frame.rows()}
    orphans = rows["资助身份（第4位）：孤儿"]
    assert orphans == (
        "全额资助，代缴，280.00 元/人",
        "会政办发〔2020〕115号 二(二)1；县民政局认定",
    )
    assert next(said for name, said in rows.items() if "建档立卡" in name)[0] == "定额资助，先缴后返，200.00 元/人"
