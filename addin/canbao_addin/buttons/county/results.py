"""对账, 报表, 导出: what is made of the folder of submissions, as the register's form says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.county import (
    export_desk,
    reconcile_desk,
    reconciled_path,
    report_desk,
    report_path,
)
from canbao_addin.actions.reconcile import name_of, say_missing
from canbao_addin.buttons.county.desk import open_desk
from canbao_addin.buttons.open_files import reopened, show_book
from canbao_addin.buttons.session import Outcome
from canbao_county.desk import ALL_REPORTS, SETTINGS, load_form
from canbao_rulebook.messages import render_line

if TYPE_CHECKING:
    from canbao_addin.buttons.session import Session

_SHOWN = 8  # lines of a closing message


def reconcile(session: Session) -> Outcome:
    """Hold the lists against the rosters and open the result. Raises CannotRunError."""
    desk = open_desk(session)
    said = desk.look() if desk else None
    folder = desk.submissions(said) if desk and said else None
    if said is None or folder is None:
        return Outcome()
    target = reconciled_path(said)
    with reopened(session) as files:
        files.release(target)
        done, refused = reconcile_desk(said, folder, target, session.counting)
    show_book(session, target)
    lines = [
        session.say(
            f"reconciled_{result.status}",
            name=name_of(said.policy, result),
            count=result.differences,
            missing=say_missing(result),
        )
        for result in done.results
    ]
    lines += [render_line(finding, session.texts.lang) for finding in refused]
    return Outcome(session.say("desk_reconciled_said", lines="\n".join(lines[:_SHOWN]), path=target))


def report(session: Session) -> Outcome:
    """Make the reports that the form asks for, after a question. Raises CannotRunError."""
    desk = open_desk(session)
    said = desk.look() if desk else None
    folder = desk.submissions(said) if desk and said else None
    if desk is None or said is None or folder is None:
        return Outcome()
    wanted, day = said.text("report") or ALL_REPORTS, said.report_day
    asked = session.say("desk_report_confirm", report=wanted, day=day, folder=report_path(said))
    if not session.host.confirm(asked, title=session.label):
        desk.show(load_form(SETTINGS).sheet, "report")
        return Outcome()
    with reopened(session) as files:
        files.release(report_path(said))
        done = report_desk(said, folder, session.counting)
    made = [report_path(said) / written.file for written in done.reports]
    if len(made) == 1:
        show_book(session, made[0])
    return Outcome(session.say("desk_reported", folder=report_path(said), count=len(made), as_of=done.as_of))


def export(session: Session) -> Outcome:
    """Write the file for another system, after a question. Raises CannotRunError."""
    desk = open_desk(session)
    said = desk.look() if desk else None
    folder = desk.submissions(said) if desk and said else None
    if desk is None or said is None or folder is None:
        return Outcome()
    mapping = said.mapping
    encoding = said.text("encoding") or mapping.encoding
    asked = session.say("desk_export_confirm", name=mapping.name, encoding=encoding)
    if not session.host.confirm(asked, title=session.label):
        desk.show(load_form(SETTINGS).sheet, "export")
        return Outcome()
    done, target, encoding = export_desk(said, folder, session.counting)
    if done.findings:
        lines = [render_line(finding, session.texts.lang) for finding in done.findings]
        return Outcome("\n".join([*lines[:_SHOWN], session.say("export_refused", path=target)]))
    lines = [session.say("exported", path=target, rows=done.rows, name=mapping.name, encoding=encoding)]
    if done.quoted:
        lines.append(session.say("export_quoted", count=done.quoted))
    return Outcome("\n".join(lines))
