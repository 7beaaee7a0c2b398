"""Small counties of the four policy years, and the reports of their last day."""

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from support import counties as c
from support.reports import DX, HN, PT, SC, Package, day, import_owner


@pytest.fixture(scope="session")
def huining(tmp_path_factory: pytest.TempPathFactory) -> Path:
    poor, paid = {"身份属性1": "建档立卡贫困人口", "佐证材料": "扶贫1"}, c.paid(date(2020, 10, 3))
    card = {"收款账户类型": "本人", "社保卡银行账号": "6230123400001112201", "开户银行": "农商银行"}
    full = {"身份属性1": "特困供养人员", "佐证材料": "民政1"}
    first = [
        c.resident(1, **paid),
        c.resident(2, **poor),  # expected on the provisional list, not paid
        c.resident(3, **poor, **card, **c.paid(date(2020, 11, 15))),
        c.resident(4, "二村", **full),
        c.resident(5, "二村"),
        c.resident(6, "二村", 参保意愿="拒绝参保", 情况说明="上门做过两次工作，本人不愿参保"),
        c.resident(7, "二村", **paid),  # stands in 乙镇 too, paid later there
    ]
    second = [c.resident(7, "三村", **c.paid(date(2020, 11, 20))), c.resident(8, "三村", **paid)]
    filled = {"甲镇": {c.R1: first}, "乙镇": {c.R1: second}}
    units = [["甲镇", "一村", "", ""], ["甲镇", "二村", "", ""], ["乙镇", "三村", "", ""]]
    return c.issue(tmp_path_factory.mktemp(HN), HN, units, filled)


@pytest.fixture(scope="session")
def huining_final(huining: Path) -> Package:
    """The last day, with the owners' lists: without them nobody is paid."""
    import_owner(huining.parent, HN, "PAO", {2: "建档立卡贫困人口", 3: "建档立卡贫困人口"})
    lists = import_owner(huining.parent, HN, "CIV", {4: "特困供养人员"})
    return Package(huining, HN, "2020-12-20", huining.parent / "final", "--lists", str(lists))


@pytest.fixture(scope="session")
def shangcai(tmp_path_factory: pytest.TempPathFactory) -> Path:
    posted = {"入库结果": "已入库"}
    listed = partial(c.listed, SC, township="杨屯", village="一村")
    first = [
        c.collected(1, "一村", day(9, 21), 解缴批次="D0922", **posted),
        c.collected(2, "一村", day(9, 22), 解缴批次="D0922", **posted),
        c.collected(3, "二村", day(9, 28), 解缴批次="D0929", 入库结果="未入库"),
        c.collected(4, "二村", day(11, 5), **posted),  # retail time: does not count
    ]
    second = [c.collected(11, "三村", day(9, 25), 解缴批次="D0926", **posted)]
    deposits = [c.deposit("一村", day(9, 22), 2), c.deposit("二村", day(9, 29), 1)]
    filled = {
        "杨屯": {c.R6: first, c.R7: deposits},
        "东洪": {c.R6: second, c.R7: [c.deposit("三村", day(9, 26), 1)]},
        "县民政局": {c.R8: [listed(21, category="艾滋病患者"), listed(22, category="特困人员")]},
    }
    units = [["杨屯", "一村", "一组", ""], ["杨屯", "二村", "一组", ""], ["东洪", "三村", "一组", ""]]
    return c.issue(tmp_path_factory.mktemp(SC), SC, units, filled)


@pytest.fixture(scope="session")
def shangcai_final(shangcai: Path) -> Package:
    lists = import_owner(shangcai.parent, SC, "CIV", {21: "艾滋病患者", 22: "特困人员"}, "杨屯,一村,一组")
    return Package(shangcai, SC, "2019-12-10", shangcai.parent / "final", "--lists", str(lists))


@pytest.fixture(scope="session")
def putuo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    registered = {"登记日期": date(2021, 11, 10)}
    signed = {"缴费方式": "银行批量扣款", "是否签约批扣": "是", "签约银行": "普陀农商银行"}
    village_money = {"村级补助标准": 50}
    first = [
        c.on_the_roll(PT, 1, "一村", **registered, **village_money, **c.arrived(date(2021, 11, 20))),
        c.on_the_roll(PT, 2, "一村", **registered, **village_money),
        c.on_the_roll(PT, 3, "一村", **registered, **signed, 到账核对="未到账"),
        c.on_the_roll(PT, 4, "二村"),
        c.on_the_roll(PT, 5, "二村", 是否确认参保="否"),
        c.on_the_roll(PT, 6, "二村", 排查结论="职工医保"),
        c.on_the_roll(PT, 7, "二村", **registered, 身份属性1="社区（村）医保补助", **c.arrived(date(2021, 11, 25))),
    ]
    pupils = [c.pupil(31, **c.arrived(date(2021, 10, 20))), c.pupil(32), c.pupil(33, "2班", 医保登记流水号="YB33")]
    filled = {"甲镇": {c.R10: first}, "普陀中学": {c.R11: pupils}}
    return c.issue(tmp_path_factory.mktemp(PT), PT, [["甲镇", "一村", "", ""], ["甲镇", "二村", "", ""]], filled)


@pytest.fixture(scope="session")
def putuo_final(putuo: Path) -> Package:
    return Package(putuo, PT, "2022-01-01", putuo.parent / "final")


@pytest.fixture(scope="session")
def dongxing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    new, old = {"参保类型": "新参保", "参保证件": "身份证"}, {"参保类型": "续保"}
    first = [
        c.on_the_roll(DX, 1, "一村", **new, **c.arrived(date(2021, 10, 1))),
        c.on_the_roll(DX, 2, "一村", **old, **c.arrived(date(2022, 2, 1))),
        c.on_the_roll(DX, 3, "一村", **old),
    ]
    special = [c.listed(DX, 11, "甲镇", "一村", "重度残疾人员", 核实日期=date(2021, 9, 1), 到账核对="已到账")]
    return c.issue(
        tmp_path_factory.mktemp(DX), DX, [["甲镇", "一村", "", ""]], {"甲镇": {c.R10: first}, "残联": {c.R15: special}}
    )
