"""What a cell of a file means, as absolute values, in both lanes: kinds, numbers, texts, formulas."""

from pathlib import Path
from typing import Any

import pytest

from support.lanes import read_rows

BLANK, NUMBER, TEXT, BOOL, ERROR = range(5)
# A cell's XML, and what it is: kind, number, text, whether it holds a formula; None: there is no cell.
CELLS: dict[str, tuple[str, tuple[int, float, str, bool] | None]] = {
    "a number": ('<c r="A1"><v>280.5</v></c>', (NUMBER, 280.5, "", False)),
    "a number with its type": ('<c r="A1" t="n"><v>3</v></c>', (NUMBER, 3.0, "", False)),
    "a negative number": ('<c r="A1"><v>-280.5</v></c>', (NUMBER, -280.5, "", False)),
    "no negative nought": ('<c r="A1"><v>-0</v></c>', (NUMBER, 0.0, "", False)),
    "a number in scientific notation": ('<c r="A1"><v>6.204E+17</v></c>', (NUMBER, 6.204e17, "", False)),
    "blanks around a number": ('<c r="A1"><v> 5 </v></c>', (NUMBER, 5.0, "", False)),
    "infinity": ('<c r="A1"><v>1e999</v></c>', (ERROR, 0.0, "#NUM!", False)),
    "minus infinity": ('<c r="A1"><v>-1e999</v></c>', (ERROR, 0.0, "#NUM!", False)),
    "infinity by name": ('<c r="A1"><v>INF</v></c>', (ERROR, 0.0, "#NUM!", False)),
    "not a number": ('<c r="A1"><v>NaN</v></c>', (ERROR, 0.0, "#NUM!", False)),
    "true": ('<c r="A1" t="b"><v>1</v></c>', (BOOL, 1.0, "", False)),
    "false": ('<c r="A1" t="b"><v>0</v></c>', (BOOL, 0.0, "", False)),
    "true by name": ('<c r="A1" t="b"><v>true</v></c>', (BOOL, 1.0, "", False)),
    "false by name": ('<c r="A1" t="b"><v>false</v></c>', (BOOL, 0.0, "", False)),
    "an error": ('<c r="A1" t="e"><v>#N/A</v></c>', (ERROR, 0.0, "#N/A", False)),
    "a day of a strict file": ('<c r="A1" t="d"><v>2020-09-01</v></c>', (NUMBER, 44075.0, "", False)),
    "a moment of a strict file": ('<c r="A1" t="d"><v>2020-09-01T12:00:00</v></c>', (NUMBER, 44075.5, "", False)),
    "no day of a strict file": ('<c r="A1" t="d"><v>2020-13-01</v></c>', (TEXT, 0.0, "2020-13-01", False)),
    "a shared string": ('<c r="A1" t="s"><v>0</v></c>', (TEXT, 0.0, "张三", False)),
    "rich text without its phonetic reading": ('<c r="A1" t="s"><v>1</v></c>', (TEXT, 0.0, "重 阳", False)),
    "blanks that are kept": ('<c r="A1" t="s"><v>2</v></c>', (TEXT, 0.0, " 前后 ", False)),
    "escapes and entities": ('<c r="A1" t="s"><v>3</v></c>', (TEXT, 0.0, "a\rb&", False)),
    "a text beside its cell": ('<c r="A1" t="inlineStr"><is><t>甲</t></is></c>', (TEXT, 0.0, "甲", False)),
    "entities in it": (
        '<c r="A1" t="inlineStr"><is><t>a&lt;b&gt;&amp;&quot;&apos;&#39;&#x7532;</t></is></c>',
        (TEXT, 0.0, "a<b>&\"''甲", False),
    ),
    "its rich text": (
        '<c r="A1" t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c>',
        (TEXT, 0.0, "甲乙", False),
    ),
    "a text that looks like a number": ('<c r="A1" t="str"><v>007</v></c>', (TEXT, 0.0, "007", False)),
    "a formula's text": ('<c r="A1" t="str"><f>B1</f><v>x &lt; y</v></c>', (TEXT, 0.0, "x < y", True)),
    "a formula's number": ('<c r="A1"><f>B1</f><v>5</v></c>', (NUMBER, 5.0, "", True)),
    "a formula's truth": ('<c r="A1" t="b"><f>B1</f><v>1</v></c>', (BOOL, 1.0, "", True)),
    "a formula's error": ('<c r="A1" t="e"><f>B1</f><v>#DIV/0!</v></c>', (ERROR, 0.0, "#DIV/0!", True)),
    "a formula without a value": ('<c r="A1"><f>B1</f></c>', (BLANK, 0.0, "", True)),
    "a formula with an empty value": ('<c r="A1"><f>B1</f><v/></c>', (BLANK, 0.0, "", True)),
    "a formula with an empty value, in two tags": ('<c r="A1"><f>B1</f><v></v></c>', (BLANK, 0.0, "", True)),
    "a formula with an empty text": ('<c r="A1" t="str"><f>B1</f><v/></c>', (TEXT, 0.0, "", True)),
    "a formula with an empty text, in two tags": ('<c r="A1" t="str"><f>B1</f><v></v></c>', (TEXT, 0.0, "", True)),
    "a shared formula": ('<c r="A1" t="str"><f t="shared" si="0"/><v>男</v></c>', (TEXT, 0.0, "男", True)),
    "an empty cell": ('<c r="A1" s="3"/>', None),
    "an empty value": ('<c r="A1"><v/></c>', None),
}  # fmt: skip


@pytest.mark.parametrize("case", CELLS)
def test_what_a_cell_means(case: str, tmp_path: Path) -> None:
    xml, expected = CELLS[case]
    (columns, *_), _ = read_rows(tmp_path, f'<row r="1">{xml}<c r="B1"><v>1</v></c></row>')
    found: Any = columns.get(1, [])
    assert found == ([(1, *expected)] if expected else [])
    assert columns[2] == [(1, NUMBER, 1.0, "", False)]


@pytest.mark.parametrize("case", CELLS)
def test_the_same_among_many_rows(case: str, tmp_path: Path) -> None:
    xml, expected = CELLS[case]
    rows = "".join(
        f'<row r="{row}">{xml.replace("A1", f"A{row}")}<c r="B{row}"><v>1</v></c></row>' for row in range(1, 40)
    )
    (columns, *_), _ = read_rows(tmp_path, rows)
    assert columns.get(1, []) == ([(row, *expected) for row in range(1, 40)] if expected else [])


def test_days_of_a_file_of_1904_count_from_1904(tmp_path: Path) -> None:
    cell = '<row r="1"><c r="A1" t="d"><v>2020-09-01</v></c><c r="B1"><v>42613</v></c></row>'
    (columns, *_), _ = read_rows(tmp_path, cell, date1904=True)
    assert columns[1] == [(1, NUMBER, 42613.0, "", False)]
    assert columns[2] == [(1, NUMBER, 42613.0, "", False)]


def test_an_empty_value_beside_stray_text_is_the_same_in_both_lanes(tmp_path: Path) -> None:
    """Of the fourth row a cell's beginning was lost; the shared function compares the lanes."""
    first = '<c r="A{0}" t="inlineStr"><is><t>甲</t></is></c><c r="B{0}" t="str"><f>A{0}&amp;""</f><v/>'
    whole, torn = '</c><c r="C{0}"><f>A{0}</f></c>', 'c r="C{0}"><f>A{0}</f></c>'
    last = '<c r="D{0}" t="d"><v>2020-09-01</v></c>'
    rows = [f'<row r="{{0}}">{first}{torn if row == 4 else whole}{last}</row>'.format(row) for row in range(1, 8)]
    (columns, *_), _ = read_rows(tmp_path, "".join(rows))
    assert columns[2] == [(row, TEXT, 0.0, "", True) for row in range(1, 8)]
    assert [row for row, *_ in columns[3]] == [1, 2, 3, 5, 6, 7]
    assert columns[4] == [(row, NUMBER, 44075.0, "", False) for row in range(1, 8)]


@pytest.mark.parametrize("many", [1, 40])
def test_of_two_formulas_with_a_value_each_neither_counts(many: int, tmp_path: Path) -> None:
    cell = '<c r="A{0}"><f>B{0}</f><v>1</v><f>C{0}</f><v>2</v></c>'
    rows = "".join(f'<row r="{row}">{cell.format(row)}<c r="B{row}"><v>1</v></c></row>' for row in range(1, many + 1))
    (columns, _, _, faults), _ = read_rows(tmp_path, rows)
    assert columns[1] == [(row, ERROR, 0.0, "#重复", True) for row in range(1, many + 1)]
    assert [fault.row for fault in faults] == [*range(1, many + 1)]
