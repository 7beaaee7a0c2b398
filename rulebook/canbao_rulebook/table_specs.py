"""Tables as they are declared: which fields, in which order, how they are laid out (tables/*.yaml over columns.yaml).

columns.yaml is the catalogue of recurring columns by field: header, kind, width. A table lists its columns by the names
that they have in its frame::

    - village                                          a field of the catalogue
    - township: 14                                     the same with a width of its own
    - key: {field: cert_no, width: 24}                 a frame that calls a field otherwise
    - claimed: {header: 登记金额, kind: money}           a column that no other table has
    - "{}(人)": {each: state, header: "{}(人)"}         one column for each of a list that is known later
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml

from canbao_rulebook.formula.errors import nearest
from canbao_rulebook.kept import RULES, keep
from canbao_rulebook.tables import CellType, ChartSpec, Fill, TableColumn, TableSheet, add_total, table_frame
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import list_names, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from canbao_rulebook.tables import Source

CATALOGUE, FOLDER, _SUFFIX = "columns.yaml", "tables", ".yaml"
_LAYOUT = ("freeze", "locked", "portrait", "paper", "one_page", "row_height")
_JUDGING = ("goal", "judged")
_PAPERS = ("A4", "A3")
_TABLE_KEYS = {"sheet", "title", "notes", "columns", "total", "footer", "chart", *_LAYOUT}
_COLUMN_KEYS = {"header", "kind", "width", "adds", "fill"}
_TOTALS = ("added", "given")  # a total row that make() adds, or that the rows bring with them


class TableError(ValueError):
    """A declaration that cannot be used; the sentence names the file, the table, the column and the reason."""


@dataclass(frozen=True)
class TableSpec:
    """A declared table. ``columns`` by their names in the frame; ``each``: columns that repeat, and for which list."""

    sheet: TableSheet
    columns: Mapping[str, TableColumn]
    each: Mapping[str, str]
    adds_total: bool = False

    def without(self, *names: str) -> TableSpec:
        """Return the table without some of its columns. Raises KeyError for one that it does not have."""
        left = {name: column for name, column in self.columns.items() if name not in names}
        if len(left) + len(set(names)) != len(self.columns):
            raise KeyError(*names)
        return replace(self, columns=left)

    def without_goal(self, *names: str) -> TableSpec:
        """Return the table without some of its columns, and its chart without the goal that stands in one."""
        chart = self.sheet.chart
        sheet = self.sheet if chart is None else replace(self.sheet, chart=replace(chart, goal="", judged=""))
        return replace(self.without(*names), sheet=sheet)

    def repeat(self, **lists: Mapping[str, str] | Mapping[str, TableColumn] | Iterable[str]) -> TableSpec:
        """Return the table with the columns of each list in place: their names by its keys, their headers by its words.

        Columns of one list that follow one another are repeated together. A list may bring its own columns instead.
        """
        words = {name: one if isinstance(one, dict) else {key: key for key in one} for name, one in lists.items()}
        columns: dict[str, TableColumn] = {}
        for each, run in groupby(self.columns, self.each.get):
            own = {name: self.columns[name] for name in run}
            if each not in words:
                columns |= own
                continue
            for key, word in words[each].items():
                columns |= {name.format(key): _repeated(column, word) for name, column in own.items()}
        left = {name: each for name, each in self.each.items() if each not in words}
        return replace(self, sheet=self._chart_of(words), columns=columns, each=left)

    def _chart_of(self, words: Mapping[str, Mapping[str, object]]) -> TableSheet:
        """Return the sheet with the repeated columns of its chart in place."""
        if self.sheet.chart is None:
            return self.sheet
        names = [
            name.format(key)
            for name in self.sheet.chart.values
            for key in words.get(self.each.get(name, ""), {name: name})
        ]
        return replace(self.sheet, chart=replace(self.sheet.chart, values=tuple(names)))

    def make(
        self,
        rows: pl.DataFrame | Sequence[Mapping[str, object]],
        notes: Iterable[str] = (),
        *,
        sources: Sequence[Source] = (),
        footer: str | None = None,
        signature: str = "",
        **words: object,
    ) -> TableSheet:
        """Return the table with its rows, by the names of its columns; ``words`` fill its name, title and own notes."""
        assert not self.each.keys() & self.columns.keys(), "a list of columns is missing"
        columns = list(self.columns.values())
        frame = self._fill(rows)
        own = (note.format(**words) for note in self.sheet.notes)
        return replace(
            self.sheet,
            name=self.sheet.name.format(**words),
            title=self.sheet.title.format(**words),
            columns=columns,
            frame=add_total(frame, columns) if self.adds_total else frame,
            sources=sources,
            notes=(*own, *notes),
            chart=self._chart(),
            footer=self.sheet.footer if footer is None else footer,
            signature=signature,
        )

    def _fill(self, rows: pl.DataFrame | Sequence[Mapping[str, object]]) -> pl.DataFrame:
        """Return the columns in order: blank where somebody writes by hand, numbered where rows bring no numbers."""
        if not isinstance(rows, pl.DataFrame):
            given = {name: one for name, one in self.columns.items() if not one.fill or (rows and name in rows[0])}
            rows = table_frame(rows, given)
        number = pl.int_range(1, rows.height + 1, dtype=pl.Int64)
        fills = {name: one.fill for name, one in self.columns.items()}
        blank = {name: pl.lit("") for name, fill in fills.items() if fill is Fill.HAND}
        numbers = {name: number for name, fill in fills.items() if fill is Fill.NUMBER and name not in rows.columns}
        return rows.with_columns(**blank, **numbers).select(*self.columns)

    def _chart(self) -> ChartSpec | None:
        chart = self.sheet.chart
        if chart is None:
            return None
        headers = tuple(self.columns[name].header for name in chart.values)
        goal, judged = (self.columns[name].header if name else "" for name in (chart.goal, chart.judged))
        return replace(chart, label=self.columns[chart.label].header, values=headers, goal=goal, judged=judged)


def _repeated(column: TableColumn, word: str | TableColumn) -> TableColumn:
    return word if isinstance(word, TableColumn) else column._replace(header=column.header.format(word))


def load_table(name: str) -> TableSpec:
    """Return a table by its name. Raises KeyError for one that is not declared."""
    return load_tables()[name]


@cache
def load_tables() -> Mapping[str, TableSpec]:
    """Return all declared tables. Raises TableError."""
    return keep(RULES, ("tables",), _read_all)


def _read_all() -> dict[str, TableSpec]:
    names = [f"{FOLDER}/{name}{_SUFFIX}" for name in list_names(FOLDER, _SUFFIX)]
    return read_tables(read_text(CATALOGUE), {name: read_text(name) for name in names})


def read_tables(catalogue: str, files: Mapping[str, str]) -> dict[str, TableSpec]:
    """Return the tables of some files, by the catalogue of columns. Raises TableError."""
    known = _parse(CATALOGUE, catalogue)
    _only(CATALOGUE, known, {"fields", "footers"})
    for field, given in known["fields"].items():
        _column(f"{CATALOGUE}：{field}", given, {})
    tables: dict[str, TableSpec] = {}
    for file, text in files.items():
        for name, given in _parse(file, text).items():
            if name in tables:
                raise TableError(f"{file}：表“{name}”已经在别的文件里。")
            tables[name] = _table(f"{file}：{name}", given, known)
    return tables


def _parse(file: str, text: str) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = parse_yaml(text)
    except yaml.YAMLError as problem:
        raise TableError(f"{file}：{problem}") from problem
    return parsed


def _only(where: str, given: Mapping[str, Any], known: Iterable[str]) -> None:
    for key in given.keys() - set(known):
        raise TableError(f"{where}：不认识“{key}”，只能写 {'、'.join(sorted(known))}。")


def _choice(where: str, key: str, given: str, known: Iterable[str]) -> None:
    if given not in set(known):
        raise TableError(f"{where}：{key} 写的是“{given}”，只能是 {'、'.join(known)}。")


def _table(where: str, given: Mapping[str, Any], known: Mapping[str, Any]) -> TableSpec:
    _only(where, given, _TABLE_KEYS)
    columns: dict[str, TableColumn] = {}
    each: dict[str, str] = {}
    for entry in given.get("columns", ()):
        (name, own), *more = entry.items() if isinstance(entry, dict) else ((entry, {}),)
        if more:
            raise TableError(f"{where}：“{name}”和“{more[0][0]}”写在一项里，每列写一项。")
        if name in columns:
            raise TableError(f"{where}：列“{name}”写了两次。")
        own = dict(own) if isinstance(own, dict) else {"width": own}
        if "each" in own:
            each[name] = own.pop("each")
        columns[name] = _column(f"{where}.{name}", own, _field(f"{where}.{name}", name, own, known["fields"]))
    total = given.get("total", "")
    if total:
        _choice(where, "total", total, _TOTALS)
    layout = {key: given[key] for key in _LAYOUT if key in given}
    if "paper" in given:
        _choice(where, "paper", given["paper"], _PAPERS)
    if "footer" in given:
        _choice(where, "footer", given["footer"], known["footers"])
        layout["footer"] = known["footers"][given["footer"]]
    if "chart" in given:
        layout["chart"] = _chart(where, given["chart"], columns)
    notes = tuple(given.get("notes", ()))
    sheet = TableSheet(given.get("sheet", ""), given.get("title", ""), (), notes=notes, total_row=bool(total), **layout)
    return TableSpec(sheet, columns, each, total == "added")


def _field(where: str, name: str, own: dict[str, Any], catalogue: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the catalogue says of a column, nothing for one that only this table has."""
    field = own.pop("field", name)
    if field not in catalogue and (field != name or "header" not in own):
        near = nearest(field, catalogue)
        raise TableError(
            f"{where}：{CATALOGUE} 里没有“{field}”{f'，是不是“{near}”？' if near else '，'}这里也没有写 header。"
        )
    found: Mapping[str, Any] = catalogue.get(field, {})
    return found


def _column(where: str, own: Mapping[str, Any], base: Mapping[str, Any]) -> TableColumn:
    _only(where, own, _COLUMN_KEYS)
    said = {**base, **own}
    if not said.get("header"):
        raise TableError(f"{where}：没有写 header。")
    if "kind" in said:
        _choice(where, "kind", said["kind"], CellType)
        said["kind"] = CellType(said["kind"])
    if "fill" in said:
        _choice(where, "fill", said["fill"], Fill)
        said["fill"] = Fill(said["fill"])
    if not isinstance(said.get("width", 1), int | float):
        raise TableError(f"{where}：width 写的是“{said['width']}”，应当是数字。")
    return TableColumn(**said)


def _chart(where: str, given: Mapping[str, Any], columns: Mapping[str, TableColumn]) -> ChartSpec:
    _only(f"{where}.chart", given, {one.name for one in fields(ChartSpec)})
    for name in (given["label"], *given["values"], *(given[key] for key in _JUDGING if key in given)):
        _choice(f"{where}.chart", "label、values、goal、judged", name, columns)
    return ChartSpec(**{**given, "values": tuple(given["values"])})
