"""The commands of handing in: submit, and returns for what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.checking import check_file
from canbao_addin.actions.made_by import SUBMIT
from canbao_addin.actions.paper import paper_path
from canbao_addin.actions.results import require_target
from canbao_addin.actions.returns import locate_returns, read_returns
from canbao_addin.actions.submit import describe_submission, prepare_submission, write_submission
from canbao_addin.cli.help import Command
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import (
    FILE,
    new_lock,
    with_encryption,
    with_json,
    with_lang,
    with_lock,
    with_own_policy,
    with_passwords,
)
from canbao_addin.cli.output import Output, status_of
from canbao_addin.texts import CannotRunError
from canbao_rulebook.findings import Severity, has_errors

if TYPE_CHECKING:
    from pathlib import Path


@click.command(cls=Command)
@click.argument("file", type=FILE, metavar="FILE")
@click.option("--out", "target", required=True, type=FILE)
@with_own_policy
@with_encryption
@with_lock
@with_lang
def submit(
    file: Path, target: Path, policy_name: str | None, encrypt: str | None, passwords: tuple[str, ...], lang: str
) -> int:
    """Make the file to hand in."""
    output = Output(lang)
    require_target(target, SUBMIT, [file], encrypt)
    filled = check_file(file, policy_name, passwords)
    if has_errors(filled.findings):
        output.findings([found for found in filled.findings if found.severity is Severity.ERROR])
    submission = prepare_submission(filled)
    code = write_submission(submission, target, password=new_lock(filled, passwords), encrypt=encrypt)
    said = describe_submission(submission, target, output.texts)
    output.say("submitted_file", file=target, paper=paper_path(target).name, code=code, totals=said)
    return 0


@click.command(cls=Command)
@click.argument("file", type=FILE, metavar="FILE")
@click.argument("list_path", type=FILE, metavar="LIST")
@with_json
@with_own_policy
@with_passwords
@with_lang
def returns(
    file: Path,
    list_path: Path,
    json_path: str | None,
    policy_name: str | None,
    passwords: tuple[str, ...],
    lang: str,
) -> int:
    """Find every problem of a return list in your own workbook, also where rows have moved."""
    output = Output(lang)
    returned = read_returns(list_path, passwords)
    filled = check_file(file, policy_name, passwords)
    if not filled.accepted:
        raise CannotRunError("refused", file=filled.file, reason=filled.reason)
    located = locate_returns(returned, filled, list_path, output.texts)
    findings = [one.finding for one in located]
    if json_path:
        write_json(json_path, {"findings": [{**one.finding.as_dict(), "changed": one.changed} for one in located]})
    if json_path != "-":
        output.rendered(findings)
        changed = sum(one.changed for one in located)
        output.say("returns_found" if located else "returns_empty", total=len(located), changed=changed, path=list_path)
    return status_of(findings)
