"""`canbao policy diff`: two policy years beside each other, in words and as a sheet to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.policies import open_book, open_policy
from canbao_addin.actions.results import result_file
from canbao_addin.cli.help import Command
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import FILE, with_json, with_lang
from canbao_addin.cli.output import Output
from canbao_addin.cli.year_json import change_dict, sample_dict, template_dict
from canbao_county.policy_diff import diff_sheets, pair_samples, say_change, say_sample, say_template_change
from canbao_generator.tables import write_tables
from canbao_rulebook.book_diff import compare_books
from canbao_rulebook.phrases import say
from canbao_rulebook.policy.diff import compare_policies

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_rulebook.rulebook import Rulebook

_COMMAND = "policy-diff"


@click.command(cls=Command)
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
@click.option("--out", "path", type=FILE)
@with_json
@with_lang
def diff(before: str, after: str, path: Path | None, json_path: str | None, lang: str) -> int:
    """Say what differs between two policy years."""
    old, new = open_book(open_policy(before)), open_book(open_policy(after))
    if path is not None:
        with result_file(path, _COMMAND) as plain:
            write_tables(plain, diff_sheets(old, new), command=_COMMAND, title=f"{before} → {after}")
    if json_path:
        write_json(json_path, _as_dict(old, new, lang))
    if json_path != "-":
        _tell(Output(lang), old, new)
        if path is not None:
            Output(lang).say("diff_written", path=path)
    return 0


def _tell(output: Output, old: Rulebook, new: Rulebook) -> None:
    lang = output.lang
    output.say("diff_policy", old=old.policy.meta.id, new=new.policy.meta.id)
    for change in compare_policies(old.policy, new.policy):
        output.line(f"  {say(say_change(change), lang)}")
    output.say("diff_templates")
    for other in compare_books(old, new):
        output.line(f"  {say(say_template_change(other), lang)}")
    output.say("diff_samples")
    for pair in pair_samples(old.policy, new.policy):
        output.line(f"  {say(say_sample(*pair), lang)}")


def _as_dict(old: Rulebook, new: Rulebook, lang: str) -> dict[str, object]:
    return {
        "before": old.policy.meta.id,
        "after": new.policy.meta.id,
        "changes": [change_dict(change, lang) for change in compare_policies(old.policy, new.policy)],
        "templates": [template_dict(change, lang) for change in compare_books(old, new)],
        "samples": [sample_dict(*pair, lang) for pair in pair_samples(old.policy, new.policy)],
    }
