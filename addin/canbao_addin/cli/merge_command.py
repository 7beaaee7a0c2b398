"""`canbao merge`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.files import require_folder
from canbao_addin.actions.handed_in import HandedIn
from canbao_addin.actions.merge import MergedFolder, merge_folder
from canbao_addin.actions.policies import open_policy
from canbao_addin.cli.help import Command
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import (
    FILE,
    files_of,
    with_decisions,
    with_encryption,
    with_json,
    with_lang,
    with_passwords,
    with_taken,
)
from canbao_addin.cli.output import Output, status_of
from canbao_addin.cli.tables import goals_table, townships_table
from canbao_county.merge.register import count_states
from canbao_rulebook.findings import Severity
from canbao_rulebook.phrases import Phrases, enumerate_words
from canbao_validators.apart import Reading

if TYPE_CHECKING:
    from pathlib import Path

_SHOWN = 5  # names in one sentence


@click.command(cls=Command)
@click.argument("folder", type=FILE, metavar="DIR")
@click.option("--policy", "policy_name", required=True, metavar="POLICY")
@click.option("--out", "target", required=True, type=FILE)
@with_json
@click.option("--units", type=FILE)
@click.option("--returns", type=FILE)
@click.option("--lists", type=FILE, metavar="FOLDER")
@with_decisions
@click.option("--register", type=FILE)
@click.option("--parquet", type=FILE)
@click.option("--previous-returns", type=FILE, metavar="FOLDER")
@with_taken
@with_encryption
@with_passwords
@with_lang
def merge(
    folder: Path,
    policy_name: str,
    target: Path,
    json_path: str | None,
    units: Path | None,
    returns: Path | None,
    lists: Path | None,
    decisions: Path | None,
    register: Path | None,
    parquet: Path | None,
    previous_returns: Path | None,
    taken: tuple[Path, ...],
    encrypt: str | None,
    passwords: tuple[str, ...],
    lang: str,
) -> int:
    """Merge the workbooks of a folder."""
    output = Output(lang)
    require_folder(folder)
    loaded = open_policy(policy_name)
    done = merge_folder(
        HandedIn(
            folder,
            loaded,
            Reading(passwords),
            lists,
            decisions,
            taken,
            units,
            register,
            files_of(json_path),
        ),
        target,
        lang=lang,
        returns=returns,
        encrypt=encrypt,
        previous=previous_returns,
        dataset=parquet,
        progress=output.progress,
    )
    if json_path:
        write_json(json_path, done.as_dict(lang))
    if json_path != "-":
        output.findings([finding for finding in done.merge.findings if finding.severity is not Severity.INFO])
        output.table(townships_table(done.merge, output.texts))
        output.table(goals_table(done.merge, output.texts))
        key = "merged" if done.merge.township is None else "merged_township"
        output.say(key, path=target, merged=done.merged, refused=done.refused)
        if folder.resolve() in target.resolve().parents:
            output.say("result_inside", folder=folder)
        if done.sparing:
            output.say("memory_short")
        if done.replaced:
            output.say("computed_replaced", rows=done.replaced)
        if not done.merged:
            output.say("nothing_merged")
        if done.left_out:
            shown = Phrases((enumerate_words(done.left_out[:_SHOWN]), "……" if len(done.left_out) > _SHOWN else ""))
            output.say("left_out", count=len(done.left_out), names=shown)
        output.answers(done.merge.findings)
        output.say("registered", path=done.register, **count_states(done.registered))
        _say_files(output, done, returns, parquet)
        if done.screening is not None:
            output.say("screened", number=done.screening.number, **done.screening.counts())
        if done.merge.lists is not None:
            output.say("lists_used", **done.merge.lists.counts())
    return status_of(done.merge.findings)


def _say_files(output: Output, done: MergedFolder, returns: Path | None, dataset: Path | None) -> None:
    """Say what was written beside the county workbook."""
    if returns is not None:
        output.say("returns", folder=returns, count=len(done.returns))
    if dataset is not None:
        output.say("dataset", path=dataset)
