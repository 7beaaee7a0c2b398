"""载入退回清单: the findings of the level above, shown in the own workbook at their cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.returns import locate_returns, read_returns
from canbao_addin.buttons.places import start_folder
from canbao_addin.buttons.problems import Told, show_problems
from canbao_addin.buttons.session import Outcome
from canbao_rulebook.check_column import sign_text
from canbao_rulebook.meta import RESULT_SHEET

if TYPE_CHECKING:
    from canbao_addin.buttons.session import Session


def load_returns(session: Session) -> Outcome:
    """Ask for a return list and list it on 检查结果 in place of the last check. Raises CannotRunError."""
    path = session.host.choose_workbook(session.say("choose_returns"), start_folder(session.book))
    if path is None:
        return Outcome()
    returned = read_returns(path)
    filled = session.check()
    located = locate_returns(returned, filled, path, session.texts)
    if not located:
        return Outcome(session.say("returns_empty", path=path))
    changed = sum(one.changed for one in located)
    summary = session.say("result_returned", when=session.now(), file=path.name, total=len(located), changed=changed)
    with session.changing() as changes:
        told = [
            Told(one.finding, sign_text(one.finding.severity, one.finding.header, session.say("glance_returned")))
            for one in located
        ]
        show_problems(session.book, changes, told, filled, summary, session.say("result_position"))
    session.book.sheets[RESULT_SHEET].activate()
    return Outcome(session.say("returns_loaded", total=len(located), changed=changed))
