"""`canbao policy`: which policy years there are, what one says, and what is wrong with a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import click

from canbao_addin import home
from canbao_addin.actions.policies import locate_issues, open_policy, year_before
from canbao_addin.cli.help import LazyGroup
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import with_json, with_lang
from canbao_addin.cli.output import Output
from canbao_addin.cli.tables import categories_table, parameters_table, unknowns_table
from canbao_addin.cli.year_json import issue_dicts
from canbao_addin.home import own_policies
from canbao_rulebook.findings import Severity
from canbao_rulebook.judging import judge_policy
from canbao_rulebook.policy import PolicyError, list_policies, load_policy, render_issue

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_rulebook.policy import Policy


class _Policies(LazyGroup):
    lazy: ClassVar = {
        "diff": "policy_diff_command:diff",
        "load": "policy_book_commands:load",
        "new": "policy_new_command:new",
        "workbook": "policy_book_commands:workbook",
    }


@click.group(cls=_Policies)
@with_lang
def policy(lang: str) -> None:
    """Look at policy years and check policy files."""


@policy.command("list")
@with_lang
def list_(lang: str) -> int:
    """List the policy years: those in the user's own folder, then those that come with canbao."""
    output, own = Output(lang), own_policies()
    output.say("policy_list")
    broken = [_list_own(output, path) for path in own.values()]
    for name in list_policies():
        if name not in own:
            output.line(_policy_line(load_policy(name)))
    output.say("policy_folder", folder=home.POLICIES)
    return int(any(broken))


def _list_own(output: Output, path: Path) -> bool:
    """Say which policy year a file of the user's own holds; return whether it cannot be used under its name."""
    try:
        loaded = load_policy(str(path))
    except PolicyError as problem:
        output.say("policy_own_broken", path=path, count=len(problem.issues))
        return True
    output.say("policy_own", line=_policy_line(loaded), path=path)
    if loaded.meta.id != path.stem:
        output.say("policy_own_name", path=path, id=loaded.meta.id)
    return loaded.meta.id != path.stem


def _policy_line(loaded: Policy) -> str:
    title = next(iter(loaded.legal.values())).title
    return f"  {loaded.meta.id}  {loaded.meta.county} {loaded.meta.policy_year}  {title}"


@policy.command()
@click.argument("name", metavar="POLICY")
@with_json
@with_lang
def check(name: str, json_path: str | None, lang: str) -> int:
    """Check a policy file."""
    output = Output(lang)
    loaded = open_policy(name)
    issues = locate_issues(loaded, judge_policy(loaded, year_before(loaded)))
    wrong = any(issue.severity is Severity.ERROR for issue in issues)
    if json_path:
        write_json(json_path, {"policy": loaded.meta.id, "issues": issue_dicts(issues, lang)})
    if json_path != "-":
        for issue in issues:
            output.line(f"{output.severity(issue.severity)} {render_issue(issue, loaded.path, lang)}")
        if not wrong:
            output.say("policy_ok", file=name, infos=len(issues))
    return int(wrong)


@policy.command()
@click.argument("name", metavar="POLICY")
@with_lang
def show(name: str, lang: str) -> int:
    """Show the parameters of a policy year, their articles, and what the notice does not state."""
    output = Output(lang)
    loaded = open_policy(name)
    for document in loaded.legal.values():
        output.line(f"{document.doc_no or ''} {document.title}（{document.issuer}）")
    output.table(parameters_table(loaded, output.texts))
    output.table(categories_table(loaded, output.texts))
    output.table(unknowns_table(loaded, output.texts))
    return 0
