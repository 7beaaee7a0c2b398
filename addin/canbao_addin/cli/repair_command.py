"""The command repair: a workbook that careless pasting has damaged, rebuilt around its data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.checking import check_cells, read_cells
from canbao_addin.actions.made_by import REPAIR
from canbao_addin.actions.repair import repair_workbook
from canbao_addin.actions.results import require_target
from canbao_addin.cli.help import Command
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import FILE, with_json, with_lang, with_own_policy, with_passwords
from canbao_addin.cli.output import Output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from canbao_addin.actions.repair import Repaired
    from canbao_validators.damage import Damage, Leftover
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
        _report(output, done, file, target)
    return 0


def _report(output: Output, done: Repaired, source: Path, target: Path) -> None:
    key = ("repair_done" if done.damages else "repair_none") if done.compared else "repair_converted"
    output.say(key, path=target, count=len(done.damages), rows=sum(done.rows.values()), code=done.check_code)
    if done.damages:
        output.say("repair_what")
        _list(output, done.damages)
    if done.leftovers:
        output.say("repair_left", source=source.name)
        _list(output, done.leftovers)
    for sheet, count in done.closed.items():
        output.say("repair_closed", sheet=sheet, count=count)


def _list(output: Output, remarks: Sequence[Damage | Leftover]) -> None:
    for remark in remarks:
        output.line(f"  {remark.sentence.say(output.lang)}")


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
