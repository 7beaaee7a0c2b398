"""The branch a formula took, in every row of a synthetic township: it gives the value that the column has."""

from math import isnan

import pytest

from canbao_demo import plan_county, rows_to_frame
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.kinds import ColumnType
from canbao_rulebook.names import policy_names, unit_names
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.tracing import evaluate_node, sources_of, trace_column

BOOK = load_rulebook(load_policy("huining-2021"))
ROSTER = BOOK.rosters["R1"]


@pytest.fixture(scope="module")
def township():
    county = plan_county(BOOK, people=300, townships=2, seed=3)
    unit = county.units[0]
    names = {**policy_names(BOOK.policy), **unit_names(unit)}
    return compute_columns(ROSTER, rows_to_frame(ROSTER, county.rows[unit.name]["R1"]), names), names


@pytest.mark.parametrize(
    "header", ["※缴费止", "※缴费起", "待遇起", "应返资助", "政府代缴", "执行资助类别", "销号状态", "年龄"]
)
def test_the_branch_gives_the_value_of_the_column(township, header):
    frame, names = township
    column = ROSTER.by_header[header]
    for index in range(0, frame.height, 3):
        row = frame[index]
        trace = trace_column(ROSTER, header, row, names)
        computed = row[f"{column.field}.computed"].item()
        value = evaluate_node(ROSTER, trace.result, row, names)
        empty = computed == "" or (column.type is not ColumnType.TEXT and computed is not None and isnan(computed))
        assert value == (None if empty else computed)
        assert all(evaluate_node(ROSTER, node, row, names) for node in trace.held)


def test_the_names_that_decided(township):
    frame, names = township
    newborn = frame.filter(frame["newborn.computed"])
    others = frame.filter(~frame["newborn.computed"] & ~frame["newly_identified.computed"])
    assert trace_column(ROSTER, "※缴费止", newborn[0], names).names == ("征缴截止", "新生儿期限")
    assert trace_column(ROSTER, "※缴费止", others[0], names).names == ("征缴截止",)


def test_all_that_an_amount_depends_on():
    read = sources_of(ROSTER, ["应返资助"])
    assert {"应返资助", "※次位", "身份属性3", "特殊情形", "实缴金额", "缴费日期", "证件号码"} <= read
    assert not read & {"姓名", "家庭住址", "社保卡银行账号", "待遇起"}
