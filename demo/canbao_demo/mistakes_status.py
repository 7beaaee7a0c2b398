"""Mistakes about soldiers, prisoners, other insurance and proofs: V12, V13, V14, V27."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_demo.desk import Desk, mistake, unpay

if TYPE_CHECKING:
    from canbao_demo.model import Row

_STATUS, _YEAR, _VOLUNTEER = "特殊情形", "预计复员/刑满年份", "是否自愿参保"


def _soldier(desk: Desk) -> tuple[Row, Row]:
    """R3 and R1 rows of a soldier who is released this year and enrols."""
    entries = desk.life.with_volunteer(desk.place)
    desk.add(*entries)
    return entries[2][1], entries[3][1]


@mistake("应保对象里填了参加职工医保")
def insured(desk: Desk) -> None:
    row = desk.single(unpaid=True)
    row[_STATUS] = desk.facts.statuses["EMPLOYEE_INSURED"]
    desk.plant(row, _STATUS, "V12.insured")


@mistake("外地户籍人员已在户籍地参保")
def insured_at_home(desk: Desk) -> None:
    row = desk.outsider()
    unpay(row)
    row["户籍地是否参保"] = "是"
    desk.plant(row, "户籍地是否参保", "V12.at_home", roster="R2")


@mistake("外地户籍人员已在户籍地参保，这里又缴了费")
def paid_at_home(desk: Desk) -> None:
    row = desk.outsider()
    row["户籍地是否参保"] = "是"
    desk.plant(row, "户籍地是否参保", "V12.at_home_paid", roster="R2")


@mistake("户籍地是否参保填“不详”")
def home_unclear(desk: Desk) -> None:
    row = desk.outsider()
    row["户籍地是否参保"] = "不详"
    desk.plant(row, "户籍地是否参保", "V12.unclear", roster="R2")


@mistake("参保证明是上一年度的")
def other_year(desk: Desk) -> None:
    row = desk.exempt("职工医保")
    row["参保年度"] = desk.facts.year - 1
    desk.plant(row, "参保年度", "V12.other_year", roster="R3")


@mistake("后年才复员的军人登记为自愿参保")
def released_later(desk: Desk) -> None:
    row = desk.single(unpaid=True)
    row |= {_STATUS: desk.facts.statuses["SOLDIER"], _YEAR: desk.facts.year + 2, _VOLUNTEER: "是"}
    desk.plant(row, _YEAR, "V13.year")


@mistake("服刑人员没有填刑满年份")
def no_year(desk: Desk) -> None:
    row = desk.single(unpaid=True)
    row |= {_STATUS: desk.facts.statuses["PRISONER"], _VOLUNTEER: "是"}
    desk.plant(row, _YEAR, "V13.no_year")


@mistake("服刑人员缴了费")
def prisoner_pays(desk: Desk) -> None:
    row = desk.single()
    row |= {_STATUS: desk.facts.statuses["PRISONER"], _YEAR: desk.facts.year + 3, _VOLUNTEER: "否"}
    desk.plant(row, _YEAR, "V13.year")
    desk.plant(row, "实缴金额", "V13.paid")


@mistake("当年复员的军人登记在应保对象，没有选自愿参保")
def not_volunteering(desk: Desk) -> None:
    row = desk.single(unpaid=True)
    row |= {_STATUS: desk.facts.statuses["SOLDIER"], _YEAR: desk.facts.year, _VOLUNTEER: "否"}
    desk.plant(row, _VOLUNTEER, "V13.volunteer")


@mistake("异地和无法参保表里，后年复员的军人选了自愿参保")
def volunteers_too_early(desk: Desk) -> None:
    row = desk.exempt("参军")
    row |= {_YEAR: desk.facts.year + 2, _VOLUNTEER: "是", "自愿申请人": "本人"}
    desk.plant(row, _VOLUNTEER, "V13.not_this_year", roster="R3")


@mistake("职工医保人员选了自愿参保")
def cannot_volunteer(desk: Desk) -> None:
    row = desk.exempt("职工医保")
    row |= {_YEAR: desk.facts.year, _VOLUNTEER: "是", "自愿申请人": "本人"}
    desk.plant(row, _VOLUNTEER, "V13.not_applicable", roster="R3")


@mistake("服刑人员的刑满年份已过")
def released_already(desk: Desk) -> None:
    row = desk.exempt("服刑")
    row[_YEAR] = desk.facts.year - 2
    desk.plant(row, _YEAR, "V13.release_past", roster="R3")


@mistake("给自愿参保的军人写了政府代缴")
def soldier_direct(desk: Desk) -> None:
    _, row = _soldier(desk)
    row["政府代缴"] = desk.facts.premium
    desk.plant(row, "政府代缴", "V14.direct")


@mistake("给自愿参保的军人写了应返资助")
def soldier_rebate(desk: Desk) -> None:
    _, row = _soldier(desk)
    row["应返资助"] = 200
    desk.plant(row, "应返资助", "V14.rebate")


@mistake("自愿参保的军人同时是建档立卡户")
def soldier_poor(desk: Desk) -> None:
    _, row = _soldier(desk)
    row |= {"身份属性1": desk.facts.names["Q1"], "佐证材料": "扶贫手册HN2019"}
    desk.plant(row, _STATUS, "V14.review")


@mistake("自愿参保的军人在应保对象里没有填特殊情形")
def soldier_unsaid(desk: Desk) -> None:
    _, row = _soldier(desk)
    for header in (_STATUS, _YEAR, _VOLUNTEER):
        del row[header]
    desk.plant(row, _STATUS, "V14.other_roster")


@mistake("没有选证明材料")
def no_proof(desk: Desk) -> None:
    row = desk.exempt("学校参保(大中专)")
    del row["证明材料"]
    desk.plant(row, "证明材料", "V27.kind", roster="R3")


@mistake("没有填证明编号")
def no_proof_number(desk: Desk) -> None:
    row = desk.exempt("职工医保")
    del row["证明编号"]
    desk.plant(row, "证明编号", "V27.number", roster="R3")


@mistake("职工医保登记为无法参保")
def wrong_class(desk: Desk) -> None:
    row = desk.exempt("职工医保")
    row["类别"] = "无法参保"
    desk.plant(row, "原因", "V41.reason_class", roster="R3")


@mistake("新生儿登记在外地户籍表")
def newborn_outside(desk: Desk) -> None:
    row = desk.outsider(born=45)
    unpay(row)
    row["人员群体"] = "新生儿"
    desk.plant(row, "人员群体", "V24.not_local", roster="R2")
