"""A door is opened with files or folders: each is worked on, and whatever comes of it is one plain message."""

from __future__ import annotations

import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from canbao_addin.doors.desk import Desk, Outcome
from canbao_addin.doors.dialogs import CancelledError
from canbao_addin.doors.table import Kind
from canbao_addin.home import LOG
from canbao_addin.texts import CannotRunError
from canbao_rulebook.masking import mask_numbers
from canbao_validators.inbox import find_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from canbao_addin.doors.dialogs import Dialogs
    from canbao_addin.doors.table import Door
    from canbao_addin.texts import Texts

DONE, FAILED = 0, 2
_SHOWN = 15  # lines of one message: a box has to fit on the screen
_MOST_OPENED = 3  # results that are opened by themselves


class _Done(NamedTuple):
    path: Path
    outcome: Outcome


def open_door(door: Door, paths: Sequence[Path], dialogs: Dialogs, texts: Texts) -> int:
    """Do what a door is for with every path, tell it, open the results; return the exit status.

    Without a path the person chooses one. Whatever goes wrong is told and logged, and never raised.
    """
    desk = Desk(dialogs, texts, door.label(texts))
    try:
        return _open(door, paths, desk)
    except CancelledError:
        desk.tell(texts.say("interrupted"))
    except CannotRunError as refusal:
        desk.tell(texts.say(refusal.key, **refusal.params), trouble=True)
    except Exception:  # noqa: BLE001 - a path that cannot be looked at, a dialog that does not open
        _log(door)
        desk.tell(texts.say("door_unexpected", log=LOG), trouble=True)
    return FAILED


def _open(door: Door, paths: Sequence[Path], desk: Desk) -> int:
    found = list(_inputs(door, paths or _chosen(door, desk), desk))
    done = list(_run_all(door, found, desk))
    if not done:
        return FAILED
    failed = [one for one in done if one.outcome.trouble]
    text = done[0].outcome.text if len(done) == 1 else _summary(done, desk)
    if text:
        desk.tell(text, trouble=bool(failed))
    _open_results(done, desk)
    return FAILED if failed else DONE


def _chosen(door: Door, desk: Desk) -> list[Path]:
    if door.kind is Kind.FOLDER:
        path = desk.dialogs.choose_folder(desk.say("door_choose_folder", action=desk.label), Path.home())
    else:
        key = f"door_choose_{door.kind.value}"
        path = desk.dialogs.choose_file(desk.say(key, action=desk.label), Path.home(), door.kind.suffixes)
    return [path] if path else []


def _inputs(door: Door, paths: Sequence[Path], desk: Desk) -> Iterator[Path]:
    """Yield what the door works on; of a folder that a door for files was given, its files."""
    wrong = "door_wants_list" if door.kind is Kind.LIST else "door_wants_file"
    for path in map(Path.absolute, paths):
        if not path.exists():
            raise CannotRunError("file_missing", path=path)
        if door.kind is Kind.FOLDER:
            if not path.is_dir():
                raise CannotRunError("door_wants_folder", action=desk.label, path=path)
            yield path
        elif path.is_dir():
            inside = [file.path for file in find_files(path).files if _fits(file.path, door)]
            if not inside:
                raise CannotRunError(wrong, action=desk.label, path=path)
            yield from inside
        elif not _fits(path, door):
            raise CannotRunError(wrong, action=desk.label, path=path)
        else:
            yield path


def _fits(path: Path, door: Door) -> bool:
    return path.suffix.casefold() in door.kind.suffixes


def _run_all(door: Door, paths: Sequence[Path], desk: Desk) -> Iterator[_Done]:
    """Run the door for each path; a door for folders shows by itself how far it is."""
    if door.kind is Kind.FOLDER or not paths:
        yield from (_Done(path, _run(door, path, desk)) for path in paths)
        return
    with desk.progress(door.id, len(paths)) as step:
        for path in paths:
            step(path.name)
            yield _Done(path, _run(door, path, desk))


def _run(door: Door, path: Path, desk: Desk) -> Outcome:
    try:
        return door.run(path, desk)
    except CannotRunError as refusal:
        return Outcome(desk.say(refusal.key, **refusal.params), trouble=True)
    except CancelledError:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, a clerk sees one plain sentence and the trace goes to the log
        _log(door)
        return Outcome(desk.say("door_unexpected", log=LOG), trouble=True)


def _summary(done: Sequence[_Done], desk: Desk) -> str:
    lines = [f"{one.path.name}：{one.outcome.text.partition(chr(10))[0]}" for one in done]
    if len(lines) > _SHOWN:
        lines = [*lines[:_SHOWN], f"…… +{len(lines) - _SHOWN}"]
    failed = sum(one.outcome.trouble for one in done)
    return desk.say("door_several", done=len(done) - failed, failed=failed, lines="\n".join(lines))


def _open_results(done: Sequence[_Done], desk: Desk) -> None:
    """Open what was written; of many results the folder that they lie in."""
    results = [path for one in done for path in one.outcome.results]
    if len(results) > _MOST_OPENED:
        results = list(dict.fromkeys(path.parent for path in results))[:1]
    for path in results:
        desk.show(path)


def _log(door: Door) -> None:
    """Keep the trace of an error that nobody expected, without anybody's number."""
    with suppress(OSError):
        LOG.parent.mkdir(parents=True, exist_ok=True)
        with LOG.open("a", encoding="utf-8") as log:
            log.write(mask_numbers(f"{door.id}\n{traceback.format_exc()}\n"))
