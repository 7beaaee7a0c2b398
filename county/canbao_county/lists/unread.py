"""Sheets of a list's file that are no list of its kind: each is named, and persons on one are not given up silently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.findings import Place
from canbao_rulebook.kinds import CellKind
from canbao_rulebook.messages import build_finding
from canbao_rulebook.phrases import enumerate_words

if TYPE_CHECKING:
    from canbao_county.lists.headers import HeaderFit
    from canbao_county.lists.listed import ListFile
    from canbao_county.lists.request import ListRequest
    from canbao_validators.reading.raw import RawSheet

_NUMBER = r"(?:^|[^0-9])[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9Xx](?:$|[^0-9])"


def is_empty_sheet(sheet: RawSheet) -> bool:
    """Tell whether nothing stands in a sheet."""
    return all((column.kinds == CellKind.BLANK).all() for column in sheet.columns.values())


def say_unread(done: ListFile, sheet: RawSheet, fit: HeaderFit, request: ListRequest) -> None:
    """Name a sheet that was not read; where it holds numbers of persons, nothing of the file is taken in."""
    place = Place(sheet.name, file=done.file)
    persons = _count_persons(sheet) if request.kind.about_persons else 0
    key = "V39.list_sheet_lost" if persons else "V39.list_sheet_unread"
    columns = enumerate_words(fit.missing)
    finding = build_finding(key, place, value=sheet.name, columns=columns, count=persons)
    done.notices.append(finding)
    if persons:
        done.refused = done.refused or finding


def _count_persons(sheet: RawSheet) -> int:
    """Return how many cells hold a number of an identity card."""
    counts = [column.texts.str.replace_all(r"\s", "").str.contains(_NUMBER).sum() for column in sheet.columns.values()]
    return max(map(int, counts), default=0)
