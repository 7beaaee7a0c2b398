"""Decks of judged roster rows: every person in every situation, computed once, from which small counties are dealt.

A deck is one filled workbook of each kind of unit, judged as files are judged but never written. A county takes a few
of its rows into several units, so that hundreds of counties cost what settling them costs.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import polars as pl

from canbao_county.merge.parts import Part, summarise
from canbao_demo.frames import read_rows
from canbao_rulebook.kinds import Filler, RosterRole
from canbao_rulebook.policy import Policy
from canbao_rulebook.roster import FIRST_ROW
from canbao_rulebook.rulebook import Rulebook
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP, Unit
from canbao_validators.judging_rows import judge_frames
from canbao_validators.settlement.facts import SCHEMA
from canbao_validators.workbook import FilledWorkbook, code_of
from support.counties import number
from support.library import shared_library

Row = dict[str, Any]
TOWNSHIPS = ("甲镇", "乙镇", "丙镇")
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "守秀建彩子一长玉国明"
ROLLS = {
    "huining-2021": ("R1", "R2", "R3"),
    "shangcai-2020": ("R6", "R8"),
    "putuo-2022": ("R10", "R11"),
    "dongxing-2022": ("R10", "R11", "R15"),
}
PREMIUM = {"huining-2021": 280, "shangcai-2020": 250, "putuo-2022": 380, "dongxing-2022": 320}
LAST_CHANCE = {  # the day after which nobody can pay, newborns and newly identified included
    "huining-2021": date(2021, 6, 1), "shangcai-2020": date(2020, 6, 1),
    "putuo-2022": date(2022, 6, 1), "dongxing-2022": date(2022, 8, 1),
}  # fmt: skip
WINDOW = {
    "huining-2021": (date(2020, 9, 1), date(2020, 12, 10)), "shangcai-2020": (date(2019, 9, 19), date(2019, 12, 31)),
    "putuo-2022": (date(2021, 11, 1), date(2021, 12, 15)), "dongxing-2022": (date(2021, 9, 1), date(2022, 3, 31)),
}  # fmt: skip
BATCHES = {"足": 0, "短": -1}  # what a deposit holds beside the money of its rows; others have no row, or no number
CLAIMS = ("身份属性", "身份属性1", "身份属性2", "特殊身份", "资助类别")
SITUATIONS = 45
_BETWEEN_ROWS = frozenset({"V07", "V08", "V11", "V26", "V27"})  # said of rows that may not have been dealt


def shared_book(policy: str) -> Rulebook:
    """The compiled policy year."""
    book = shared_library().get(policy)
    assert book is not None
    return book


def shared_policy(policy: str) -> Policy:
    """The policy year."""
    return shared_book(policy).policy


@dataclass(frozen=True)
class Card:
    """One row of a deck: whose it is, where it stands, and what the writer knows of it."""

    roster: str
    row: int
    person: int
    values: Mapping[str, Any] = field(compare=False)
    claim_headers: tuple[str, ...] = field(compare=False)
    policy: str = ""

    @property
    def key(self) -> str:
        """The person's document number."""
        return str(self.values["证件号码"])

    @property
    def claims(self) -> list[str]:
        """The categories that it claims."""
        return [str(word) for header in self.claim_headers if (word := self.values.get(header))]

    @property
    def tidy(self) -> bool:
        """Whether it was written without a fault, and the county does not say that its money never came."""
        return self.values["※整"] and not {"未到账", "未入库"} & {self.values["到账核对"], self.values["入库结果"]}

    @property
    def too_late(self) -> bool:
        """Whether it was paid past every limit."""
        return bool(self.values.get("缴费日期") and self.values["缴费日期"] >= self.values["※末日"])


@dataclass(frozen=True)
class Deck:
    """The judged rows of one kind of unit."""

    policy: str
    kind: str
    part: Part
    cards: tuple[Card, ...]

    def has(self, code: str) -> bool:
        """Whether it holds rows of a roster."""
        return any(card.roster == code for card in self.cards)

    def deal(self, name: str, chosen: Sequence[Card]) -> Part:
        """The workbook of a unit that holds some rows of the deck, as the merge sees checked workbooks."""
        rows = {(card.roster, card.row) for card in chosen}
        people = self.part.load_people()
        wanted = pl.DataFrame(sorted(rows), schema={"roster": pl.String, "row": pl.Int64}, orient="row")
        people = people.with_columns(roster=pl.col("roster").cast(pl.String))
        taken = people.join(wanted, on=["roster", "row"], how="semi", maintain_order="left")
        file, own = f"{name}.xlsx", pl.lit(name)
        place = {} if self.kind == AGENCY else {"township": own}
        taken = taken.with_columns(unit=own, file=pl.lit(file), **place).select(
            pl.col(column).cast(kind) for column, kind in SCHEMA.items()
        )
        sheets = {(sheet, row) for sheet, row in taken.select(pl.col("sheet").cast(pl.String), "row").iter_rows()}
        assert self.part.unit is not None
        unit = Unit(name, self.part.unit.villages, self.part.unit.groups, body=self.kind)
        found = [item.at(file=file) for item in self.part.findings if (item.sheet, item.row) in sheets]
        return Part(
            file, self.policy, unit, rows={"": taken.height}, findings=found, check_code=f"{name}-0", people=taken
        )


def births(policy: str) -> list[date]:
    """Birth days: adults, children, and babies around every boundary of the year."""
    first, last = WINDOW[policy]
    limits = (0, -1, 1, -90, -91, -200)
    babies = {last + timedelta(days=days) for days in limits} | {date(first.year, 9, 30), date(first.year, 10, 1)}
    return [*(date(1948 + 6 * step, 3, 5) for step in range(6)), date(2010, 6, 2), date(2014, 6, 2), *sorted(babies)]


def persons(policy: str) -> list[Row]:
    """Persons with their names and numbers."""
    made = []
    for index, born in enumerate(births(policy)):
        name = SURNAMES[index % 10] + GIVEN[index // 10 % 10] + GIVEN[index % 10]
        made.append({"姓名": name, "证件号码": number(policy, 101 + 37 * index, f"{born:%Y%m%d}"), "出生": born})
    return made


def _base(policy: str, index: int, person: Row) -> Row:
    young = person["出生"].year > WINDOW[policy][0].year - 18
    return {
        "乡镇(街道)": TOWNSHIPS[index % 2], "村(社区)": "一村", "组": "一组", "户编号": f"{index:04d}",
        "户主姓名": person["姓名"], "户主证件号码": person["证件号码"], "与户主关系": "户主", "姓名": person["姓名"],
        "证件类型": "居民身份证", "证件号码": person["证件号码"], "家庭住址": "一村一组12号", "联系电话": "13909431234",
        "参保类型": "续保", "人员群体": "普通居民", "参保意愿": "同意参保", "户籍所在地": "外县", "居住地址": "一村",
        "居住事由": "长期工作", "居住起始年月": "2019-01", "户籍地是否参保": "否", "与监护人关系": "父母",
        "户籍性质来源": "户籍在册", "排查结论": "应参保", "是否确认参保": "是", "年级": "三年级",
        "班级": "1班", "学号": f"{index}", "是否参保": "参保", "核实日期": WINDOW[policy][0],
        **({"监护人姓名": "王建国", "监护人证件号码": number(policy, 99, "19850101")} if young else {}),
    }  # fmt: skip


class _Writer:
    """Writes a person's row in some situation; every choice is a fact that the settlement may hang on."""

    def __init__(self, policy: str, code: str) -> None:
        self.policy = policy
        self.rng = random.Random(f"{policy} {code}")
        self.premium = PREMIUM[policy]
        self.plain = False

    def row(self, index: int, person: Row) -> Row:
        """One row, every second one without a fault; what a roster has no column for is dropped later."""
        rng = self.rng
        self.plain = rng.random() < 0.5
        row = _base(self.policy, index, person) | {"※末日": LAST_CHANCE[self.policy]}
        row |= self._claim() | ({} if self.plain else self._status())
        if self.plain or rng.random() < 0.8:
            row |= self._payment(index, person)
        if self.plain or rng.random() < 0.8:
            row |= self._account(index)
        if not self.plain and rng.random() < 0.3:
            refuses = {"参保意愿": "拒绝参保", "是否确认参保": "否", "是否参保": "不参保"}
            row |= rng.choice([refuses, {"户籍地是否参保": "是"}, {"组": ""}])
        return row | self._told()

    def _claim(self) -> Row:
        names = [category.name for category in shared_policy(self.policy).subsidy.categories]
        first = self.rng.choice([*names, *names, *("" for _ in names)])
        second = "" if self.plain else self.rng.choice([*names, *("" for _ in names)])
        day = WINDOW[self.policy][1] + timedelta(days=self.rng.choice([-20, 0, 10]))
        row = {"身份属性": first, "身份属性1": first, "特殊身份": first, "资助类别": first, "佐证材料": "证1"}
        row["身份属性2"] = second
        return row | ({"识别日期": day} if not self.plain and self.rng.random() < 0.5 else {})

    def _status(self) -> Row:
        if self.rng.random() > 0.2:
            return {}
        statuses = shared_policy(self.policy).eligibility.statuses
        year = int(self.policy[-4:])
        return {
            "特殊情形": self.rng.choice([status.label for status in statuses]),
            "预计复员/刑满年份": self.rng.choice([year, year + 1]),
            "是否自愿参保": self.rng.choice(["是", "否"]),
        }

    def _payment(self, index: int, person: Row) -> Row:
        rng, (first, last), born = self.rng, WINDOW[self.policy], person["出生"]
        day = timedelta(days=1)
        days = [first, last, last, first + 9 * day, first + 20 * day, first - day, last + day, LAST_CHANCE[self.policy]]
        if born >= first - 400 * day:
            days += [born - day, born + 89 * day, born + 90 * day, born + 91 * day]
        whole = self.premium
        amount = whole if self.plain else rng.choice([whole, whole, whole / 2, whole + 20, 2 * whole])
        cash = rng.random() < 0.4 and shared_policy(self.policy).collection.agent is not None
        batch = "足" if self.plain else rng.choice(["足", "短", "未知", ""])
        ticket = f"PZ{index}{rng.randrange(10**6)}" if self.plain or rng.random() < 0.5 else ""
        return {
            "缴费方式": "干部上门收缴" if cash else "微信",
            "缴费日期": max(first + 9 * day, born + 9 * day) if self.plain else rng.choice([*days, None]),
            "登记日期": first + 3 * day,
            "实缴金额": amount,
            "凭证号码": ticket,
            **({"收缴人/代征人": "靳保国", "收款时间": "10:00"} if cash or self.policy.startswith("s") else {}),
            **({"解缴批次": batch} if cash or self.policy.startswith("s") else {}),
        }

    def _account(self, index: int) -> Row:
        good = _card_number(f"623012340000{index:06d}")
        return {
            "收款账户类型": "本人" if self.plain else self.rng.choice(["本人", "监护人"]),
            "社保卡银行账号": good if self.plain else self.rng.choice([good, "123456789", ""]),
            "开户银行": "农商银行",
        }

    def _told(self) -> Row:
        arrived = self.rng.choice(["", "", "", "", "已到账", "已到账", "未到账"])
        posted = self.rng.choice(["", "", "", "已入库", "已入库", "未入库"])
        day = {"到账日期": WINDOW[self.policy][1]} if arrived == "已到账" else {}
        return {"到账核对": arrived, "入库结果": posted} | day

    def exempt(self, index: int, person: Row) -> Row:
        """A row of the roster of those who need not or cannot enrol."""
        rng = self.rng
        reason, kind = rng.choice(
            [("职工医保", "异地参保"), ("异地居民医保", "异地参保"), ("参军", "无法参保"), ("服刑", "无法参保")]
        )
        row = _base(self.policy, index, person) | {"类别": kind, "原因": reason, "※末日": LAST_CHANCE[self.policy]}
        row |= {"证明材料": "参保证明", "证明编号": "证2020-1"} if rng.random() < 0.6 else {}
        if rng.random() < 0.2:
            row |= {"是否自愿参保": "是", "自愿申请人": "本人", "预计复员/刑满年份": int(self.policy[-4:])}
        return row


def _card_number(first: str) -> str:
    """The number with its check digit (Luhn)."""
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(first))]
    return first + str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


@cache
def decks(policy: str) -> dict[str, Deck]:
    """The decks of a policy year by kind of unit."""
    found = {}
    for kind in (TOWNSHIP, SCHOOL, AGENCY):
        rosters = shared_book(policy).of_kind(kind).rosters
        codes = [code for code in ROLLS[policy] if code in rosters]
        if codes:
            found[kind] = _join([_judge(policy, kind, code) for code in codes])
    return found


def _join(parts: Sequence[Deck]) -> Deck:
    """One deck of several rosters. Each was judged alone: exemptions must not speak of applications not dealt with."""
    first = parts[0]
    people = pl.concat([deck.part.load_people() for deck in parts])
    findings = [item for deck in parts for item in deck.part.findings if item.code not in _BETWEEN_ROWS]
    part = replace(first.part, people=people, findings=findings)
    return Deck(first.policy, first.kind, part, tuple(card for deck in parts for card in deck.cards))


def _judge(policy: str, kind: str, code: str) -> Deck:
    book = shared_book(policy).of_kind(kind)
    rows = list(_write(policy, code))
    filled = judge_rows(policy, kind, "县民政局" if kind == AGENCY else "甲镇", {code: rows})
    headers = tuple(header for header in CLAIMS if header in book.rosters[code].by_header)
    cards = tuple(Card(code, FIRST_ROW + place, row["※人"], row, headers, policy) for place, row in enumerate(rows))
    return Deck(policy, kind, summarise(filled), cards)


def judge_rows(policy: str, kind: str, name: str, written: Mapping[str, Sequence[Row]]) -> FilledWorkbook:
    """A unit's workbook with the rows of some rosters, and the deposits of their batches, as if read from a file."""
    book = shared_book(policy).of_kind(kind)
    unit = Unit(name, ("一村",), (("一村", ("一组",)),), body=kind, account="94100301003453889010048")
    if kind == AGENCY:
        unit = Unit(name, TOWNSHIPS, body=AGENCY)
    rows = dict(written)
    deposits = code_of(book.rosters, RosterRole.DEPOSIT)
    if deposits and deposits not in rows:
        rows[deposits] = _bank(policy, [row for code in written for row in written[code]])
    words = {key: [str(item) for item in named.value if item] for key, named in book.names.items() if named.is_list}
    filled = FilledWorkbook(f"{name}.xlsx", book, unit)
    for code, typed in rows.items():
        headers = {column.header for column in book.rosters[code].columns if column.filler is not Filler.FORMULA}
        fitting = [{header: value for header, value in row.items() if header in headers} for row in typed]
        read = read_rows(book.rosters[code], fitting, lists=words)
        assert read.frame.height == len(typed)
        filled.frames[code] = read.frame
        filled.findings += read.findings
    judge_frames(filled)
    return filled


def _write(policy: str, code: str) -> Iterator[Row]:
    writer = _Writer(policy, code)
    for index, person in enumerate(persons(policy)):
        for _ in range(SITUATIONS // 2 if code == "R3" else SITUATIONS):
            row = writer.exempt(index, person) if code == "R3" else writer.row(index, person)
            yield row | {"※人": index, "※整": writer.plain and code != "R3", "出生": person["出生"]}


def _bank(policy: str, rows: Sequence[Row]) -> list[Row]:
    """The deposits of the batches that rows name: one holds all the money of its rows, one is short."""
    sums = {
        batch: sum(row.get("实缴金额") or 0 for row in rows if row.get("解缴批次") == batch) + more
        for batch, more in BATCHES.items()
        if any(row.get("解缴批次") == batch for row in rows)
    }
    return [
        {
            "村(社区)": "一村", "收缴人/代征人": "靳保国", "解缴批次": batch, "存款日期": WINDOW[policy][1],
            "首笔收取日期": WINDOW[policy][0], "回单号": f"HD{batch}", "银行附言": "甲镇 一村 靳保国",
            "存款金额": fen,
        }
        for batch, fen in sums.items()
    ]  # fmt: skip
