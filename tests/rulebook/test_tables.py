"""Tables as data: the catalogue of columns, the tables that list them, totals, and what is wrong with a declaration."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from canbao_rulebook.table_specs import CATALOGUE, TableError, load_table, load_tables, read_tables
from canbao_rulebook.tables import TOTAL, CellType, TableColumn, add_total, table_frame
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import list_names, read_text

ROOT = Path(__file__).parents[2]
FIELDS: dict[str, Any] = parse_yaml(read_text(CATALOGUE))["fields"]
FILES = {name: read_text(f"tables/{name}.yaml") for name in list_names("tables", ".yaml")}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PACKAGES = ("rulebook", "generator", "validators", "county", "demo", "addin")
# Columns that another declaration names: those of a roster's spec and of a kind of list.
OTHERS_COLUMNS = {
    "canbao_county/submission.py",
    "canbao_county/lists/sheets.py",
    "canbao_generator/paper_copy.py",
    "canbao_rulebook/table_specs.py",
}
NET_NOTHING = {  # opposite differences would net each other; a rate and what is carried over are no sums
    "five": {"brought", "allowed", "gap"},
    "treasury": {"treasury_gap", "bank_gap"},
    "commission": {"rate"},
}
SMALL = "footers: {long: 签字}\nfields: {name: {header: 姓名, width: 11}, fen: {header: 金额, kind: money}}\n"


def listed() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every column that a table lists: the table, the field it takes, what it says itself."""
    for text in FILES.values():
        for table, given in parse_yaml(text).items():
            for entry in given["columns"]:
                ((name, own),) = entry.items() if isinstance(entry, dict) else ((entry, {}),)
                own = own if isinstance(own, dict) else {"width": own}
                yield table, own.get("field", name), own


def test_the_catalogue_holds_what_recurs_and_nothing_else() -> None:
    used: dict[str, set[str]] = {}
    for table, field, _ in listed():
        used.setdefault(field, set()).add(table)
    assert FIELDS.keys() - used.keys() == set()
    headers = [(table, own["header"]) for table, field, own in listed() if field not in FIELDS and "each" not in own]
    catalogued = {entry["header"] for entry in FIELDS.values()}
    assert [one for one in headers if one[1] in catalogued] == []


def test_a_table_says_nothing_that_the_catalogue_says_already() -> None:
    said = [
        (table, field, key)
        for table, field, own in listed()
        for key, value in own.items()
        if field in FIELDS and FIELDS[field].get(key, {"kind": "text", "width": 12}.get(key)) == value
    ]
    assert said == []


def test_columns_are_declared_in_data_only() -> None:
    """A header that Python repeats is one that somebody forgets to change."""
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT / package).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                called = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
                if called in {"TableColumn", "ChartSpec"} and name not in OTHERS_COLUMNS:
                    found.append(f"{name}:{node.lineno}")
                if called in {"TableColumn", "ChartSpec", "TableSheet"} and CHINESE.search(ast.unparse(node)):
                    found.append(f"{name}:{node.lineno}")
    assert found == []


def test_every_table_has_headers_of_its_own_and_a_name() -> None:
    for name, spec in load_tables().items():
        headers = [column.header for field, column in spec.columns.items() if field not in spec.each]
        twice = {header for header in headers if headers.count(header) > 1}
        assert twice <= ({"日期"} if name in {"written_off", "unsettled", "paid_and_died"} else set()), name
        assert spec.sheet.name, name


def test_a_total_adds_what_adds_and_nothing_else() -> None:
    columns = {
        "name": TableColumn("姓名"),
        "persons": TableColumn("人数", CellType.COUNT),
        "fen": TableColumn("金额", CellType.MONEY),
        "gap": TableColumn("差额", CellType.MONEY, adds=False),
        "due": TableColumn("应缴", CellType.OWED),
        "day": TableColumn("日期", CellType.DATE),
    }
    frame = pl.DataFrame(
        {"name": ["甲", "乙"], "persons": [1, 2], "fen": [28_000, 3], "gap": [5, -5], "due": [7, None], "day": [1, 2]}
    )
    assert add_total(frame, list(columns.values())).row(-1) == (TOTAL, 3, 28_003, None, 7, None)


def test_what_a_total_leaves_out() -> None:
    left_out = {
        name: {field for field, column in spec.columns.items() if not column.adds}
        for name, spec in load_tables().items()
    }
    assert {name: fields for name, fields in left_out.items() if fields} == NET_NOTHING


def test_the_order_of_columns_is_the_declarations() -> None:
    spec = read_tables(SMALL, {"a.yaml": "t: {sheet: 表, columns: [name, fen]}"})["t"]
    turned = read_tables(SMALL, {"a.yaml": "t: {sheet: 表, columns: [fen, name]}"})["t"]
    rows = [{"name": "甲", "fen": 100, "other": 1}, {"fen": None, "name": "乙"}]
    assert spec.make(rows).frame.rows() == [("甲", 100), ("乙", None)]
    assert turned.make(rows).frame.rows() == [(100, "甲"), (None, "乙")]
    assert turned.make(spec.make(rows).frame).frame.rows() == turned.make(rows).frame.rows()


def test_money_in_a_table_is_whole_fen() -> None:
    columns = {"fen": TableColumn("金额", CellType.MONEY)}
    with pytest.raises(TypeError):
        table_frame([{"fen": 2.8}], columns)
    with pytest.raises(KeyError):
        table_frame([{"yuan": 2}], columns)


def test_numbers_and_blanks_are_filled_in() -> None:
    columns = "number: {header: 序号, kind: count, fill: number}, name, sign: {header: 签字, fill: hand}"
    spec = read_tables(SMALL, {"a.yaml": f"t: {{sheet: 表, columns: [{columns}]}}"})["t"]
    assert spec.make([{"name": "甲"}, {"name": "乙"}]).frame.rows() == [(1, "甲", ""), (2, "乙", "")]
    assert spec.make(pl.DataFrame({"name": ["甲"], "number": [7], "sign": ["x"]})).frame.rows() == [(7, "甲", "")]
    assert spec.make([]).frame.rows() == []


def test_columns_that_repeat_and_texts_with_words() -> None:
    text = """
t:
  sheet: "{unit}"
  title: "{unit}合计"
  notes: ["截至{day}"]
  total: added
  footer: long
  chart: {title: 图, label: name, values: ["n {}"]}
  columns:
    - name
    - "n {}": {header: "{}(人)", kind: count, each: state}
    - "f {}": {header: "{}(元)", kind: money, each: state}
    - fen
"""
    spec = read_tables(SMALL, {"a.yaml": text})["t"].without("fen").repeat(state={"a": "已缴", "b": "未缴"})
    sheet = spec.make([{"name": "甲", "n a": 1, "f a": 2, "n b": 3, "f b": 4}], ["还有"], unit="甲镇", day=1)
    assert [column.header for column in sheet.columns] == ["姓名", "已缴(人)", "已缴(元)", "未缴(人)", "未缴(元)"]
    assert sheet.frame.rows()[-1] == (TOTAL, 1, 2, 3, 4)
    assert (sheet.name, sheet.title, sheet.notes, sheet.footer) == ("甲镇", "甲镇合计", ("截至1", "还有"), "签字")
    assert sheet.chart is not None
    assert (sheet.chart.label, sheet.chart.values) == ("姓名", ("已缴(人)", "未缴(人)"))
    with pytest.raises(KeyError):
        spec.without("fen")


WRONG = {
    "t: {columns: [name: {kind: texxt}]}": "a.yaml：t.name：kind 写的是“texxt”，只能是 text、count",
    "t: {columns: [nmae]}": "a.yaml：t.nmae：columns.yaml 里没有“nmae”，是不是“name”？",
    "t: {columns: [key: {field: cert}]}": "a.yaml：t.key：columns.yaml 里没有“cert”",
    "t: {columns: [name, name]}": "a.yaml：t：列“name”写了两次",
    "t: {columns: [{name: 8, fen: 9}]}": "a.yaml：t：“name”和“fen”写在一项里，每列写一项",
    "t: {columns: [name: wide]}": "a.yaml：t.name：width 写的是“wide”，应当是数字",
    "t: {columns: [name: {hint: 空}]}": "a.yaml：t.name：不认识“hint”，只能写",
    "t: {columns: [name: {fill: all}]}": "a.yaml：t.name：fill 写的是“all”",
    "t: {colums: [name]}": "a.yaml：t：不认识“colums”，只能写",
    "t: {columns: [name], total: both}": "a.yaml：t：total 写的是“both”，只能是 added、given",
    "t: {columns: [name], footer: short}": "a.yaml：t：footer 写的是“short”，只能是 long",
    "t: {columns: [name], chart: {label: nmae, values: [name]}}": "a.yaml：t.chart：label、values、goal、judged 写的是",
    "t: {columns: [name]}\nt: {columns: [fen]}": "a.yaml：键重复：t",
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.items(), ids=WRONG)
def test_what_is_wrong_is_said_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(TableError, match=re.escape(sentence)):
        read_tables(SMALL, {"a.yaml": text})


def test_what_is_wrong_in_the_catalogue_is_said_too() -> None:
    with pytest.raises(TableError, match=r"columns\.yaml：name：kind 写的是“texxt”"):
        read_tables("footers: {}\nfields: {name: {header: 姓名, kind: texxt}}", {})
    with pytest.raises(TableError, match=r"columns\.yaml：键重复：name"):
        read_tables("footers: {}\nfields: {name: {header: 姓名}, name: {header: 名}}", {})
    with pytest.raises(TableError, match=r"b\.yaml：表“t”已经在别的文件里"):
        read_tables(SMALL, {"a.yaml": "t: {columns: [name]}", "b.yaml": "t: {columns: [name]}"})


def test_a_list_of_columns_may_not_be_forgotten() -> None:
    with pytest.raises(AssertionError, match="a list of columns is missing"):
        load_table("chase_summary").make([])
