"""Every way in which careless hands damage a filled workbook."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from canbao_validators.damage import DamageKind as Kind
from support.edits import Edit, cell, edit_parts, swap, text_cell
from support.issued import R1, R3


@dataclass(frozen=True)
class Damaging:
    """How a workbook is damaged, what is found, and where (sheet, cell, header, count) for the gravest of it."""

    name: str
    edits: Mapping[str, Edit]
    kinds: frozenset[Kind]
    where: tuple[str, str, str, int]

    def apply(self, source: Path, target: Path) -> Path:
        """Write the damaged workbook: parts changed as text, the others copied."""
        return edit_parts(source, target, self.edits)


_R1, _R3, _PARAMETERS, _LISTS, _META = (f"worksheets/sheet{number}" for number in (3, 5, 11, 12, 13))
_COVER, _SUMMARY = "worksheets/sheet1", "worksheets/sheet9"


def damaging(name: str, part: str, edit: Edit, kinds: Kind | set[Kind], *where: Any) -> Damaging:
    """One way of damage in one part."""
    wanted = frozenset(kinds) if isinstance(kinds, set) else frozenset({kinds})
    return Damaging(name, {part: edit}, wanted, (*where, *("", "", "", 1)[len(where) :]))


DAMAGES = [
    damaging(
        "a validation deleted",
        _R1,
        swap('<dataValidation sqref="D5:D34".*?</dataValidation>', ""),
        Kind.VALIDATION,
        R1,
        "D5",
        "证件号码",
        30,
    ),
    damaging(
        "a validation with a hole",
        _R1,
        swap('(dataValidation sqref=)"D5:D34"', r'\1"D9:D34 D5:D6"'),
        Kind.VALIDATION,
        R1,
        "D7",
        "证件号码",
        2,
    ),
    damaging(
        "a validation eased",
        _R1,
        swap(r"LEN\(\$O5\)&lt;=20", "LEN($O5)&lt;=99"),
        Kind.VALIDATION,
        R1,
        "O5",
        "户主证件号码",
        30,
    ),
    damaging(
        "a validation that only warns",
        _R1,
        swap('(dataValidation sqref="P5:P34"[^>]*errorStyle=)"stop"', r'\1"warning"'),
        Kind.VALIDATION,
        R1,
        "P5",
        "与户主关系",
        30,
    ),
    damaging(
        "colours cut off",
        _R1,
        swap('(conditionalFormatting sqref=)"D5:D34"', r'\1"D5:D20"'),
        Kind.COLOURS,
        R1,
        "D21",
        "证件号码",
        14,
    ),
    damaging(
        "colours of other cells",
        _R1,
        swap(r'FIND\("E4\|"', 'FIND("E99|"'),
        Kind.COLOURS,
        R1,
        "D5",
        "证件号码",
        30,
    ),
    damaging(
        "an ID cell pasted as number",
        _R1,
        swap('<c r="D7" s="3"', '<c r="D7" s="0"'),
        {Kind.FORMAT_TEXT, Kind.CELL_LOCKED},
        R1,
        "D7",
        "证件号码",
        1,
    ),
    damaging(
        "an ID column formatted anew",
        _R1,
        swap('style="3" min="4" max="4"', 'style="0" min="4" max="4"'),
        {Kind.FORMAT_TEXT, Kind.CELL_LOCKED},
        R1,
        "D34",
        "证件号码",
        19,
    ),
    damaging(
        "a date as text",
        _R1,
        swap('<c r="AM5" s="5"', '<c r="AM5" s="3"'),
        Kind.FORMAT_DATE,
        R1,
        "AM5",
        "缴费日期",
        1,
    ),
    damaging(
        "an amount as text",
        _R1,
        swap('<c r="AN5" s="9"', '<c r="AN5" s="3"'),
        Kind.FORMAT_NUMBER,
        R1,
        "AN5",
        "实缴金额",
        1,
    ),
    damaging(
        "a formula cell as text",
        _R1,
        swap('<c r="AX5" s="2"', '<c r="AX5" s="3"'),
        {Kind.FORMAT_GENERAL, Kind.CELL_UNLOCKED},
        R1,
        "AX5",
        "资助方式",
        1,
    ),
    damaging(
        "a computed cell typed over",
        _R1,
        cell("BA6", r'<c r="BA6"\g<s>><v>99</v></c>'),
        Kind.FORMULA_OVERWRITTEN,
        R1,
        "BA6",
        "个人应缴",
        1,
    ),
    damaging(
        "a computed cell emptied",
        _R1,
        cell("BA6", r'<c r="BA6"\g<s>/>'),
        Kind.FORMULA_MISSING,
        R1,
        "BA6",
        "个人应缴",
        1,
    ),
    damaging(
        "a hidden formula gone",
        _R1,
        cell("BV8", ""),
        Kind.FORMULA_MISSING,
        R1,
        "BV8",
        "※查1",
        1,
    ),
    damaging(
        "a formula altered",
        _R1,
        cell("BA6", r'<c r="BA6"\g<s>><f>ROUND(N($AY6)-N($AZ6)-100,2)</f></c>'),
        Kind.FORMULA_ALTERED,
        R1,
        "BA6",
        "个人应缴",
        1,
    ),
    damaging(
        "a formula of another row",
        _R1,
        cell("BA6", r'<c r="BA6"\g<s>><f>IF($CD7,ROUND(N($AY7)-N($AZ7),2),"")</f></c>'),
        Kind.FORMULA_ALTERED,
        R1,
        "BA6",
        "个人应缴",
        1,
    ),
    damaging(
        "a shared formula altered",
        _R1,
        swap(r"ROUND\(N\(\$AY5\)-N\(\$AZ5\),2\)", "0"),
        Kind.FORMULA_ALTERED,
        R1,
        "BA5",
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
    damaging("another password", _R1, swap('(<sheetProtection [^>]*hashValue=)"....', r'\1"AAAA'), Kind.PASSWORD, R1),
    damaging(
        "no password", _SUMMARY, swap("<sheetProtection [^>]*/>", '<sheetProtection sheet="1"/>'), Kind.PASSWORD, "汇总"
    ),
    damaging("structure unlocked", "workbook", swap("<workbookProtection [^>]*/>", ""), Kind.WORKBOOK_UNLOCKED),
    damaging(
        "another password for the structure",
        "workbook",
        swap('workbookHashValue="....', 'workbookHashValue="AAAA'),
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
        swap(r"封面!\$C\$16<", "封面!$C$99<"),
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
    damaging(
        "text below the last row",
        _R1,
        swap("</sheetData>", '<row r="36"><c r="BA36" t="inlineStr"><is><t>合计</t></is></c></row></sheetData>'),
        {Kind.OUTSIDE, Kind.FORMAT_NUMBER},
        R1,
        "BA36",
        "",
        1,
    ),
    damaging("a header typed over", _R1, text_cell("D4", "证件 号码"), Kind.HEADER, R1, "D4", "证件号码", 1),
    damaging("a hint typed over", _R1, text_cell("D3", "随便"), Kind.PAGE, R1, "D3", "", 1),
    damaging(
        "hidden columns shown",
        _R1,
        swap('<col hidden="1"(?=[^>]*min="6[34]")', "<col"),
        Kind.COLUMN_SHOWN,
        R1,
        "BK4",
        "※证号",
        1,
    ),
    damaging("a hidden column cleared", _R1, cell("BM4", ""), Kind.HEADER, R1, "BM4", "※证号有效", 1),
    damaging("a list edited", _LISTS, text_cell("D3", "随便"), Kind.LISTS, "代码表", "D3", "", 1),
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
    damaging("the mark edited", _META, text_cell("G10", "0123456789abcdef"), Kind.META, "_meta", "G10", "", 1),
    damaging("a total typed over", _COVER, cell("C8", r'<c r="C8"\g<s>><v>1</v></c>'), Kind.PAGE, "封面", "C8", "", 1),
    damaging("a hidden sheet shown", "workbook", swap('state="hidden"', 'state="visible"'), Kind.SHEET_SHOWN, "代码表"),
]
