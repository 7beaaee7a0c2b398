"""生成上报文件: not while there are errors; show the totals, write the file with its check code, the cover as PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.paper import paper_path
from canbao_addin.actions.submit import describe_submission, prepare_submission, submission_name, write_submission
from canbao_addin.buttons.check import list_findings
from canbao_addin.buttons.places import require_file
from canbao_addin.buttons.session import Outcome
from canbao_addin.buttons.troubles import is_interruption
from canbao_addin.texts import CannotRunError
from canbao_rulebook.findings import has_errors
from canbao_rulebook.meta import COVER_SHEET

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_addin.actions.submit import Submission
    from canbao_addin.buttons.session import Session
    from canbao_validators.workbook import FilledWorkbook


def submit_book(session: Session) -> Outcome:
    """Write the submission beside the workbook. Raises CannotRunError; the open workbook stays as it is."""
    own = require_file(session)
    folder = own.parent
    filled = session.check()
    submission = _prepare(session, filled)
    assert filled.unit is not None
    target = folder / f"{submission_name(filled, session.texts)}.xlsx"
    said = describe_submission(submission, target, session.texts)
    if not session.host.confirm(session.say("submit_confirm", unit=filled.unit.name, totals=said), title=session.label):
        return Outcome()
    cover = folder / f"{submission_name(filled, session.texts, 'cover_name')}.pdf"
    if target == own:
        raise CannotRunError("output_is_input", path=target)
    session.progress("writing")
    code = write_submission(submission, target)
    _print_cover(session, target, cover)
    return Outcome(
        session.say("submitted", file=target.name, cover=cover.name, paper=paper_path(target).name, code=code)
    )


def _prepare(session: Session, filled: FilledWorkbook) -> Submission:
    """Return what can be handed in; where errors are in the way, list them first. Raises CannotRunError."""
    if has_errors(filled.findings):
        list_findings(session, filled)
    try:
        return prepare_submission(filled)
    except CannotRunError as trouble:
        if trouble.key != "submit_has_errors":
            raise
        raise CannotRunError("submit_errors", counts=session.counts(filled.findings)) from trouble


def _print_cover(session: Session, submission: Path, target: Path) -> None:
    """Open the submission, write its cover as PDF and close it again; the clerk's workbook is in front after that."""
    opened = session.host.open_book(submission)
    try:
        opened.app.calculate()
        opened.sheets[COVER_SHEET].used_range.to_pdf(str(target), show=False)
    except Exception as trouble:
        if is_interruption(trouble):
            raise
        raise CannotRunError("cannot_write", path=target, why=type(trouble).__name__) from trouble
    finally:
        opened.close()
        session.book.activate()
