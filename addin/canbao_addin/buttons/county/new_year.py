"""新年度: the policy of the next year as a workbook to be filled in; pressed in it, its policy file and templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.next_year import (
    find_units,
    hand_out_year,
    load_year,
    next_id,
    start_year,
    year_book_path,
)
from canbao_addin.actions.passwords import read_password
from canbao_addin.buttons.county.desk import open_desk
from canbao_addin.buttons.open_files import reopened, save_book, show_book
from canbao_addin.buttons.places import require_file
from canbao_addin.buttons.session import Outcome
from canbao_county.desk import SETTINGS, load_form
from canbao_generator.policy_book import TEXT_SHEET
from canbao_rulebook.findings import Severity
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.policy import PolicyError, render_issue

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from canbao_addin.buttons.session import Session
    from canbao_rulebook.policy import PolicyIssue

_SHOWN = 10  # issues in the closing message


def prepare_year(session: Session) -> Outcome:
    """Write and open the policy workbook of the next year; in such a workbook write its file, and templates.

    Raises CannotRunError.
    """
    if TEXT_SHEET in {sheet.name for sheet in session.book.sheets}:
        return _load(session)
    desk = open_desk(session)
    if desk is None:
        return Outcome()
    said = desk.look()
    policy_id = said.text("next_year") or next_id(desk.policy)
    target = year_book_path(desk.path, policy_id)
    asked = session.say("year_confirm", before=desk.policy.meta.id, id=policy_id, path=target)
    if not session.host.confirm(asked, title=session.label):
        desk.show(load_form(SETTINGS).sheet, "next_year")
        return Outcome()
    with reopened(session) as files:
        files.release(target)
        count = start_year(desk.policy, policy_id, target)
    show_book(session, target)
    return Outcome(session.say("year_made", path=target, count=count, action=session.label))


def _load(session: Session) -> Outcome:
    path = require_file(session)
    save_book(session, session.book, path)
    try:
        done = load_year(path)
    except PolicyError as trouble:
        return Outcome("\n".join(_lines(session, trouble.issues, str(path))))
    errors = sum(issue.severity is Severity.ERROR for issue in done.issues)
    warnings = sum(issue.severity is Severity.WARNING for issue in done.issues)
    lines = "".join(f"\n{line}" for line in _lines(session, done.issues, str(path)))
    said = session.say("year_loaded", path=done.path, errors=errors, warnings=warnings, lines=lines)
    if errors:
        return Outcome(session.say("year_wrong", said=said, action=session.label))
    folder = path.parent / session.say("year_templates", id=done.policy.meta.id)
    if not session.host.confirm(session.say("year_generate", said=said, folder=folder), title=session.label):
        return Outcome(said)
    wanted = _ask_how(session, path)
    if wanted is None:
        return Outcome(said)
    made = hand_out_year(done.policy, find_units(path), folder, session.counting, *wanted)
    show_book(session, made.register)
    text = session.say("year_generated", count=len(made.paths), folder=folder, register=made.register.name)
    if made.carried is None:
        return Outcome(text)
    persons, notes = made.carried.prefill.persons, made.notes or session.say("year_nothing")
    counts = {"count": persons[RosterRole.ENROLMENT], "exempt": persons[RosterRole.EXEMPTION]}
    return Outcome(f"{text}\n{session.say('year_carried', notes=notes, **counts)}")


def _ask_how(session: Session, beside: Path) -> tuple[str | None, Path | None] | None:
    """Return the password of the templates and last year's county workbook; None when somebody changed their mind.

    Raises CannotRunError for a file without a password.
    """
    password = last_year = None
    if session.host.confirm(session.say("year_lock"), title=session.label):
        file = session.host.choose_file(session.say("choose_password"), beside.parent)
        if file is None:
            return None
        password = read_password(file)
    if session.host.confirm(session.say("year_prefill"), title=session.label):
        last_year = session.host.choose_workbook(session.say("choose_last_year"), beside.parent)
        if last_year is None:
            return None
    return password, last_year


def _lines(session: Session, issues: Iterable[PolicyIssue], path: str) -> list[str]:
    lines = [render_issue(issue, path, session.texts.lang) for issue in issues]
    return lines if len(lines) <= _SHOWN else [*lines[:_SHOWN], f"…… +{len(lines) - _SHOWN}"]
