"""The commands of the doors: the actions from a file manager or a desktop, with dialogs and without a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.cli.help import Group
from canbao_addin.cli.options import FILE, with_lang
from canbao_addin.cli.output import Output
from canbao_addin.doors.dialogs import system_dialogs
from canbao_addin.doors.entries import system_entries
from canbao_addin.doors.running import open_door
from canbao_addin.doors.table import DOORS
from canbao_rulebook.phrases import enumerate_words

if TYPE_CHECKING:
    from pathlib import Path


@click.group(cls=Group)
@with_lang
def doors(lang: str) -> None:
    """Put the actions into the file manager, look at them, take them away."""


@doors.command()
@click.argument("action", type=click.Choice(list(DOORS)), metavar="ACTION")
@click.argument("paths", nargs=-1, type=FILE, metavar="FILE...")
@with_lang
def run(action: str, paths: tuple[Path, ...], lang: str) -> int:
    """Do one action with dialogs, as an entry of the file manager does."""
    texts = Output(lang).texts
    return open_door(DOORS[action], paths, system_dialogs(texts), texts)


@doors.command()
@with_lang
def install(lang: str) -> int:
    """Install the entries for this user."""
    output = Output(lang)
    output.say("doors_installed", places=enumerate_words(system_entries(output.texts).install()))
    return 0


@doors.command()
@with_lang
def remove(lang: str) -> int:
    """Remove the entries."""
    output = Output(lang)
    output.say("doors_removed" if system_entries(output.texts).remove() else "doors_absent")
    return 0


@doors.command()
@with_lang
def status(lang: str) -> int:
    """Tell which entries are there."""
    output = Output(lang)
    found = system_entries(output.texts).status()
    if not found.places:
        output.say("doors_absent")
        return 0
    output.say("doors_there", places=enumerate_words(found.places))
    if not found.current:
        output.say("doors_stale")
    return 0
