"""The command export: a CSV for another system, by the mapping in the policy file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.export import export_folder, find_mapping
from canbao_addin.actions.files import require_folder
from canbao_addin.actions.handed_in import HandedIn
from canbao_addin.actions.policies import open_policy
from canbao_addin.cli.help import Command
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import FILE, files_of, with_decisions, with_json, with_lang, with_passwords, with_taken
from canbao_addin.cli.output import Output, status_of
from canbao_validators.apart import Reading

if TYPE_CHECKING:
    from pathlib import Path


@click.command(cls=Command)
@click.argument("folder", type=FILE, metavar="DIR")
@click.option("--policy", "policy_name", required=True, metavar="POLICY")
@click.option("--format", "name", required=True)
@click.option("--out", "target", required=True, type=FILE)
@click.option("--lists", type=FILE)
@with_decisions
@click.option("--encoding", type=click.Choice(["utf-8-sig", "gb18030", "gbk"]))
@with_json
@with_taken
@with_passwords
@with_lang
def export(
    folder: Path,
    policy_name: str,
    name: str,
    target: Path,
    lists: Path | None,
    decisions: Path | None,
    encoding: str | None,
    json_path: str | None,
    taken: tuple[Path, ...],
    passwords: tuple[str, ...],
    lang: str,
) -> int:
    """Export everybody enrolled as CSV by a mapping of the policy file."""
    output = Output(lang)
    require_folder(folder)
    loaded = open_policy(policy_name)
    mapping = find_mapping(loaded, name)
    used = encoding or mapping.encoding
    handed_in = HandedIn(folder, loaded, Reading(passwords), lists, decisions, taken, results=files_of(json_path))
    done = export_folder(handed_in, target, mapping, used, output.progress)
    if json_path:
        write_json(json_path, done.as_dict(lang))
    if json_path != "-":
        output.findings(done.findings)
        if done.findings:
            output.say("export_refused", path=target)
        else:
            output.say("exported", path=target, rows=done.rows, name=mapping.name, encoding=used)
            if done.quoted:
                output.say("export_quoted", count=done.quoted)
    return status_of(done.findings)
