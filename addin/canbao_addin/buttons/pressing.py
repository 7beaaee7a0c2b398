"""What happens when a button is pressed: the action runs, and whatever comes of it is one plain message."""

from __future__ import annotations

import traceback
from contextlib import suppress
from typing import TYPE_CHECKING

import xlwings as xw

from canbao_addin.buttons.about import open_manual, tell_versions
from canbao_addin.buttons.check import check_book, go_to_next
from canbao_addin.buttons.compute import compute_book
from canbao_addin.buttons.county.lists import import_list
from canbao_addin.buttons.county.merging import decide, screen, show_register
from canbao_addin.buttons.county.new_year import prepare_year
from canbao_addin.buttons.county.results import export, reconcile, report
from canbao_addin.buttons.explain import explain_selection
from canbao_addin.buttons.merge import merge_books
from canbao_addin.buttons.repair import repair_book
from canbao_addin.buttons.returns import load_returns
from canbao_addin.buttons.session import Outcome, Session
from canbao_addin.buttons.stages import fold_stage
from canbao_addin.buttons.submit import submit_book
from canbao_addin.buttons.troubles import describe_trouble
from canbao_addin.home import LOG
from canbao_addin.hosts.excel import ExcelHost
from canbao_addin.texts import CannotRunError, Texts
from canbao_rulebook.masking import mask_numbers
from canbao_rulebook.ribbon import load_ribbon

if TYPE_CHECKING:
    from collections.abc import Callable

    from canbao_addin.hosts.host import Host

ACTIONS: dict[str, Callable[[Session], Outcome]] = {
    "check": check_book,
    "next_problem": go_to_next,
    "compute": compute_book,
    "explain": explain_selection,
    "fold_stage": fold_stage,
    "repair": repair_book,
    "submit": submit_book,
    "load_returns": load_returns,
    "register": show_register,
    "merge": merge_books,
    "import_list": import_list,
    "decide": decide,
    "screen": screen,
    "reconcile": reconcile,
    "report": report,
    "export": export,
    "new_year": prepare_year,
    "help": open_manual,
    "about": tell_versions,
}


def run(action: str) -> None:
    """Run an action in the workbook that Excel called from (RunPython).

    Raises what xlwings raises when there is none; the add-in then says that the program could not start.
    """
    book = xw.Book.caller()
    press(action, book, ExcelHost(book.app))


def press(action: str, book: xw.Book, host: Host, lang: str = "zh") -> str:
    """Run an action in an open workbook and return the closing message that was shown.

    ``action`` is the id of a button of the ribbon. Whatever goes wrong in it becomes the message.
    """
    label = next(button.label for button in load_ribbon().buttons if button.id == action)
    texts = Texts(lang)
    app, trouble = book.app, False
    try:
        app.status_bar = texts.say("working", action=label)
        outcome = ACTIONS[action](Session(book, host, texts, label))
    except CannotRunError as refusal:
        if refusal.__cause__ is not None:
            _log(action)
        outcome, trouble = Outcome(texts.say(refusal.key, **refusal.params)), True
    except Exception as error:  # noqa: BLE001 - whatever it is, a clerk sees one plain sentence, the log has the trace
        _log(action)
        outcome, trouble = Outcome(_say(texts, describe_trouble(error, label))), True
    message = mask_numbers(outcome.text)
    with suppress(Exception):
        app.status_bar = message if outcome.quiet else False
    if message and not outcome.quiet:
        host.tell(message, title=label, trouble=trouble)
    return message


def _say(texts: Texts, refusal: CannotRunError | None) -> str:
    """Return the sentence of what is ordinary, and of what nobody expected."""
    return texts.say(refusal.key, **refusal.params) if refusal else texts.say("button_unexpected", log=LOG)


def _log(action: str) -> None:
    """Keep the trace of an error that something else caused, without anybody's number."""
    with suppress(OSError):
        LOG.parent.mkdir(parents=True, exist_ok=True)
        with LOG.open("a", encoding="utf-8") as log:
            log.write(mask_numbers(f"{action}\n{traceback.format_exc()}\n"))
