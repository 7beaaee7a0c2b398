"""`canbao province`: what counties give to their prefecture or province, and what it finds between them."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from canbao_addin.actions.province import (
    Running,
    Source,
    compare_counties,
    export_for_province,
    make_key,
    name_for_county,
    require_comparison_target,
    write_comparison,
    write_returns,
)
from canbao_addin.cli.help import Group
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import FILE, with_json, with_lang, with_passwords
from canbao_addin.cli.output import Output
from canbao_addin.texts import Texts
from canbao_province.engines import ENGINES, LOCAL
from canbao_province.results import TWO_NAMES
from canbao_rulebook.money import format_yuan
from canbao_validators.apart import Reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from canbao_province.results import Comparison

_with_target = click.option("--out", "target", required=True, type=FILE)
_OF_A_SUBMISSION = (
    click.argument("submission", type=FILE, metavar="SUBMISSION"),
    click.option("--key-file", required=True, type=FILE),
    _with_target,
    click.option("--lists", type=FILE, metavar="FOLDER"),
    click.option("--policy", "policies", multiple=True, metavar="POLICY"),
    with_json,
    with_passwords,
    with_lang,
)


def _of_a_submission(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command that looks into a county's submission its options, and the submission as ``source``."""

    @wraps(command)
    def run(
        *, submission: Path, lists: Path | None, policies: tuple[str, ...], passwords: tuple[str, ...], **others: Any
    ) -> int:
        return command(source=Source(submission, Reading(passwords), lists, policies), **others)

    for option in reversed(_OF_A_SUBMISSION):
        run = option(run)
    return run


@click.group(cls=Group)
@with_lang
def province(lang: str) -> None:
    """Compare counties."""


@province.command("key")
@click.argument("path", type=FILE, metavar="FILE")
@with_json
@with_lang
def key(path: Path, json_path: str | None, lang: str) -> int:
    """Make the counties' key, or say which one it is."""
    fingerprint, made = make_key(path)
    if json_path:
        write_json(json_path, {"path": str(path), "fingerprint": fingerprint, "made": made})
    if json_path != "-":
        Output(lang).say("province_key_made" if made else "province_key_is", path=path, fingerprint=fingerprint)
    return 0


@province.command("export")
@_of_a_submission
def export(source: Source, key_file: Path, target: Path, json_path: str | None, lang: str) -> int:
    """Write what a county gives on."""
    done = export_for_province(source, key_file, target)
    if json_path:
        write_json(json_path, {"path": str(target), **vars(done)})
    if json_path != "-":
        Output(lang).say("province_exported", path=target, **vars(done))
    return 0


@province.command("check")
@click.argument("folder", type=FILE, metavar="DIR")
@_with_target
@with_json
@click.option("--returns", type=FILE, metavar="FOLDER")
@click.option("--engine", type=click.Choice(ENGINES), default=ENGINES[0], show_default=True)
@click.option("--master", default=LOCAL, show_default=True)
@click.option("--memory", type=click.IntRange(min=1))
@with_lang
def check(
    folder: Path,
    target: Path,
    json_path: str | None,
    returns: Path | None,
    engine: str,
    master: str,
    memory: int | None,
    lang: str,
) -> int:
    """Compare the files of a folder."""
    require_comparison_target(target, folder)
    found = compare_counties(folder, Running(engine, master, memory))
    write_comparison(found, target, _total_line(found, Texts()))
    handed_out = None if returns is None else write_returns(found, returns)
    if json_path:
        write_json(json_path, found.as_dict())
    if json_path != "-":
        output = Output(lang)
        _tell(output, found)
        output.say("province_written", path=target)
        if handed_out is not None:
            output.say("province_returned", folder=returns, count=handed_out)
    return int(found.wrong)


def _total_line(found: Comparison, texts: Texts) -> str:
    counted = {name: int(found.counties[name].sum()) for name in ("persons", "coded", "enrolled")}
    return texts.say(
        "province_totals",
        year=found.year,
        counties=len(found.files),
        persons=counted["persons"],
        once=found.persons_once,
        uncoded=counted["persons"] - counted["coded"],
        enrolled=counted["enrolled"],
        enrolled_once=found.enrolled_once,
    )


def _tell(output: Output, found: Comparison) -> None:
    aid, paid = found.aid_at_stake(), found.paid_at_stake()
    output.line(_total_line(found, output.texts))
    output.say("province_cases", shared=found.persons.height, **found.cases())
    if aid.persons:
        sums = {"sum": format_yuan(aid.fen), "beyond": format_yuan(aid.beyond)}
        output.say("province_aid", persons=aid.persons, unknown=aid.unknown, **sums)
    if paid.persons:
        output.say("province_paid", persons=paid.persons, sum=format_yuan(paid.fen))
    if names := found.flags()[TWO_NAMES]:
        output.say("province_two_names", count=names)


@province.command("names")
@click.argument("told", type=FILE, metavar="LIST")
@_of_a_submission
def names(told: Path, source: Source, key_file: Path, target: Path, json_path: str | None, lang: str) -> int:
    """Say who the persons of a list are."""
    rows = name_for_county(told, source, key_file, target)
    if json_path:
        write_json(json_path, {"path": str(target), "rows": rows})
    if json_path != "-":
        Output(lang).say("province_named", path=target, rows=rows)
    return 0
