"""填表说明: how to fill in the rosters, drawn from the roster specs and the policy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from canbao_generator import looks, styles
from canbao_generator.pages import render_page, set_up_page
from canbao_generator.protection import protect_sheet
from canbao_generator.roster_sheet import REQUIRED, is_asked
from canbao_generator.validation import describe
from canbao_rulebook.kinds import Filler
from canbao_rulebook.meta import GUIDE_SHEET
from canbao_rulebook.policy import gap_lines
from canbao_rulebook.roster import CHECK_FIELD, CHECK_NOTE_FIELD
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP, VILLAGE
from canbao_rulebook.vocabulary import nature_of, report_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from canbao_generator.protection import Lock
    from canbao_generator.styles import Look, StyleBook
    from canbao_rulebook.policy.frame import Milestone, Recurring
    from canbao_rulebook.roster import Column, Roster
    from canbao_rulebook.rulebook import Rulebook

SHEET = GUIDE_SHEET
_WIDTHS = {"A": 20, "B": 12, "C": 14, "D": 62}
_LINE_WIDTH, _LINE_HEIGHT = 54, 16  # full-width characters that fit on a line, and its height in points
_LAST_COLUMN_WIDTH = 30
_OF_CLERKS = ("benefit", "premium", "subsidy", "late_entry", "refunds")  # parts of a policy whose gaps clerks meet
_CLERKS = {"": "乡镇、村", TOWNSHIP: "乡镇、村", VILLAGE: "村", SCHOOL: "学校", AGENCY: "部门"}
_WHO = {
    Filler.DEFAULT: "自动，可改",
    Filler.FORMULA: "自动",
    Filler.COUNTY: "县里",
    Filler.PRINT: "打印后签字",
}
_SAMPLES = {
    "input": looks.CENTRED,
    "computed": replace(looks.CENTRED, fill=styles.GREY_TINT),
    "county": replace(looks.CENTRED, fill=styles.SLATE_TINT),
    "error": replace(looks.CENTRED, fill=styles.RED_TINT, colour=styles.RED, bold=True),
    "warning": replace(looks.CENTRED, fill=styles.AMBER_TINT, colour=styles.AMBER),
    "info": replace(looks.CENTRED, fill=styles.INFO_TINT, colour=styles.INFO),
}


class _Writer:
    """Writes lines and tables one below the other."""

    def __init__(self, sheet: Worksheet, book: StyleBook) -> None:
        self._sheet = sheet
        self._book = book
        self._row = 0

    def line(self, text: str, look: Look, height: float | None = None) -> None:
        """Write a text over the whole width."""
        self._row += 1
        self._sheet.merge_cells(start_row=self._row, end_row=self._row, start_column=1, end_column=len(_WIDTHS))
        self._book.apply(self._sheet.cell(self._row, 1, text), look)
        lines = -(-len(text) // _LINE_WIDTH)
        self._sheet.row_dimensions[self._row].height = height or max(1, lines) * _LINE_HEIGHT + 3

    def heading(self, text: str) -> None:
        """Write a heading after a gap."""
        self._row += 1
        self.line(text, looks.HEADING, 22)

    def table(self, rows: Iterable[Sequence[str]], first: Look = looks.CENTRED, header: Sequence[str] = ()) -> None:
        """Write rows of four cells; the first row is a header if one is given."""
        if header:
            self.row(header, [looks.HEADER] * len(_WIDTHS))
        for row in rows:
            self.row(row, [first, looks.CENTRED, looks.CENTRED, looks.WRAPPED])

    def sample(self, name: str, text: str, look: Look) -> None:
        """Write a cell of a look and, beside it, what the look means."""
        self._row += 1
        self._sheet.merge_cells(start_row=self._row, end_row=self._row, start_column=2, end_column=len(_WIDTHS))
        self._book.apply(self._sheet.cell(self._row, 1, name), look)
        for column in range(2, len(_WIDTHS) + 1):
            self._book.apply(self._sheet.cell(self._row, column), looks.WRAPPED)
        self._sheet.cell(self._row, 2).value = text
        self._sheet.row_dimensions[self._row].height = _LINE_HEIGHT + 4

    def row(self, texts: Sequence[str], row_looks: Sequence[Look]) -> None:
        """Write one row of a table."""
        self._row += 1
        for column, (text, look) in enumerate(zip(texts, row_looks, strict=True), start=1):
            self._book.apply(self._sheet.cell(self._row, column, text), look)
        lines = max(1, -(-len(texts[-1]) // _LAST_COLUMN_WIDTH), -(-len(texts[0]) // 9))
        self._sheet.row_dimensions[self._row].height = lines * _LINE_HEIGHT + 4


def fill_guide(sheet: Worksheet, book: Rulebook, styles_: StyleBook, lock: Lock) -> None:
    """Write the whole page."""
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    rosters = book.rosters.values()
    page = render_page(
        "guide",
        book.policy,
        unknown=gap_lines(book.policy, _OF_CLERKS, confidential=book.kind == AGENCY),
        clerks=_CLERKS[book.kind],
        grouped=any(column.field == "group" and column.list_name for roster in rosters for column in roster.columns),
    )
    writer = _Writer(sheet, styles_)
    writer.line(page["title"], looks.TITLE, 30)
    writer.line(page["subtitle"], looks.SUBTITLE)
    for section in page["sections"]:
        writer.heading(section["heading"])
        for line in section["lines"]:
            writer.line(line, looks.BODY)
    _colours(writer, page)
    _deadlines(writer, book, page["headings"]["deadlines"])
    _documents(writer, book, page["headings"]["documents"])
    for roster in rosters:
        _roster(writer, roster, page["headings"]["columns"], _CLERKS[book.kind])
    set_up_page(sheet, landscape=False)
    protect_sheet(sheet, lock)


def _colours(writer: _Writer, page: dict[str, Any]) -> None:
    writer.heading(page["headings"]["colours"])
    for colour in page["colours"]:
        writer.sample(colour["name"], colour["text"], _SAMPLES[colour["look"]])


def _deadlines(writer: _Writer, book: Rulebook, heading: str) -> None:
    calendar, senders = book.policy.calendar, _senders(book)
    dated = sorted((entry for entry in calendar.milestones if senders & set(entry.from_)), key=lambda entry: entry.due)
    coming_back = [entry for entry in calendar.recurring if entry.by in senders and entry.deliverable]
    if dated or coming_back:
        writer.heading(heading)
        writer.table(
            [*(_deadline(entry, book) for entry in dated), *(_coming_back(entry, book) for entry in coming_back)],
            header=("截止日期", "性质", "报给", "报什么（依据）"),
        )


def _senders(book: Rulebook) -> set[str]:
    """By which words the policy names those who hand in these workbooks."""
    if book.kind == AGENCY:
        return {code for code, agency in book.policy.org.agencies.items() if agency.owns_identities}
    return {SCHOOL} if book.kind == SCHOOL else {TOWNSHIP, VILLAGE, "agent"}


def _deadline(entry: Milestone, book: Rulebook) -> tuple[str, str, str, str]:
    nature = nature_of(entry.to) or report_words()["finality"].get(entry.finality or "", "上报")
    return entry.day, nature, _receivers(entry.to, book), _handed_in(entry.deliverables, entry.ref, book)


def _coming_back(entry: Recurring, book: Rulebook) -> tuple[str, str, str, str]:
    rhythm = report_words()["frequencies"][entry.freq]
    to = _receivers([name for names in entry.to for name in names.split("+")], book)
    return rhythm, "上报", to or "—", _handed_in([entry.deliverable or ""], entry.ref, book)


def _receivers(names: Iterable[str], book: Rulebook) -> str:
    agencies, others = book.policy.org.agencies, report_words()["actors"]
    return "、".join(agencies[name].name if name in agencies else others.get(name, name) for name in names)


def _handed_in(codes: Iterable[str], ref: str | None, book: Rulebook) -> str:
    """Return what is handed in: sheets of this workbook, and papers that are made from it, with the article."""
    words = report_words()
    papers = {**words["rosters"], **words["names"]}
    what = [f"「{book.rosters[code].sheet}」" if code in book.rosters else papers.get(code, code) for code in codes]
    return f"{'、'.join(what)}（{book.policy.article(ref) or '—'}）"


def _documents(writer: _Writer, book: Rulebook, heading: str) -> None:
    writer.heading(heading)
    for document in book.policy.legal.values():
        number = f"（{document.doc_no}）" if document.doc_no else ""
        writer.line(f"{document.issuer}《{document.title}》{number}", looks.BODY)
    writer.line("各项标准、期限对应的条款见「政策参数」的“依据”一栏。", looks.BODY)


def _roster(writer: _Writer, roster: Roster, heading: str, clerks: str) -> None:
    writer.heading(f"「{roster.sheet}」{heading}" + (f"（{roster.ref}）" if roster.ref else ""))
    for note in roster.notes:
        writer.line(note, looks.BODY)
    visible = [column for column in roster.columns if not column.hidden]
    writer.table(
        ((column.header, _need(column, roster), _WHO.get(column.filler, clerks), _how(column)) for column in visible),
        first=replace(looks.WRAPPED, bold=True),
        header=("列", REQUIRED, "谁填", "怎么填"),
    )


def _need(column: Column, roster: Roster) -> str:
    """必填, 按情况 when a rule asks for the column in some rows, or nothing."""
    if is_asked(column):
        return REQUIRED
    asked = f"IS_EMPTY([@{column.header}])"
    conditional = any(rule.column == column.header and asked in rule.fails_when for rule in roster.rules)
    return "按情况" if conditional and column.filler is Filler.CLERK else "—"


def _how(column: Column) -> str:
    if column.field == CHECK_FIELD:
        return "最要紧的一处问题，(+2)表示还有两处；“✓ 本行无误”表示本行自己没有问题，点过“校验”的显示“✓ 无误”"
    if column.field == CHECK_NOTE_FIELD:
        return "最要紧的一处问题是什么、怎么改"
    if column.filler is Filler.FORMULA:
        return "自动计算"
    return describe(column).removeprefix("必填。") or (
        "县里核对后填写" if column.filler is Filler.COUNTY else "据实填写"
    )
