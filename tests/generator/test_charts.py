"""A chart that shows something: the axis, the line at the goal, the colours of bars; and paper that can be read."""

from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.chart import BarChart
from openpyxl.worksheet.worksheet import Worksheet

from canbao_generator.tables import write_tables
from canbao_rulebook.table_specs import load_tables
from canbao_rulebook.tables import CellType, ChartSpec, TableColumn, TableSheet
from support.manners import lint_manners
from support.ooxml import lint

COLUMNS = [
    TableColumn("乡镇"),
    TableColumn("参保率", CellType.RATE),
    TableColumn("目标", CellType.RATE),
    TableColumn("是否达到", CellType.JUDGED),
]
GREEN, RED = "1D7A46", "B42318"


def written(path: Path, rates: list[float], verdicts: list[str]) -> Worksheet:
    names = [f"{place}镇" for place in range(len(rates))]
    frame = pl.DataFrame({"a": names, "b": rates, "c": [0.97] * len(rates), "d": verdicts})
    chart = ChartSpec("参保率", "乡镇", ("参保率",), goal="目标", judged="是否达到")
    write_tables(path, [TableSheet("参保率", "参保率", COLUMNS, frame, chart=chart)], command="merge")
    assert lint(path) == lint_manners(path) == []
    return openpyxl.load_workbook(path)["参保率"]


@pytest.mark.parametrize(("lowest", "begin"), [(0.9312, 0.9), (0.95, 0.9), (0.9501, 0.95), (0.02, 0), (0.0, 0)])
def test_the_axis_begins_below_the_lowest_rate(tmp_path: Path, lowest: float, begin: float) -> None:
    sheet = written(tmp_path / "a.xlsx", [0.99, lowest], ["✓ 99.00%", "✗"])
    (chart,) = sheet._charts
    assert chart.y_axis.scaling.min == pytest.approx(begin)
    assert chart.y_axis.scaling.max == 1


def test_bars_are_coloured_by_their_verdict_beside_a_line_at_the_goal(tmp_path: Path) -> None:
    sheet = written(tmp_path / "a.xlsx", [0.99, 0.97, 0.91], ["✓ 99.00%", "✗ 97.00%", "—"])
    (chart,) = sheet._charts
    bars = next(one for one in chart._charts if isinstance(one, BarChart))
    points = {point.idx: point.graphicalProperties.solidFill.srgbClr for point in bars.series[0].dPt}
    assert points == {0: GREEN, 1: RED}
    (line,) = [one for one in chart._charts if not isinstance(one, BarChart)]
    assert line.series[0].val.numRef.f == "'参保率'!$C$3:$C$5"
    assert {rule.formula[0] for area in sheet.conditional_formatting for rule in area.rules} == {
        'LEFT(D3,1)="✓"',
        'LEFT(D3,1)="✗"',
    }


@pytest.mark.parametrize("name", sorted(name for name, spec in load_tables().items() if not spec.each))
def test_every_table_prints_in_readable_letters(tmp_path: Path, name: str) -> None:
    """So many pages side by side that 10 points come to 7 or more: a character is 2.12 mm wide in Excel."""
    spec = load_tables()[name]
    columns = [column._replace(kind=CellType.TEXT) for column in spec.columns.values()]
    table = TableSheet("表", "表", columns, pl.DataFrame([[""]] * len(columns)), portrait=spec.sheet.portrait)
    write_tables(tmp_path / "a.xlsx", [table], command="merge")
    setup = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"].page_setup
    printable = {("9", "landscape"): 277, ("8", "landscape"): 400, ("9", "portrait"): 190, ("8", "portrait"): 277}
    room = printable[str(setup.paperSize), setup.orientation] * int(setup.fitToWidth)
    assert room / (2.12 * sum(column.width for column in columns)) * 10 >= 7
