"""One master of Huining 2021 for all tests, and a township with people in it."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from canbao_generator.master import Master, build_master
from canbao_generator.unit_workbook import stamp_unit
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.formula.scope import NamedValue
from canbao_rulebook.functions.identity import check_character
from canbao_rulebook.names import unit_names
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from canbao_rulebook.units import Unit
from support.frames import raw_frame

UNIT = Unit("郭城驿镇", ("新堡子村", "红堡子村"), (("新堡子村", ("上社", "下社")),), target=20)
PASSWORD = "参保2021"
CODE = "AB12-CD34-EF56"


def number(serial: int, birth: str = "19700101") -> str:
    first17 = f"620422{birth}{serial:03d}"
    return first17 + check_character(first17)


def person(serial: int, **changes: Any) -> dict[str, Any]:
    """A synthetic head of household who has paid; ``changes`` by header."""
    own = number(serial)
    row = {
        "村(社区)": "新堡子村",
        "组": "上社",
        "户编号": f"{serial:03d}",
        "户主姓名": "王测试",
        "户主证件号码": own,
        "与户主关系": "户主",
        "姓名": "王测试",
        "证件类型": "居民身份证",
        "证件号码": own,
        "家庭住址": "新堡子村上社1号",
        "联系电话": "13912345678",
        "参保类型": "续保",
        "人员群体": "普通居民",
        "参保意愿": "同意参保",
        "缴费方式": "微信",
        "缴费日期": date(2020, 10, 8),
        "实缴金额": 280,
        "凭证号码": f"NO{serial}",
    }
    return row | changes


PEOPLE = [
    person(1),
    person(2, 姓名=None),
    person(3, 证件号码="62042219700101"),
    person(4, 证件号码=620422197001010041.0),
    person(5, 身份属性1="孤儿", 佐证材料="孤儿证"),
    person(6, 身份属性1="五保户", 实缴金额=None, 缴费方式=None, 缴费日期=None, 凭证号码=None),
    person(7, 身份属性1="建档立卡贫困人口", 佐证材料="手册", 收款账户类型="本人", 社保卡银行账号="6228480612345678901"),
    person(8, 缴费日期="昨天", 备注="=1+1", 责任人="@cmd", 家庭住址="<新堡子>&“1”号"),
    person(9, 缴费日期=date(2021, 3, 1), 实缴金额=-5),
    person(10, 民族=True, 备注="#N/A"),
    person(11, 证件类型="外国护照", 证件号码="E12345678", 性别="女", 出生日期=date(1990, 1, 2)),
    person(12, 人员群体="新生儿", 证件号码=number(12, "20201105"), 与户主关系="子", 缴费日期=date(2021, 1, 5)),
    person(13, 特殊情形="参军", 身份属性1="孤儿"),
    person(14, **{"村(社区)": "没有的村", "组": "九组"}),
    person(15, 性别="女"),
]


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return load_rulebook(load_policy("huining-2021"))


@pytest.fixture(scope="session")
def names(book: Rulebook) -> dict[str, NamedValue]:
    return {**book.names, **unit_names(UNIT)}


@pytest.fixture(scope="session")
def master(book: Rulebook) -> Master:
    return build_master(book, PASSWORD)


@pytest.fixture(scope="session")
def frames(book: Rulebook, names: dict[str, NamedValue]) -> dict[str, pl.DataFrame]:
    roster = book.rosters["R1"]
    return {"R1": compute_columns(roster, raw_frame(roster, PEOPLE), names)}


@pytest.fixture(scope="session")
def empty(master: Master, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "空表.xlsx"
    stamp_unit(master, UNIT, dict.fromkeys(master.book.rosters, 30), path)
    return path


@pytest.fixture(scope="session")
def filled(master: Master, frames: dict[str, pl.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "郭城驿镇.xlsx"
    stamp_unit(master, UNIT, dict.fromkeys(master.book.rosters, 30), path, frames, {"校验码": CODE})
    return path
