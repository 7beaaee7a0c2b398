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
from canbao_addin.actions.policies import open_policy
from canbao_addin.cli.options import FILE, with_json, with_lang, with_passwords
from canbao_addin.cli.output import Output, status_of, write_json
from canbao_addin.texts import CannotRunError
from canbao_county.lists.rare_values import show_time
from canbao_county.lists.request import ListRequest, make_request
from canbao_rulebook.findings import Severity
from canbao_rulebook.list_kinds import FieldType, load_list_kinds
from canbao_rulebook.masking import mask_text
from canbao_validators.normalise.display import format_number, format_serial

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_addin.actions.importing import Held, Imported
    from canbao_county.lists.listed import ListTable

_SHOWN_ROWS = 3
_KINDS = "、".join(f"{code} {kind.name}" for code, kind in load_list_kinds().items())


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option("--policy", "policy_name", required=True, metavar="POLICY", help="政策年度的名称或政策文件的路径")
@click.option("--kind", required=True, type=click.Choice(list(load_list_kinds())), help=f"名单种类：{_KINDS}")
@click.option("--agency", default="", help="名单来自哪个部门：政策文件里的代号或名称（主管部门名单必须写）")
@click.option("--category", default="", help="整份名单是同一种资助身份时，写明是哪一种")
@click.option("--sheet", "sheets", multiple=True, help="只读哪张工作表，可以写几次；默认每张合适的都读")
@click.option("--sheet-as", multiple=True, metavar="S=W", help="表名=身份或乡镇：表里没有这一列时，整张表是什么")
@click.option("--map", "given", multiple=True, metavar="H=F", help="表头=字段：告诉程序特别的表头是什么，可以写几次")
@click.option("--split", is_flag=True, help="姓名和号码写在一格、一格几个人的，照程序说的拆开（先看一遍再加）")
@click.option("--replace", is_flag=True, help="新名单比原来的少了五分之一以上，或有读不懂的行，也照样替换")
@click.option("--preview", is_flag=True, help="只看程序怎样理解，不写文件")
@click.option("--out", "folder", type=FILE, help="放名单的文件夹；同种名单整份替换原来的")
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
    """导入别的单位送来的名单（部门、税务、医保、银行、公安、学校……），留作合并时核对；几个文件合成一份名单。"""
    output = Output(lang)
    require_files(files)
    if folder is None and not preview:
        raise CannotRunError("list_no_folder")
    policy = open_policy(policy_name)
    require_agency(policy, kind, agency)
    if category and "category" not in load_list_kinds()[kind].by_field:
        raise CannotRunError("list_no_category", kind=load_list_kinds()[kind].name)
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
    with output.progress("import", len(files)) as step:
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
        output.say("list_imported", path=done.target, name=request.kind.name, rows=rows)
    if done.difference is not None:
        output.say("list_compared" if done.target is None else "list_replaced", **done.count_changes())
    if preview and done.held is not None:
        output.say("list_replace", **_doubts(output, done.held, request))
    if done.target is None and (preview or done.held is None):
        output.say("list_previewed" if preview else "list_refused", name=request.kind.name)


def _describe(output: Output, table: ListTable, *, rows: bool) -> None:
    """Print which column became which field, and with ``rows`` the first persons, masked."""
    fields = table.kind.by_field
    output.say("list_sheet", file=table.file, sheet=table.fit.sheet, row=table.fit.row, rows=table.frame.height)
    if table.fit.remembered:
        output.say("list_remembered")
    mapped = "，".join(f"{header}→{fields[name].header}" for header, name in table.fit.mapping.items())
    output.say("list_mapping", mapping=mapped)
    if table.fit.ignored:
        output.say("list_ignored", headers="、".join(table.fit.ignored))
    for tidied in table.tidied:
        output.say("list_tidied", header=tidied.header, what=tidied.what, count=tidied.count)
    if table.left_out:
        output.say("list_left_out", count=len(table.left_out), row=table.left_out[0].row)
    if rows:
        for row in table.frame.head(_SHOWN_ROWS).iter_rows(named=True):
            output.line(f"  {row['row']}：" + "，".join(_show(table, name, row[name]) for name in table.fit.places))


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
