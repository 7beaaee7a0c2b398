"""Random formulas of the language on random cells: what LibreOffice computes is what polars computes."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.formula.checker import compile_formula
from canbao_rulebook.formula.excel import MAX_LENGTH, ExcelContext, emit_excel
from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.formula.scope import NamedValue, Scope
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.kinds import ColumnType, Filler
from canbao_rulebook.names import policy_names
from canbao_rulebook.policy import load_policy
from canbao_rulebook.roster import FIRST_ROW, Column, Roster
from canbao_rulebook.roster_compile import scope_of
from support.frames import ERROR, raw_frame
from support.libreoffice import recalculate_all
from support.parity import differences, read_values, write_sheet

ENGINE = {name: policy_names(load_policy("huining-2021"))[name] for name in ("位序", "前十七位", "校验权重", "空话")}
NAMES = {
    "标准": NamedValue("标准", Type.MONEY, 280.0),
    "起日": NamedValue("起日", Type.DATE, float(to_serial(date(2020, 9, 1)))),
    "未知": NamedValue("未知", Type.MONEY, None),
    "名单": NamedValue("名单", Type.TEXT, ("甲", "ab", "乙*")),
    "数表": NamedValue("数表", Type.NUMBER, (5.0, 0.0, -2.0)),
    **ENGINE,
}
INPUTS = (
    Column("a", "文", ColumnType.TEXT, Filler.CLERK),
    Column("b", "号", ColumnType.TEXT, Filler.CLERK),
    Column("m", "钱", ColumnType.MONEY, Filler.CLERK),
    Column("n", "数", ColumnType.INTEGER, Filler.CLERK),
    Column("d", "日", ColumnType.DATE, Filler.CLERK),
)
TYPES = {
    Type.TEXT: ColumnType.TEXT,
    Type.BOOL: ColumnType.BOOL,
    Type.DATE: ColumnType.DATE,
    Type.MONEY: ColumnType.MONEY,
    Type.NUMBER: ColumnType.INTEGER,
}
LETTERS = ["甲", "ab", "AB", "乙*", "~", "x y", "0", "62"]
NUMBERS = [
    "620422194803079511",
    "62042219480307951X",
    "62042219750125957X",
    "620422199002300012",
    "6230123400001112201",
]
SHEETS, FORMULAS, ROWS = 20, 60, 25


def call(name: str, *args: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.tuples(*args).map(lambda parts: f"{name}({','.join(parts)})")


def operate(left: SearchStrategy[str], operators: list[str], right: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.tuples(left, st.sampled_from(operators), right).map(lambda parts: f"({parts[0]}{parts[1]}{parts[2]})")


@st.composite
def formulas(draw: st.DrawFn, depth: int = 3) -> str:
    kind = draw(st.sampled_from(["text", "integer", "money", "flag", "day"]))
    return draw(expression(kind, depth))


@cache
def expression(kind: str, depth: int) -> SearchStrategy[str]:
    """Formulas of one type. Whole numbers stay whole, dates stay in the calendar: borders have tests of their own."""
    leaves = {
        "text": st.sampled_from(["[@文]", "[@号]", *(f'"{text}"' for text in LETTERS)]),
        "integer": st.sampled_from(["[@数]", *(str(number) for number in (0, 1, 2, 3, 7, 17, 280))]),
        "money": st.sampled_from(["[@钱]", "标准", "未知", "0.5*标准", "标准-0.01"]),
        "flag": st.sampled_from(
            [
                "TRUE",
                "FALSE",
                *(f"{name}([@{column}])" for name in ("IS_EMPTY", "IS_NUMBER", "IS_TEXT") for column in "文号钱数日"),
            ]
        ),
        "day": st.just("IF(IS_DATE([@日]),[@日],起日)"),
    }
    if depth == 0:
        return leaves[kind]
    text, integer, money, flag, day = (
        st.deferred(lambda kind=kind: expression(kind, depth - 1))
        for kind in ("text", "integer", "money", "flag", "day")
    )
    few = st.sampled_from(["0", "1", "2", "4"])
    branches = {
        "text": [
            operate(text, ["&"], text),
            call("LEFT", text, few),
            call("RIGHT", text, few),
            call("MID", text, st.sampled_from(["1", "2", "7"]), few),
            call("CLEAN_ID", text),
            call("ITEM", st.just("名单"), st.sampled_from(["0", "1", "3", "[@数]"])),
            call("IFERROR", call("ID_SEX", text), text),
        ],
        "integer": [
            operate(integer, ["+", "-", "*"], integer),
            call("MOD", integer, st.sampled_from(["0", "2", "-3", "7"])),
            call("LEN", text),
            call("ABS", integer),
            call("MIN", integer, integer, integer),
            call("MAX", integer, integer),
            call("POSITION", text, st.just("名单")),
            call("IFERROR", call("ITEM_BESIDE", st.just("数表"), text, st.just("名单")), integer),
            call("YEAR", day),
            call("MONTH", day),
            call("DAY", day),
            call("AGE_ON", day, day),
            operate(day, ["-"], day),
            call("INT", money),
            operate(integer, ["/"], st.sampled_from(["2", "4", "8"])).map(lambda half: f"ROUND({half},0)"),
        ],
        "money": [operate(money, ["+", "-"], money), operate(money, ["*"], integer), call("ROUND", money, few)],
        "flag": [
            operate(integer, ["=", "<>", "<", "<=", ">", ">="], integer),
            operate(money, ["=", "<>", "<", "<=", ">", ">="], money),
            operate(text, ["=", "<>"], text),
            operate(day, ["<", ">=", "="], day),
            call("AND", flag, flag, flag),
            call("OR", flag, flag),
            call("NOT", flag),
            call("IN_LIST", text, st.just("名单")),
            call("CONTAINS", text, st.one_of(text, st.just('""'))),
            *(call(name, text) for name in ("ALL_DIGITS", "ID_SHAPE", "ID_CHECKSUM", "ID_DATE_OK", "LUHN")),
        ],
        "day": [call("EDATE", day, st.sampled_from(["-13", "-1", "0", "1", "12"])), operate(day, ["+"], few)],
    }
    own = st.deferred(lambda: expression(kind, depth - 1))
    choice = [*branches[kind], call("IF", flag, own, own), call("IFERROR", own, own)]
    return st.one_of(leaves[kind], *choice)


CELLS = {
    "文": st.sampled_from([None, ERROR, 3, *LETTERS]),
    "号": st.sampled_from([None, 620422194803079500, *NUMBERS, *LETTERS]),
    "钱": st.sampled_from([None, ERROR, "280", 0, 280, 279.99, 200, -0.01, 1.005, 123456.78]),
    "数": st.sampled_from([None, "3", 0, 1, 2, 3, -5, 2021]),
    "日": st.sampled_from(
        [None, "2020-9-1", 43999.5, date(1910, 3, 1), date(2000, 2, 29), date(2020, 12, 31), date(2021, 1, 31)]
    ),
}


def compile_all(sources: list[str]) -> tuple[Roster, Scope]:
    """A roster whose computed columns are the formulas."""
    scope = scope_of(Roster("T", "T", "T", INPUTS, ()), NAMES)
    columns: list[Column] = []
    for number, source in enumerate(sources):
        node = compile_formula(source, scope)
        base = Column(f"f{number}", f"式{number}", TYPES[node.type], Filler.FORMULA, formula=source)
        columns.append(replace(base, node=node, may_be_unknown=node.unknowable))
    roster = Roster("T", "T", "T", (*INPUTS, *columns), ())
    return roster, scope_of(roster, NAMES)


def random_sheets() -> list[tuple[list[str], list[dict[str, object]]]]:
    """Formulas and rows of some sheets: drawn first, so that one office computes them all."""
    drawn: list[tuple[list[str], list[dict[str, object]]]] = []

    @settings(max_examples=SHEETS, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(
        st.lists(formulas(), min_size=FORMULAS, max_size=FORMULAS, unique=True),
        st.lists(st.fixed_dictionaries(CELLS), min_size=ROWS, max_size=ROWS),
    )
    def draw(sources: list[str], rows: list[dict[str, object]]) -> None:
        drawn.append((sources, rows))

    draw()
    return drawn


def test_random_formulas(tmp_path: Path) -> None:
    """A failure lists the formula, the row and both values as they are."""
    sheets = [(*compile_all(sources), rows) for sources, rows in random_sheets()]
    assert len(sheets) == SHEETS
    paths = [tmp_path / f"{number}.xlsx" for number in range(SHEETS)]
    for (roster, scope, rows), path in zip(sheets, paths, strict=True):
        write_sheet(roster, scope, rows, path)
    found = []
    for (roster, _, rows), path in zip(sheets, recalculate_all(paths, tmp_path / "out"), strict=True):
        cells, frame = read_values(roster, rows, path), compute_columns(roster, raw_frame(roster, rows), NAMES)
        for column in roster.computed_columns:
            values = cells[roster.letters[column.header]]
            differing = differences(column.header, values, frame[f"{column.field}.computed"])
            found += [(column.formula, rows[item.row - FIRST_ROW], item) for item in differing]
    assert found == []


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(formulas())
def test_every_formula_that_compiles_fits_a_cell(source: str) -> None:
    roster, scope = compile_all([source])
    node = roster.computed_columns[0].node
    assert node is not None
    assert len(emit_excel(node, ExcelContext(roster.letters, scope.columns, FIRST_ROW))) <= MAX_LENGTH
