"""The command simulate: what a change of the policy would mean for a county's persons and for who pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.policies import open_policy
from canbao_addin.actions.simulate import WhatIf, simulate_file
from canbao_addin.cli.help import Command
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import FILE, with_json, with_lang, with_passwords
from canbao_addin.cli.output import Output
from canbao_addin.cli.year_json import change_dict, issue_dicts, table_rows
from canbao_county.policy_diff import say_change
from canbao_county.year.simulation_sheets import totals_of
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.money import format_yuan
from canbao_rulebook.phrases import enumerate_words, say
from canbao_rulebook.policy import render_issue
from canbao_validators.apart import Reading

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_addin.actions.simulate import Simulated


@click.command(cls=Command)
@click.argument("policy_name", metavar="POLICY")
@click.argument("submission", type=FILE, metavar="SUBMISSION")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE")
@click.option("--with", "other", metavar="POLICY")
@click.option("--lists", type=FILE)
@click.option("--out", "target", required=True, type=FILE)
@with_json
@with_passwords
@with_lang
def simulate(
    policy_name: str,
    submission: Path,
    settings: tuple[str, ...],
    other: str | None,
    lists: Path | None,
    target: Path,
    json_path: str | None,
    passwords: tuple[str, ...],
    lang: str,
) -> int:
    """Settle a submission by its policy year and by a changed one."""
    output = Output(lang)
    what = WhatIf(settings, other)
    done = simulate_file(open_policy(policy_name), submission, target, what, lists=lists, reading=Reading(passwords))
    if json_path:
        write_json(json_path, {"path": str(target), **_as_dict(done, lang)})
    if json_path != "-":
        _tell(output, done, target)
    return 0


def _as_dict(done: Simulated, lang: str) -> dict[str, object]:
    before, after = totals_of(done.simulation)
    return {
        "policy": done.simulation.book.policy.meta.id,
        "changed": done.simulation.changed.policy.meta.id,
        "changes": [change_dict(change, lang) for change in done.changes],
        "issues": issue_dicts(done.issues, lang),
        "differing": done.differing,
        "before": before.as_dict(lang),
        "after": after.as_dict(lang),
        **{name: table_rows(sheet) for name, sheet in done.sheets.items() if name != "overview"},
    }


def _tell(output: Output, done: Simulated, target: Path) -> None:
    for change in done.changes:
        output.line(f"  {say(say_change(change), output.lang)}")
    for issue in done.issues:
        output.line(f"{output.severity(issue.severity)} {render_issue(issue, lang=output.lang)}")
    if done.differing:
        output.say("simulate_differs", units=enumerate_words(done.differing))
    before, after = totals_of(done.simulation)
    for key, name in (
        ("simulate_own", "self_due"),
        ("simulate_direct", "gov_direct"),
        ("simulate_rebate", "rebate_due"),
    ):
        output.say(key, before=_yuan(before.fen(name)), after=_yuan(after.fen(name)))
    output.say("simulated", path=target, before=before.enrolled, after=after.enrolled)


def _yuan(fen: int | None) -> str:
    return UNKNOWN_TEXT if fen is None else format_yuan(fen)
