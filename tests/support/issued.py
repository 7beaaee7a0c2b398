"""A filled township workbook of invented people, and the same one as issued, without data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from canbao_generator.master import Master, build_master
from canbao_generator.unit_workbook import stamp_unit
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.functions.identity import check_character
from canbao_rulebook.names import unit_names
from canbao_rulebook.rulebook import Rulebook
from canbao_rulebook.units import Unit
from support.frames import raw_frame

UNIT = Unit("河畔镇", ("北坪村", "南坪村"), (("北坪村", ("一组", "二组")),), target=20)
PASSWORD = "参保2021"
ROWS = 30
COVER = {"校验码": "AB12-CD34-EF56", "责任人": "田守义", "责任人电话": "0943-3221234"}
R1, R3 = "应保及应资对象", "异地参保和无法参保对象"


def number(serial: int, birth: str = "19700101") -> str:
    """An invented ID number; the sequence codes are those that nobody is given."""
    first17 = f"620422{birth}{serial:03d}"
    return first17 + check_character(first17)


def person(serial: int, **changes: Any) -> dict[str, Any]:
    """A head of household who has paid; `changes` by header."""
    own = number(serial)
    row = {
        "村(社区)": "北坪村", "组": "一组", "户编号": f"{serial:03d}", "户主姓名": "田守义", "户主证件号码": own,
        "与户主关系": "户主", "姓名": "田守义", "证件类型": "居民身份证", "证件号码": own, "家庭住址": "北坪村一组1号",
        "联系电话": "13909431234", "参保类型": "续保", "人员群体": "普通居民", "参保意愿": "同意参保",
        "缴费方式": "微信", "缴费日期": date(2020, 10, 8), "实缴金额": 280, "凭证号码": f"NO{serial}",
    }  # fmt: skip
    return row | changes


PEOPLE = [
    person(1),
    person(2, 姓名=" 田守礼 ", 联系电话="１３９０９４３１２３４"),
    person(3, 证件号码="62042219700101"),
    person(4, 证件号码=620422197001010041.0),
    person(5, 身份属性1="孤儿", 佐证材料="孤儿证"),
    person(6, 缴费日期="昨天", 备注="=1+1", 责任人="@cmd", 家庭住址="<北坪>&“1”号\r\n二楼"),
    person(7, 缴费日期=date(2021, 3, 1), 实缴金额=-5.125),
    person(8, 民族=True, 备注="#N/A"),
    person(9, 证件类型="外国护照", 证件号码="E12345678", 性别="女", 出生日期=date(1990, 1, 2)),
    person(10, 性别="女"),
    {"户编号": "合计", "实缴金额": 2240},
    person(11, **{"村(社区)": "没有的村", "组": "九组"}),
    {"性别": "男"},
]
EXEMPT = [
    {"村(社区)": "北坪村", "户主姓名": "田守信", "姓名": "田守信", "证件类型": "居民身份证", "证件号码": number(30)}
]
SUBSIDISED = [{"村(社区)": "北坪村", "姓名": "田守义", "证件类型": "居民身份证", "证件号码": number(5), "备注": "手工"}]


@dataclass(frozen=True)
class Issued:
    """A filled workbook, and the same one as issued, without data."""

    filled: Path
    fresh: Path
    book: Rulebook
    master: Master


def issue(book: Rulebook, folder: Path, people: Sequence[dict[str, Any]] = PEOPLE, rows: int = ROWS) -> Issued:
    """Stamp both workbooks into a folder."""
    master = build_master(book, PASSWORD)
    names = {**book.names, **unit_names(UNIT)}
    frames = {
        code: compute_columns(book.rosters[code], raw_frame(book.rosters[code], rows), names)
        for code, rows in (("R1", people), ("R3", EXEMPT), ("R4", SUBSIDISED))
    }
    issued = Issued(folder / "河畔镇.xlsx", folder / "fresh.xlsx", book, master)
    capacities = dict.fromkeys(book.rosters, rows)
    stamp_unit(master, UNIT, capacities, issued.filled, frames, COVER)
    stamp_unit(master, UNIT, capacities, issued.fresh)
    return issued
