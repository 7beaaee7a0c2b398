"""Small invented counties of the four policy years, as filled workbooks in a folder."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from canbao_addin.cli.main import run
from canbao_rulebook.functions.identity import check_character
from support.cli import fill, write_units

Row = dict[str, Any]
REGIONS = {"huining-2021": "620422", "shangcai-2020": "411722", "putuo-2022": "330903", "dongxing-2022": "511011"}
SURNAMES = "赵钱孙李周吴郑王冯陈"
R1, R6, R7, R8, R10, R11, R15 = (
    "应保及应资对象", "代征登记表", "存款登记", "政府全额资助名单", "应参保名单清册", "学生投保信息表", "特殊人员名单",
)  # fmt: skip


def number(policy: str, serial: int, born: str = "19700101") -> str:
    """A document number that nobody has."""
    first17 = f"{REGIONS[policy]}{born}{serial:03d}"
    return first17 + check_character(first17)


def named(serial: int) -> str:
    return f"{SURNAMES[serial % 10]}{'一二三四五六七八九十'[serial // 10 % 10]}明"


def issue(folder: Path, policy: str, units: list[list[Any]], filled: Mapping[str, Mapping[str, list[Row]]]) -> Path:
    """Generate a county's workbooks, fill those that are named, and take the others away."""
    listed = write_units(folder / "units.csv", units)
    out = folder / "in"
    room = 3 + max((len(rows) for sheets in filled.values() for rows in sheets.values()), default=0)
    assert run(["generate", policy, "--units", str(listed), "--out", str(out), "--rows", str(room)]) == 0
    for path in sorted(out.iterdir()):
        if path.stem in filled:
            fill(path, filled[path.stem])
        else:
            path.unlink()
    return out


def resident(serial: int, village: str = "一村", **changes: Any) -> Row:
    """A household of one in Huining's R1."""
    cert = number("huining-2021", serial)
    row = {
        "村(社区)": village, "户编号": str(serial), "户主姓名": named(serial), "户主证件号码": cert,
        "与户主关系": "户主", "姓名": named(serial), "证件类型": "居民身份证", "证件号码": cert, "家庭住址": "一组12号",
        "联系电话": "13909431234", "参保类型": "续保", "人员群体": "普通居民", "参保意愿": "同意参保",
    }  # fmt: skip
    return row | changes


def paid(day: date, amount: int = 280, **changes: Any) -> Row:
    """The payment of a person in Huining's R1."""
    return {"缴费方式": "微信", "缴费日期": day, "实缴金额": amount, "凭证号码": f"PZ{day:%m%d}"} | changes


def collected(serial: int, village: str, day: date, **changes: Any) -> Row:
    """A row of Shangcai's register of agents."""
    row = {
        "村(社区)": village, "组": "一组", "姓名": named(serial), "证件类型": "居民身份证",
        "证件号码": number("shangcai-2020", serial), "缴费日期": day, "实缴金额": 250, "凭证号码": f"SJ{serial}",
        "收缴人/代征人": "靳保国", "解缴批次": "D1",
    }  # fmt: skip
    return row | changes


def deposit(village: str, day: date, persons: int, account: str = "") -> Row:
    """A deposit into a township's pending account."""
    row = {
        "村(社区)": village, "收缴人/代征人": "靳保国", "解缴批次": f"D{day:%m%d}", "存款日期": day,
        "存款金额": persons * 250, "首笔收取日期": day, "回单号": f"HD{day:%m%d}", "银行附言": f"{village} 靳保国",
    }  # fmt: skip
    return row | ({"待解户账号": account} if account else {})


def listed(policy: str, serial: int, township: str, village: str, category: str, **changes: Any) -> Row:
    """A person on a department's list."""
    row = {
        "乡镇(街道)": township, "村(社区)": village, "组": "一组", "姓名": named(serial), "证件类型": "居民身份证",
        "证件号码": number(policy, serial), "资助类别": category,
    }  # fmt: skip
    return row | changes


def on_the_roll(policy: str, serial: int, village: str, **changes: Any) -> Row:
    """A row of Putuo's or Dongxing's roll, confirmed and not yet paid."""
    cert = number(policy, serial)
    row = {
        "村(社区)": village, "组": "一组", "户编号": str(serial), "户主姓名": named(serial), "户主证件号码": cert,
        "与户主关系": "户主", "姓名": named(serial), "证件类型": "居民身份证", "证件号码": cert,
        "联系电话": "13909431234", "户籍性质来源": "户籍在册", "排查结论": "应参保",
        "是否确认参保": "是", "责任人": "沈立新",
    }  # fmt: skip
    return row | changes


def pupil(serial: int, class_name: str = "1班", **changes: Any) -> Row:
    """A row of a school's sheet."""
    row = {
        "年级": "三年级", "班级": class_name, "学号": str(serial), "姓名": named(serial), "证件类型": "居民身份证",
        "证件号码": number("putuo-2022", serial, "20120301"), "监护人姓名": "王建国", "监护人手机": "13909431234",
        "是否参保": "参保",
    }  # fmt: skip
    return row | changes


def arrived(day: date) -> Row:
    """What the county enters once the money is there."""
    return {"到账核对": "已到账", "到账日期": day}
