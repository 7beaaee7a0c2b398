"""`canbao policy new`: the policy file of a new year, made from an earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin import home
from canbao_addin.actions.policies import open_policy
from canbao_addin.actions.policy_files import new_year, write_policy
from canbao_addin.cli.help import Command
from canbao_addin.cli.options import FILE, with_lang
from canbao_addin.cli.output import Output

if TYPE_CHECKING:
    from pathlib import Path


@click.command(cls=Command)
@click.argument("policy_id", metavar="ID")
@click.option("--from", "before", required=True)
@click.option("--out", "path", type=FILE)
@with_lang
def new(policy_id: str, before: str, path: Path | None, lang: str) -> int:
    """Make a policy file from an earlier year's."""
    output = Output(lang)
    made = new_year(open_policy(before), policy_id)
    target = path or home.POLICIES / f"{policy_id}.yaml"
    write_policy(made.text, target)
    output.say("policy_made", path=target, before=before, count=len(made.confirm), id=policy_id)
    return 0
