"""生成上报文件: not while there are errors; show the totals, write the file with its check code, the cover as PDF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from canbao_addin.actions.submit import describe_totals, submission_name, submission_totals, write_submission
from canbao_addin.buttons.check import list_findings
from canbao_addin.buttons.session import Outcome
from canbao_addin.texts import CannotRunError
from canbao_rulebook.findings import Severity, has_errors
from canbao_rulebook.meta import COVER_SHEET

if TYPE_CHECKING:
    from canbao_addin.buttons.session import Session


def submit_book(session: Session) -> Outcome:
    """Write the submission beside the workbook. Raises CannotRunError; the open workbook stays as it is."""
    folder = saved_folder(session)
    filled = session.check()
    if has_errors(filled.findings):
        list_findings(session, filled)
        raise CannotRunError("submit_errors", counts=session.counts(filled.findings))
    totals = submission_totals(filled)
    said = describe_totals(filled, totals, session.texts)
    assert filled.unit is not None
    warnings = sum(found.severity is Severity.WARNING for found in filled.findings)
    question = session.say("submit_confirm", unit=filled.unit.name, totals=said, warnings=warnings)
    if not session.host.confirm(question, title=session.label):
        return Outcome()
    target = folder / f"{submission_name(filled, session.texts)}.xlsx"
    cover = folder / f"{submission_name(filled, session.texts, 'cover_name')}.pdf"
    if target == Path(session.book.fullname):
        raise CannotRunError("output_is_input", path=target)
    session.progress("writing")
    write_submission(filled, target)
    _print_cover(session, target, cover)
    return Outcome(session.say("submitted", file=target, cover=cover, code=filled.check_code))


def saved_folder(session: Session) -> Path:
    """Return the folder of the open workbook. Raises CannotRunError when it was never saved."""
    path = Path(session.book.fullname)
    if not path.is_file():
        raise CannotRunError("not_saved_yet", action=session.label)
    return path.parent


def _print_cover(session: Session, submission: Path, target: Path) -> None:
    """Open the submission, write its cover as PDF and close it again; the clerk's workbook is in front after that."""
    opened = session.host.open_book(submission)
    try:
        opened.app.calculate()
        opened.sheets[COVER_SHEET].used_range.to_pdf(str(target), show=False)
    except Exception as trouble:
        raise CannotRunError("cannot_write", path=target, why=type(trouble).__name__) from trouble
    finally:
        opened.close()
        session.book.activate()
