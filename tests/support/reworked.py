"""Damage and additions by a person with openpyxl's powers; the file is saved by another program at that."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from canbao_validators.damage import DamageKind as Kind
from support.issued import R1


@dataclass(frozen=True)
class Reworking:
    """One way of damage, what is found, and where (sheet, cell, header, count) for the gravest of it."""

    name: str
    work: Callable[[Workbook], object]
    kinds: frozenset[Kind]
    where: tuple[str, str, str, int]

    def apply(self, source: Path, target: Path) -> Path:
        """Write the damaged workbook."""
        book = openpyxl.load_workbook(source)
        self.work(book)
        book.save(target)
        return target


def reworking(name: str, work: Callable[[Workbook], object], kinds: set[Kind], *where: Any) -> Reworking:
    """One way of damage through openpyxl."""
    return Reworking(name, work, frozenset(kinds), (*where, *("", "", "", 1)[len(where) :]))


def _retype_header(book: Workbook) -> None:
    book[R1]["AD4"] = "随便"
    book[R1]["BG4"] = None


REWORKED = [
    reworking("a sheet removed", lambda book: book.remove(book["汇总"]), {Kind.SHEET_MISSING}, "汇总"),
    reworking("headers lost", _retype_header, {Kind.HEADER}, R1, "AD4", "佐证材料", 1),
    reworking(
        "a computed column deleted",
        lambda book: book[R1].delete_cols(53),
        {Kind.COLUMN_MISSING},
        R1,
        "BA4",
        "个人应缴",
        1,
    ),
    reworking(
        "a hidden column deleted",
        lambda book: book[R1].delete_cols(65),
        {Kind.TECHNICAL_MISSING},
        R1,
        "BM4",
        "※证号有效",
        1,
    ),
    reworking("a column inserted", lambda book: book[R1].insert_cols(9), {Kind.COLUMN_MOVED}, R1, "J4", "民族", 1),
]


def decorate(source: Path, target: Path) -> Path:
    """Add what clerks add: a sheet, a column, a comment, a colour, a formula, a filled signature box."""
    book = openpyxl.load_workbook(source)
    book.create_sheet("我的统计")["A1"] = 1
    sheet = book[R1]
    sheet["DB4"], sheet["DB5"], sheet["DB7"] = "电话二", "13909431235", "=1+1"
    sheet["N6"].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet["N6"].comment = Comment("核实", "张")
    sheet["AN9"] = "=200+80"
    book["参保资助花名册"]["AE5"] = "田守义"
    book.save(target)
    return target
