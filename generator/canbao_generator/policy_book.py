"""The workbook of a policy file: a sheet a subject, a row a value, locked but for what an official writes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.datavalidation import DataValidation

from canbao_generator import looks, styles
from canbao_generator.package import deflate
from canbao_generator.pages import set_up_page
from canbao_generator.protection import make_lock, protect_sheet, protect_workbook
from canbao_generator.shell import finish_workbook, save_parts, write_package
from canbao_generator.styles import StyleBook
from canbao_rulebook.policy.book_edits import CONFIRMED, EMPTY, TAKE_AWAY, TO_CONFIRM, is_to_confirm
from canbao_rulebook.policy.cells import UNKNOWN
from canbao_rulebook.policy.labels import section_label, word_meaning
from canbao_rulebook.policy.rows import SECTIONS, PolicyRow, RowKind, policy_rows
from canbao_rulebook.policy.types import BENEFIT_STARTS, PREMIUM
from canbao_rulebook.policy.yaml import read_yaml
from canbao_rulebook.roster import column_letter
from canbao_rulebook.yaml_text import read_data

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from canbao_generator.protection import Lock

TEXT_SHEET, HELP_SHEET = "_yaml", "说明"
HEADERS = ("项目", "单位", "可以填的", "去年", "今年", "依据", "已核对", "路径")
NAME, UNIT, ALLOWED, BEFORE, VALUE, ARTICLE, MARK, PATH = range(1, len(HEADERS) + 1)
FIRST_ROW = 3
COMMAND = "policy-workbook"
_WIDTHS = (40, 9, 30, 22, 34, 26, 10, 12)
_MAX_LIST = 255  # characters of a list in a validation
_SHADES = {0: styles.BLUE_TINT, 1: styles.SLATE_TINT}
_INPUT = replace(looks.INPUT, wrap=True, horizontal="left")


def write_policy_book(
    target: Path,
    text: str,
    before: Mapping[tuple[str, ...], str],
    articles: Mapping[tuple[str, ...], str],
    password: str | None,
) -> None:
    """Write the workbook of a policy file. ``before`` are last year's values by keys, ``articles`` this year's.

    Raises OSError.
    """
    data: Any = read_yaml(text.encode()).data
    rows = policy_rows(data)
    book = Workbook()
    style = StyleBook(book)
    title = f"{data['meta']['county']}{data['meta']['policy_year']}年度政策"
    lock = make_lock(password, f"policy {data['meta']['id']}")
    _help(book, title, style, lock)
    words = _reference_words(data)
    for section in SECTIONS:
        own = [row for row in rows if row.section == section]
        _Sheet(book, section_label(section), title, style).write(own, data, before, articles, words, lock)
    _embed(book, text, lock)
    protect_workbook(book, lock)
    style.close()
    finish_workbook(book, title, COMMAND, computed=True)
    write_package(target, {name: [deflate(part)] for name, part in save_parts(book).items()})


def _help(book: Workbook, title: str, style: StyleBook, lock: Lock) -> None:
    sheet = book.active
    assert sheet is not None
    sheet.title = HELP_SHEET
    sheet.column_dimensions["A"].width = 110
    sheet["A1"] = title
    style.apply(sheet["A1"], looks.TITLE)
    for row, line in enumerate(_texts()["help"], start=3):
        sheet.cell(row, 1, line)
        style.apply(sheet.cell(row, 1), looks.BODY)
        sheet.row_dimensions[row].height = 18 * (1 + len(line) // 54)
    set_up_page(sheet, landscape=False)
    protect_sheet(sheet, lock)


def _embed(book: Workbook, text: str, lock: Lock) -> None:
    """Keep the file's text, comments and all: what the workbook does not change comes back as it was."""
    sheet = book.create_sheet(TEXT_SHEET)
    for row, line in enumerate(text.splitlines(), start=1):
        cell = sheet.cell(row, 1)
        cell.value = line
        cell.data_type = "s"
    sheet.sheet_state = "veryHidden"
    protect_sheet(sheet, lock)


def _reference_words(data: Any) -> dict[str, list[str]]:
    """What codes may stand where another block is named."""

    def codes(*steps: str, key: str = "code") -> list[str]:
        block = data
        for step in steps:
            block = (block or {}).get(step) or {}
        return list(block) if isinstance(block, dict) else [str(entry[key]) for entry in block if key in entry]

    agencies = codes("org", "agencies")
    return {
        "payer": agencies,
        "identity_owner": agencies,
        "window": codes("calendar", "windows", key="id"),
        "roster": [*(data.get("rosters") or ()), *codes("own_rosters")],
        "deliverable": list(data.get("rosters") or ()),
    }


class _Sheet:
    """One subject."""

    def __init__(self, book: Workbook, name: str, title: str, style: StyleBook) -> None:
        self._sheet: Worksheet = book.create_sheet(name)
        self._style = style
        self._lists: dict[str, DataValidation] = {}
        self._sheet["A1"] = f"{title}：{name}"
        style.apply(self._sheet["A1"], looks.TITLE)

    def write(
        self,
        rows: list[PolicyRow],
        data: Any,
        before: Mapping[tuple[str, ...], str],
        articles: Mapping[tuple[str, ...], str],
        words: Mapping[str, list[str]],
        lock: Lock,
    ) -> None:
        """Write the rows, the checks at entry and the marks."""
        sheet = self._sheet
        for column, (header, width) in enumerate(zip(HEADERS, _WIDTHS, strict=True), start=1):
            self._style.apply(sheet.cell(FIRST_ROW - 1, column, header), looks.HEADER)
            sheet.column_dimensions[column_letter(column)].width = width
        sheet.column_dimensions["H"].hidden = True
        to_confirm = [str(path) for path in data.get("confirm") or ()]
        for number, row in enumerate(rows, start=FIRST_ROW):
            mark = TO_CONFIRM if is_to_confirm(row, to_confirm) else ""
            self._row(number, row, before.get(row.keys, ""), articles.get(row.keys, ""), mark)
            self._validate(number, row, words)
        for validation in self._lists.values():
            sheet.add_data_validation(validation)
        self._mark_changes(FIRST_ROW + len(rows) - 1)
        sheet.freeze_panes = f"B{FIRST_ROW}"
        set_up_page(sheet, landscape=True)
        protect_sheet(sheet, lock)

    def _row(self, number: int, row: PolicyRow, before: str, article: str, mark: str) -> None:
        heading = row.kind is not RowKind.VALUE
        plain = replace(looks.WRAPPED, indent=min(row.level, 8), fill=_SHADES.get(row.level) if heading else None)
        plain = replace(plain, bold=heading)
        shown = "、".join(row.allowed) or _hint(row)
        texts = {NAME: row.label, UNIT: row.unit, ALLOWED: shown, BEFORE: before, VALUE: row.text, ARTICLE: article,
                 MARK: mark, PATH: json.dumps(row.loc, ensure_ascii=False)}  # fmt: skip
        for column, text in texts.items():
            cell: Any = self._sheet.cell(number, column)
            look = replace(plain, indent=0) if column > NAME else plain
            if column in {VALUE, MARK} or (column == NAME and _is_free_key(row)):
                look = replace(_INPUT, fill=plain.fill, bold=heading)
            self._style.apply(cell, look)
            if text:
                cell.value, cell.data_type = text, "s"
        lines = max(1, row.text.count("\n") + 1, len(row.text) // 16 + 1, len(shown) // 16 + 1)
        self._sheet.row_dimensions[number].height = 16 * min(lines, 12)

    def _validate(self, number: int, row: PolicyRow, words: Mapping[str, list[str]]) -> None:
        place = self._sheet.cell(number, VALUE).coordinate
        options = _options(row, words)
        if options:
            listed = ",".join(options)
            stop = bool(row.allowed) or row.kind is not RowKind.VALUE
            if len(listed) <= _MAX_LIST:
                self._list(f"{stop}{listed}", f'"{listed}"', stop=stop).add(place)
        elif row.kind is RowKind.VALUE and row.field in (Decimal, date, int):
            self._entry(row).add(place)
        self._list("mark", f'"{TO_CONFIRM},{CONFIRMED}"', stop=True).add(self._sheet.cell(number, MARK).coordinate)

    def _list(self, key: str, formula: str, *, stop: bool) -> DataValidation:
        if key not in self._lists:
            self._lists[key] = DataValidation(
                type="list", formula1=formula, allow_blank=True, errorStyle="stop" if stop else "warning",
                error="请从下拉列表选择。" if stop else "列表里没有这一项，确定要这样填吗？", showErrorMessage=True,
            )  # fmt: skip
        return self._lists[key]

    def _entry(self, row: PolicyRow) -> DataValidation:
        """What an amount, a date or a number may look like; the formula is written for the first row of the sheet."""
        key = f"entry {row.field.__name__} {row.is_share}"
        if key not in self._lists:
            cell = f"E{FIRST_ROW}"
            said = [f'{cell}="{word}"' for word in (UNKNOWN, *_SPECIAL.get(row.field, ()))]
            numbers = [f"ISNUMBER({cell})", f"ISNUMBER({_TEXT_AS[row.field].format(cell=cell)})"]
            tests = [*said, *(f"IFERROR({test},FALSE)" for test in numbers)]
            hint = _hint(row)
            self._lists[key] = DataValidation(
                type="custom", formula1=f"OR({','.join(tests)})", allow_blank=True, errorStyle="stop",
                error=f"请写：{hint}；通知没有说的写“{UNKNOWN}”；不适用的留空。", prompt=hint, showErrorMessage=True,
                showInputMessage=True,
            )  # fmt: skip
        return self._lists[key]

    def _mark_changes(self, last: int) -> None:
        """Colour what differs from last year, and what is to be confirmed."""
        amber = DifferentialStyle(fill=PatternFill("solid", bgColor=styles.AMBER_TINT))
        differs = f'AND($D{FIRST_ROW}<>"",$D{FIRST_ROW}<>$E{FIRST_ROW})'
        for letter, formula in (("E", differs), ("G", f'$G{FIRST_ROW}="{TO_CONFIRM}"')):
            rule = Rule(type="expression", dxf=amber, formula=[formula])
            self._sheet.conditional_formatting.add(f"{letter}{FIRST_ROW}:{letter}{last}", rule)


_TEXT_AS = {Decimal: "VALUE({cell})", int: "VALUE({cell})", date: 'DATEVALUE(SUBSTITUTE({cell},".","-"))'}
_SPECIAL = {Decimal: (word_meaning(PREMIUM),), date: tuple(map(word_meaning, BENEFIT_STARTS))}


def _is_free_key(row: PolicyRow) -> bool:
    return row.is_new and row.kind is RowKind.VALUE and not row.label


def _options(row: PolicyRow, words: Mapping[str, list[str]]) -> list[str]:
    if row.kind is RowKind.BLOCK:
        return [UNKNOWN, EMPTY]
    if row.kind in {RowKind.ENTRY, RowKind.KEY}:
        return [] if row.is_new else [*([row.text] if row.text else []), TAKE_AWAY]
    if row.allowed:
        return [*row.allowed, UNKNOWN]
    return words.get(str(row.keys[-1]), [])


def _hint(row: PolicyRow) -> str:
    """What an open value looks like."""
    hints: dict[str, str] = _texts()["hints"]
    if row.kind is not RowKind.VALUE:
        return hints[str(row.kind)] if not row.is_new or row.kind is RowKind.KEY else hints["new"]
    if row.is_share:
        return hints["share"]
    kind = row.field if isinstance(row.field, type) else tuple
    return hints.get(kind.__name__, hints["str"])


@cache
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = read_data("policy_book.yaml")
    return texts
