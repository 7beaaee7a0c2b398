"""Careless typing and pasting: V41 not understood, V42 understood and said so, V39 rows that are nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_demo.desk import Desk, mistake, text_of, unpay
from canbao_rulebook.functions.dates import to_serial

if TYPE_CHECKING:
    from datetime import date

    from canbao_demo.model import Row

_ID, _NAME, _PHONE, _PAID, _DAY = "证件号码", "姓名", "联系电话", "实缴金额", "缴费日期"
_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def _day(row: Row) -> date:
    value = row[_DAY]
    assert not isinstance(value, str | int | float | None)
    return value


def _ends_with_x(desk: Desk) -> Row:
    """The row of somebody whose number ends with X."""
    household = desk.members(1)
    person = desk.life.people.person("配偶", "女", 1984)
    while person.cert_no[-1] != "X":
        person = desk.life.people.person("配偶", "女", 1984)
    household.members.append(person)
    return desk.settle(household)[1]


def _unread_day(desk: Desk, text: str | float, key: str) -> None:
    row = desk.single()
    row[_DAY] = text
    desk.plant(row, _DAY, key)


# --- what cannot be understood ----------------------------------------------------------------------------------------


@mistake("与户主关系不在下拉列表中")
def not_in_list(desk: Desk) -> None:
    row = desk.spouse()
    row["与户主关系"] = "儿媳"
    desk.plant(row, "与户主关系", "V41.not_in_list")


@mistake("户编号超过30个字")
def long_household(desk: Desk) -> None:
    row = desk.single()
    row["户编号"] = f"{row['户编号']}-" + "1234567890" * 3
    desk.plant(row, "户编号", "V41.household_no")


@mistake("家庭住址太短")
def short_address(desk: Desk) -> None:
    row = desk.single()
    row["家庭住址"] = "本村"
    desk.plant(row, "家庭住址", "V41.address")


@mistake("手机号码少一位")
def short_phone(desk: Desk) -> None:
    row = desk.single()
    row[_PHONE] = text_of(row, _PHONE)[:-1]
    desk.plant(row, _PHONE, "V41.phone")


@mistake("座机被存成数字，丢了开头的0")
def landline_number(desk: Desk) -> None:
    row = desk.outsider()
    row[_PHONE] = 9433221001
    desk.plant(row, _PHONE, "V41.phone_number", roster="R2")


@mistake("居住起始日期在参保年度之后")
def stay_future(desk: Desk) -> None:
    row = desk.outsider()
    row["居住起始年月"] = desk.facts.day(600)
    desk.plant(row, "居住起始年月", "V41.stay_future", roster="R2")


@mistake("居住不满半年")
def stay_short(desk: Desk) -> None:
    row = desk.outsider()
    row["居住起始年月"] = desk.facts.day(-20)
    desk.plant(row, "居住起始年月", "V41.stay_short", roster="R2")


@mistake("姓名是一个数字")
def number_for_name(desk: Desk) -> None:
    row = desk.spouse()
    row[_NAME] = 12
    desk.plant(row, _NAME, "V41.text_expected")


@mistake("责任人填成逻辑值")
def truth_value(desk: Desk) -> None:
    row = desk.single()
    row["责任人"] = True
    desk.plant(row, "责任人", "V41.bool")


@mistake("缴费日期写成一句话")
def date_words(desk: Desk) -> None:
    _unread_day(desk, "国庆节后", "V41.date")


@mistake("缴费日期年份不全")
def date_ambiguous(desk: Desk) -> None:
    _unread_day(desk, "1/9/20", "V41.date_ambiguous")


@mistake("缴费日期分不清月和日")
def date_day_month(desk: Desk) -> None:
    _unread_day(desk, "1/9/2020", "V41.date_day_month")


@mistake("缴费日期只有年和月，存成了小数")
def date_decimal(desk: Desk) -> None:
    _unread_day(desk, 2020.11, "V41.date_readings")


@mistake("缴费日期没有年份")
def date_incomplete(desk: Desk) -> None:
    _unread_day(desk, "10月3日", "V41.date_incomplete")


@mistake("缴费日期没有这一天")
def date_impossible(desk: Desk) -> None:
    _unread_day(desk, "2020-9-31", "V41.date_impossible")


@mistake("缴费日期的年份录错")
def date_range(desk: Desk) -> None:
    _unread_day(desk, "1820-09-01", "V41.date_range")


@mistake("缴费日期是普通数字")
def date_number(desk: Desk) -> None:
    _unread_day(desk, 202010, "V41.date_number")


@mistake("金额里写了别的话")
def amount_words(desk: Desk) -> None:
    row = desk.single()
    row[_PAID] = "已缴清"
    desk.plant(row, _PAID, "V41.amount")


@mistake("金额用汉字写")
def amount_hanzi(desk: Desk) -> None:
    row = desk.single()
    row[_PAID] = "二百八十元"
    desk.plant(row, _PAID, "V41.amount_words")


@mistake("参保年度不是数字")
def year_words(desk: Desk) -> None:
    row = desk.exempt("职工医保")
    row["参保年度"] = "本年度"
    desk.plant(row, "参保年度", "V41.integer", roster="R3")


# --- what is understood, and said -------------------------------------------------------------------------------------


@mistake("证件号码里有空格")
def spaced_number(desk: Desk) -> None:
    row = desk.spouse()
    number = text_of(row, _ID)
    row[_ID] = f"{number[:6]} {number[6:14]} {number[14:]}"
    desk.plant(row, _ID, "V42.blanks")


@mistake("证件号码末尾带不换行空格")
def trailing_blank(desk: Desk) -> None:
    row = desk.outsider()
    row[_ID] = f"{row[_ID]}\u00a0"
    desk.plant(row, _ID, "V42.blanks", roster="R2")


@mistake("证件号码里有零宽字符")
def zero_width(desk: Desk) -> None:
    row = desk.spouse()
    row[_ID] = f"\u200b{row[_ID]}"
    desk.plant(row, _ID, "V42.invisible")


@mistake("证件号码开头带单引号")
def apostrophe(desk: Desk) -> None:
    row = desk.spouse()
    row[_ID] = f"'{row[_ID]}"
    desk.plant(row, _ID, "V42.apostrophe")


@mistake("证件号码是全角数字")
def full_width(desk: Desk) -> None:
    row = desk.spouse()
    row[_ID] = text_of(row, _ID).translate(_FULL_WIDTH)
    desk.plant(row, _ID, "V42.full_width")


@mistake("证件号码末位是小写x")
def small_x(desk: Desk) -> None:
    row = _ends_with_x(desk)
    row[_ID] = text_of(row, _ID).lower()
    desk.plant(row, _ID, "V42.last_x")


@mistake("证件号码带空格，末位又是小写x")
def small_x_and_blank(desk: Desk) -> None:
    row = _ends_with_x(desk)
    row[_ID] = f"{text_of(row, _ID).lower()} "
    desk.plant(row, _ID, "V42.several")


@mistake("两个字的姓名中间空一格")
def spaced_name(desk: Desk) -> None:
    row = desk.spouse()
    row[_NAME] = "\u3000".join(text_of(row, _NAME))
    desk.plant(row, _NAME, "V42.blanks")


@mistake("少数民族姓名的间隔号不规范")
def other_dot(desk: Desk) -> None:
    row = desk.spouse()
    row[_NAME] = desk.life.people.names.dotted().replace("·", "•")
    desk.plant(row, _NAME, "V42.separator")


@mistake("手机号码带国家代码和连接号")
def country_code(desk: Desk) -> None:
    row = desk.single()
    phone = text_of(row, _PHONE)
    row[_PHONE] = f"+86-{phone}"
    desk.plant(row, _PHONE, "V42.phone")


@mistake("手机号码被存成数字")
def phone_number(desk: Desk) -> None:
    row = desk.single()
    row[_PHONE] = int(text_of(row, _PHONE))
    desk.plant(row, _PHONE, "V42.number_to_text")


@mistake("金额是文本")
def amount_text(desk: Desk) -> None:
    row = desk.single()
    row[_PAID] = f"{desk.facts.premium:.2f}"
    desk.plant(row, _PAID, "V42.text_to_number")


@mistake("金额带“元”字")
def amount_unit(desk: Desk) -> None:
    row = desk.single()
    row[_PAID] = f"{desk.facts.premium:.0f}元"
    desk.plant(row, _PAID, "V42.amount")


@mistake("日期是文本，用点分隔")
def dotted_date(desk: Desk) -> None:
    row = desk.single()
    day = _day(row)
    row[_DAY] = f"{day.year}.{day.month}.{day.day}"
    desk.plant(row, _DAY, "V42.date")


@mistake("日期是八位数字")
def compact_date(desk: Desk) -> None:
    row = desk.outsider()
    row[_DAY] = int(f"{_day(row):%Y%m%d}")
    desk.plant(row, _DAY, "V42.date", roster="R2")


@mistake("日期带着时间")
def date_time(desk: Desk) -> None:
    row = desk.single()
    row[_DAY] = to_serial(_day(row)) + 0.625
    desk.plant(row, _DAY, "V42.date_time")


@mistake("原因用了全角括号")
def wide_brackets(desk: Desk) -> None:
    row = desk.exempt("学校参保(大中专)")
    row["原因"] = "学校参保（大中专）"
    desk.plant(row, "原因", "V42.choice", roster="R3")


@mistake("是否自愿参保打了叉")
def cross_for_no(desk: Desk) -> None:
    row = desk.exempt("参军")
    row["是否自愿参保"] = "×"
    desk.plant(row, "是否自愿参保", "V42.yes_no", roster="R3")


# --- rows that are nobody ---------------------------------------------------------------------------------------------


@mistake("表里加了一行合计")
def total_row(desk: Desk) -> None:
    row: Row = {_NAME: "合计", _PAID: desk.facts.premium * 12}
    desk.add(("R1", row))
    desk.plant(row, "", "V39.total_row")


@mistake("分页处又粘贴了一行表头")
def repeated_header(desk: Desk) -> None:
    row: Row = {header: header for header in ("村(社区)", _NAME, "证件类型", _ID)}
    desk.add(("R3", row))
    desk.plant(row, "", "V39.repeated_header", roster="R3")


@mistake("未缴费的人写了缴费日期“无”")
def no_date(desk: Desk) -> None:
    row = desk.single()
    unpay(row)
    row[_DAY] = "无"
    desk.plant(row, _DAY, "V42.nothing")


@mistake("金额的逗号写错了地方")
def misplaced_comma(desk: Desk) -> None:
    row = desk.single()
    row[_PAID] = "2,80"
    desk.plant(row, _PAID, "V41.amount_comma")
