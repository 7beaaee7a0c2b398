"""The submission file of one unit: its workbook made anew, with every computed cell and the check code on its cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.compute import compute_workbook
from canbao_addin.actions.encrypting import encrypting
from canbao_addin.texts import CannotRunError
from canbao_rulebook.findings import has_errors
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.money import format_yuan
from canbao_validators.merge.merging import combine
from canbao_validators.merge.parts import summarise

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_addin.texts import Texts
    from canbao_validators.merge.totals import Totals
    from canbao_validators.workbook import FilledWorkbook


def submission_totals(filled: FilledWorkbook) -> Totals:
    """Return the figures that a unit hands in, as the merge will count them. Raises CannotRunError.

    A workbook with errors, or without a single row, cannot be handed in.
    """
    if filled.book is None or not filled.accepted:
        raise CannotRunError("refused", file=filled.file, reason=filled.reason)
    if not sum(filled.rows.values()):
        raise CannotRunError("submit_empty")
    if has_errors(filled.findings):
        raise CannotRunError("submit_has_errors", file=filled.file)
    return combine(filled.book, [summarise(filled)]).townships[0]


def write_submission(
    filled: FilledWorkbook, target: Path, *, password: str | None = None, encrypt: str | None = None
) -> str:
    """Write the submission file, whole or not at all, and return its check code.

    ``password`` locks the sheets, ``encrypt`` is asked for when the file is opened. Raises CannotRunError.
    """
    try:
        with encrypting(target, encrypt) as plain:
            return compute_workbook(filled, plain, password=password).check_code
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble


def submission_name(filled: FilledWorkbook, texts: Texts, key: str = "submission_name") -> str:
    """Return the name, without suffix, of a unit's submission file or of its printed cover."""
    assert filled.book is not None
    assert filled.unit is not None
    return texts.say(key, unit=filled.unit.name, policy=filled.book.policy.meta.id)


def describe_totals(filled: FilledWorkbook, totals: Totals, texts: Texts) -> str:
    """Return the totals in lines that a clerk compares with the cover."""
    rosters = filled.rosters
    lines = [
        "，".join(texts.say("total_people", sheet=rosters[code].sheet, rows=rows) for code, rows in filled.rows.items())
    ]
    rate = totals.rated.main.percent if totals.rated else "—"
    lines.append(texts.say("total_should", should=totals.should_enrol, enrolled=totals.enrolled, rate=rate))
    money = ("self_due", "self_paid", "gov_direct", "rebate_due")
    said = {name: UNKNOWN_TEXT if (fen := totals.fen(name)) is None else format_yuan(fen) for name in money}
    lines.append(texts.say("total_money", **said))
    return "\n".join(lines)
