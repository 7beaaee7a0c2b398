"""A filled township workbook, and every way in which careless hands damage one."""

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from canbao_generator.master import Master, build_master
from canbao_generator.township import stamp_township
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.functions.identity import check_character
from canbao_rulebook.names import unit_names
from canbao_rulebook.roster_load import Rulebook
from canbao_rulebook.units import Unit
from canbao_validators.damage import DamageKind as Kind
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


def issue(book: Rulebook, folder: Path) -> Issued:
    """Stamp both workbooks into a folder."""
    master = build_master(book, PASSWORD)
    names = {**book.names, **unit_names(UNIT)}
    frames = {
        code: compute_columns(book.rosters[code], raw_frame(book.rosters[code], rows), names)
        for code, rows in (("R1", PEOPLE), ("R3", EXEMPT), ("R4", SUBSIDISED))
    }
    issued = Issued(folder / "河畔镇.xlsx", folder / "fresh.xlsx", book, master)
    capacities = dict.fromkeys(book.rosters, ROWS)
    stamp_township(master, UNIT, capacities, issued.filled, frames, COVER)
    stamp_township(master, UNIT, capacities, issued.fresh)
    return issued


Edit = Callable[[str], str]


@dataclass(frozen=True)
class Damaging:
    """How a workbook is damaged, what is found, and where (sheet, cell, header, count) for the gravest of it."""

    name: str
    edits: Mapping[str, Edit]
    kinds: frozenset[Kind]
    where: tuple[str, str, str, int]

    def apply(self, source: Path, target: Path) -> Path:
        """Write the damaged workbook: parts changed as text, the others copied."""
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                content = old.read(name)
                for part, edit in self.edits.items():
                    if name == f"xl/{part}.xml":
                        before = content.decode()
                        content = edit(before).encode()
                        assert content.decode() != before, f"{self.name} changes nothing"
                new.writestr(name, content)
        return target


def swap(pattern: str, text: str) -> Edit:
    """Replace the first place that a pattern matches."""
    return lambda part: re.sub(pattern, text, part, count=1, flags=re.DOTALL)


def cell(reference: str, text: str) -> Edit:
    """Replace a whole cell; `\\g<s>` is the attribute of its style."""
    return swap(rf'<c r="{reference}"(?P<s> s="\d+")[^>]*(?:/>|>.*?</c>)', text)


_R1, _R3, _PARAMETERS, _LISTS, _META = (f"worksheets/sheet{number}" for number in (3, 5, 9, 10, 11))
_COVER, _SUMMARY = "worksheets/sheet1", "worksheets/sheet7"


def damaging(name: str, part: str, edit: Edit, kinds: Kind | set[Kind], *where: Any) -> Damaging:
    """One way of damage in one part."""
    wanted = frozenset(kinds) if isinstance(kinds, set) else frozenset({kinds})
    return Damaging(name, {part: edit}, wanted, (*where, *("", "", "", 1)[len(where) :]))


def _text_cell(reference: str, text: str) -> Edit:
    return cell(reference, rf'<c r="{reference}"\g<s> t="inlineStr"><is><t>{text}</t></is></c>')


DAMAGES = [
    damaging(
        "a validation deleted",
        _R1,
        swap('<dataValidation sqref="K5:K34".*?</dataValidation>', ""),
        Kind.VALIDATION,
        R1,
        "K5",
        "证件号码",
        30,
    ),
    damaging(
        "a validation with a hole",
        _R1,
        swap('(dataValidation sqref=)"K5:K34"', r'\1"K9:K34 K5:K6"'),
        Kind.VALIDATION,
        R1,
        "K7",
        "证件号码",
        2,
    ),
    damaging(
        "a validation eased",
        _R1,
        swap(r"LEN\(\$G5\)&lt;=20", "LEN($G5)&lt;=99"),
        Kind.VALIDATION,
        R1,
        "G5",
        "户主证件号码",
        30,
    ),
    damaging(
        "a validation that only warns",
        _R1,
        swap('(dataValidation sqref="H5:H34"[^>]*errorStyle=)"stop"', r'\1"warning"'),
        Kind.VALIDATION,
        R1,
        "H5",
        "与户主关系",
        30,
    ),
    damaging(
        "colours cut off",
        _R1,
        swap('(conditionalFormatting sqref=)"K5:K34"', r'\1"K5:K20"'),
        Kind.COLOURS,
        R1,
        "K21",
        "证件号码",
        14,
    ),
    damaging(
        "colours of other cells",
        _R1,
        swap(r'FIND\("E11\|"', 'FIND("E99|"'),
        Kind.COLOURS,
        R1,
        "K5",
        "证件号码",
        30,
    ),
    damaging(
        "an ID cell pasted as number",
        _R1,
        swap('<c r="K7" s="3"', '<c r="K7" s="0"'),
        {Kind.FORMAT_TEXT, Kind.CELL_LOCKED},
        R1,
        "K7",
        "证件号码",
        1,
    ),
    damaging(
        "an ID column formatted anew",
        _R1,
        swap('style="3" min="11" max="11"', 'style="0" min="11" max="11"'),
        {Kind.FORMAT_TEXT, Kind.CELL_LOCKED},
        R1,
        "K34",
        "证件号码",
        19,
    ),
    damaging(
        "a date as text",
        _R1,
        swap('<c r="AK5" s="6"', '<c r="AK5" s="3"'),
        Kind.FORMAT_DATE,
        R1,
        "AK5",
        "缴费日期",
        1,
    ),
    damaging(
        "an amount as text",
        _R1,
        swap('<c r="AL5" s="9"', '<c r="AL5" s="3"'),
        Kind.FORMAT_NUMBER,
        R1,
        "AL5",
        "实缴金额",
        1,
    ),
    damaging(
        "a formula cell as text",
        _R1,
        swap('<c r="AU5" s="2"', '<c r="AU5" s="3"'),
        {Kind.FORMAT_GENERAL, Kind.CELL_UNLOCKED},
        R1,
        "AU5",
        "资助方式",
        1,
    ),
    damaging(
        "a computed cell typed over",
        _R1,
        cell("AX6", r'<c r="AX6"\g<s>><v>99</v></c>'),
        Kind.FORMULA_OVERWRITTEN,
        R1,
        "AX6",
        "个人应缴",
        1,
    ),
    damaging(
        "a computed cell emptied",
        _R1,
        cell("AX6", r'<c r="AX6"\g<s>/>'),
        Kind.FORMULA_MISSING,
        R1,
        "AX6",
        "个人应缴",
        1,
    ),
    damaging(
        "a hidden formula gone",
        _R1,
        cell("CA8", ""),
        Kind.FORMULA_MISSING,
        R1,
        "CA8",
        "※有数据",
        1,
    ),
    damaging(
        "a formula altered",
        _R1,
        cell("AX6", r'<c r="AX6"\g<s>><f>ROUND(N($AV6)-N($AW6)-100,2)</f></c>'),
        Kind.FORMULA_ALTERED,
        R1,
        "AX6",
        "个人应缴",
        1,
    ),
    damaging(
        "a formula of another row",
        _R1,
        cell("AX6", r'<c r="AX6"\g<s>><f>IF($CA7,ROUND(N($AV7)-N($AW7),2),"")</f></c>'),
        Kind.FORMULA_ALTERED,
        R1,
        "AX6",
        "个人应缴",
        1,
    ),
    damaging(
        "a shared formula altered",
        _R1,
        swap(r"ROUND\(N\(\$AV5\)-N\(\$AW5\),2\)", "0"),
        Kind.FORMULA_ALTERED,
        R1,
        "AX5",
        "个人应缴",
        30,
    ),
    damaging("protection lifted", _R1, swap("<sheetProtection [^>]*/>", ""), Kind.SHEET_UNLOCKED, R1),
    damaging(
        "protection switched off",
        _R3,
        swap('(<sheetProtection [^>]*)sheet="1"', r'\1sheet="0"'),
        Kind.SHEET_UNLOCKED,
        R3,
    ),
    damaging("another password", _R1, swap('(<sheetProtection [^>]*hashValue=)"RZ8k', r'\1"AAAA'), Kind.PASSWORD, R1),
    damaging(
        "no password", _SUMMARY, swap("<sheetProtection [^>]*/>", '<sheetProtection sheet="1"/>'), Kind.PASSWORD, "汇总"
    ),
    damaging("structure unlocked", "workbook", swap("<workbookProtection [^>]*/>", ""), Kind.WORKBOOK_UNLOCKED),
    damaging(
        "another password for the structure",
        "workbook",
        swap('workbookHashValue="RZ8k', 'workbookHashValue="AAAA'),
        Kind.PASSWORD,
    ),
    damaging(
        "a name deleted",
        "workbook",
        swap('<definedName name="村名单">.*?</definedName>', ""),
        Kind.NAME_MISSING,
        "",
        "",
        "村名单",
        1,
    ),
    damaging(
        "a name astray",
        "workbook",
        swap(r"政策参数!\$G\$14<", "政策参数!$G$13<"),
        Kind.NAME_CHANGED,
        "",
        "",
        "缴费标准",
        1,
    ),
    damaging(
        "the cover's name astray",
        "workbook",
        swap(r"封面!\$C\$15<", "封面!$C$99<"),
        Kind.NAME_CHANGED,
        "",
        "",
        "责任人",
        1,
    ),
    damaging(
        "a formula's name altered",
        "workbook",
        swap('(<definedName name="公式_R1_cert_18">).*?<', r"\1TRUE<"),
        Kind.NAME_CHANGED,
        "",
        "",
        "公式_R1_cert_18",
        1,
    ),
    damaging("a header typed over", _R1, _text_cell("K4", "证件 号码"), Kind.HEADER, R1, "K4", "证件号码", 1),
    damaging("a hint typed over", _R1, _text_cell("K3", "随便"), Kind.PAGE, R1, "K3", "", 1),
    damaging(
        "hidden columns shown",
        _R1,
        swap('<col hidden="1"(?=[^>]*min="5[89]")', "<col"),
        Kind.COLUMN_SHOWN,
        R1,
        "BF4",
        "※证号",
        1,
    ),
    damaging("a hidden column cleared", _R1, cell("BH4", ""), Kind.HEADER, R1, "BH4", "※证号有效", 1),
    damaging("a list edited", _LISTS, _text_cell("D3", "随便"), Kind.LISTS, "代码表", "D3", "", 1),
    damaging(
        "the premium edited",
        _PARAMETERS,
        cell("G14", r'<c r="G14"\g<s>><v>380</v></c>'),
        Kind.PARAMETERS,
        "政策参数",
        "G14",
        "",
        1,
    ),
    damaging("the mark edited", _META, _text_cell("G10", "0123456789abcdef"), Kind.META, "_meta", "G10", "", 1),
    damaging("a total typed over", _COVER, cell("C8", r'<c r="C8"\g<s>><v>1</v></c>'), Kind.PAGE, "封面", "C8", "", 1),
    damaging("a hidden sheet shown", "workbook", swap('state="hidden"', 'state="visible"'), Kind.SHEET_SHOWN, "代码表"),
]


@dataclass(frozen=True)
class Reworking:
    """Damage by a person with openpyxl's powers; the file is saved by another program at that."""

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
    book[R1]["BD4"] = "随便"
    book[R1]["BE4"] = None


REWORKED = [
    reworking("a sheet removed", lambda book: book.remove(book["汇总"]), {Kind.SHEET_MISSING}, "汇总"),
    reworking("headers lost", _retype_header, {Kind.HEADER}, R1, "BD4", "佐证材料", 1),
    reworking(
        "a computed column deleted",
        lambda book: book[R1].delete_cols(50),
        {Kind.COLUMN_MISSING},
        R1,
        "AX4",
        "个人应缴",
        1,
    ),
    reworking(
        "a hidden column deleted",
        lambda book: book[R1].delete_cols(60),
        {Kind.TECHNICAL_MISSING},
        R1,
        "BH4",
        "※证号有效",
        1,
    ),
    reworking("a column inserted", lambda book: book[R1].insert_cols(9), {Kind.COLUMN_MOVED}, R1, "J4", "姓名", 1),
]


def decorate(source: Path, target: Path) -> Path:
    """Add what clerks add: a sheet, a column, a comment, a colour, a formula, a filled signature box."""
    book = openpyxl.load_workbook(source)
    book.create_sheet("我的统计")["A1"] = 1
    sheet = book[R1]
    sheet["CJ4"], sheet["CJ5"], sheet["CJ7"] = "电话二", "13909431235", "=1+1"
    sheet["F6"].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet["F6"].comment = Comment("核实", "张")
    sheet["AL9"] = "=200+80"
    book["参保资助花名册"]["AD5"] = "田守义"
    book.save(target)
    return target
