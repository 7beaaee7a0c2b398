"""The command report: ledgers, chase lists, publicity lists, bulletins and the like, ready to print."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from canbao_addin.actions.checking import require_folder
from canbao_addin.actions.handed_in import HandedIn
from canbao_addin.actions.policies import open_policy
from canbao_addin.actions.report import NOT_MADE, Wanted, open_earlier, report_folder
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
from canbao_addin.cli.output import Output, status_of, write_json
from canbao_county.reports.catalogue import KINDS
from canbao_county.reports.model import report_words
from canbao_rulebook.findings import Severity
from canbao_validators.checking import Reading

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_addin.actions.report import Reports

_CODES = "、".join(f"{code} {name}" for code, name in report_words()["names"].items())


def _split(_context: click.Context, _option: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(code.strip().upper() for code in value.replace("，", ",").split(",") if code.strip())


@click.command()
@click.argument("folder", type=FILE, metavar="DIR")
@click.option("--policy", "policy_name", required=True, metavar="POLICY", help="政策年度的名称或政策文件的路径")
@click.option("--out", "target", required=True, type=FILE, help="报表写到哪个文件夹")
@click.option("--lists", type=FILE, help="导入的名单所在的文件夹（canbao import 写的）")
@with_decisions
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="数据截至哪一天；默认今天")
@click.option("--only", default="", callback=_split, help=f"只编这些，用逗号分开：{_CODES}")
@click.option("--calendar", is_flag=True, help="只编日程：报送期限和定期报告")
@click.option("--previous", type=FILE, help="上一期的进度通报（R19 的 .xlsx），用来算较上期")
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
    """编制报表：缴费台账、催缴名单、公示名单、进度通报、核销和退费清单、资助资金拨付清单等，按政策文件需要哪些就编哪些。"""
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
    names = report_words()["names"]
    for code in KINDS:
        own = [written for written in done.reports if written.code == code]
        made = [written for written in own if written.status != NOT_MADE]
        if made:
            rows = sum(written.rows for written in made)
            output.say("report_made", code=code, name=names[code], files=len(made), rows=rows)
        for written in own:
            if written.missing:
                key = "report_not_made" if written.status == NOT_MADE else "report_partly"
                output.say(key, code=code, name=names[code], missing="、".join(written.missing))
    output.say("reports", folder=target, as_of=done.as_of, count=len(done.reports))
