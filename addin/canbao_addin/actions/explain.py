"""Why a person's amounts are what they are: by the row that is selected, or by a document number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.accepted import require_accepted
from canbao_addin.texts import CannotRunError
from canbao_county.explain import explain_in_words, explain_person, find_person
from canbao_rulebook.phrases import enumerate_words

if TYPE_CHECKING:
    from canbao_county.explain import Explanation
    from canbao_validators.workbook import FilledWorkbook


def explain_row(filled: FilledWorkbook, sheet: str, row: int, lang: str) -> str:
    """Return why the amounts of a sheet row are what they are, as plain text. Raises CannotRunError."""
    return explain_in_words(row_explanation(filled, sheet, row), lang)


def row_explanation(filled: FilledWorkbook, sheet: str, row: int) -> Explanation:
    """Return the explanation of a sheet row. Raises CannotRunError when nobody stands there or the file was refused."""
    require_accepted(filled)
    code = next((code for code, roster in filled.rosters.items() if roster.sheet == sheet), None)
    if code is None:
        sheets = enumerate_words(roster.sheet for roster in filled.rosters.values())
        raise CannotRunError("explain_no_roster", sheet=sheet, sheets=sheets)
    explanation = explain_person(filled, code, row)
    if explanation is None:
        raise CannotRunError("explain_no_row", sheet=sheet, row=row)
    return explanation


def person_explanation(filled: FilledWorkbook, number: str) -> Explanation:
    """Return the explanation of the person with a document number. Raises CannotRunError when there is none."""
    require_accepted(filled)
    places = find_person(filled, number)
    explanation = explain_person(filled, *places[0]) if places else None
    if explanation is None:
        raise CannotRunError("explain_no_person", file=filled.file, cert=number)
    return explanation
