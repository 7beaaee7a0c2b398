"""From a sheet of a strange table to the rows of a list: values normalised, changes counted, nothing guessed."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canbao_county.lists.listed import LeftOut, ListTable, Tidied, blank_dtype, empty_frame
from canbao_county.lists.merged import carry_down
from canbao_county.lists.rare_values import read_times, translate_yes_no
from canbao_county.lists.splitting import split_persons
from canbao_rulebook.findings import Place
from canbao_rulebook.kinds import CellKind
from canbao_rulebook.list_kinds import FieldType, load_list_words
from canbao_rulebook.messages import build_finding, load_catalogue
from canbao_rulebook.phrases import SHEET_LANG, say
from canbao_validators.normalise.cells import Cells, gather_cells, mark_filled, value_series
from canbao_validators.normalise.columns import Remark, normalise_column
from canbao_validators.normalise.display import shorten, shorten_said, show_cells
from canbao_validators.normalise.text import BLANKS
from canbao_validators.roster_sheets.rows import ONCE_A_COLUMN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from canbao_county.lists.headers import HeaderFit
    from canbao_county.lists.request import ListRequest
    from canbao_rulebook.list_kinds import ListField
    from canbao_validators.reading.raw import RawSheet, RawWorkbook

_TOTAL = f"^[{BLANKS}]*(?:本页|本表|全[县区镇乡村]|人数|金额)?[{BLANKS}]*[合小总累][{BLANKS}]*计"
_SIGNED = "制表|填表|填报|经办|审核|复核|负责|联系|统计|单位"
_FOOTER = f"^[{BLANKS}]*(?:(?:{_SIGNED})[^:：]*[:：]|(?:说明|备注|注|附注)[{BLANKS}]*[:：])"
_COUNT = f"^[{BLANKS}]*[0-9]{{1,7}}[{BLANKS}]*[人户名个元][{BLANKS}]*$"  # below a number's column: of a total
_MIN_REPEATED = 2
_LIKE_NUMBER = "[0-9]{6}"
_COLUMN_NUMBER = re.compile(r"[(（]?(?:[1-9]\d?|[甲乙丙丁戊己])[)）]?")
_HARMLESS = "V42."
_OF_TEXTS = ("V42.text_to_number", "V42.date")  # in a text file every number and every date is a text


def build_table(raw: RawWorkbook, sheet: RawSheet, fit: HeaderFit, request: ListRequest) -> ListTable:
    """Return the rows below the headers; rows that are about nobody are left out and said."""
    table = ListTable(raw.name, request.kind, fit, empty_frame(request.kind))
    rows = _used_rows(sheet, fit)
    cells = {name: gather_cells(sheet.columns.get(column), rows) for name, column in fit.places.items()}
    filled = carry_down(table, sheet, cells, rows)
    keep = _keep(table, cells, rows, _other_texts(sheet, fit, rows))
    rows, cells = rows[keep], {name: found.take(keep) for name, found in filled.items()}
    cells, rows = split_persons(table, cells, rows, request)
    series = [pl.Series("row", rows, dtype=pl.Int64)]
    for entry in request.kind.fields:
        found = cells.get(entry.field)
        if found is None:
            blank = None if entry.type.is_number else ""
            series.append(pl.Series(entry.field, [blank] * len(rows), dtype=blank_dtype(entry)))
        else:
            series.append(_read_field(table, entry, found, rows, raw))
    table.frame = pl.DataFrame(series)
    return table


def _used_rows(sheet: RawSheet, fit: HeaderFit) -> NDArray[np.int64]:
    found = [sheet.columns[column] for column in fit.places.values() if column in sheet.columns]
    filled = np.zeros(max((int(raw.rows.max()) for raw in found if len(raw.rows)), default=0) + 1, dtype=np.bool_)
    for raw in found:
        if len(raw.rows):
            mark_filled(raw, fit.first_row, filled)
    return np.flatnonzero(filled)


def _other_texts(sheet: RawSheet, fit: HeaderFit, rows: NDArray[np.int64]) -> list[pl.Series]:
    """Return the texts of the columns that are no field: 合计 often stands in that of 序号."""
    others = fit.standing.keys() - set(fit.places.values())
    return [gather_cells(sheet.columns.get(column), rows).texts for column in sorted(others)]


def _keep(
    table: ListTable, cells: dict[str, Cells], rows: NDArray[np.int64], others: list[pl.Series]
) -> NDArray[np.bool_]:
    """Tell which rows are entries of the list; report the others."""
    keep = np.ones(len(rows), dtype=np.bool_)
    for key, strange in _strange_rows(table, cells, others, len(rows)):
        mask = strange & keep
        keep &= ~mask
        for row in rows[mask].tolist():
            place = Place(table.fit.sheet, row, f"A{row}", file=table.file)
            finding = build_finding(key, place, row=row)
            table.findings.append(finding)
            table.left_out.append(LeftOut(row, "", load_catalogue()[key].short))
    return keep


def _strange_rows(
    table: ListTable, cells: dict[str, Cells], outside: list[pl.Series], count: int
) -> Iterable[tuple[str, NDArray[np.bool_]]]:
    """Yield the message and the rows of repeated headers, totals and remarks below a table."""
    repeated = np.zeros(count, dtype=np.int64)
    total, remark, filled = (np.zeros(count, dtype=np.bool_) for _ in range(3))
    others = np.zeros(count, dtype=np.int64)
    whom = {"cert_no", "name"} if table.kind.about_persons else set(table.kind.person)
    for texts in outside:
        total |= texts.str.contains(_TOTAL).to_numpy()
    for name, found in cells.items():
        over = list(table.fit.standing[table.fit.places[name]])
        repeated += found.texts.str.replace_all(f"[{BLANKS}]", "").is_in(over).to_numpy()
        total |= found.texts.str.contains(_TOTAL).to_numpy()
        remark |= found.texts.str.contains(_FOOTER).to_numpy()
        present = (found.kinds != CellKind.BLANK) & ~found.texts.str.contains(f"^[{BLANKS}]+$").to_numpy()
        if name == "cert_no" or (name in whom and not table.kind.about_persons):
            filled |= present & ~found.texts.str.contains(f"{_TOTAL}|{_FOOTER}|{_COUNT}").to_numpy()
        if name not in whom:
            others += present
    nameless = np.ones(count, dtype=np.bool_)
    if "name" in cells and table.kind.about_persons:
        nameless = cells["name"].kinds == CellKind.BLANK
    if "cert_no" in cells:
        repeated[cells["cert_no"].texts.str.contains(_LIKE_NUMBER).to_numpy()] = 0
    yield "V39.repeated_header", (repeated >= _MIN_REPEATED) | _numbering(cells, count)
    yield "V39.total_row", total & ~filled
    yield "V39.list_remark", ~filled & (remark | (nameless & (others < _MIN_REPEATED) & table.kind.about_persons))


def _numbering(cells: dict[str, Cells], count: int) -> NDArray[np.bool_]:
    """Tell which row is the one below the headers that numbers the columns (1 2 3, or 甲 乙 1 2): the first, if any."""
    found = np.zeros(count, dtype=np.bool_)
    if count and len(cells) >= _MIN_REPEATED:
        words = [str(show_cells(column)[0]) for column in cells.values()]
        named = [word for word in words if word]
        found[0] = all(map(_COLUMN_NUMBER.fullmatch, named)) and len(named) >= len(words) - 1
    return found


def _read_field(
    table: ListTable, entry: ListField, found: Cells, rows: NDArray[np.int64], raw: RawWorkbook
) -> pl.Series:
    """Return the values of one field, its changes counted and its problems told."""
    column, date1904 = entry.column, raw.date1904
    shown = show_cells(found, as_dates=entry.type is FieldType.DATE, date1904=date1904)
    if entry.type is FieldType.TIME:
        values, wrong = read_times(found, date1904=date1904)
        _report(table, entry, [Remark(index, "V41.date") for index in wrong], rows, shown)
        return values.alias(entry.field)
    if entry.type is FieldType.YES_NO:
        found = translate_yes_no(found)
    cells, remarks = normalise_column(column, found, date1904=date1904, allowed=_own_words(entry))
    expected = _OF_TEXTS if raw.form.is_text else ()
    _report(table, entry, [remark for remark in remarks if remark.key not in expected], rows, shown)
    values = value_series(column, cells)
    if entry.type.is_number:
        return values.fill_nan(None).alias(entry.field)
    texts = values.fill_null("")
    if entry.type is FieldType.ID:
        texts = texts.str.to_uppercase()
        _report_numbers(table, entry, cells, rows, shown)
    return texts.alias(entry.field)


def _own_words(entry: ListField) -> list[str] | None:
    """Return the words that a field may hold, where they are known: “-” is a direction of a bank statement."""
    return [word for words in load_list_words(entry.words) for word in words] if entry.words else None


def _report(
    table: ListTable, entry: ListField, remarks: list[Remark], rows: NDArray[np.int64], shown: pl.Series
) -> None:
    """Tell problems one by one, and changes once a kind, with how often and the first example."""
    changes = [remark for remark in remarks if remark.key.startswith(_HARMLESS)]
    for remark in remarks:
        if not remark.key.startswith(_HARMLESS):
            place = table.place(entry.field, int(rows[remark.index]))
            value, after = shorten(str(shown[remark.index])), shorten_said(remark.after)
            table.findings.append(build_finding(remark.key, place, value=value, after=after))
    counts = Counter(remark.key for remark in changes)
    for key, count in counts.items():
        first = next(remark for remark in changes if remark.key == key)
        place = table.place(entry.field, int(rows[first.index]))
        value, what = shorten(str(shown[first.index])), load_catalogue()[key].short
        after = shorten_said(first.after)
        own = key if key == ONCE_A_COLUMN else "V42.in_list"
        table.findings.append(build_finding(own, place, value=value, count=count, what=what, after=after))
        table.tidied.append(Tidied(place.header, what, count, f"{value} → {say(after, SHEET_LANG)}"))


def _report_numbers(
    table: ListTable, entry: ListField, cells: Cells, rows: NDArray[np.int64], shown: pl.Series
) -> None:
    """V03: a number in a column of numbers that are names has lost its digits, and is never repaired."""
    for index in np.flatnonzero(cells.kinds == CellKind.NUMBER).tolist():
        row = int(rows[index])
        place = table.place(entry.field, row)
        table.findings.append(build_finding("V03.number", place, value=str(shown[index])))
        table.damaged |= {row} if entry.field == "cert_no" else set()
