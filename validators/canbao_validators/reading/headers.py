"""Which column of the sheet holds which column of the roster: by position if the header is right, else by its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from canbao_rulebook.findings import Place
from canbao_rulebook.messages import build_finding
from canbao_rulebook.roster import HEADER_ROW, TECHNICAL_MARK, column_letter
from canbao_validators.normalise.text import drop_blanks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Column, Roster
    from canbao_validators.reading.raw import RawSheet


@dataclass(slots=True)
class HeaderMatch:
    """``positions``: field to 1-based sheet column, None where the column is missing."""

    positions: dict[str, int | None] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def match_headers(
    sheet: RawSheet, roster: Roster, *, file: str, lang: str = "zh", version: int | None = None
) -> HeaderMatch:
    """Find every roster column in the header row; a header that is altered, moved or missing is a finding.

    ``version``: that of an earlier edition, whose sheet has the columns that people saw then and no others.
    """
    if version is not None:
        match = match_headers(sheet, roster.visible_in(version), file=file, lang=lang)
        match.positions = {column.field: match.positions.get(column.field) for column in roster.columns}
        return match
    texts = {
        index: cell.text
        for index in sorted(sheet.columns)
        if (cell := sheet.cell(HEADER_ROW, index)).text and not cell.text.isspace()
    }
    match = HeaderMatch()
    technical = _technical_columns(texts, roster)
    places = (index for index in count(1) if index not in technical)
    for index, column in zip(places, roster.columns, strict=False):
        found = texts.get(index, "")
        if found == column.header:
            match.positions[column.field] = index
            continue
        place = _place(sheet, column, file, index)
        moved = next((at for at, text in texts.items() if text == column.header), None)
        if drop_blanks(found) == drop_blanks(column.header):
            match.positions[column.field] = index
            match.findings.append(build_finding("V39.header", place, value=found, lang=lang))
        elif moved is not None:
            match.positions[column.field] = moved
            at = f"{column_letter(moved)}{HEADER_ROW}"
            match.findings.append(build_finding("V39.header_moved", place, value=found, lang=lang, found_at=at))
        else:
            match.positions[column.field] = None
            key = "V39.header" if found else "V39.header_missing"
            match.findings.append(build_finding(key, place, value=found, lang=lang))
    match.findings += _extra_columns(sheet, roster, match, technical, file=file, lang=lang)
    return match


def _technical_columns(texts: Mapping[int, str], roster: Roster) -> set[int]:
    """Hidden columns that only the workbook itself needs; they hold nothing that anybody typed."""
    return {index for index, text in texts.items() if text.startswith(TECHNICAL_MARK) and text not in roster.by_header}


def _extra_columns(
    sheet: RawSheet, roster: Roster, match: HeaderMatch, technical: set[int], *, file: str, lang: str
) -> list[Finding]:
    used = technical.union(index for index in match.positions.values() if index)
    findings: list[Finding] = []
    for index in sorted(sheet.columns):
        if index <= len(roster.columns) or index in used or sheet.columns[index].rows.max() < HEADER_ROW:
            continue
        text = sheet.cell(HEADER_ROW, index).text
        below = sheet.columns[index].rows[sheet.columns[index].rows >= HEADER_ROW]
        row = HEADER_ROW if text else int(below.min())
        place = Place(file, sheet.name, row, f"{column_letter(index)}{row}")
        findings.append(build_finding("V39.extra_column", place, value=text, lang=lang, column=column_letter(index)))
    return findings


def _place(sheet: RawSheet, column: Column, file: str, index: int) -> Place:
    cell = f"{column_letter(index)}{HEADER_ROW}"
    return Place(file, sheet.name, HEADER_ROW, cell, column.field, column.header)
