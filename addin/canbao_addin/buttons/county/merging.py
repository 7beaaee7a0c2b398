"""登记, 合并, 县里决定, 筛查轮次: what was handed in, merged from the register."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from canbao_addin.actions.county import merge_desk
from canbao_addin.actions.merge_by_hand import describe_merged
from canbao_addin.actions.register import read_register
from canbao_addin.actions.rounds import ROUNDS_FILE
from canbao_addin.buttons.county.desk import is_register, open_desk
from canbao_addin.buttons.open_files import find_open, reopened, save_book, show_book
from canbao_addin.buttons.session import Outcome
from canbao_addin.texts import CannotRunError
from canbao_county.desk import SETTINGS
from canbao_county.merge.decisions import OPEN
from canbao_county.merge.register import State, count_states
from canbao_county.merge.rulings import RULING_SHEETS, read_rulings
from canbao_rulebook.phrases import MORE, Phrases, enumerate_words
from canbao_rulebook.problem_list import DECISION_SHEET, REGISTER_SHEET, RETURN_PREFIX
from canbao_validators.apart import read_result_apart
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import xlwings as xw

    from canbao_addin.actions.county import CountyDesk
    from canbao_addin.actions.merge import MergedFolder
    from canbao_addin.buttons.county.desk import OpenDesk
    from canbao_addin.buttons.session import Session
    from canbao_county.merge.register import Entry
    from canbao_validators.settlement.terms import Rulings

_NAMED = 10  # units that have not handed in


def show_register(session: Session) -> Outcome:
    """Show who has handed in what; pressed in the register, read the folder anew first. Raises CannotRunError."""
    from_register = is_register(session.book)
    desk = open_desk(session)
    if desk is None:
        return Outcome()
    said = desk.look()
    if from_register and said.submissions is not None:
        asked = session.say("desk_look_again", folder=said.submissions)
        if session.host.confirm(asked, title=session.label):
            merged = _merge(session, desk, said, said.submissions, said.round)
            desk.show(REGISTER_SHEET)
            return Outcome(_say_states(session, merged.registered))
    desk.show(REGISTER_SHEET)
    return Outcome(_say_states(session, read_register(desk.path).entries))


def merge_from(session: Session, desk: OpenDesk) -> Outcome:
    """Merge what was handed in and open the county workbook. Raises CannotRunError."""
    said = desk.look()
    folder = desk.submissions(said)
    if folder is None:
        return Outcome()
    return _opened(session, _merge(session, desk, said, folder, said.round))


def decide(session: Session) -> Outcome:
    """Show where the county decides; pressed there, merge anew with what was decided. Raises CannotRunError."""
    pressed = session.book
    desk = open_desk(session)
    if desk is None:
        return Outcome()
    said = desk.look()
    if said.county is None:
        raise CannotRunError("desk_no_county")
    if not said.has_decisions:
        raise CannotRunError("desk_no_decisions", path=said.county)
    if find_open(session, said.county) != pressed:
        book = show_book(session, said.county)
        book.sheets[DECISION_SHEET].activate()
        return Outcome(session.say("desk_decide", action=session.label, count=_open_rows(book.sheets[DECISION_SHEET])))
    save_book(session, pressed, said.county)
    folder = desk.submissions(said)
    rulings = _read_rulings(said.county)
    counts = {"rulings": len(rulings.rows), "approvals": len(rulings.approvals)}
    if folder is None or not session.host.confirm(
        session.say("desk_decide_confirm", folder=folder, **counts), title=session.label
    ):
        return Outcome()
    outcome = _opened(session, _merge(session, desk, said, folder, said.round))
    show_book(session, said.county).sheets[DECISION_SHEET].activate()
    return outcome


def screen(session: Session) -> Outcome:
    """Begin the next screening round with a folder that is chosen. Raises CannotRunError."""
    desk = open_desk(session)
    if desk is None:
        return Outcome()
    said = desk.look()
    before, number = said.returns(said.round), said.round + 1
    if not list(before.glob(f"{RETURN_PREFIX}*.xlsx")):
        raise CannotRunError("desk_no_rounds", number=said.round)
    folder = session.host.choose_folder(session.say("choose_round"), said.submissions or desk.path.parent)
    if folder is None:
        return Outcome()
    merged = _merge(session, desk, said, folder, number)
    desk.fill(SETTINGS, round=str(number))
    rounds = said.returns(number) / ROUNDS_FILE
    show_book(session, rounds)
    assert merged.screening is not None
    text = session.say("screened", number=merged.screening.number, **merged.screening.counts())
    return Outcome(session.say("desk_screened", said=text, path=rounds))


def _merge(session: Session, desk: OpenDesk, said: CountyDesk, folder: Path, number: int) -> MergedFolder:
    """Merge; what is open and written meanwhile is open again for every question, and afterwards."""
    with reopened(session) as files:

        def confirm(text: str) -> bool:
            files.restore()
            return session.host.confirm(text, title=session.label)

        return merge_desk(
            said,
            folder,
            number,
            release=lambda county: files.release(county, said.returns(number), desk.path),
            progress=session.counting,
            confirm=confirm,
        )


def _opened(session: Session, merged: MergedFolder) -> Outcome:
    with suppress(Exception):  # one of that name is open already: the message says where the result is
        show_book(session, merged.target)
    return Outcome(describe_merged(merged, session.texts))


def _say_states(session: Session, entries: Sequence[Entry]) -> str:
    counts = count_states(entries)
    missing = [entry.unit for entry in entries if entry.state is State.MISSING]
    if not missing:
        return session.say("desk_registered_all", **counts)
    units = Phrases((enumerate_words(missing[:_NAMED]), MORE if len(missing) > _NAMED else ""))
    return session.say("desk_registered", units=units, **counts)


def _read_rulings(county: Path) -> Rulings:
    try:
        return read_rulings(read_result_apart(county, only=RULING_SHEETS))
    except UnreadableFile as trouble:
        raise CannotRunError("cannot_read", path=county, why=trouble) from trouble


def _open_rows(sheet: xw.Sheet) -> int:
    """Return how many rows wait for a decision."""
    cells = sheet.used_range.options(ndim=2, err_to_str=True).value
    return sum(OPEN in row for row in cells)
