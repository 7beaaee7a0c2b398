"""What formulas give in Python at the borders where Excel's answer is easily got wrong, and what Excel is given."""

import math
from datetime import date
from typing import Any

import polars as pl
import pytest

from canbao_rulebook.formula.checker import compile_formula
from canbao_rulebook.formula.errors import FormulaError
from canbao_rulebook.formula.excel import ExcelContext, emit_cell, emit_excel
from canbao_rulebook.formula.nested import emit_flag
from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.formula.polars_emitter import PolarsContext, emit_polars
from canbao_rulebook.formula.scope import ColumnInfo, NamedValue, Scope
from canbao_rulebook.functions.dates import to_serial

BLANK, NUMBER, TEXT, BOOL, ERROR = range(5)
COLUMNS = {
    "文": ColumnInfo("文", "a", Type.TEXT),
    "空": ColumnInfo("空", "e", Type.TEXT),
    "钱": ColumnInfo("钱", "m", Type.MONEY),
    "缺": ColumnInfo("缺", "n", Type.MONEY),
    "错": ColumnInfo("错", "x", Type.MONEY),
    "数": ColumnInfo("数", "i", Type.NUMBER),
    "日": ColumnInfo("日", "d", Type.DATE),
    "无": ColumnInfo("无", "w", Type.TEXT),
    "空格": ColumnInfo("空格", "s", Type.TEXT),
    "真": ColumnInfo("真", "b", Type.BOOL),
    "待": ColumnInfo("待", "u", Type.MONEY, computed=True, unknowable=True),
    "待文": ColumnInfo("待文", "v", Type.TEXT, computed=True, unknowable=True),
    "待真": ColumnInfo("待真", "y", Type.BOOL, computed=True, unknowable=True),
    "算": ColumnInfo("算", "c", Type.MONEY, computed=True, overridable=True),
    "改": ColumnInfo("改", "o", Type.MONEY, computed=True, overridable=True),
    "算文": ColumnInfo("算文", "t", Type.TEXT, computed=True, overridable=True),
    "锁": ColumnInfo("锁", "l", Type.MONEY, computed=True),
}
COMPUTED = {"u": None, "v": None, "y": None, "c": 5.0, "o": 5.0, "t": "", "l": 5.0}
# What stands in the row: kind, value, text as typed.
CELLS: dict[str, tuple[int, Any, str]] = {
    "a": (TEXT, "甲乙丙", "甲乙丙"),
    "e": (BLANK, "", ""),
    "m": (NUMBER, 280.0, ""),
    "n": (BLANK, math.nan, ""),
    "x": (ERROR, None, "#N/A"),
    "i": (NUMBER, 3.0, ""),
    "d": (NUMBER, float(to_serial(date(2020, 2, 29))), ""),
    "w": (TEXT, "", " 无 "),
    "s": (TEXT, "", "  "),
    "b": (BOOL, True, ""),
    "c": (BLANK, math.nan, ""),
    "o": (NUMBER, 7.0, ""),
    "t": (BLANK, "", ""),
    "l": (NUMBER, 7.0, ""),
}
NAMES = {
    "标准": NamedValue("标准", Type.MONEY, 280.0),
    "未知": NamedValue("未知", Type.MONEY, None),
    "起日": NamedValue("起日", Type.DATE, float(to_serial(date(2020, 9, 1)))),
    "名单": NamedValue("名单", Type.TEXT, ("甲", "乙*", None, "丙")),
    "数列": NamedValue("数列", Type.NUMBER, (10.0, 20.0)),
    "地名": NamedValue("地名", Type.TEXT, ("一村", "二村", "二镇", "三社区")),
}
SCOPE = Scope(COLUMNS, NAMES)
FRAME = pl.DataFrame(
    {
        "row": [5],
        **{field: [value] for field, (_, value, _) in CELLS.items()},
        **{f"{field}.raw": [shown] for field, (_, _, shown) in CELLS.items()},
        **{f"{field}.computed": [value] for field, value in COMPUTED.items()},
    },
    schema_overrides={
        "x": pl.Float64,
        "row": pl.Int64,
        "u.computed": pl.Float64,
        "v.computed": pl.String,
        "y.computed": pl.Boolean,
    },
).with_columns(pl.lit(kind, dtype=pl.UInt8).alias(f"{field}.kind") for field, (kind, _, _) in CELLS.items())


def value(formula: str) -> Any:
    """What a formula gives in the row; None for an error."""
    return FRAME.select(emit_polars(compile_formula(formula, SCOPE), PolarsContext(COLUMNS, NAMES))).item()


def serial(year: int, month: int, day: int) -> float:
    return float(to_serial(date(year, month, day)))


VALUES = {
    # text
    'LEFT("甲乙丙",0)': "", 'LEFT("甲乙丙",1)': "甲", 'LEFT("甲乙丙",1.9)': "甲", 'LEFT("甲乙丙",9)': "甲乙丙",
    'LEFT("甲乙丙",-1)': None, 'RIGHT("甲乙丙",0)': "", 'RIGHT("甲乙丙",1)': "丙", 'RIGHT("甲乙丙",2.5)': "乙丙",
    'RIGHT("甲乙丙",3)': "甲乙丙", 'RIGHT("甲乙丙",9)': "甲乙丙", 'RIGHT("甲乙丙",-1)': None,
    'MID("甲乙丙",1,1)': "甲", 'MID("甲乙丙",2,9)': "乙丙", 'MID("甲乙丙",2,0)': "", 'MID("甲乙丙",0,1)': None,
    'MID("甲乙丙",1,-1)': None, 'MID("甲乙丙",4,1)': "", 'LEN("")': 0.0, 'LEN("甲 𠮷")': 3.0, "LEN([@空])": 0.0,
    'CONTAINS("甲乙","乙")': True, 'CONTAINS("甲乙","丙")': False, 'CONTAINS("甲乙","")': False,
    'CONTAINS("a.b",".")': True, 'CONTAINS("ab","A")': False, 'ALL_DIGITS("0")': True, 'ALL_DIGITS("")': False,
    'ALL_DIGITS("1a")': False, f'ALL_DIGITS("{"1" * 30}")': True, f'ALL_DIGITS("{"1" * 31}")': False,
    '"甲"&"乙"': "甲乙", '"a"="A"': False, '"a"<>"A"': True, '"a"="a"': True,
    # numbers
    "ROUND(1.005,2)": 1.01, "ROUND(-1.005,2)": -1.01, "ROUND(2.5,0)": 3.0, "ROUND(-2.5,0)": -3.0,
    "ROUND(0.49,0)": 0.0, "ROUND(1250,-2)": 1300.0, "ABS(-3)": 3.0, "INT(-1.5)": -2.0, "INT(1.5)": 1.0,
    "MOD(7,3)": 1.0, "MOD(-1,3)": 2.0, "MOD(1,-3)": -2.0, "MOD(1,0)": None, "MIN(3,1,2)": 1.0, "MAX(3,1,2)": 3.0,
    "MIN(1,[@错])": None, "MAX([@错],1)": None, "MAX(2,2)": 2.0, "1/0": None, "1/4": 0.25, "-3+5": 2.0,
    "2-3*4": -10.0,
    "(2-3)*4": -4.0, "8/4/2": 1.0, "8-4-2": 2.0, "-2*3": -6.0, "[@钱]/3": 93.33, "[@钱]*0.015": 4.2, "[@数]/2": 1.5,
    "0.1+0.2=0.3": True, "0.1+0.2>0.3": False, "0.1+0.2<=0.3": True, "0.1+0.2<>0.3": False, "1<2": True,
    "2<1": False, "2>=2": True, "1>=2": False, "2>1": True, "1>1": False, "1<1": False, "1<=1": True,
    "[@缺]=0": True, "[@缺]+1": 1.0, "[@错]+1": None, "未知+1": None,
    # logic
    "IF(TRUE,1,2)": 1.0, "IF(FALSE,1,2)": 2.0, "IF([@错]=1,1,2)": None, "AND(TRUE,TRUE)": True,
    "AND(TRUE,FALSE)": False, "AND(FALSE,[@错]=1)": None, "OR(FALSE,FALSE)": False, "OR(FALSE,TRUE)": True,
    "OR(TRUE,TRUE)": True, "OR(TRUE,[@错]=1)": None, "AND([@真])": True, "NOT(TRUE)": False, "NOT([@错]=1)": None,
    "IFERROR(1/0,7)": 7.0, "IFERROR(1,7)": 1.0, 'IF(FALSE,"甲",BLANK())': "", "TRUE=FALSE": False,
    "TRUE<>FALSE": True,
    # cells
    "IS_EMPTY([@空])": True, "IS_EMPTY([@无])": True, "IS_EMPTY([@空格])": True, "IS_EMPTY([@文])": False,
    "IS_EMPTY([@缺])": True, "IS_EMPTY([@钱])": False, "IS_EMPTY([@错])": None, "IS_NUMBER([@钱])": True,
    "IS_NUMBER([@缺])": False, "IS_NUMBER([@文])": False, "IS_NUMBER([@真])": False, "IS_TEXT([@文])": True,
    "IS_TEXT([@无])": False, "IS_TEXT([@空])": False, "IS_TEXT([@钱])": False, "ROW_NUMBER()": 1.0,
    "IS_UNKNOWN([@待])": True, "[@待]+1": None, '[@待文]="甲"': None, "NOT([@待真])": None,
    "IS_UNKNOWN([@算])": False,
    "[@算]+0": 5.0, "[@改]+0": 7.0, "[@锁]+0": 5.0, "STATED([@改])": 7.0, "EXPECTED([@改])": 5.0,
    "STATED([@算])": 5.0,
    "IS_EMPTY([@算])": False, "IS_NUMBER([@算])": True, "IS_NUMBER([@改])": True, "IS_EMPTY([@算文])": True,
    "IS_TEXT([@算文])": True,
    # dates
    "YEAR([@日])": 2020.0, "MONTH([@日])": 2.0, "DAY([@日])": 29.0, "EDATE([@日],12)": serial(2021, 2, 28),
    "EDATE([@日],-1)": serial(2020, 1, 29), "EDATE([@日],1.9)": serial(2020, 3, 29), "起日-[@日]": 185.0,
    "起日+1": serial(2020, 9, 2), "AGE_ON([@日],EDATE([@日],12))": 0.0, "AGE_ON([@日],EDATE([@日],12)+1)": 1.0,
    "AGE_ON([@日],EDATE([@日],48))": 4.0, "AGE_ON([@日],EDATE([@日],48)-1)": 3.0, "IS_DATE([@日])": True,
    "IS_DATE([@缺])": False,
    # lists
    'IN_LIST("甲",名单)': True, 'IN_LIST("乙",名单)': False, 'IN_LIST("乙*",名单)': True,
    "IN_LIST([@空],名单)": False,
    'IN_LIST("None",名单)': False, 'POSITION("None",名单)': 0.0, 'POSITION("甲",名单)': 1.0,
    'POSITION("丙",名单)': 4.0, 'POSITION("丁",名单)': 0.0, "ITEM(名单,1)": "甲",
    "ITEM(名单,4.9)": "丙", "ITEM(名单,0)": None, "ITEM(名单,5)": None, "ITEM(名单,3)": None, "ITEM(数列,2)": 20.0,
    "ITEM(数列,0.5)": None, 'IS_PLACE("一村",地名)': True, 'IS_PLACE("一 村",地名)': True,
    'IS_PLACE("一",地名)': True,
    'IS_PLACE("二",地名)': False, 'IS_PLACE("二村",地名)': True, 'IS_PLACE("三社区居委会",地名)': True,
    'IS_PLACE("三社",地名)': False, 'IS_PLACE("四村",地名)': False, 'IS_PLACE("村",地名)': False,
    # identity
    'ID_SHAPE("11010519491231002X")': True, 'ID_SHAPE("11010519491231002x")': False,
    'ID_SHAPE("01010519491231002X")': False,
    'ID_SHAPE("1101051949123100")': False, 'ID_CHECKSUM("11010519491231002X")': True,
    'ID_CHECKSUM("110105194912310021")': False, 'ID_CHECKSUM("")': False, 'ID_DATE_OK("110105190001010000")': True,
    'ID_DATE_OK("110105189912310000")': False, 'ID_DATE_OK("110105190002290000")': False,
    'ID_DATE_OK("110105202002290000")': True, 'ID_DATE_OK("110105202102290000")': False,
    'ID_DATE_OK("110105202004310000")': False, 'ID_DATE_OK("110105202004300000")': True,
    'ID_DATE_OK("110105202013010000")': False, 'ID_DATE_OK("110105202012010000")': True,
    'ID_DATE_OK("110105202000010000")': False, 'ID_DATE_OK("110105202001000000")': False,
    'ID_BIRTH("110105202002290000")': serial(2020, 2, 29), 'ID_BIRTH("110105202002300000")': None,
    'ID_SEX("11010519491231002X")': "女", 'ID_SEX("11010519491231001X")': "男", 'ID_SEX("")': None,
    'LUHN("79927398713")': True, 'LUHN("79927398710")': False, 'LUHN("")': False,
    'LUHN("0")': True, 'LUHN("18")': True, 'LUHN("91")': True, 'LUHN("59")': True, 'LUHN("7992739871a")': False,
    'PHONE_OK("13800000000")': True, 'PHONE_OK("12800000000")': False, 'PHONE_OK("1380000000")': False,
    'PHONE_OK("010-1234567")': True, 'PHONE_OK("09431234567")': True, 'PHONE_OK("09-1234567")': False,
    'PHONE_OK("0943-123456789")': False, 'CLEAN_ID(" 1 2\u3000x")': "12X", 'OTHER_CERT("")': False,
    'OTHER_CERT("11010519491231002X")': False, 'CERT_FORM("","1")': True, 'CERT_FORM("居民身份证","1")': True,
    'CERT_FORM("出生医学证明","1234")': False,
    # names
    'NAME_FORBIDDEN("张三")': False, 'NAME_FORBIDDEN("张3")': True, 'NAME_FORBIDDEN("张?")': True,
    'NAME_FORBIDDEN("O\'BRIEN, MARY")': False, 'NAME_FORBIDDEN("张\'三")': True, 'NAME_UNUSUAL("张三")': False,
    'NAME_UNUSUAL("张a")': True, 'NAME_UNUSUAL("阿·卜")': False, 'NAME_UNUSUAL("·卜")': True,
    'NAME_UNUSUAL("卜·")': True,
    'NAME_UNUSUAL("阿··卜")': True, 'NAME_UNUSUAL("Ａ")': True, 'NAME_PRIVATE_USE("\ue000")': True,
    'NAME_PRIVATE_USE("张")': False, 'NAME_UNUSUAL("\ue000")': False, 'NAME_UNUSUAL("张☆")': True,
}  # fmt: skip


@pytest.mark.parametrize("formula", VALUES)
def test_a_formula_gives_what_excel_gives(formula: str) -> None:
    found, expected = value(formula), VALUES[formula]
    if isinstance(expected, float):
        assert found == pytest.approx(expected, abs=1e-9)
    else:
        assert found is expected or found == expected
        assert type(found) is type(expected)


WRITTEN = {
    "1": "1", "1.5": "1.5", "-1": "-1", "-(1+2)": "-(1+2)", "-(2*3)": "-(2*3)", '"甲""乙"': '"甲""乙"',
    "TRUE": "TRUE",
    "1+2-3": "1+2-3", "1-2+3": "1-2+3", "1+(2-3)": "1+(2-3)", "6*2/3": "6*2/3", "6/2*3": "6/2*3",
    "1-(2-3)": "1-(2-3)", "(1-2)-3": "1-2-3", "1-2*3": "1-2*3", "(1-2)*3": "(1-2)*3", "6/(2*3)": "6/(2*3)",
    "[@钱]": "N($C5)", "[@文]": "T($A5)", "[@真]": "$J5", "[@钱]*2": "ROUND(N($C5)*2,2)",
    "[@钱]/3": "ROUND(N($C5)/3,2)",
    "[@钱]+1": "ROUND(N($C5)+1,2)", "[@钱]>1": "N($C5)>1", "[@数]*2": "N($F5)*2", '[@文]="甲"': 'EXACT(T($A5),"甲")',
    '[@文]<>"甲"': 'NOT(EXACT(T($A5),"甲"))', "[@真]=TRUE": "$J5=TRUE", '"甲"&"乙"': '"甲"&"乙"', "标准": "标准",
    "(1=2)=(2=3)": "1=2=(2=3)", "IS_NUMBER([@钱])": "IF(ISNUMBER($C5),NOT(ISLOGICAL($C5)),FALSE)",
    "[@待]+1": "ROUND(($K5+0)+1,2)", '[@待文]="甲"': 'EXACT(IF($L5="待定",NA(),$L5),"甲")',
    "NOT([@待真])": "NOT(($M5+0<>0))", "IS_UNKNOWN([@待])": 'EXACT($K5,"待定")', "STATED([@算])": "N($N5)",
    "IF([@真],1,BLANK())": 'IF($J5,1,"")', "NOT([@真])": "NOT($J5)", "ROW_NUMBER()": "(ROW()-4)",
}  # fmt: skip
LETTERS = dict(zip(COLUMNS, "ABCDEFGHIJKLMNOPQ", strict=True))


@pytest.mark.parametrize("formula", WRITTEN)
def test_a_formula_as_it_is_written_for_excel(formula: str) -> None:
    node = compile_formula(formula, SCOPE)
    assert emit_excel(node, ExcelContext(LETTERS, COLUMNS, 5)) == WRITTEN[formula]


def test_a_rule_and_a_cell_are_written_with_what_an_error_shows() -> None:
    node, context = compile_formula("[@钱]>1", SCOPE), ExcelContext(LETTERS, COLUMNS, 7, "名册")
    assert emit_flag(node, context) == "IFERROR(IF(N(名册!$C7)>1,TRUE,FALSE),FALSE)"
    assert emit_cell(node, context, unknowable=False) == "N(名册!$C7)>1"
    assert emit_cell(node, context, unknowable=True) == 'IFERROR(N(名册!$C7)>1,"待定")'


@pytest.mark.parametrize(("depth", "fits"), [(59, True), (60, True), (61, False)])
def test_calls_nest_as_deep_as_excel_lets_them(depth: int, fits: bool) -> None:
    formula = "ABS(" * depth + "-1" + ")" * depth
    if fits:
        assert value(formula) == 1.0
    else:
        with pytest.raises(FormulaError, match="嵌套"):
            compile_formula(formula, SCOPE)


TYPES = {
    "[@日]-[@日]": Type.NUMBER, "[@日]+1": Type.DATE, "1+[@日]": None, "[@日]-1": Type.DATE, "[@日]*2": None,
    "[@日]+[@日]": None, "[@日]-[@钱]": None, "[@钱]+1": Type.MONEY, "1*[@钱]": Type.MONEY, "[@数]+1": Type.NUMBER,
    "IF(TRUE,1,[@钱])": Type.MONEY, "IF(TRUE,1,[@日])": Type.DATE, "IF(TRUE,[@日],[@钱])": None,
    "IF(TRUE,BLANK(),1)": Type.NUMBER, "IF(TRUE,1,[@文])": None, "[@日]>1": Type.BOOL, "[@日]>[@钱]": None,
    "[@文]>[@文]": None, "[@真]=[@文]": None, "[@真]<[@真]": None, "[@文]&1": None, "-[@文]": None,
    "IF(TRUE,BLANK(),1)+1": None, "MIN(1)": None, "ABS(1,2)": None, "AND()": None, "YEAR(1)": None, "LEN(1)": None,
    "IS_EMPTY(1)": None, "IS_UNKNOWN([@钱])": None, "ITEM(标准,1)": None, "名单=1": None, "UNKNOWN()": Type.NOTHING,
}  # fmt: skip


@pytest.mark.parametrize("formula", TYPES)
def test_of_what_type_a_formula_is_or_that_it_is_refused(formula: str) -> None:
    if TYPES[formula] is None:
        with pytest.raises(FormulaError):
            compile_formula(formula, SCOPE)
    else:
        assert compile_formula(formula, SCOPE).type is TYPES[formula]
