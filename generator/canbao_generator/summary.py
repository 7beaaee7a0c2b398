"""汇总: one row per village, computed from the roster sheets; the total stands above the villages, at a fixed place.

Its sums go through whole columns after each entry anywhere, so they are made only while a cell of the sheet says so.
"""

from __future__ import annotations

import re
from math import ceil
from typing import TYPE_CHECKING

from openpyxl.worksheet.datavalidation import DataValidation

from canbao_generator import looks
from canbao_generator.layout import USED_FIELD
from canbao_generator.measures import list_measures, rate_of
from canbao_generator.paper import A3, fit_page
from canbao_generator.protection import protect_sheet
from canbao_generator.summary_values import SummaryValues
from canbao_generator.xml import escape, escape_formula, format_number, formula_cell, row_xml, value_cell
from canbao_rulebook.meta import COUNTING_NAME, SUMMARY_SHEET
from canbao_rulebook.roster import FIRST_ROW, column_letter
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl
    from openpyxl.worksheet.worksheet import Worksheet

    from canbao_generator.layout import RosterLayout
    from canbao_generator.measures import Measure, Part
    from canbao_generator.protection import Lock
    from canbao_generator.styles import Look, StyleBook
    from canbao_generator.summary_values import Figures
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit

SHEET = SUMMARY_SHEET
_SWITCH_ROW, _HEADER_ROW, TOTAL_ROW, _VILLAGE_ROW = 3, 4, 5, 6
_PLACE_WIDTH, _COUNT_WIDTH, _MONEY_WIDTH = 20, 7, 12
_HEADER_LINE = 15  # points
_KEY = "$A{row}"
_BELOW = 8  # rows from the last line of the table to the signatures
_OTHERS = "未填或不在名单"
_VILLAGE = "村(社区)"
_PLACES = {
    "township": "乡镇(街道)",
    "class_name": "班级",
}  # headers of the first column by the field that says where a row belongs


class Summary:
    """The measures that a policy year's rosters allow, and their formulas."""

    def __init__(self, book: Rulebook, layouts: Sequence[RosterLayout]) -> None:
        self._layouts = {layout.roster.code: layout for layout in layouts}
        self.measures = list_measures(book, self._layouts)
        self.letters = {measure.key: column_letter(index) for index, measure in enumerate(self.measures, start=2)}
        self._styles: dict[str, int] = {}
        self._switch: dict[str, str] = load_lists()["counting"]
        meta = book.policy.meta
        self._title = f"{meta.county}{meta.policy_year}年度城乡居民基本医疗保险汇总表"
        self._place = _PLACES.get(next((roster.place_field for roster in book.rosters.values()), ""), _VILLAGE)

    def fill_shell(self, sheet: Worksheet, styles: StyleBook, lock: Lock) -> None:
        """Set up the empty sheet of the master and register the looks of its rows."""
        widths = [_PLACE_WIDTH, *map(_width, self.measures)]
        for place, width in enumerate(widths, start=1):
            sheet.column_dimensions[column_letter(place)].width = width
        for name, look in _looks().items():
            self._styles[name] = styles.number(look)
        self._add_switch(sheet)
        sheet.freeze_panes = f"B{_VILLAGE_ROW}"
        fit_page(sheet, A3, sum(widths))
        sheet.print_title_rows, sheet.print_title_cols = f"1:{_HEADER_ROW}", "A:A"
        protect_sheet(sheet, lock)

    def _add_switch(self, sheet: Worksheet) -> None:
        """Let people choose in the cell of the switch, and say there what it is for."""
        words = self._switch
        validation = DataValidation(type="list", formula1=f'"{words["active"]},{words["idle"]}"', allow_blank=True)
        validation.promptTitle, validation.prompt = words["label"], words["hint"]
        validation.showInputMessage = validation.showErrorMessage = True
        validation.add(f"B{_SWITCH_ROW}")
        sheet.add_data_validation(validation)

    def names(self) -> dict[str, str]:
        """Return the defined name of the switch."""
        return {COUNTING_NAME: f"{SHEET}!$B${_SWITCH_ROW}"}

    def counted(self, formula: str) -> str:
        """Return a formula that stays empty while 汇总 does not count."""
        return f'IF({COUNTING_NAME}="{self._switch["active"]}",{formula},"")'

    def total_reference(self, key: str) -> str | None:
        """Return the reference to a total, for the cover; None when no roster gives it."""
        letter = self.letters.get(key)
        return f"{SHEET}!${letter}${TOTAL_ROW}" if letter else None

    @property
    def idle_note(self) -> str:
        """A formula, without ``=``, that says beside the totals that nothing was counted, while that is so."""
        return f'IF({COUNTING_NAME}="{self._switch["active"]}","","{self._switch["cover"]}")'

    def put_totals(self, part: bytes, values: SummaryValues | None) -> bytes:
        """Return a sheet of the master with the values of its references to the totals, which may be empty."""
        note = escape_formula(self.idle_note).encode()
        said = b"" if values else escape(self._switch["cover"]).encode()
        part = re.sub(
            rb"<c ([^>]*)><f>%b</f><v ?(?:/>|></v>)" % re.escape(note),
            lambda found: b'<c %b t="str"><f>%b</f><v>%b</v>' % (found[1], note, said),
            part,
        )
        if values is None:
            return part
        for key, letter in self.letters.items():
            if key in values.total:
                formula = f"<f>{SHEET}!${letter}${TOTAL_ROW}</f>"
                number = format_number(values.total[key])
                part = re.sub(
                    rb"%b<v ?(?:/>|></v>)" % re.escape(formula).encode(), f"{formula}<v>{number}</v>".encode(), part
                )
        return part

    def values(self, frames: Mapping[str, pl.DataFrame]) -> SummaryValues:
        """Return the figures that the sheet will compute of a unit's rows, by roster code."""
        return SummaryValues(self.measures, self._layouts, frames)

    def rows(
        self, unit: Unit, last_rows: Mapping[str, int], signatures: Sequence[str], values: SummaryValues | None
    ) -> str:
        """Return the XML of the rows for one unit, with the values that its formulas have; None: it does not count."""
        style = self._styles
        words = self._switch
        places = [(village, values.of_place(village) if values else None) for village in unit.villages]
        headers = [self._place, *(measure.header for measure in self.measures)]
        rows = [
            row_xml(1, [value_cell("A1", style["title"], self._title)], 28),
            row_xml(
                2,
                [value_cell("A2", style["note"], f"填报单位：{unit.title}　　金额单位：元　　自动计算，不用填写")],
                18,
            ),
            row_xml(
                _SWITCH_ROW,
                [
                    value_cell(f"A{_SWITCH_ROW}", style["name"], words["label"]),
                    value_cell(f"B{_SWITCH_ROW}", style["switch"], words["active" if values else "idle"]),
                    value_cell(f"C{_SWITCH_ROW}", style["note"], words["hint"]),
                ],
                20,
            ),
            row_xml(
                _HEADER_ROW,
                (
                    value_cell(f"{column_letter(i)}{_HEADER_ROW}", style["header"], text)
                    for i, text in enumerate(headers, 1)
                ),
                max(_header_lines(measure) for measure in self.measures) * _HEADER_LINE,
            ),
            self._row(TOTAL_ROW, "合计", last_rows, values.total if values else None, total=True),
        ]
        rows += [
            self._row(row, village, last_rows, figures)
            for row, (village, figures) in enumerate(places, start=_VILLAGE_ROW)
        ]
        end = _VILLAGE_ROW + len(unit.villages)
        bottom = end + _BELOW
        rows.append(self._others(end, values.others([figures for _, figures in places if figures]) if values else None))
        rows += self._progress(end + 2, unit, values.total if values else None)
        line = "　　".join(f"{name}：＿＿＿＿＿＿" for name in signatures)
        rows.append(
            row_xml(
                bottom,
                [value_cell(f"A{bottom}", style["plain"], f"{line}　　日期：＿＿＿＿年＿＿月＿＿日　　（盖章）")],
                30,
            )
        )
        return "".join(rows)

    def area(self, unit: Unit) -> str:
        """Return the range that the rows of a unit fill."""
        return f"A1:{column_letter(len(self.measures) + 1)}{_VILLAGE_ROW + len(unit.villages) + _BELOW}"

    def _row(
        self, row: int, name: str, last_rows: Mapping[str, int], figures: Figures | None, *, total: bool = False
    ) -> str:
        suffix = " total" if total else ""
        cells = [value_cell(f"A{row}", self._styles["name" + suffix], name)]
        for measure in self.measures:
            formula = self.counted(self._formula(measure, row, last_rows, total=total))
            place, style = f"{self.letters[measure.key]}{row}", self._styles[measure.look + suffix]
            cells.append(formula_cell(place, style, formula, _figure(figures, measure.key)))
        return row_xml(row, cells, 22)

    def _formula(self, measure: Measure, row: int, last_rows: Mapping[str, int], *, total: bool) -> str:
        if measure.derived:
            return measure.derived.excel.format(**{key: f"{letter}{row}" for key, letter in self.letters.items()})
        parts = [part for part in measure.parts if total or self._places(part.roster)]
        return "+".join(self._term(part, row, last_rows[part.roster], total=total) for part in parts) or "0"

    def _places(self, code: str) -> bool:
        """Whether the rows of a roster say which of the unit's places they belong to."""
        layout = self._layouts[code]
        return layout.roster.place_field in layout.letters

    def _term(self, part: Part, row: int, last: int, *, total: bool) -> str:
        layout = self._layouts[part.roster]

        def cells(field: str) -> str:
            letter = layout.letters[field]
            return f"'{layout.roster.sheet}'!${letter}${FIRST_ROW}:${letter}${last}"

        wanted = [(field, value.excel) for field, value in part.criteria]
        wanted = wanted or [(USED_FIELD, "TRUE")]  # a row taken out has no computed value
        place = [] if total else [(layout.roster.place_field, _KEY.format(row=row))]
        criteria = ",".join(f"{cells(field)},{excel}" for field, excel in (*place, *wanted))
        return f"COUNTIFS({criteria})" if part.field is None else f"SUMIFS({cells(part.field)},{criteria})"

    def _others(self, row: int, figures: Figures | None) -> str:
        """Whoever is in no listed village: the total less the villages."""
        cells = [value_cell(f"A{row}", self._styles["name"], _OTHERS)]
        for measure in self.measures:
            letter = self.letters[measure.key]
            if measure.derived:
                formula = self._formula(measure, row, {}, total=False)
            else:
                villages = f"-SUM({letter}{_VILLAGE_ROW}:{letter}{row - 1})" if row > _VILLAGE_ROW else ""
                formula = f"{letter}{TOTAL_ROW}{villages}"
            value = _figure(figures, measure.key)
            cells.append(formula_cell(f"{letter}{row}", self._styles[measure.look], self.counted(formula), value))
        return row_xml(row, cells, 22)

    def _progress(self, row: int, unit: Unit, total: Figures | None) -> list[str]:
        """The headcount goal, when the unit has one."""
        style, done = self._styles, self.letters.get("enrolled")
        rows = [row_xml(row, [value_cell(f"A{row}", style["heading"], "目标任务")], 22)]
        target = float(unit.target) if unit.target else None
        lines = [("目标任务数（人）", "count", value_cell(f"B{row + 1}", style["count"], target or "未下达"))]
        if target and done:
            goal, have = f"B{row + 1}", f"{done}{TOTAL_ROW}"
            rate, missing = self.counted(f"ROUNDDOWN({have}/{goal},4)"), self.counted(f"MAX(0,{goal}-{have})")
            count = None if total is None else total["enrolled"]
            shares = ("", "") if count is None else (rate_of(count, target), max(0, target - count))
            lines += [
                (
                    "已参保（人）",
                    "count",
                    formula_cell(f"B{row + 2}", style["count"], have, _figure(total, "enrolled")),
                ),
                ("完成率", "rate", formula_cell(f"B{row + 3}", style["rate"], rate, shares[0])),
                ("还差（人）", "count", formula_cell(f"B{row + 4}", style["count"], missing, shares[1])),
            ]
        for number, (label, _, cell) in enumerate(lines, start=row + 1):
            rows.append(row_xml(number, [value_cell(f"A{number}", style["name"], label), cell], 20))
        return rows


def _width(measure: Measure) -> int:
    return _MONEY_WIDTH if measure.look == "money" else _COUNT_WIDTH


def _header_lines(measure: Measure) -> int:
    """Return how many lines a header takes, of characters two columns wide; one more, as no line ends inside a word."""
    return ceil(len(measure.header) / ((_width(measure) - 1) / 2)) + 1


def _figure(figures: Figures | None, key: str) -> float | str | None:
    """Return the value of a cell: an empty text while nothing is counted, None where it is not known."""
    return "" if figures is None else figures.get(key)


def _looks() -> dict[str, Look]:
    cell, total = looks.CELL, looks.TOTAL
    return {
        "title": looks.TITLE,
        "note": looks.SUBTITLE,
        "plain": looks.PLAIN,
        "heading": looks.HEADING,
        "header": looks.HEADER,
        "name": cell,
        "switch": looks.INPUT,
        "count": looks.counted(cell),
        "money": looks.paid(cell),
        "rate": looks.rated(cell),
        "name total": total,
        "count total": looks.counted(total),
        "money total": looks.paid(total),
        "rate total": looks.rated(total),
    }
