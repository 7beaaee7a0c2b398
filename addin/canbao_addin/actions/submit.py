"""The submission file of one unit: its workbook made anew, with every computed cell and the check code on its cover."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from canbao_addin.actions.accepted import require_accepted
from canbao_addin.actions.compute import compute_workbook, subsidy_frame
from canbao_addin.actions.held_list import held_path, write_held
from canbao_addin.actions.made_by import SUBMIT
from canbao_addin.actions.paper import paper_path, write_paper
from canbao_addin.actions.results import result_file
from canbao_addin.texts import CannotRunError
from canbao_county.merge.merging import combine
from canbao_county.merge.parts import summarise
from canbao_county.reports.sums import Sum
from canbao_rulebook.findings import count_unanswered, count_warnings, has_errors
from canbao_rulebook.phrases import COMMA, Phrases, enumerate_words
from canbao_rulebook.units import AGENCY
from canbao_validators.held import holds_rows, split_rows

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_addin.texts import Texts
    from canbao_county.merge.totals import Totals
    from canbao_validators.held import Split
    from canbao_validators.workbook import FilledWorkbook


@dataclass(frozen=True)
class Submission:
    """What a unit hands in: its workbook, or the clean rows of it, and the figures as the merge will count them.

    ``split`` says what stays with the clerk, where the notice lets rows with errors stay and there are some.
    """

    filled: FilledWorkbook
    totals: Totals
    split: Split | None = None


def prepare_submission(filled: FilledWorkbook) -> Submission:
    """Return what a unit can hand in. Raises CannotRunError.

    A workbook with errors, or without a single row, cannot be handed in, unless the notice lets the clean rows travel.
    """
    if filled.book is None or not filled.accepted:
        raise CannotRunError("refused", file=filled.file, reason=filled.reason)
    if not sum(filled.rows.values()):
        raise CannotRunError("submit_empty")
    split = split_rows(filled) if has_errors(filled.findings) and holds_rows(filled.book.policy) else None
    if has_errors(filled.findings) and (split is None or split.blocking or not split.travelling):
        raise CannotRunError("submit_has_errors", file=filled.file)
    kept = split.kept if split else filled
    merge = combine(filled.book, [summarise(kept)])
    # A department's rows count for many townships: its clerk compares their sum, which no rate is taken of.
    of_agency = filled.unit is not None and filled.unit.kind == AGENCY
    totals = replace(merge.county, rated=None) if of_agency else merge.townships[0]
    return Submission(kept, totals, split)


def write_submission(
    submission: Submission, target: Path, *, lang: str = "zh", password: str | None = None, encrypt: str | None = None
) -> str:
    """Write the submission file, whole or not at all, its paper, and the list of what stays; return its check code.

    ``password`` locks the sheets, ``encrypt`` is asked for when the file is opened. Raises CannotRunError.
    """
    if submission.split:
        with result_file(held_path(target), SUBMIT, encrypt) as plain:
            write_held(submission.split, plain, lang)
    filled = submission.filled
    book, unit = require_accepted(filled)
    with result_file(target, SUBMIT, encrypt) as plain:
        done = compute_workbook(filled, plain, password=password, command=SUBMIT, final=True)
    with result_file(paper_path(target), SUBMIT, encrypt) as plain:
        write_paper(book, unit, done.frames, done.check_code, plain)
    return done.check_code


def submission_name(filled: FilledWorkbook, texts: Texts, key: str = "submission_name") -> str:
    """Return the name, without suffix, of a unit's submission file or of its printed cover."""
    assert filled.book is not None
    assert filled.unit is not None
    return texts.say(key, unit=filled.unit.name, policy=filled.book.policy.meta.id)


def describe_submission(submission: Submission, target: Path, texts: Texts) -> str:
    """Return the totals in lines that a clerk compares with the cover, what stays, and what is unanswered."""
    filled, split = submission.filled, submission.split
    lines = _describe_totals(filled, submission.totals, texts)
    if split:
        told = {"travelling": split.travelling, "held": split.staying, "list": held_path(target).name}
        lines.append(texts.say("submit_held", **told))
    if split and split.batches:
        lines.append(texts.say("submit_batches", batches=enumerate_words(split.batches)))
    if warnings := count_warnings(filled.findings):
        lines.append(texts.say("answers_open", warnings=warnings, unanswered=count_unanswered(filled.findings)))
    return "\n".join(lines)


def _describe_totals(filled: FilledWorkbook, totals: Totals, texts: Texts) -> list[str]:
    rosters, handed_in = filled.rosters, filled.rows
    if filled.subsidy_code in handed_in:  # made anew in the submission, whatever the clerk typed
        handed_in[filled.subsidy_code] = subsidy_frame(filled).height
    people = [texts.say("total_people", sheet=rosters[code].sheet, rows=handed_in[code]) for code in rosters]
    lines = [Phrases(people, COMMA).say(texts.lang)]
    rate = totals.rated.main.percent if totals.rated else "—"
    lines.append(texts.say("total_should", should=totals.should_enrol, enrolled=totals.enrolled, rate=rate))
    money = ("self_due", "self_paid", "gov_direct", "rebate_due")
    said = {name: Sum(totals.fen(name), totals.unknown.get(name, 0)).in_words for name in money}
    lines.append(texts.say("total_money", **said))
    return lines
