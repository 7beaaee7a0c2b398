"""The command generate: locked workbooks for townships, villages, schools and departments, also with known persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.generate import generate_workbooks, read_password
from canbao_addin.actions.policies import open_book, open_policy
from canbao_addin.actions.prefilling import prefilling_kinds, read_prefill
from canbao_addin.actions.units import load_all_units
from canbao_addin.actions.units_list import write_units
from canbao_addin.cli.options import FILE, with_lang
from canbao_addin.cli.output import Output
from canbao_county.lists.prefill import Prefill
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.units import TOWNSHIP, VILLAGE
from canbao_validators.checking import Reading
from canbao_validators.inbox import UNITS_FILE

if TYPE_CHECKING:
    from pathlib import Path

_PREFILLS = "、".join(f"{code} {load_list_kinds()[code].name}" for code in prefilling_kinds())


@click.command()
@click.argument("policy_name", metavar="POLICY")
@click.option("--out", "folder", required=True, type=FILE, help="放生成的工作簿的文件夹")
@click.option("--units", type=FILE, help="乡镇名单：CSV 或 .xlsx，列为 乡镇、村、组、目标任务数")
@click.option(
    "--level",
    type=click.Choice([TOWNSHIP, VILLAGE]),
    default=TOWNSHIP,
    help="township 每个乡镇一个工作簿（默认）；village 每个村一个，放在 OUT/<乡镇>/<村>.xlsx",
)
@click.option("--rows", type=int, help="每张花名册留多少行；默认按目标任务数")
@click.option("--password-file", type=FILE, help="写着保护密码的文件（第一行）")
@click.option("--prefill", type=click.Choice(prefilling_kinds()), help=f"把名单上的人先填进花名册：{_PREFILLS}")
@click.option("--lists", type=FILE, help="放着导入的名单的文件夹；--prefill 时用")
@with_lang
def generate(
    policy_name: str,
    folder: Path,
    units: Path | None,
    level: str,
    rows: int | None,
    password_file: Path | None,
    prefill: str | None,
    lists: Path | None,
    lang: str,
) -> int:
    """为每个乡镇（或每个村）生成一个带保护的工作簿：OUT/<乡镇>.xlsx；要填表的学校、部门也各一个。"""
    output = Output(lang)
    loaded = open_policy(policy_name)
    book = open_book(loaded)
    wanted = load_all_units(units, book, level)
    password = read_password(password_file)
    plan, findings = read_prefill(prefill, lists, book, wanted, Reading()) if prefill else (Prefill(), ())
    with output.progress("generate", len(wanted)) as step:
        paths = generate_workbooks(
            book, wanted, folder, rows=rows, password=password, people=plan.people, progress=step
        )
    if units is None or not (folder / UNITS_FILE).exists() or not (folder / UNITS_FILE).samefile(units):
        write_units(wanted, folder)
    output.say("generated", count=len(paths), folder=folder)
    output.findings(findings)
    if prefill:
        _say_prefilled(output, prefill, plan)
    if password is None:
        output.say("no_password")
    return 0


def _say_prefilled(output: Output, kind: str, plan: Prefill) -> None:
    kinds = load_list_kinds()
    counts = {"count": plan.persons[RosterRole.ENROLMENT], "exempt": plan.persons[RosterRole.EXEMPTION]}
    output.say("prefilled", name=kinds[kind].name, **counts)
    for why, left in plan.left_out.items():
        if why in kinds:
            output.say("prefill_explained", name=kinds[why].name, count=left)
        else:
            output.say("prefill_no_unit", count=left)
