"""`canbao compute`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.checking import check_file
from canbao_addin.actions.compute import compute_workbook, describe_computed
from canbao_addin.actions.made_by import COMPUTE
from canbao_addin.actions.results import require_target, result_file
from canbao_addin.cli.help import Command
from canbao_addin.cli.options import FILE, new_lock, with_lang, with_lock, with_own_policy
from canbao_addin.cli.output import Output
from canbao_rulebook.findings import has_errors

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
    for line in describe_computed(done, filled, target, output.texts):
        output.line(line)
    return int(has_errors(filled.findings))
