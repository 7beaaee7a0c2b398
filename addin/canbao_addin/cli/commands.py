"""The commands. Everything a button does, a command does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from canbao_addin.actions.checking import check_file, require_files, require_folder
from canbao_addin.actions.compute import compute_workbook
from canbao_addin.actions.handed_in import HandedIn
from canbao_addin.actions.merge import merge_folder
from canbao_addin.actions.policies import open_library, open_policy
from canbao_addin.actions.results import require_target, result_file
from canbao_addin.cli.addin_commands import addin
from canbao_addin.cli.explain_command import explain
from canbao_addin.cli.export_command import export
from canbao_addin.cli.generate_command import generate
from canbao_addin.cli.help import Group
from canbao_addin.cli.import_command import import_list
from canbao_addin.cli.options import (
    FILE,
    files_of,
    new_lock,
    with_decisions,
    with_encryption,
    with_json,
    with_lang,
    with_lock,
    with_own_policy,
    with_passwords,
    with_taken,
)
from canbao_addin.cli.output import Output, status_of, write_json
from canbao_addin.cli.policy_commands import policy
from canbao_addin.cli.reconcile_command import reconcile
from canbao_addin.cli.repair_command import repair
from canbao_addin.cli.report_command import report
from canbao_addin.cli.submit_commands import returns, submit
from canbao_addin.cli.tables import (
    goals_table,
    townships_table,
)
from canbao_county.merge.register import count_states
from canbao_rulebook.findings import Severity, has_errors
from canbao_rulebook.messages import render_all
from canbao_validators.checking import Reading, check_apart
from canbao_validators.inbox import name_inputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_rulebook.findings import Finding
    from canbao_validators.workbook import CheckedFile

_SHOWN = 5  # names in one sentence


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, cls=Group, invoke_without_command=True)
@click.version_option(package_name="canbao", prog_name="canbao")
@with_lang
@click.pass_context
def cli(context: click.Context, lang: str) -> None:
    """Say what there is when no command is named. ``lang`` was read before: every command inherits it."""
    context.obj = lang
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@cli.command("check")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@with_json
@with_own_policy
@with_passwords
@with_lang
def check_(
    files: tuple[Path, ...], json_path: str | None, policy_name: str | None, passwords: tuple[str, ...], lang: str
) -> int:
    """Check filled workbooks."""
    output = Output(lang)
    require_files(files)
    given = [open_policy(policy_name)] if policy_name else []
    library = open_library(*given)
    named = name_inputs(files)
    with output.progress("check", len(named)) as step:
        results = check_apart(named, library, Reading(passwords), step)
    findings = [finding for result in results for finding in result.findings]
    if json_path:
        write_json(json_path, {"files": [_as_dict(result, lang) for result in results]})
    if json_path != "-":
        for result in results:
            output.findings(result.findings)
            if result.check_code:
                output.say("check_code", file=result.file, code=result.check_code)
        output.say("checked", files=len(results), **_counts(findings))
        output.answers(findings)
    return status_of(findings)


def _as_dict(result: CheckedFile, lang: str) -> dict[str, object]:
    return {
        "file": result.file,
        "policy": result.policy_id,
        "unit": result.unit.name if result.unit else None,
        "rows": result.rows,
        "findings": render_all(result.findings, lang),
    }


def _counts(findings: Sequence[Finding]) -> dict[str, int]:
    severities = [finding.severity for finding in findings]
    return {
        "errors": severities.count(Severity.ERROR),
        "warnings": severities.count(Severity.WARNING),
        "infos": severities.count(Severity.INFO),
    }


@cli.command()
@click.argument("file", type=FILE, metavar="FILE")
@click.option("--out", "target", required=True, type=FILE)
@with_own_policy
@with_lock
@with_lang
def compute(file: Path, target: Path, policy_name: str | None, passwords: tuple[str, ...], lang: str) -> int:
    """Compute the automatic columns and the subsidy roster of a workbook into a new file."""
    output = Output(lang)
    require_target(target, "compute", [file])
    filled = check_file(file, policy_name, passwords)
    with result_file(target, "compute") as plain:
        done = compute_workbook(filled, plain, password=new_lock(filled, passwords))
    counts = _counts(filled.findings)
    output.say(
        "computed",
        path=target,
        rows=done.rows,
        subsidised=done.subsidised,
        errors=counts["errors"],
        warnings=counts["warnings"],
    )
    output.say("check_code", file=target.name, code=done.check_code)
    if filled.read_otherwise:
        first = filled.read_otherwise[0]
        output.say("computed_tidied", count=len(filled.read_otherwise), first=f"「{first.sheet}」{first.cell}")
    if done.replaced:
        output.say("computed_replaced", rows=done.replaced)
    if filled.extra_sheets:
        output.say("computed_sheets", sheets="、".join(filled.extra_sheets))
    return int(has_errors(filled.findings))


@cli.command()
@click.argument("folder", type=FILE, metavar="DIR")
@click.option("--policy", "policy_name", required=True, metavar="POLICY")
@click.option("--out", "target", required=True, type=FILE)
@with_json
@click.option("--units", type=FILE)
@click.option("--returns", type=FILE)
@click.option("--lists", type=FILE, metavar="FOLDER")
@with_decisions
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
            files_of(json_path),
        ),
        target,
        lang=lang,
        returns=returns,
        encrypt=encrypt,
        previous=previous_returns,
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
        if done.replaced:
            output.say("computed_replaced", rows=done.replaced)
        if not done.merged:
            output.say("nothing_merged")
        if done.left_out:
            shown = "、".join(done.left_out[:_SHOWN]) + ("……" if len(done.left_out) > _SHOWN else "")
            output.say("left_out", count=len(done.left_out), names=shown)
        output.answers(done.merge.findings)
        output.say("registered", path=done.register, **count_states(done.registered))
        if returns is not None:
            output.say("returns", folder=returns, count=len(done.returns))
        if done.screening is not None:
            output.say("screened", number=done.screening.number, **done.screening.counts())
        if done.merge.lists is not None:
            output.say("lists_used", **done.merge.lists.counts())
    return status_of(done.merge.findings)


@cli.command()
@click.option("--policy", "policy_name", default="huining-2021", show_default=True)
@click.option("--people", type=click.IntRange(1, 500_000), default=10_000, show_default=True)
@click.option("--townships", type=click.IntRange(1, 200))
@click.option("--out", "folder", type=FILE, default=Path("out/demo"), show_default=True)
@with_lang
def demo(policy_name: str, people: int, townships: int | None, folder: Path, lang: str) -> int:
    """Go the whole way with a synthetic county."""
    from canbao_addin.cli.demo import run_demo  # noqa: PLC0415 - a synthetic county that no other command needs

    return run_demo(Output(lang), policy_name, people=people, townships=townships, folder=folder)


for _command in (policy, explain, export, generate, import_list, reconcile, repair, report, submit, returns, addin):
    cli.add_command(_command)
