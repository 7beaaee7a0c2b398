"""`canbao policy new`: the policy file of a new year, made from an earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin import home
from canbao_addin.actions.policies import open_policy
from canbao_addin.actions.policy_files import new_year, write_policy
from canbao_addin.cli.help import Command
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import FILE, with_json, with_lang
from canbao_addin.cli.output import Output

if TYPE_CHECKING:
    from pathlib import Path


@click.command(cls=Command)
@click.argument("policy_id", metavar="ID")
@click.option("--from", "before", required=True)
@click.option("--out", "path", type=FILE)
@with_json
@with_lang
def new(policy_id: str, before: str, path: Path | None, json_path: str | None, lang: str) -> int:
    """Make a policy file from an earlier year's."""
    made = new_year(open_policy(before), policy_id)
    target = path or home.POLICIES / f"{policy_id}.yaml"
    write_policy(made.text, target)
    if json_path:
        confirm = [{"path": place, "value": value} for place, value in made.confirm.items()]
        write_json(json_path, {"policy": policy_id, "before": before, "path": str(target), "confirm": confirm})
    if json_path != "-":
        Output(lang).say("policy_made", path=target, before=before, count=len(made.confirm), id=policy_id)
    return 0
