"""`canbao policy workbook` and `policy load`: a policy file as a workbook, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.passwords import read_password
from canbao_addin.actions.policies import locate_issues, open_policy, year_before
from canbao_addin.actions.policy_books import open_book_policy, policy_text, write_book
from canbao_addin.actions.policy_files import write_policy
from canbao_addin.cli.help import Command
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import FILE, with_json, with_lang
from canbao_addin.cli.output import Output
from canbao_addin.cli.year_json import issue_dicts
from canbao_rulebook.findings import Severity
from canbao_rulebook.judging import judge_policy
from canbao_rulebook.policy import render_issue

if TYPE_CHECKING:
    from pathlib import Path


@click.command(cls=Command)
@click.argument("name", metavar="POLICY")
@click.option("--out", "path", type=FILE, required=True)
@click.option("--password-file", type=FILE)
@with_json
@with_lang
def workbook(name: str, path: Path, password_file: Path | None, json_path: str | None, lang: str) -> int:
    """Write the workbook of a policy year."""
    loaded = open_policy(name)
    before = year_before(loaded)
    write_book(loaded, before, path, read_password(password_file))
    earlier = before.meta.id if before else None
    if json_path:
        write_json(json_path, {"policy": loaded.meta.id, "before": earlier, "path": str(path)})
    if json_path != "-":
        Output(lang).say("policy_book_written", path=path, before=earlier or "—")
    return 0


@click.command(cls=Command)
@click.argument("file", metavar="FILE", type=FILE)
@click.option("--out", "path", type=FILE, required=True)
@with_json
@with_lang
def load(file: Path, path: Path, json_path: str | None, lang: str) -> int:
    """Write the policy file that a workbook holds."""
    output = Output(lang)
    loaded = open_book_policy(file)
    write_policy(policy_text(loaded), path, replaces=loaded.meta.id)
    issues = locate_issues(loaded, judge_policy(loaded, year_before(loaded)))
    if json_path:
        told = {"policy": loaded.meta.id, "path": str(path), "issues": issue_dicts(issues, lang)}
        write_json(json_path, told)
    if json_path != "-":
        for issue in issues:
            output.line(f"{output.severity(issue.severity)} {render_issue(issue, loaded.path, lang)}")
        output.say("policy_loaded", path=path)
    return int(any(issue.severity is Severity.ERROR for issue in issues))
