"""合并: a folder of village workbooks into the township's, or of township workbooks into the county submission."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from canbao_addin.actions.merge_by_hand import describe_merged, merge_by_hand
from canbao_addin.buttons.county.desk import is_register, open_desk
from canbao_addin.buttons.county.merging import merge_from
from canbao_addin.buttons.places import start_folder
from canbao_addin.buttons.session import Outcome

if TYPE_CHECKING:
    from canbao_addin.buttons.session import Session


def merge_books(session: Session) -> Outcome:
    """Ask for a folder, merge it into a new folder beside it, and open the result; in the register merge as it says.

    Raises CannotRunError.
    """
    if is_register(session.book) and (desk := open_desk(session)):
        return merge_from(session, desk)
    folder = session.host.choose_folder(session.say("choose_merge"), start_folder(session.book))
    if folder is None:
        return Outcome()
    done = merge_by_hand(
        folder,
        session.library,
        session.texts,
        session.counting,
        lambda text: session.host.confirm(text, title=session.label),
    )
    with suppress(Exception):  # one of that name is open already: the message says where the result is
        session.host.open_book(done.target)
    return Outcome(describe_merged(done, session.texts))
