"""导入名单: a file, its kind and sender in the register's form, a preview below, a question before it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.import_form import SHOWN, form_file, form_request, preview_lines
from canbao_addin.actions.import_texts import import_figures
from canbao_addin.actions.importing import import_files
from canbao_addin.buttons.county.desk import open_desk
from canbao_addin.buttons.session import Outcome
from canbao_county.desk import IMPORTS, load_form
from canbao_rulebook.masking import mask_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_addin.buttons.county.desk import OpenDesk
    from canbao_addin.buttons.session import Session

_FORMULA_STARTS = ("=", "+", "-", "@")


def import_list(session: Session) -> Outcome:
    """Ask for a file; once kind and sender are chosen in the form, preview it and keep it. Raises CannotRunError."""
    desk = open_desk(session)
    if desk is None:
        return Outcome()
    said = desk.look()
    form = {field: str(value or "").strip() for field, value in desk.read(IMPORTS).items()}
    if not form.get("file"):
        path = session.host.choose_file(session.say("choose_list"), said.submissions or desk.path.parent)
        if path is None:
            return Outcome()
        desk.fill(IMPORTS, **dict.fromkeys(form, "") | {"file": str(path)})
        _list_below(session, desk, ())
    if not form.get("file") or not form.get("kind"):
        desk.show(load_form(IMPORTS).sheet, "kind", IMPORTS)
        return Outcome(session.say("import_form", **load_form(IMPORTS).labels, action=session.label))
    path, request = form_file(form, desk.path), form_request(desk.policy, form)
    with session.counting("", 1) as step:
        preview = import_files([path], request, said.lists, step, lang=session.texts.lang, preview=True)
    _list_below(session, desk, preview_lines(preview, session.texts))
    desk.show(load_form(IMPORTS).sheet)
    label = load_form(IMPORTS).labels["file"]
    if any(file.reason for file in preview.files):
        return Outcome(session.say("import_refused", name=request.kind.phrase, file=label))
    question = session.say("import_confirm", file=label, **import_figures(preview, request, session.texts))
    if not session.host.confirm(question, title=session.label):
        return Outcome()
    done = import_files([path], request, said.lists, lang=session.texts.lang, replace=preview.held is not None)
    desk.fill(IMPORTS, **dict.fromkeys(form, ""))
    rows = sum(file.frame.height for file in done.files)
    return Outcome(session.say("import_done", name=request.kind.phrase, path=done.target, rows=rows))


def _list_below(session: Session, desk: OpenDesk, lines: Sequence[str]) -> None:
    """Write lines below the form, in place of those of the last preview; nobody's number stands in them."""
    texts = [mask_numbers(line) for line in lines]
    texts = [f"“{text}”" if text.startswith(_FORMULA_STARTS) else text for text in texts]
    form = load_form(IMPORTS)
    area = desk.book.sheets[form.sheet].range((form.below, 1), (form.below + SHOWN - 1, 1))
    with session.changing() as changes:
        changes.write(area, [[texts[place] if place < len(texts) else None] for place in range(SHOWN)])
