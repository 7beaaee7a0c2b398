"""The command generate: locked workbooks for townships, villages, schools and departments, also with known persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.hand_out import fit_units, hand_out
from canbao_addin.actions.passwords import read_password
from canbao_addin.actions.policies import check_usable, open_book, open_policy
from canbao_addin.actions.prefilling import SUBMISSION, prefilling_kinds, read_carried, read_prefill, write_notes
from canbao_addin.actions.sizes import LARGE
from canbao_addin.cli.help import Command
from canbao_addin.cli.options import FILE, with_lang
from canbao_addin.cli.output import Output
from canbao_county.lists.prefill import Prefill
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.units import TOWNSHIP, VILLAGE
from canbao_validators.apart import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from canbao_addin.actions.sizes import Size
    from canbao_county.year.carry import Carried
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit


@click.command(cls=Command)
@click.argument("policy_name", metavar="POLICY")
@click.option("--out", "folder", required=True, type=FILE)
@click.option("--units", type=FILE)
@click.option(
    "--level",
    type=click.Choice([TOWNSHIP, VILLAGE]),
)
@click.option("--rows", type=int)
@click.option("--password-file", type=FILE)
@click.option("--prefill", type=click.Choice(prefilling_kinds()))
@click.option("--lists", "sources", type=FILE, multiple=True)
@click.option("--plain-formulas", "plain", is_flag=True)
@with_lang
def generate(
    policy_name: str,
    folder: Path,
    units: Path | None,
    level: str | None,
    rows: int | None,
    password_file: Path | None,
    prefill: str | None,
    sources: tuple[Path, ...],
    plain: bool,
    lang: str,
) -> int:
    """Generate a locked workbook for each township (or village): OUT/<township>.xlsx."""
    output = Output(lang)
    loaded = open_policy(policy_name)
    check_usable(loaded)
    book = open_book(loaded)
    wanted = _fitting_units(units, book, level, rows, output)
    password = read_password(password_file)
    plan, findings, carried = _plan(prefill, sources, book, wanted)
    with output.progress("generate", len(wanted)) as step:
        done = hand_out(
            book,
            wanted,
            folder,
            units,
            rows=rows,
            password=password,
            plain=plain,
            people=plan.people,
            progress=step,
        )
    output.say("generated", count=len(done.paths), folder=folder)
    output.say("register_made", path=done.register)
    output.findings(findings)
    if carried is not None:
        _say_carried(output, carried, write_notes(carried, book, folder), book)
    elif prefill:
        _say_prefilled(output, prefill, plan)
    if password is None:
        output.say("no_password")
    return 0


def _plan(
    prefill: str | None, sources: tuple[Path, ...], book: Rulebook, units: list[Unit]
) -> tuple[Prefill, Sequence[Finding], Carried | None]:
    """Return who is written into the templates, what was found in lists, and what is told of last year's persons."""
    if prefill == SUBMISSION:
        carried, findings = read_carried(sources, book, units, Reading())
        return carried.prefill, findings, carried
    if prefill is None:
        return Prefill(), (), None
    plan, found = read_prefill(prefill, next(iter(sources), None), book, units, Reading())
    return plan, found, None


def _say_carried(output: Output, carried: Carried, notes: Path | None, book: Rulebook) -> None:
    plan = carried.prefill
    output.say(
        "carried", count=plan.persons[RosterRole.ENROLMENT], exempt=plan.persons[RosterRole.EXEMPTION],
        left=sum(plan.left_out.values()),
    )  # fmt: skip
    if notes is not None:
        output.say("carried_notes", path=notes, count=carried.notes.height)
    if "carried" not in book.policy.lists:
        output.say("carried_column")


def _fitting_units(
    path: Path | None, book: Rulebook, level: str | None, rows: int | None, output: Output
) -> list[Unit]:
    """Return the units, and say how large the large ones will be."""
    found = fit_units(path, book, level, rows)
    for size in found.divided:
        output.say("size_divided", count=len(size.unit.villages), **_figures(size))
    if found.slow:
        slowest = max(found.slow, key=lambda size: size.rows)
        output.say("size_large", count=len(found.slow), limit=LARGE, **_figures(slowest))
    return found.units


def _figures(size: Size) -> dict[str, object]:
    return {
        "unit": size.unit.title,
        "rows": f"{size.rows:,}",
        "megabytes": f"{size.megabytes:.0f}",
        "seconds": f"{size.seconds:.0f}",
    }


def _say_prefilled(output: Output, kind: str, plan: Prefill) -> None:
    kinds = load_list_kinds()
    counts = {"count": plan.persons[RosterRole.ENROLMENT], "exempt": plan.persons[RosterRole.EXEMPTION]}
    output.say("prefilled", name=kinds[kind].name, **counts)
    for why, left in plan.left_out.items():
        if why in kinds:
            output.say("prefill_explained", name=kinds[why].name, count=left)
        else:
            output.say("prefill_no_unit", count=left)
