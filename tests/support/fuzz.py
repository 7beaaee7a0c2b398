"""Random rows for a roster: good values, blanks, wrong kinds, damaged numbers and boundary dates, all synthetic."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from canbao_rulebook.formula.scope import NamedValue
from canbao_rulebook.functions.identity import check_character
from canbao_rulebook.kinds import ColumnType, Filler
from canbao_rulebook.roster import Column, Roster
from support.frames import ERROR

NAMES = [
    "王建国",
    "李秀英",
    "欧阳修文",
    "买买提·吐尔逊",
    "𠮷野家",
    "张三1",
    "?",
    "A",
    "赵",
    "John Smith",
    "O'BRIEN, MARY ANN",
    "王,小明",
    "⼀⼆",
    "王（户主）",
    "李□",
    "阿卜杜热西提·" * 6,
]
WORDS = [
    " ",
    "甲",
    "x" * 40,
    "=1+1",
    "280元",
    "*",
    "?",
    "~",
    "TRUE",
    "E+17",
    "二〇二〇",
    "0",
    "-5",
    "无",
    "/",
    " — ",
    "不详",
]
BIRTHS = [
    date(1900, 3, 1), date(1909, 12, 31), date(1948, 3, 7), date(1999, 2, 28), date(2000, 2, 29), date(2002, 12, 31),
    date(2003, 1, 1), date(2020, 9, 30), date(2020, 10, 1), date(2020, 12, 31), date(2021, 1, 1), date(2021, 5, 31),
]  # fmt: skip
DATES = [
    date(2020, 8, 31), date(2020, 9, 1), date(2020, 9, 30), date(2020, 10, 3), date(2020, 12, 10), date(2020, 12, 11),
    date(2020, 12, 29), date(2021, 1, 31), date(2021, 2, 16), date(2021, 2, 28), date(2021, 12, 31), date(2022, 1, 1),
]  # fmt: skip
AMOUNTS = [280, 280.0, 280.005, 279.99, 200, 0, -280, 80, 560, 0.1, 1e9]
ACCOUNTS = [
    "6230123400001112201",
    "6230123400001112202",
    "123456789",
    "94100301003453889010034",
    "62301234000011122",
    "622848",
]
PHONES = ["13812345678", "0943-1234567", "09431234567", "1381234567", "12345678901", "138 1234 5678", "电话"]


def random_id(rng: random.Random) -> str:
    """A citizen number, right four times out of five, else damaged in one of the usual ways."""
    birth = rng.choice(BIRTHS) if rng.random() < 0.5 else date(1940, 1, 1) + timedelta(days=rng.randrange(29600))
    region = rng.choice(["620422", "620422", "622423", "330903", "110101", "810000", "830000", "911398"])
    first17 = f"{region}{birth:%Y%m%d}{rng.randrange(950, 990)}"
    number = first17 + check_character(first17)
    if rng.random() < 0.8:
        return number
    place = rng.randrange(18)
    return rng.choice(
        [
            number[:place] + rng.choice("0123456789XOl ") + number[place + 1 :],
            number[:-1], number + "1", number.lower(), number[:6] + number[8:17], f" {number}", f"{number}\u00a0",
            number[:15] + "000", "6.20422E+17", number[:6] + "20200230" + number[14:], "0" + number[1:],
            number[:6] + "19000229" + number[14:], number[:6] + "00000000" + number[14:], "GA1234567", "X320101001",
        ]
    )  # fmt: skip


class RowMaker:
    """Rows for one roster and the names of its workbook; dates and years are those of Huining, ``years`` later."""

    def __init__(
        self,
        roster: Roster,
        names: Mapping[str, NamedValue],
        seed: int,
        *,
        years: int = 0,
        amounts: Sequence[float] = AMOUNTS,
        overwriting: float = 0.1,
    ) -> None:
        self.roster = roster
        self.names = names
        self.rng = random.Random(seed)
        self.years = years
        self.amounts = amounts
        self.overwriting = overwriting

    def row(self) -> dict[str, Any]:
        """One row: every column filled or not, one cell in twenty of the wrong kind."""
        typed = [column for column in self.roster.columns if column.filler in {Filler.CLERK, Filler.COUNTY}]
        row = {column.header: self.cell(column) for column in typed}
        for column in self.roster.columns:
            if column.filler is Filler.DEFAULT and self.rng.random() < 0.3:
                row[column.header] = self.cell(column)
        if self.rng.random() < self.overwriting:
            column = self.rng.choice(self.overwritable)
            row[column.header] = self.cell(column)
        if "姓名" in row and row["姓名"] is None:
            row["姓名"] = "王建国"  # a used row
        return row

    @property
    def overwritable(self) -> list[Column]:
        """Visible computed columns that a clerk may only overwrite after breaking the protection."""
        return [
            column for column in self.roster.computed_columns if column.filler is Filler.FORMULA and not column.hidden
        ]

    def overwritten(self, row: Mapping[str, Any]) -> str:
        """The header of the computed cell that was overwritten in a row, or an empty string."""
        return next((column.header for column in self.overwritable if row.get(column.header) is not None), "")

    def cell(self, column: Column) -> Any:
        chance = self.rng.random()
        if chance < 0.12:
            return None
        if chance < 0.17:
            return self.wrong()
        return self.good(column)

    def wrong(self) -> Any:
        return self.rng.choice(
            [True, False, ERROR, 0, 1, -1, 43999.5, 2020, 2020.11, 1899, 2100, 620422199003120000, 20200901, *WORDS]
        )

    def good(self, column: Column) -> Any:
        rng = self.rng
        named = self.names.get(column.list_name or "")
        if named is not None and isinstance(named.value, tuple):
            return rng.choice(named.value) or None
        if column.identifier:
            return rng.choice(ACCOUNTS) if "account" in column.field else random_id(rng)
        if column.type is ColumnType.DATE:
            day = rng.choice(DATES + BIRTHS)
            return day + timedelta(days=365 * self.years)
        if column.type is ColumnType.MONEY:
            return rng.choice(self.amounts)
        if column.type is ColumnType.INTEGER:
            return rng.choice([*(year + self.years for year in (2019, 2020, 2021, 2022, 2023)), 3, 45])
        if column.normaliser == "name":
            return rng.choice(NAMES)
        return (
            rng.choice(PHONES) if column.field == "phone" else rng.choice(["城关村一组", "甲", "一组", "乙村", *WORDS])
        )
