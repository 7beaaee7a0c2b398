"""The command import: what departments, tax office, bureau, bank, police and schools send, as lists of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.checking import require_files
from canbao_addin.actions.importing import (
    find_agency,
    find_category,
    import_files,
    read_mapping,
    read_sheet_words,
    require_agency,
)
from canbao_addin.actions.made_by import IMPORT
from canbao_addin.actions.policies import open_policy
from canbao_addin.cli.help import Command
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import FILE, with_json, with_lang, with_passwords
from canbao_addin.cli.output import Output, status_of
from canbao_addin.texts import CannotRunError
from canbao_county.lists.rare_values import show_time
from canbao_county.lists.request import ListRequest, make_request
from canbao_rulebook.findings import Severity
from canbao_rulebook.list_kinds import FieldType, load_list_kinds
from canbao_rulebook.masking import mask_text
from canbao_rulebook.phrases import COMMA, Phrases, enumerate_words
from canbao_validators.normalise.display import format_number, format_serial

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_addin.actions.importing import Held, Imported
    from canbao_county.lists.listed import ListTable

_SHOWN_ROWS = 3


@click.command("import", cls=Command)
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option("--policy", "policy_name", required=True, metavar="POLICY")
@click.option("--kind", required=True, type=click.Choice(list(load_list_kinds())))
@click.option("--agency", default="")
@click.option("--category", default="")
@click.option("--sheet", "sheets", multiple=True)
@click.option("--sheet-as", multiple=True, metavar="S=W")
@click.option("--map", "given", multiple=True, metavar="H=F")
@click.option("--split", is_flag=True)
@click.option("--replace", is_flag=True)
@click.option("--preview", is_flag=True)
@click.option("--out", "folder", type=FILE)
@with_json
@with_passwords
@with_lang
def import_list(
    files: tuple[Path, ...],
    policy_name: str,
    kind: str,
    agency: str,
    category: str,
    sheets: tuple[str, ...],
    sheet_as: tuple[str, ...],
    given: tuple[str, ...],
    split: bool,
    replace: bool,
    preview: bool,
    folder: Path | None,
    json_path: str | None,
    passwords: tuple[str, ...],
    lang: str,
) -> int:
    """Import lists of others, against which the merge checks."""
    output = Output(lang)
    require_files(files)
    if folder is None and not preview:
        raise CannotRunError("list_no_folder")
    policy = open_policy(policy_name)
    require_agency(policy, kind, agency)
    if category and "category" not in load_list_kinds()[kind].by_field:
        raise CannotRunError("list_no_category", kind=load_list_kinds()[kind].phrase)
    request = make_request(
        policy,
        kind,
        agency=find_agency(policy, agency) if agency else "",
        category=find_category(policy, category) if category else "",
        sheets=sheets,
        given=read_mapping(kind, given),
        passwords=passwords,
        sheet_words=read_sheet_words(policy, sheet_as),
        split=split,
    )
    with output.progress(IMPORT, len(files)) as step:
        done = import_files(files, request, folder, step, lang=lang, preview=preview, replace=replace)
    if json_path:
        write_json(json_path, done.as_dict(lang))
    if json_path != "-":
        _report(output, done, request, preview=preview)
    if done.held is not None and not preview:
        raise CannotRunError("list_replace", **_doubts(output, done.held, request))
    return status_of(done.findings)


def _doubts(output: Output, held: Held, request: ListRequest) -> dict[str, object]:
    """Return why a list was not replaced, for its sentence."""
    unread = output.texts.say("list_unread", count=held.unread) if held.unread else ""
    return {"name": request.kind.name, "persons": held.persons, "removed": held.removed, "unread": unread}


def _report(output: Output, done: Imported, request: ListRequest, *, preview: bool) -> None:
    for file in done.files:
        for table in file.tables:
            _describe(output, table, rows=preview)
    output.findings([found for found in done.findings if preview or found.severity is not Severity.INFO])
    if done.target is not None:
        rows = sum(file.frame.height for file in done.files)
        output.say("list_imported", path=done.target, name=request.kind.phrase, rows=rows)
    if done.difference is not None:
        output.say("list_compared" if done.target is None else "list_replaced", **done.count_changes())
    if preview and done.held is not None:
        output.say("list_replace", **_doubts(output, done.held, request))
    if done.target is None and (preview or done.held is None):
        output.say("list_previewed" if preview else "list_refused", name=request.kind.phrase)


def _describe(output: Output, table: ListTable, *, rows: bool) -> None:
    """Print which column became which field, and with ``rows`` the first persons, masked."""
    fields = table.kind.by_field
    output.say("list_sheet", file=table.file, sheet=table.fit.sheet, row=table.fit.row, rows=table.frame.height)
    if table.fit.remembered:
        output.say("list_remembered")
    mapped = [f"{header}→{fields[name].header}" for header, name in table.fit.mapping.items()]
    output.say("list_mapping", mapping=enumerate_words(mapped))
    if table.fit.ignored:
        output.say("list_ignored", headers=enumerate_words(table.fit.ignored))
    for tidied in table.tidied:
        output.say("list_tidied", header=tidied.header, what=tidied.what, count=tidied.count)
    if table.left_out:
        output.say("list_left_out", count=len(table.left_out), row=table.left_out[0].row)
    if rows:
        for row in table.frame.head(_SHOWN_ROWS).iter_rows(named=True):
            values = [_show(table, name, row[name]) for name in table.fit.places]
            output.say("list_row", row=row["row"], values=Phrases(values, COMMA))


def _show(table: ListTable, name: str, value: str | float | None) -> str:
    """Return a value for the screen; of numbers that are names, and of names, a part."""
    kind = table.kind[name].type
    if isinstance(value, str):
        shown = {FieldType.ID: mask_text, FieldType.NAME: mask_name}.get(kind, str)(value)
    elif value is None:
        shown = ""
    else:
        shown = {FieldType.DATE: format_serial, FieldType.TIME: show_time}.get(kind, format_number)(value)
    return f"{table.kind[name].header} {shown or '—'}"


def mask_name(value: str) -> str:
    """Return a name of which only the first character can be read."""
    return value[:1] + "*" * (len(value) - 1)
