"""`canbao compute`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.checking import check_file
from canbao_addin.actions.compute import compute_workbook
from canbao_addin.actions.made_by import COMPUTE
from canbao_addin.actions.results import require_target, result_file
from canbao_addin.cli.help import Command
from canbao_addin.cli.options import FILE, new_lock, with_lang, with_lock, with_own_policy
from canbao_addin.cli.output import Output
from canbao_rulebook.findings import count_severities, has_errors
from canbao_rulebook.phrases import enumerate_words

if TYPE_CHECKING:
    from pathlib import Path


@click.command(cls=Command)
@click.argument("file", type=FILE, metavar="FILE")
@click.option("--out", "target", required=True, type=FILE)
@with_own_policy
@with_lock
@with_lang
def compute(file: Path, target: Path, policy_name: str | None, passwords: tuple[str, ...], lang: str) -> int:
    """Compute the automatic columns and the subsidy roster of a workbook into a new file."""
    output = Output(lang)
    require_target(target, COMPUTE, [file])
    filled = check_file(file, policy_name, passwords)
    with result_file(target, COMPUTE) as plain:
        done = compute_workbook(filled, plain, password=new_lock(filled, passwords))
    counts = count_severities(filled.findings)
    output.say(
        "computed",
        path=target,
        rows=done.rows,
        subsidised=done.subsidised,
        errors=counts["errors"],
        warnings=counts["warnings"],
    )
    output.say("check_code", file=target.name, code=done.check_code)
    if filled.read_otherwise:
        first = filled.read_otherwise[0]
        output.say("computed_tidied", count=len(filled.read_otherwise), first=f"「{first.sheet}」{first.cell}")
    if done.replaced:
        output.say("computed_replaced", rows=done.replaced)
    if filled.extra_sheets:
        output.say("computed_sheets", sheets=enumerate_words(filled.extra_sheets))
    return int(has_errors(filled.findings))
