"""Mistakes in identities, amounts, payments, accounts and dates: V01.receipt, V15, V17, V19 to V25, V40."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from canbao_demo.desk import Desk, mistake, text_of, unpay

if TYPE_CHECKING:
    from canbao_demo.model import Row

_ACCOUNT, _KIND, _PAID, _DAY, _CHANNEL = "社保卡银行账号", "收款账户类型", "实缴金额", "缴费日期", "缴费方式"
_RECEIPT, _WORD = "凭证号码", "情况说明"


@mistake("缴了费，没有凭证号码")
def no_receipt(desk: Desk) -> None:
    row = desk.single()
    del row[_RECEIPT]
    desk.plant(row, _RECEIPT, "V01.receipt")


@mistake("缴了费，没有填缴费方式")
def no_channel(desk: Desk) -> None:
    row = desk.single()
    del row[_CHANNEL]
    desk.plant(row, _CHANNEL, "V01.required")


@mistake("缴了费，没有填缴费日期")
def no_day(desk: Desk) -> None:
    row = desk.single()
    del row[_DAY]
    desk.plant(row, _DAY, "V01.required")


@mistake("资助身份不是本年度规定的名称")
def unknown_identity(desk: Desk) -> None:
    row = desk.single()
    row |= {"身份属性1": "低保户", "佐证材料": "低保证20190017"}
    desk.plant(row, "身份属性1", "V15.unknown_category")


@mistake("外地户籍人员申报资助身份")
def outsider_identity(desk: Desk) -> None:
    row = desk.outsider()
    row |= {"身份属性1": desk.facts.names["N1"], "佐证材料": "残疾证20180321"}
    desk.plant(row, "身份属性1", "V15.outsider", roster="R2")


@mistake("执行资助类别没有就高")
def lower_category(desk: Desk) -> None:
    row = desk.single("Q1", "Q2")
    row["执行资助类别"] = desk.facts.names["Q2"]
    desk.plant(row, "执行资助类别", "V17.category")


@mistake("资助方式被改写")
def wrong_kind(desk: Desk) -> None:
    row = desk.single("Q1")
    row["资助方式"] = "代缴"
    desk.plant(row, "资助方式", "V17.kind")


@mistake("应缴标准被改写")
def wrong_premium(desk: Desk) -> None:
    row = desk.single()
    row["应缴标准"] = desk.facts.premium - 30
    desk.plant(row, "应缴标准", "V17.amount")


@mistake("代缴金额被改写")
def wrong_direct(desk: Desk) -> None:
    row = desk.single("F1")
    row["政府代缴"] = 200
    desk.plant(row, "政府代缴", "V17.amount")


@mistake("应返资助被改写")
def wrong_rebate(desk: Desk) -> None:
    row = desk.single("Q1")
    row["应返资助"] = desk.facts.premium
    desk.plant(row, "应返资助", "V17.amount")


@mistake("代缴对象又收了个人的钱")
def direct_pays(desk: Desk) -> None:
    row = desk.single("F3")
    desk.life.clerk.write_payment(row, desk.facts.day(20), desk.facts.cash)
    desk.plant(row, _PAID, "V19.paid")


@mistake("没有缴费，却写了应返资助")
def unpaid_rebate(desk: Desk) -> None:
    row = desk.single("Q1", unpaid=True)
    row["应返资助"] = 200
    desk.plant(row, "应返资助", "V20.unpaid")


@mistake("只缴了一部分")
def part_paid(desk: Desk) -> None:
    row = desk.single()
    row[_PAID] = desk.facts.premium - 200
    desk.plant(row, _PAID, "V21.amount")


@mistake("有资助要返还，没有账号")
def no_account(desk: Desk) -> None:
    row = desk.single("Q1")
    del row[_ACCOUNT]
    desk.plant(row, _ACCOUNT, "V22.missing")


@mistake("有资助要返还，没有选收款账户类型")
def no_account_kind(desk: Desk) -> None:
    row = desk.single("Q2")
    del row[_KIND]
    desk.plant(row, _KIND, "V22.kind")


@mistake("成年子女用父亲的账户收款")
def adult_child(desk: Desk) -> None:
    row = desk.child("Q1", age=7)
    born = desk.facts.closes.year - 23
    number = desk.life.people.person("子", "男", born)
    row |= {"姓名": number.name, "证件号码": number.cert_no, "人员群体": "普通居民"}
    desk.plant(row, _KIND, "V22.adult")


@mistake("监护人收款，没有填监护人姓名、证件号码、关系")
def no_guardian(desk: Desk) -> None:
    row = desk.child("Q1")
    for header in ("监护人姓名", "监护人证件号码", "与监护人关系"):
        del row[header]
        desk.plant(row, header, "V22.guardian")


@mistake("账号填成本人身份证号码")
def id_for_account(desk: Desk) -> None:
    row = desk.single("Q1")
    row[_ACCOUNT] = row["证件号码"]
    desk.plant(row, _ACCOUNT, "V22.is_id")


@mistake("账号填成9位社保卡号")
def card_number(desk: Desk) -> None:
    row = desk.single("Q1")
    row[_ACCOUNT] = "A12345678"
    desk.plant(row, _ACCOUNT, "V22.card_number")


@mistake("账号是存折号")
def passbook(desk: Desk) -> None:
    row = desk.single("Q1")
    row[_ACCOUNT] = text_of(row, _ACCOUNT) + "01"
    desk.plant(row, _ACCOUNT, "V22.length")


@mistake("账号录错一位")
def wrong_account(desk: Desk) -> None:
    row = desk.single("Q1")
    account = text_of(row, _ACCOUNT)
    row[_ACCOUNT] = account[:-1] + str((int(account[-1]) + 1) % 10)
    desk.plant(row, _ACCOUNT, "V22.luhn")


@mistake("六个人用同一个账户")
def many_uses(desk: Desk) -> None:
    household = desk.members(2, "Q1")
    for number in range(5):
        year = desk.facts.year - 5 - 2 * number
        child = desk.life.people.person("子", "男", year, household.head.name[:1])
        child.identities = ["Q1"]
        household.members.append(child)
    rows = desk.settle(household)
    rows[6] |= {
        header: rows[5][header]
        for header in (_KIND, _ACCOUNT, "开户银行", "监护人姓名", "监护人证件号码", "与监护人关系")
    }
    desk.plant(rows[0], _ACCOUNT, "V22.many")


@mistake("账号与别人本人的账号相同")
def others_account(desk: Desk) -> None:
    first, second = desk.single("Q1"), desk.single("Q4")
    second[_ACCOUNT] = first[_ACCOUNT]
    desk.keep_order()
    for row in (first, second):
        desk.plant(row, _ACCOUNT, "V22.other_person")


@mistake("缴费日期在缴费期之前")
def too_early(desk: Desk) -> None:
    row = desk.single()
    row[_DAY] = desk.facts.day(-6)
    desk.plant(row, _DAY, "V23.window")


@mistake("缴费日期确实在缴费期之后，有情况说明")
def too_late_explained(desk: Desk) -> None:
    row = desk.single()
    row |= {_DAY: desk.facts.closes + timedelta(days=3), _WORD: "银行系统故障"}
    desk.plant(row, _DAY, "V23.confirmed")


@mistake("收了现金，没有凭证也没有解缴批次")
def bare_cash(desk: Desk) -> None:
    row = desk.single()
    row |= {_CHANNEL: desk.facts.cash, "收缴人/代征人": "安永平", "收款时间": "10:20"}
    row.pop(_RECEIPT, None)
    row.pop("解缴批次", None)
    desk.plant(row, _RECEIPT, "V01.bare_cash")


@mistake("一人缴了两份钱")
def paid_double(desk: Desk) -> None:
    row = desk.single()
    row[_PAID] = 2 * desk.facts.premium
    desk.plant(row, _PAID, "V21.over")


@mistake("缴费日期在缴费期之后")
def too_late(desk: Desk) -> None:
    row = desk.outsider()
    row[_DAY] = desk.facts.closes + timedelta(days=1)
    desk.plant(row, _DAY, "V23.window", roster="R2")


def _baby_paid(desk: Desk, born: int, after: int) -> Row:
    row = desk.baby(born=born)
    row[_DAY] = desk.facts.day(born + after)
    return row


@mistake("新生儿超过90天才缴费")
def late_baby(desk: Desk) -> None:
    desk.plant(_baby_paid(desk, 10, desk.facts.newborn_days + 1), _DAY, "V24.late")


@mistake("新生儿超过90天才缴费，有情况说明")
def late_baby_explained(desk: Desk) -> None:
    row = _baby_paid(desk, 10, desk.facts.newborn_days + 1)
    row[_WORD] = "出生证明办得晚"
    desk.plant(row, _DAY, "V24.confirmed")


@mistake("新生儿超过90天、缴费期内缴费")
def slow_baby(desk: Desk) -> None:
    desk.plant(_baby_paid(desk, 2, desk.facts.newborn_days + 3), _DAY, "V24.limit")


@mistake("新生儿登记超过期限")
def baby_registered_late(desk: Desk) -> None:
    row = _baby_paid(desk, 60, 80)
    row["登记日期"] = desk.facts.day(60 + desk.facts.newborn_days + 2)
    desk.plant(row, "登记日期", "V24.late_registration")


@mistake("新生儿选成学龄前儿童")
def baby_tag(desk: Desk) -> None:
    row = desk.baby(born=40)
    row["人员群体"] = "学龄前儿童"
    desk.plant(row, "人员群体", "V24.tag")


@mistake("全额代缴的新生儿没有登记日期")
def baby_unregistered(desk: Desk) -> None:
    row = desk.baby(born=50)
    unpay(row)
    row |= {"身份属性1": desk.facts.names["F4"], "佐证材料": "孤儿证HN2020"}
    desk.plant(row, "登记日期", "V01.registered")


@mistake("新生儿缴费日期早于出生日期")
def unborn(desk: Desk) -> None:
    desk.plant(_baby_paid(desk, 60, -3), _DAY, "V24.before_birth")


@mistake("新生儿没有到银行柜台缴费")
def baby_online(desk: Desk) -> None:
    row = desk.baby(born=40)
    row[_CHANNEL] = desk.facts.channels[-1]
    desk.plant(row, _CHANNEL, "V24.channel")


@mistake("新生儿没有填出生日期")
def baby_undated(desk: Desk) -> None:
    row = desk.baby(born=40, registered=False)
    row[_DAY] = desk.facts.day(70)
    del row["出生日期"]
    desk.plant(row, "出生日期", "V01.required", "V24.no_birth")


@mistake("参保年度内出生的新生儿，通知没有规定待遇起始日")
def baby_next_year(desk: Desk) -> None:
    born = (desk.facts.reference - desk.facts.opens).days + 15
    desk.plant(_baby_paid(desk, born, 20), "待遇起", "V40.benefit")


def _identified(desk: Desk, *codes: str, on: int, paid: int) -> Row:
    row = desk.single(*codes)
    row |= {"身份属性1": desk.facts.names[codes[0]], "识别日期": desk.facts.day(on), _DAY: desk.facts.day(paid)}
    return row


@mistake("新识别人员超过一个月才缴费")
def identified_late(desk: Desk) -> None:
    last = (desk.facts.closes - desk.facts.opens).days
    desk.plant(_identified(desk, "Q1", on=last - 20, paid=last + 25), _DAY, "V25.late")


@mistake("新识别人员超过一个月才缴费，有情况说明")
def identified_late_explained(desk: Desk) -> None:
    last = (desk.facts.closes - desk.facts.opens).days
    row = _identified(desk, "Q1", on=last - 20, paid=last + 25)
    row[_WORD] = "外出务工，回来才缴"
    desk.plant(row, _DAY, "V25.confirmed")


@mistake("新识别人员超过一个月、缴费期内缴费")
def identified_slowly(desk: Desk) -> None:
    desk.plant(_identified(desk, "Q1", on=20, paid=60), _DAY, "V25.limit")


@mistake("新识别人员登记超过一个月")
def identified_registered_late(desk: Desk) -> None:
    last = (desk.facts.closes - desk.facts.opens).days
    row = _identified(desk, "Q1", on=last - 5, paid=last + 10)
    row["登记日期"] = desk.facts.day(last + 40)
    desk.plant(row, "登记日期", "V25.late_registration")


@mistake("缴费早于识别日期")
def identified_after(desk: Desk) -> None:
    last = (desk.facts.closes - desk.facts.opens).days
    desk.plant(_identified(desk, "Q1", on=last + 20, paid=last + 10), _DAY, "V25.before")


@mistake("填了识别日期，身份却不是建档立卡")
def identified_other(desk: Desk) -> None:
    desk.plant(_identified(desk, "Q3", on=30, paid=40), "识别日期", "V25.category")


@mistake("缴费期后缴费的新识别人员，通知没有规定待遇起始日")
def identified_at_end(desk: Desk) -> None:
    last = (desk.facts.closes - desk.facts.opens).days
    desk.plant(_identified(desk, "Q1", on=last - 5, paid=last + 10), "待遇起", "V40.benefit")


@mistake("金额填成负数")
def negative(desk: Desk) -> None:
    row = desk.single()
    row[_PAID] = -desk.facts.premium
    desk.plant(row, _PAID, "V41.negative", "V21.amount")
