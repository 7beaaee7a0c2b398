"""A column chart of a table: differences to be seen, a line at the goal, met and not met in two colours."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Any

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.marker import DataPoint

from canbao_generator.styles import AMBER, BLUE, GREEN, RED
from canbao_rulebook.tables import MISSED, REACHED, CellType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from canbao_rulebook.tables import ChartSpec, TableSheet

MAX_BARS = 60
_COLOURS = (BLUE[2:], AMBER[2:], GREEN[2:], RED[2:])
_VERDICTS = {REACHED: GREEN[2:], MISSED: RED[2:]}
_STEPS = 20  # of the axis between nothing and all: 5 % each
_BELOW, _BESIDE = 26, 20  # centimetres: as wide as A4 across, or as what a narrow table leaves of it
_LINE_WIDTH = 28_575  # EMU: 2.25 points


def make_chart(page: Worksheet, sheet: TableSheet, chart: ChartSpec, last_row: int) -> BarChart:
    """Return the chart of the rows of a sheet up to ``last_row``, of which there are at least one."""
    first = sheet.header_row
    last = min(last_row, first + MAX_BARS)
    headers = [column.header for column in sheet.columns]
    kinds = {column.header: column.kind for column in sheet.columns}
    names = sheet.frame.columns
    values = {header: _values(sheet, names[headers.index(header)], last - first) for header in chart.values}
    bars = BarChart()
    bars.type, bars.style, bars.title = "col", 10, chart.title
    bars.width, bars.height, bars.gapWidth = _BESIDE if chart.beside else _BELOW, 12, 60
    for header in chart.values:
        column = headers.index(header) + 1
        bars.add_data(Reference(page, min_col=column, min_row=first, max_row=last), titles_from_data=True)
    label = headers.index(chart.label) + 1
    bars.set_categories(Reference(page, min_col=label, min_row=first + 1, max_row=last))
    for series, colour in zip(bars.series, _COLOURS, strict=False):
        series.graphicalProperties.solidFill = colour
    bars.x_axis.delete = bars.y_axis.delete = False
    if all(kinds[header] is CellType.RATE for header in chart.values):
        _fit_axis(bars, [value for column in values.values() for value in column])
    goal = chart.goal and _values(sheet, names[headers.index(chart.goal)], last - first)
    if goal and None not in goal:
        bars += _line(page, headers.index(chart.goal) + 1, first, last)
    if chart.judged:
        _judge(bars, _values(sheet, names[headers.index(chart.judged)], last - first))
    if len(chart.values) == 1 and not goal:
        bars.legend = None
    else:
        bars.legend.position = "b"
    return bars


def _values(sheet: TableSheet, name: str, count: int) -> list[Any]:
    return sheet.frame[name].head(count).to_list()


def _fit_axis(bars: BarChart, rates: Sequence[float | None]) -> None:
    """Let the axis begin below the lowest rate, at a whole step, so that differences are seen."""
    known = [rate for rate in rates if rate is not None]
    lowest = max(0, floor(min(known) * _STEPS - 1e-9)) / _STEPS if known else 0
    bars.y_axis.scaling.min = lowest
    bars.y_axis.number_format = "0%"
    if known and max(known) <= 1:
        bars.y_axis.scaling.max = 1


def _judge(bars: BarChart, verdicts: Sequence[str | None]) -> None:
    """Colour each bar by its verdict."""
    for place, verdict in enumerate(verdicts):
        colour = _VERDICTS.get((verdict or "")[:1])
        if colour:
            point = DataPoint(idx=place)
            point.graphicalProperties.solidFill = colour
            bars.series[0].dPt.append(point)


def _line(page: Worksheet, column: int, first: int, last: int) -> LineChart:
    line = LineChart()
    line.add_data(Reference(page, min_col=column, min_row=first, max_row=last), titles_from_data=True)
    (series,) = line.series
    series.graphicalProperties.line.solidFill, series.graphicalProperties.line.width = AMBER[2:], _LINE_WIDTH
    series.marker.symbol, series.smooth = "none", False
    return line
