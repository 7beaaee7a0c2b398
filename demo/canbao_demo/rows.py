"""Persons as the rows a careful clerk types: R1, R2 and R3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.functions.identity import IDENTITY_CARD

if TYPE_CHECKING:
    from datetime import date
    from random import Random

    from canbao_demo.facts import Facts
    from canbao_demo.idnumbers import Numbers
    from canbao_demo.model import Row
    from canbao_demo.people import Household, Person

_COLLEGES = ("兰州大学", "西北师范大学", "兰州理工大学", "甘肃农业大学", "白银矿冶职业技术学院")
_EMPLOYERS = ("白银公司", "兰州石化公司", "甘肃建投", "宁夏宝丰能源", "新疆天业集团", "县供电公司")
_ELSEWHERE = ("甘肃省兰州市城关区", "甘肃省白银市白银区", "宁夏回族自治区银川市兴庆区", "新疆维吾尔自治区石河子市")
_HOMES = (
    ("甘肃省定西市安定区", "621102"), ("甘肃省平凉市静宁县", "620826"), ("甘肃省白银市靖远县", "620421"),
    ("宁夏回族自治区固原市西吉县", "640422"), ("陕西省宝鸡市陇县", "610327"), ("河南省驻马店市上蔡县", "411722"),
)  # fmt: skip
_CADRES = ("王志明", "李建平", "张海龙", "刘文斌", "陈国栋", "杨振军")
_YOUNG, _PUPIL, _WORKING = 6, 18, 60


class Clerk:
    """Writes rows; every filled cell passes every rule."""

    def __init__(self, rng: Random, facts: Facts, numbers: Numbers) -> None:
        self.rng = rng
        self.facts = facts
        self.numbers = numbers

    def household_cells(self, household: Household, person: Person) -> Row:
        """Return what R1 and R3 have in common."""
        head = household.head
        row: Row = {
            "村(社区)": household.village,
            "组": household.group,
            "户编号": household.number,
            "户主姓名": head.name,
            "户主证件号码": head.cert_no,
            "与户主关系": person.relation,
        }
        row |= self.person_cells(person)
        return row

    def person_cells(self, person: Person) -> Row:
        """Return name and document; sex and birth date only where no formula gives them."""
        row: Row = {"姓名": person.name, "证件类型": person.cert_type, "证件号码": person.cert_no}
        if person.cert_type != IDENTITY_CARD:
            row |= {"性别": person.sex, "出生日期": person.birth}
        return row

    def applicant(self, household: Household, person: Person, phone: str) -> Row:
        """Return the R1 row of a household member, not yet paid."""
        row = self.household_cells(household, person)
        draw = self.rng.random()
        row["民族"] = household.ethnic
        row["家庭住址"] = f"{household.place.name}{household.village}{household.group}{int(household.number[2:])}号"
        if phone:
            row["联系电话"] = phone
        row["参保类型"] = "新参保" if person.newborn or draw < 0.03 else "续保"
        row["人员群体"] = self.population(person, draw)
        row["参保意愿"] = "同意参保"
        if draw > 0.6:
            row["责任人"] = _CADRES[int(draw * 100) % len(_CADRES)]
        if person.identities:
            self.write_identities(row, person)
        if person.fate:  # only volunteers stand in R1 as well
            label = self.facts.statuses["SOLDIER" if person.fate == "参军" else "PRISONER"]
            row |= {"特殊情形": label, "预计复员/刑满年份": self.facts.year, "是否自愿参保": "是"}
        return row

    def population(self, person: Person, draw: float) -> str:
        """Return the population group of a person."""
        age = person.age(self.facts.reference)
        if person.newborn:
            return "新生儿"
        if age <= _YOUNG:
            return "学龄前儿童"
        if age < _PUPIL:
            return "中小学生"
        if age < _PUPIL + 4 and draw < 0.4:
            return "大中专学生"
        return "外出务工" if age < _WORKING and draw < 0.4 else "普通居民"

    def write_identities(self, row: Row, person: Person) -> None:
        """Write up to three identities with their proof, now and then under a name that people still use."""
        for number, code in enumerate(person.identities[:3], start=1):
            aliases = self.facts.aliases[code]
            name = (
                aliases[0] if aliases and not person.identified and self.rng.random() < 0.05 else self.facts.names[code]
            )
            row[f"身份属性{number}"] = name
        kind = "残疾证" if person.identities[0] == "N1" else "低保证" if person.identities[0] < "Q" else "扶贫手册"
        row["佐证材料"] = self.numbers.evidence(f"{kind}HN")
        if person.identified:
            row["识别日期"] = person.identified

    def is_direct(self, person: Person) -> bool:
        """Tell whether the government pays for the person."""
        return any(code in self.facts.direct for code in person.identities)

    def is_rebated(self, person: Person) -> bool:
        """Tell whether the person pays first and gets a rebate."""
        return not self.is_direct(person) and any(code in self.facts.rebate for code in person.identities)

    def write_card(self, row: Row, person: Person, guardian: Person | None) -> None:
        """Write the account that a rebate goes to: the person's own, or the guardian's for a minor."""
        if guardian is None:
            row |= {"收款账户类型": "本人", "社保卡银行账号": person.account, "开户银行": person.bank}
            return
        row |= {
            "收款账户类型": "监护人",
            "社保卡银行账号": guardian.account,
            "开户银行": guardian.bank,
            "监护人姓名": guardian.name,
            "监护人证件号码": guardian.cert_no,
            "与监护人关系": "父母" if guardian.age(person.birth) < 45 else "祖父母",
        }

    def write_payment(self, row: Row, day: date, channel: str) -> None:
        """Write a complete payment."""
        row |= {
            "缴费方式": channel,
            "缴费日期": day,
            "实缴金额": self.facts.premium,
            "凭证号码": self.numbers.receipt(self.facts.year),
        }
        if channel == self.facts.cash:
            row |= {
                "收缴人/代征人": _CADRES[day.day % len(_CADRES)],
                "收款时间": f"{9 + day.day % 8}:{10 + day.day}",
                "解缴批次": f"JK{day:%Y%m%d}",
            }

    def outsider(self, village: str, group: str, person: Person, home: str, place: str) -> Row:
        """Return the R2 row of somebody registered elsewhere, not yet paid."""
        row: Row = {"村(社区)": village, "组": group, **self.person_cells(person)}
        draw = self.rng.random()
        row |= {
            "户籍所在地": home,
            "居住地址": f"{place}{village}{group}",
            "居住事由": ("长期工作", "长期生活", "居住")[int(draw * 3)],
            "居住起始年月": self.facts.day(-200 - int(draw * 2000)),
            "户籍地是否参保": "否",
            "核查凭据": self.numbers.evidence("未参保证明WD"),
            "民族": "汉族",
            "联系电话": self.numbers.mobile(),
            "参保类型": "续保",
            "人员群体": self.population(person, draw),
            "参保意愿": "同意参保",
        }
        return row

    def home(self) -> tuple[str, str]:
        """Return where an outsider is registered: the place's name and code."""
        return _HOMES[int(self.rng.random() * len(_HOMES))]

    def exempt(self, household: Household, person: Person) -> Row:
        """Return the R3 row of a member who is insured elsewhere or cannot enrol."""
        row = self.household_cells(household, person)
        draw = self.rng.random()
        fate = person.fate
        insured = fate in {"职工医保", "学校参保(大中专)", "学校参保(中小学)", "异地居民医保"}
        row |= {"类别": "异地参保" if insured else "无法参保", "原因": fate}
        if insured:
            row |= {
                "参保地": _ELSEWHERE[int(draw * len(_ELSEWHERE))],
                "参保险种": "职工基本医疗保险" if fate == "职工医保" else "城乡居民基本医疗保险",
                "参保年度": self.facts.year,
            }
            if fate == "职工医保":
                row["参保单位/学校"] = _EMPLOYERS[int(draw * len(_EMPLOYERS))]
            elif fate != "异地居民医保":
                row["参保单位/学校"] = _COLLEGES[int(draw * len(_COLLEGES))]
        row |= {"证明材料": _PROOFS.get(fate, "参保证明"), "证明编号": self.numbers.evidence(f"ZM{self.facts.year}")}
        if fate in {"参军", "服刑"}:
            row |= {"预计复员/刑满年份": self.facts.year + 1 + int(draw * 3), "是否自愿参保": "否"}
        if fate == "其他":
            row["备注"] = "长期住院治疗"
        return row

    def volunteer(self, household: Household, person: Person) -> Row:
        """Return the R3 row of a soldier or prisoner who comes back this year and wants to enrol."""
        row = self.exempt(household, person)
        return row | {"预计复员/刑满年份": self.facts.year, "是否自愿参保": "是", "自愿申请人": "家人"}


_PROOFS = {
    "参军": "入伍通知书",
    "服刑": "判决书或监所证明",
    "死亡": "死亡证明",
    "学校参保(大中专)": "学校证明",
    "学校参保(中小学)": "学校证明",
    "出国(境)定居": "其他",
    "户籍迁出": "其他",
    "长期失联": "其他",
    "其他": "其他",
}
