"""Where the stages of a sheet stand, by the titles of its bands."""

import pytest

from canbao_rulebook.bands import StageColumns, find_stages


@pytest.mark.parametrize(
    ("titles", "wanted"),
    [
        (["填报单位：甲镇", "", "", "摸底｜本人", "", "联系和参保情况", "缴费｜收款账户", "缴费", "备注和说明", ""],
         [StageColumns("摸底", 4, 6), StageColumns("缴费", 7, 8)]),
        (["", "摸底｜本人", "缴费｜缴费", ""], [StageColumns("缴费", 3, 4)]),
        (["填报单位", None, "姓名"], []),
        (["摸底｜没有这一段", ""], []),
    ],
)  # fmt: skip
def test_a_stage_goes_from_its_title_to_the_next(titles: list[str | None], wanted: list[StageColumns]) -> None:
    assert find_stages(titles) == wanted
