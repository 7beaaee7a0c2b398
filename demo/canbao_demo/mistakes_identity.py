"""Mistakes in document numbers and what hangs on them: V02, V03, V04, V11."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from canbao_demo.desk import Desk, mistake, text_of
from canbao_rulebook.functions.identity import CHECK_CHARACTERS, check_character

if TYPE_CHECKING:
    from canbao_demo.model import Row

_ID, _HEAD, _GUARDIAN, _ACCOUNT = "证件号码", "户主证件号码", "监护人证件号码", "社保卡银行账号"


def _number(row: Row) -> str:
    return text_of(row, _ID)


def _wrong(number: str) -> str:
    """The number with its check character one further on."""
    return number[:-1] + CHECK_CHARACTERS[(CHECK_CHARACTERS.index(number[-1]) + 1) % 11]


def _dated(number: str, day: str) -> str:
    first17 = number[:6] + day + number[14:17]
    return first17 + check_character(first17)


@mistake("证件号码少录一位")
def too_short(desk: Desk) -> None:
    row = desk.spouse()
    row[_ID] = _number(row)[:12] + _number(row)[13:]
    desk.plant(row, _ID, "V02.length")


@mistake("填了15位旧号码")
def old_number(desk: Desk) -> None:
    row = desk.household(2)[1]
    row[_ID] = _number(row)[:6] + _number(row)[8:17]
    desk.plant(row, _ID, "V02.old_15")


@mistake("数字0录成字母O")
def letter_for_digit(desk: Desk) -> None:
    row = desk.spouse()
    row[_ID] = _number(row)[:6] + _number(row)[6:].replace("9", "O", 1)
    desk.plant(row, _ID, "V02.characters")


@mistake("出生日期录成2月30日")
def no_such_day(desk: Desk) -> None:
    row = desk.spouse()
    row[_ID] = _dated(_number(row), "19900230")
    desk.plant(row, _ID, "V02.date")


@mistake("出生年份录到了参保年度之后")
def born_in_future(desk: Desk) -> None:
    row = desk.spouse()
    row[_ID] = _dated(_number(row), f"{desk.facts.year + 1}0305")
    desk.plant(row, _ID, "V02.future")
    desk.plant(row, "缴费日期", "V24.before_birth")
    desk.plant(row, "户编号", "V26.incomplete")


@mistake("末位录错，校验位不对")
def wrong_check_digit(desk: Desk) -> None:
    row = desk.spouse()
    row[_ID] = _wrong(_number(row))
    desk.plant(row, _ID, "V02.check_digit")


@mistake("异地参保人员的证件号码相邻两位录反")
def swapped_digits(desk: Desk) -> None:
    household = desk.members(2)
    household.members[1].fate = "职工医保"
    row = desk.settle(household)[1]
    number = _number(row)
    place = next(at for at in range(14, 17) if number[at] != number[at + 1])
    row[_ID] = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    key = "V02.characters" if "X" in text_of(row, _ID)[:17] else "V02.check_digit"
    desk.plant(row, _ID, key, roster="R3")


@mistake("身份证号码登记成港澳台居民居住证")
def not_a_permit(desk: Desk) -> None:
    row = desk.spouse()
    row["证件类型"] = "港澳台居民居住证"
    desk.plant(row, _ID, "V02.permit_prefix")


@mistake("出生医学证明编号少一位")
def short_certificate(desk: Desk) -> None:
    row = desk.baby(born=30, registered=False)
    row[_ID] = _number(row)[:-1]
    desk.plant(row, _ID, "V02.form")


@mistake("年龄超过110岁")
def very_old(desk: Desk) -> None:
    household = desk.members(1)
    household.members.append(desk.life.people.person("父母", "女", 1908))
    row = desk.settle(household)[1]
    desk.plant(row, _ID, "V02.century")


@mistake("顺序码是000")
def no_sequence(desk: Desk) -> None:
    row = desk.spouse()
    number = _number(row)
    starts = (number[:6] + f"{date(1990, 5, day):%Y%m%d}" + "000" for day in range(1, 20))
    first17 = next(start for start in starts if check_character(start) != "0")
    row[_ID] = first17 + check_character(first17)
    desk.plant(row, _ID, "V02.sequence")


@mistake("前两位不是省代码")
def no_province(desk: Desk) -> None:
    row = desk.spouse()
    first17 = "16" + _number(row)[2:17]
    row[_ID] = first17 + check_character(first17)
    desk.plant(row, _ID, "V02.region", "V11.not_local")


@mistake("户主证件号码录错")
def wrong_head(desk: Desk) -> None:
    row = desk.spouse()
    row[_HEAD] = _wrong(text_of(row, _HEAD))
    desk.plant(row, _HEAD, "V02.head")


@mistake("监护人证件号码录错")
def wrong_guardian(desk: Desk) -> None:
    row = desk.child("Q1")
    row[_GUARDIAN] = _wrong(text_of(row, _GUARDIAN))
    desk.plant(row, _GUARDIAN, "V02.guardian")


@mistake("证件号码被存成数字")
def stored_as_number(desk: Desk) -> None:
    row = desk.spouse()
    row[_ID] = float(int(_number(row)[:15]) * 1000)
    desk.plant(row, _ID, "V03.number")


@mistake("银行账号被存成数字")
def account_as_number(desk: Desk) -> None:
    row = desk.single("Q3")
    row[_ACCOUNT] = float(int(text_of(row, _ACCOUNT)[:15]) * 10_000)
    desk.plant(row, _ACCOUNT, "V03.number")


@mistake("户主证件号码被存成数字")
def head_as_number(desk: Desk) -> None:
    row = desk.spouse()
    row[_HEAD] = float(int(text_of(row, _HEAD)[:15]) * 1000)
    desk.plant(row, _HEAD, "V03.number")


@mistake("证件号码是科学记数法")
def scientific(desk: Desk) -> None:
    row = desk.spouse()
    row[_ID] = "6.20422E+17"
    desk.plant(row, _ID, "V03.scientific")


@mistake("证件号码末三位变成000")
def lost_tail(desk: Desk) -> None:
    row = desk.spouse()
    row[_ID] = _number(row)[:15] + "000"
    right = check_character(_number(row)[:17]) == "0"
    desk.plant(row, _ID, "V03.tail", *([] if right else ["V02.check_digit"]))


@mistake("性别填反")
def wrong_sex(desk: Desk) -> None:
    row = desk.spouse()
    row["性别"] = "男"
    desk.plant(row, "性别", "V04.sex")


@mistake("出生日期与证件号码不一致")
def wrong_birth(desk: Desk) -> None:
    row = desk.spouse()
    row["出生日期"] = date(1990, 1, 1) if "19900101" not in _number(row) else date(1990, 1, 2)
    desk.plant(row, "出生日期", "V04.birth")


@mistake("年龄被改写")
def wrong_age(desk: Desk) -> None:
    row = desk.spouse()
    row["年龄"] = 120
    desk.plant(row, "年龄", "V04.age")


@mistake("户主一行的户主证件号码填了别人的")
def head_differs(desk: Desk) -> None:
    head, spouse = desk.household(2)
    head[_HEAD] = spouse[_ID]
    desk.plant(head, _HEAD, "V04.head")


@mistake("外县证件号码登记在本地户籍表")
def other_county(desk: Desk) -> None:
    household = desk.members(1)
    household.members.append(desk.life.people.person("配偶", "女", 1979, prefix="412825"))
    row = desk.settle(household)[1]
    desk.plant(row, _ID, "V11.not_local")


@mistake("户籍在本县的人登记在外地户籍表")
def not_outside(desk: Desk) -> None:
    row = desk.outsider()
    row["户籍所在地"] = f"甘肃省白银市{desk.facts.county}"
    desk.plant(row, "户籍所在地", "V11.local", roster="R2")


@mistake("外地户籍表里是本县的证件号码")
def local_number(desk: Desk) -> None:
    row = desk.outsider()
    row[_ID] = desk.life.people.person("", "男", 1981).cert_no
    desk.plant(row, _ID, "V11.local_prefix", roster="R2")
