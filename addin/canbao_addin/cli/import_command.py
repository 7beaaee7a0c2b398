"""The command import: what departments, tax office, bureau, bank, police and schools send, as lists of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.files import require_files
from canbao_addin.actions.import_texts import describe_tables, say_doubts
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
from canbao_county.lists.request import ListRequest, make_request
from canbao_rulebook.findings import Severity
from canbao_rulebook.list_kinds import load_list_kinds

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_addin.actions.importing import Imported


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
        raise CannotRunError("list_replace", **say_doubts(done.held, request, output.texts))
    return status_of(done.findings)


def _report(output: Output, done: Imported, request: ListRequest, *, preview: bool) -> None:
    for line in describe_tables(done, output.texts, rows=preview):
        output.line(line)
    output.findings([found for found in done.findings if preview or found.severity is not Severity.INFO])
    if done.target is not None:
        rows = sum(file.frame.height for file in done.files)
        output.say("list_imported", path=done.target, name=request.kind.phrase, rows=rows)
    if done.difference is not None:
        output.say("list_compared" if done.target is None else "list_replaced", **done.count_changes())
    if preview and done.held is not None:
        output.say("list_replace", **say_doubts(done.held, request, output.texts))
    if done.target is None and (preview or done.held is None):
        output.say("list_previewed" if preview else "list_refused", name=request.kind.phrase)
