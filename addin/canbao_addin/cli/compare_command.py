"""The command compare: what changed between two county submissions, by person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.compare import compare_files
from canbao_addin.cli.help import Command
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import FILE, with_json, with_lang, with_passwords
from canbao_addin.cli.output import Output
from canbao_addin.cli.year_json import table_rows
from canbao_county.year.comparison_sheets import count_units
from canbao_validators.apart import Reading

if TYPE_CHECKING:
    from pathlib import Path


@click.command(cls=Command)
@click.argument("earlier", type=FILE, metavar="A")
@click.argument("later", type=FILE, metavar="B")
@click.option("--out", "target", required=True, type=FILE)
@click.option("--policy", "policies", multiple=True, metavar="POLICY")
@with_json
@with_passwords
@with_lang
def compare(
    earlier: Path,
    later: Path,
    target: Path,
    policies: tuple[str, ...],
    json_path: str | None,
    passwords: tuple[str, ...],
    lang: str,
) -> int:
    """Compare two county submissions by person."""
    done = compare_files(earlier, later, target, policies, Reading(passwords))
    if json_path:
        tables = {name: table_rows(sheet) for name, sheet in done.sheets.items()}
        write_json(json_path, {"path": str(target), "before": done.years[0], "after": done.years[1], **tables})
    if json_path != "-":
        counts = count_units(done.found)
        told = {name: counts[name].sum() for name in ("before", "after", "new", "gone", "changed", "same")}
        Output(lang).say("compared", path=target, moved=done.found.moved.height, **told)
    return 0
