"""Mistakes in a typed R4, held against R1 and R2: V07, V14 to V17, V19, V20, V22."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canbao_demo.desk import text_of
from canbao_demo.model import Expected, Row

if TYPE_CHECKING:
    from canbao_demo.facts import Facts
    from canbao_demo.people import Person

_ID, _CATEGORY, _AMOUNT, _STANDARD = "证件号码", "资助类别", "资助金额", "资助标准"
_PAYMENT = "实缴金额"
_ACCOUNT, _PAID, _KIND = "社保卡银行账号", "个人实缴", "资助方式"


@dataclass(slots=True)
class Sheet:
    """A typed R4 with the R1 rows it came from. Every mistake takes a row that no other one has touched."""

    facts: Facts
    rows: list[Row]
    applicants: list[Row]
    stranger: Person
    expected: list[Expected] = field(default_factory=list)
    note: str = ""
    _touched: set[int] = field(default_factory=set)

    def take(self, codes: frozenset[str]) -> Row:
        """Return an untouched row of one of these categories. Raises LookupError when none is left."""
        names = {self.facts.names[code] for code in codes}
        for row in self.rows:
            if id(row) not in self._touched and row[_CATEGORY] in names:
                self._touched.add(id(row))
                return row
        raise LookupError

    def rebate(self) -> Row:
        """Return an untouched row of somebody who gets a rebate."""
        return self.take(self.facts.rebate)

    def applicant(self, wanted: Callable[[Row], bool]) -> Row:
        """Return the first R1 row that fits. Raises LookupError when there is none."""
        found = next((row for row in self.applicants if wanted(row)), None)
        if found is None:
            raise LookupError
        return found

    def copy_of(self, applicant: Row, category: str) -> Row:
        """Append an R4 row for an R1 row that should have none."""
        sample = self.rows[0]
        shared = ("村(社区)", "组", "户主姓名", "姓名", "证件类型", _ID)
        row: Row = {header: sample.get(header) for header in ("状态",)}
        row |= {header: applicant.get(header) for header in shared}
        row |= {
            _CATEGORY: self.facts.names[category], _KIND: "先缴后返", _STANDARD: 200.0, _AMOUNT: 200.0,
            _PAID: self.facts.premium, "缴费日期": self.facts.day(40), "凭证号": "GS00017",
            "收款人": applicant["姓名"], "与本人关系": "本人", "收款人证件号码": applicant[_ID],
            _ACCOUNT: "6230123400001112201", "开户银行": "甘肃省农村信用社",
        }  # fmt: skip
        self.rows.append(row)
        self._touched.add(id(row))
        return row

    def plant(self, row: Row, header: str, *keys: str, roster: str = "R4") -> None:
        """Say what must be found at a cell."""
        self.expected += [Expected(row, roster, header, key, self.note) for key in keys]


Maker = Callable[[Sheet], None]
SUBSIDY_MISTAKES: dict[str, Maker] = {}


def _mistake(note: str) -> Callable[[Maker], Maker]:
    def register(make: Maker) -> Maker:
        SUBSIDY_MISTAKES[note] = make
        return make

    return register


@_mistake("名单外的人领资助")
def not_in_rosters(sheet: Sheet) -> None:
    person = sheet.stranger
    base = {"村(社区)": sheet.rows[0]["村(社区)"], "组": sheet.rows[0]["组"], "户主姓名": person.name}
    row = sheet.copy_of(base | {"姓名": person.name, "证件类型": person.cert_type, _ID: person.cert_no}, "Q1")
    sheet.plant(row, _ID, "V16.not_in_rosters")


@_mistake("应资助的人漏了")
def left_out(sheet: Sheet) -> None:
    row = sheet.rebate()
    sheet.rows.remove(row)
    applicant = sheet.applicant(lambda other: other["证件号码"] == row[_ID])
    sheet.plant(applicant, _ID, "V16.missing", roster="R1")


@_mistake("先缴后返写成代缴")
def wrong_kind(sheet: Sheet) -> None:
    row = sheet.rebate()
    row[_KIND] = "代缴"
    sheet.plant(row, _KIND, "V17.roster_kind")


@_mistake("资助标准填错")
def wrong_standard(sheet: Sheet) -> None:
    row = sheet.rebate()
    row[_STANDARD] = sheet.facts.premium
    sheet.plant(row, _STANDARD, "V17.roster_amount")


@_mistake("资助金额填错")
def wrong_amount(sheet: Sheet) -> None:
    row = sheet.rebate()
    row[_AMOUNT] = sheet.facts.premium
    sheet.plant(row, _AMOUNT, "V17.roster_amount")


@_mistake("资助类别与应保对象表不一致，金额相同")
def wrong_category(sheet: Sheet) -> None:
    row = sheet.rebate()
    others = (sheet.facts.names[code] for code in sorted(sheet.facts.rebate))
    row[_CATEGORY] = next(name for name in others if name != row[_CATEGORY])
    sheet.plant(row, _CATEGORY, "V17.roster_differs")


@_mistake("资助类别不是规定的名称")
def unknown_category(sheet: Sheet) -> None:
    row = sheet.rebate()
    row[_CATEGORY] = "困难户"
    sheet.plant(row, _CATEGORY, "V15.unknown_category")


@_mistake("没有资助的类别列入花名册")
def category_without_money(sheet: Sheet) -> None:
    row = sheet.rebate()
    row[_CATEGORY] = sheet.facts.names["N1"]
    sheet.plant(row, _CATEGORY, "V15.no_money")


@_mistake("自愿参保的军人列入资助花名册")
def soldier(sheet: Sheet) -> None:
    applicant = sheet.applicant(lambda row: row.get("特殊情形") == sheet.facts.statuses["SOLDIER"])
    sheet.plant(sheet.copy_of(applicant, "Q1"), _AMOUNT, "V14.roster")


@_mistake("没有缴费的人列入资助花名册")
def not_paid(sheet: Sheet) -> None:
    applicant = sheet.applicant(lambda row: "收款账户类型" in row and _PAYMENT not in row)
    code = sheet.facts.code_of(text_of(applicant, "身份属性1"))
    sheet.plant(sheet.copy_of(applicant, code), _AMOUNT, "V20.roster")


@_mistake("先缴后返的人没有填个人实缴")
def payment_missing(sheet: Sheet) -> None:
    row = sheet.rebate()
    del row[_PAID]
    sheet.plant(row, _AMOUNT, "V20.unpaid")


@_mistake("代缴的人填了个人实缴")
def direct_paid(sheet: Sheet) -> None:
    row = sheet.take(sheet.facts.direct)
    row[_PAID] = sheet.facts.premium
    sheet.plant(row, _PAID, "V19.paid")


@_mistake("没有填收款账号")
def account_missing(sheet: Sheet) -> None:
    row = sheet.rebate()
    del row[_ACCOUNT]
    sheet.plant(row, _ACCOUNT, "V22.missing")


@_mistake("收款账号录错一位")
def account_wrong(sheet: Sheet) -> None:
    row = sheet.rebate()
    account = text_of(row, _ACCOUNT)
    row[_ACCOUNT] = account[:-1] + str((int(account[-1]) + 1) % 10)
    sheet.plant(row, _ACCOUNT, "V22.luhn")


@_mistake("同一人列入两次")
def listed_twice(sheet: Sheet) -> None:
    row = sheet.rebate()
    again = dict(row)
    sheet.rows.append(again)
    sheet.plant(row, _ID, "V07.duplicate")
    sheet.plant(again, _ID, "V07.duplicate")


def make_subsidy_mistakes(sheet: Sheet) -> None:
    if not sheet.rows:
        return
    for note, make in SUBSIDY_MISTAKES.items():
        sheet.note = note
        try:
            make(sheet)
        except LookupError:
            continue
