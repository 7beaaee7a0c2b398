"""修复: the workbook rebuilt around its data, in its own file, with the file as it was kept beside it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from canbao_addin.actions.repair import repair_workbook
from canbao_addin.buttons.open_files import save_book
from canbao_addin.buttons.places import require_file
from canbao_addin.buttons.session import Outcome
from canbao_addin.texts import CannotRunError
from canbao_validators.checking import check_raw
from canbao_validators.reading.raw import Form
from canbao_validators.reading.sheets import read_workbook
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_addin.actions.repair import Repaired
    from canbao_addin.buttons.session import Session

_SHOWN = 12  # lines of what was repaired in the closing message


def repair_book(session: Session) -> Outcome:
    """Save, rebuild, close and open again. Raises CannotRunError; the workbook then stays open as it was."""
    path = require_file(session)
    folder = path.parent
    if not session.host.confirm(session.say("repair_confirm"), title=session.label):
        return Outcome()
    save_book(session, session.book, path)
    backup = folder / session.say("backup_name", name=path.stem, when=session.now("%Y%m%d-%H%M%S"))
    made = folder / f".canbao-{path.stem}.xlsx"
    done = _rebuild(session, path, made)
    try:
        shutil.copy2(path, backup)
        session.book.close()
        try:
            made.replace(path)
        finally:
            session.book = session.host.open_book(path)
    except OSError as trouble:
        made.unlink(missing_ok=True)
        raise CannotRunError("cannot_write", path=path, why=trouble) from trouble
    return Outcome(session.say("repaired_book", backup=backup.name, what="\n".join(_describe(session, done))))


def _rebuild(session: Session, path: Path, target: Path) -> Repaired:
    try:
        raw = read_workbook(path)
    except UnreadableFile as trouble:
        raise CannotRunError("refused", file=path.name, reason=trouble) from trouble
    if raw.form is not Form.XLSX:  # the rebuilt workbook would not be what the file's name says
        reason = UnreadableFile("V39.old_format", what=raw.form.value)
        raise CannotRunError("refused", file=path.name, reason=reason)
    filled = check_raw(raw, session.library)
    return repair_workbook(filled, path, target, raw=raw)


def _describe(session: Session, done: Repaired) -> list[str]:
    """Return what was mended, what stays behind in the backup, and where rows moved up."""
    lang = session.texts.lang
    lines = [damage.sentence.say(lang) for damage in done.damages] or [session.say("repaired_nothing")]
    if len(lines) > _SHOWN:
        lines = [*lines[:_SHOWN], session.say("repaired_more", count=len(lines))]
    if done.leftovers:
        lines.append(session.say("repaired_left"))
        lines += [leftover.sentence.say(lang) for leftover in done.leftovers[:_SHOWN]]
    return lines + [session.say("repair_closed", sheet=sheet, count=count) for sheet, count in done.closed.items()]
