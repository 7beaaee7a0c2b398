"""导入名单 at a door: a list, its kind and its sender are chosen, a workbook shows what was understood, a yes keeps it.

The workbook has the form of the register's button. What the two questions do not ask for (an identity, headers, the
meaning of sheets) is written into it, and the door is opened with it in place of the list.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from canbao_addin.actions.checking import read_cells, require_open
from canbao_addin.actions.county import open_county
from canbao_addin.actions.import_form import form_file, form_request, preview_lines
from canbao_addin.actions.import_texts import import_figures
from canbao_addin.actions.importing import import_files
from canbao_addin.actions.made_by import PREVIEW
from canbao_addin.actions.register import nearby_register, state_place
from canbao_addin.actions.results import require_target, result_file
from canbao_addin.doors.desk import Outcome
from canbao_county.desk import IMPORTS, form_sheet, load_form, read_form
from canbao_generator.tables import write_tables
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.masking import mask_numbers
from canbao_rulebook.table_specs import load_table
from canbao_validators.reading.origin import find_origin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from canbao_addin.actions.county import CountyDesk
    from canbao_addin.actions.importing import Imported
    from canbao_addin.doors.desk import Desk


class _Asked(NamedTuple):
    """What the form says by field, the list that it is about, and where the preview goes."""

    form: Mapping[str, str]
    source: Path
    target: Path


def import_list(path: Path, desk: Desk) -> Outcome:
    """Import a list, or what the form of an earlier preview asks for. Raises CannotRunError."""
    county = _county_of(path, desk)
    if county is None:
        return Outcome()
    asked = _read_form(path, desk) if _is_preview(path) else _ask(path, county, desk)
    if asked is None:
        return Outcome()
    require_target(asked.target, PREVIEW, [path])
    return _import(asked, county, desk)


def _import(asked: _Asked, county: CountyDesk, desk: Desk) -> Outcome:
    """Show what was understood, and keep it after a yes. Raises CannotRunError."""
    request = form_request(county.policy, asked.form)
    desk.unlocked(asked.source, partial(require_open, asked.source))
    request = replace(request, passwords=tuple(desk.passwords))
    preview = import_files([asked.source], request, county.lists, lang=desk.texts.lang, preview=True)
    _write_preview(preview, asked, county, desk)
    said = {"action": desk.label, "path": asked.target.name, "sheet": load_form(IMPORTS).sheet}
    if any(file.reason for file in preview.files):
        text = desk.say("door_import_refused", name=request.kind.phrase, **said)
        return Outcome(text, (asked.target,), trouble=True)
    desk.show(asked.target)
    if not desk.confirm(desk.say("door_import_confirm", **said, **import_figures(preview, request, desk.texts))):
        return Outcome()
    replaces = preview.held is not None
    done = import_files([asked.source], request, county.lists, lang=desk.texts.lang, replace=replaces)
    rows = sum(file.frame.height for file in done.files)
    return Outcome(desk.say("import_done", name=request.kind.phrase, path=done.target, rows=rows))


def _county_of(path: Path, desk: Desk) -> CountyDesk | None:
    """Return the county's desk, by the register beside the file or the one that is chosen; None when none is."""
    register = nearby_register(path)
    register = register or desk.dialogs.choose_file(desk.say("choose_desk"), path.parent, (".xlsx",))
    if register is None:
        return None
    found = register
    return desk.unlocked(found, lambda words: open_county(found, desk.library, desk.texts, desk.label, words))


def _is_preview(path: Path) -> bool:
    origin = find_origin(path)
    return origin is not None and origin.command == PREVIEW


def _ask(path: Path, county: CountyDesk, desk: Desk) -> _Asked | None:
    """Ask for what a form cannot do without; None when the person changed their mind."""
    kinds = {kind.phrase.say(desk.texts.lang): kind for kind in load_list_kinds().values()}
    chosen = desk.choose(desk.say("door_list_kind", file=path.name), list(kinds))
    if chosen is None:
        return None
    kind = kinds[chosen]
    target = desk.beside(path, "door_result_import")
    form = {"file": state_place(path, target), "kind": kind.name}
    if kind.needs_agency:
        names = [agency.name for agency in county.policy.org.agencies.values()]
        agency = desk.choose(desk.say("door_list_agency", file=path.name), names)
        if agency is None:
            return None
        form["agency"] = agency
    return _Asked(form, path, target)


def _read_form(path: Path, desk: Desk) -> _Asked:
    """Return what an earlier preview asks for; the next one has another name, as this one is not written."""
    form = dict.fromkeys(load_form(IMPORTS).labels, "") | read_form(read_cells(path), IMPORTS)
    source = form_file(form, path)
    names = (desk.beside(source, "door_result_import"), desk.beside(source, "door_result_import_again"))
    return _Asked(form, source, next(name for name in names if name != path))


def _write_preview(done: Imported, asked: _Asked, county: CountyDesk, desk: Desk) -> None:
    """Write what was understood, and the form, which may be corrected. Raises CannotRunError."""
    begin = f"{county.policy.meta.county}{county.policy.meta.policy_year}年度"
    lines = [{"line": mask_numbers(line)} for line in preview_lines(done, desk.texts)]
    preview = load_table("import_preview").make(lines, begin=begin)
    sheets = [preview, form_sheet(IMPORTS, asked.form, county.policy, begin)]
    with result_file(asked.target, PREVIEW) as plain:
        write_tables(plain, sheets, command=PREVIEW, title=preview.title)
