"""The command report: ledgers, chase lists, publicity lists, bulletins and the like, ready to print."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from canbao_addin.actions.files import require_folder
from canbao_addin.actions.handed_in import HandedIn
from canbao_addin.actions.policies import open_policy
from canbao_addin.actions.report import NOT_MADE, Wanted, open_earlier, report_folder
from canbao_addin.cli.help import Command
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import (
    DAY,
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
from canbao_county.reports.catalogue import KINDS
from canbao_county.reports.model import report_phrase
from canbao_rulebook.findings import Severity
from canbao_rulebook.phrases import enumerate_words
from canbao_validators.apart import Reading

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_addin.actions.report import Reports


def _split(_context: click.Context, _option: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(code.strip().upper() for code in value.replace("，", ",").split(",") if code.strip())


@click.command(cls=Command)
@click.argument("folder", type=FILE, metavar="DIR")
@click.option("--policy", "policy_name", required=True, metavar="POLICY")
@click.option("--out", "target", required=True, type=FILE)
@click.option("--lists", type=FILE)
@with_decisions
@click.option("--as-of", type=DAY, metavar="DATE")
@click.option("--only", default="", callback=_split)
@click.option("--calendar", is_flag=True)
@click.option("--previous", type=FILE)
@with_json
@with_taken
@with_encryption
@with_passwords
@with_lang
def report(
    folder: Path,
    policy_name: str,
    target: Path,
    lists: Path | None,
    decisions: Path | None,
    as_of: datetime | None,
    only: tuple[str, ...],
    calendar: bool,
    previous: Path | None,
    json_path: str | None,
    taken: tuple[Path, ...],
    encrypt: str | None,
    passwords: tuple[str, ...],
    lang: str,
) -> int:
    """Make the reports that the policy file asks for."""
    output = Output(lang)
    require_folder(folder)
    loaded = open_policy(policy_name)
    wanted = Wanted(
        as_of=as_of.date() if as_of else date.today(),  # noqa: DTZ011 - the day that the clerk's calendar shows
        codes=("CALENDAR",) if calendar else only,
        earlier=open_earlier(previous) if previous else None,
        encrypt=encrypt,
    )
    handed_in = HandedIn(folder, loaded, Reading(passwords), lists, decisions, taken, results=files_of(json_path))
    done = report_folder(handed_in, target, wanted, output.progress)
    if json_path:
        write_json(json_path, done.as_dict(lang))
    if json_path != "-":
        _tell(output, done, target)
    return status_of(done.findings)


def _tell(output: Output, done: Reports, target: Path) -> None:
    output.findings([finding for finding in done.findings if finding.severity is not Severity.INFO])
    for code in KINDS:
        own = [written for written in done.reports if written.code == code]
        made = [written for written in own if written.status != NOT_MADE]
        if made:
            rows = sum(written.rows for written in made)
            output.say("report_made", code=code, name=report_phrase(code), files=len(made), rows=rows)
        for written in own:
            if written.missing:
                key = "report_not_made" if written.status == NOT_MADE else "report_partly"
                output.say(key, code=code, name=report_phrase(code), missing=enumerate_words(written.missing))
    output.say("reports", folder=target, as_of=done.as_of, count=len(done.reports))
