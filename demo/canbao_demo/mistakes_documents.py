"""Mistakes about whose document it is, and of which kind: V02, V07, V08."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from canbao_demo.desk import Desk, mistake, text_of
from canbao_rulebook.functions.identity import check_character

if TYPE_CHECKING:
    from canbao_demo.model import Row

_ID, _KIND = "证件号码", "证件类型"


def _retype(row: Row, kind: str, number: str) -> None:
    """Give a person another document, with the sex and birth date of the card."""
    card = text_of(row, _ID)
    row["性别"] = "男" if int(card[16]) % 2 else "女"
    row["出生日期"] = date(int(card[6:10]), int(card[10:12]), int(card[12:14]))
    row[_KIND], row[_ID] = kind, number


@mistake("港澳台居民居住证登记成居民身份证")
def permit_as_card(desk: Desk) -> None:
    row = desk.spouse()
    first17 = "810000" + text_of(row, _ID)[6:17]
    row[_ID] = first17 + check_character(first17)
    desk.plant(row, _ID, "V02.other_type", "V11.not_local")


@mistake("中国护照登记成外国护照")
def foreign_passport(desk: Desk) -> None:
    row = desk.spouse()
    _retype(row, "外国护照", f"G{text_of(row, _ID)[6:14]}")
    desk.plant(row, _ID, "V02.maybe_type")


@mistake("护照号码不是中国护照的样子")
def odd_passport(desk: Desk) -> None:
    row = desk.spouse()
    _retype(row, "中国护照", f"A{text_of(row, _ID)[6:13]}")
    desk.plant(row, _ID, "V02.form_unusual")


@mistake("孩子填了大人的证件号码")
def childs_number(desk: Desk) -> None:
    child = desk.child()
    parent = desk.households[-1][1][1]
    child[_ID] = parent[_ID]
    desk.plant(parent, _ID, "V07.newborn")
    desk.plant(child, _ID, "V07.newborn")


@mistake("两个人填了同一个证件号码")
def anothers_number(desk: Desk) -> None:
    first, second = desk.spouse(), desk.spouse()
    second[_ID] = first[_ID]
    desk.plant(first, _ID, "V07.two_persons")
    desk.plant(second, _ID, "V07.two_persons")


@mistake("用了别处参保的人的证件号码")
def number_of_an_exempt_person(desk: Desk) -> None:
    exempt, row = desk.exempt("异地居民医保"), desk.spouse()
    row[_ID] = exempt[_ID]
    desk.plant(row, _ID, "V08.two_persons")
    desk.plant(exempt, _ID, "V08.two_persons", roster="R3")
