"""The command reconcile: deposits, receipts, tax, bureau and bank held against the rosters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.files import require_folder
from canbao_addin.actions.handed_in import HandedIn
from canbao_addin.actions.policies import open_policy
from canbao_addin.actions.reconcile import name_of, reconcile_folder, say_missing
from canbao_addin.cli.help import Command
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import (
    DAY,
    FILE,
    files_of,
    with_decisions,
    with_json,
    with_lang,
    with_passwords,
    with_taken,
)
from canbao_addin.cli.output import Output
from canbao_rulebook.findings import Severity
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.messages import render_all
from canbao_validators.apart import Reading

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from canbao_county.reconcile.model import Result
    from canbao_rulebook.policy import Policy


@click.command(cls=Command)
@click.argument("folder", type=FILE, metavar="DIR")
@click.option("--policy", "policy_name", required=True, metavar="POLICY")
@click.option("--lists", type=FILE)
@click.option("--as-of", type=DAY, metavar="DATE")
@with_decisions
@click.option("--out", "target", required=True, type=FILE)
@with_json
@with_taken
@with_passwords
@with_lang
def reconcile(
    folder: Path,
    policy_name: str,
    lists: Path | None,
    as_of: datetime | None,
    decisions: Path | None,
    target: Path,
    json_path: str | None,
    taken: tuple[Path, ...],
    passwords: tuple[str, ...],
    lang: str,
) -> int:
    """Reconcile and clear."""
    output = Output(lang)
    require_folder(folder)
    policy = open_policy(policy_name)
    day = to_serial(as_of.date()) if as_of else None
    handed_in = HandedIn(folder, policy, Reading(passwords), lists, decisions, taken, results=files_of(json_path))
    done, refused = reconcile_folder(handed_in, target, as_of=day, progress=output.progress)
    if json_path:
        write_json(json_path, done.as_dict(lang) | {"findings": render_all([*refused, *done.findings], lang)})
    if json_path != "-":
        output.findings([finding for finding in [*refused, *done.findings] if finding.severity is not Severity.INFO])
        for result in done.results:
            _say(output, policy, result)
        output.say("reconciled", path=target, day=done.as_of or "—")
    return int(not done.agrees or any(found.severity is Severity.ERROR for found in refused))


def _say(output: Output, policy: Policy, result: Result) -> None:
    told = {"name": name_of(policy, result), "count": result.differences, "missing": say_missing(result)}
    output.say(f"reconciled_{result.status}", **told)
