"""The command repair: a workbook that careless pasting has damaged, rebuilt around its data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.checking import check_cells, read_cells
from canbao_addin.actions.made_by import REPAIR
from canbao_addin.actions.repair import describe_repaired, repair_workbook
from canbao_addin.actions.results import require_target
from canbao_addin.cli.help import Command
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import FILE, with_json, with_lang, with_own_policy, with_passwords
from canbao_addin.cli.output import Output

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_addin.actions.repair import Repaired
    from canbao_validators.workbook import FilledWorkbook


@click.command(cls=Command)
@click.argument("file", type=FILE, metavar="FILE")
@click.option("--out", "target", required=True, type=FILE)
@with_json
@with_own_policy
@with_passwords
@with_lang
def repair(
    file: Path, target: Path, json_path: str | None, policy_name: str | None, passwords: tuple[str, ...], lang: str
) -> int:
    """Repair a workbook that pasting has damaged."""
    output = Output(lang)
    require_target(target, REPAIR, [file])
    raw = read_cells(file, passwords)
    filled = check_cells(raw, policy_name)
    done = repair_workbook(filled, file, target, raw=raw, passwords=passwords)
    if json_path:
        write_json(json_path, _as_dict(filled, done, lang))
    if json_path != "-":
        for line in describe_repaired(done, file, target, output.texts):
            output.line(line)
    return 0


def _as_dict(filled: FilledWorkbook, done: Repaired, lang: str) -> dict[str, object]:
    return {
        "file": filled.file,
        "policy": filled.book.policy.meta.id if filled.book else None,
        "unit": filled.unit.name if filled.unit else None,
        "rows": done.rows,
        "check_code": done.check_code,
        "damage": [damage.as_dict(lang) for damage in done.damages],
        "left_behind": [leftover.as_dict(lang) for leftover in done.leftovers],
        "closed": done.closed,
    }
