"""`canbao check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.files import require_files
from canbao_addin.cli.help import Command
from canbao_addin.cli.options import FILE, with_json, with_lang, with_own_policy, with_passwords
from canbao_addin.cli.output import Output, status_of
from canbao_rulebook.findings import count_severities
from canbao_rulebook.messages import render_all
from canbao_validators.apart import Reading
from canbao_validators.checking_apart import check_apart
from canbao_validators.inbox import name_inputs
from canbao_validators.workers import Named

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_validators.checked import CheckedFile
    from canbao_validators.library import Library


@click.command(cls=Command)
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@with_json
@with_own_policy
@with_passwords
@with_lang
def check(
    files: tuple[Path, ...], json_path: str | None, policy_name: str | None, passwords: tuple[str, ...], lang: str
) -> int:
    """Check filled workbooks."""
    output = Output(lang)
    require_files(files)
    named = name_inputs(files)
    with output.progress("check", len(named)) as step:
        results = check_apart(named, _library(policy_name), Reading(passwords), step)
    findings = [finding for result in results for finding in result.findings]
    if json_path:
        from canbao_addin.cli.json_file import write_json  # noqa: PLC0415 - few ask for it

        write_json(json_path, {"files": [_as_dict(result, lang) for result in results]})
    if json_path != "-":
        for result in results:
            output.findings(result.findings)
            if result.check_code:
                output.say("check_code", file=result.file, code=result.check_code)
        output.say("checked", files=len(results), **count_severities(findings))
        output.answers(findings)
    return status_of(findings)


def _library(policy_name: str | None) -> Library | Named:
    """Return the policy years, or how the children come by them: polars and the rules are loaded there alone."""
    if policy_name is None:
        return Named("canbao_addin.actions.policies", "open_library")
    from canbao_addin.actions.policies import open_library, open_policy  # noqa: PLC0415 - few name one

    return open_library(open_policy(policy_name))


def _as_dict(result: CheckedFile, lang: str) -> dict[str, object]:
    return {
        "file": result.file,
        "policy": result.policy_id,
        "unit": result.unit.name if result.unit else None,
        "rows": result.rows,
        "findings": render_all(result.findings, lang),
    }
