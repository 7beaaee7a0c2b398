"""为什么是这个数: the selected person's identities, the rule that decided, its article, and what was considered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.explain import explain_row
from canbao_addin.buttons.session import Outcome
from canbao_addin.texts import CannotRunError

if TYPE_CHECKING:
    from canbao_addin.buttons.session import Session


def explain_selection(session: Session) -> Outcome:
    """Explain the row of the selected cell. Raises CannotRunError when nobody stands there."""
    selected = session.book.app.selection
    if selected is None:
        raise CannotRunError("explain_select")
    return Outcome(explain_row(session.check(), selected.sheet.name, selected.row, session.texts.lang))
