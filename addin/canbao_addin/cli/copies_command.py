"""The command reconcile-copies: two copies of one workbook, both of which were worked on, made one again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.copies import Copies, describe_copies, reconcile_copies
from canbao_addin.cli.help import Command
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import FILE, with_json, with_lang, with_own_policy, with_passwords
from canbao_addin.cli.output import Output

if TYPE_CHECKING:
    from pathlib import Path


@click.command("reconcile-copies", cls=Command)
@click.argument("first", type=FILE, metavar="A")
@click.argument("second", type=FILE, metavar="B")
@click.option("--base", type=FILE, metavar="TEMPLATE")
@click.option("--choices", type=FILE, metavar="FILE")
@click.option("--out", "target", required=True, type=FILE)
@with_json
@with_own_policy
@with_passwords
@with_lang
def reconcile_two(
    first: Path,
    second: Path,
    base: Path | None,
    choices: Path | None,
    target: Path,
    json_path: str | None,
    policy_name: str | None,
    passwords: tuple[str, ...],
    lang: str,
) -> int:
    """Merge two copies of one workbook; 1 where cells are to be chosen."""
    output = Output(lang)
    done = reconcile_copies(Copies(first, second, base, choices), target, policy_name, passwords)
    if json_path:
        write_json(json_path, {"path": str(target), **done.as_dict()})
    if json_path != "-":
        for line in describe_copies(done, target, output.texts):
            output.line(line)
    return int(done.listed is not None and choices is None)
