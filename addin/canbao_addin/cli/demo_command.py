"""`canbao demo`."""

from __future__ import annotations

from pathlib import Path

import click

from canbao_addin.cli.demo import run_demo
from canbao_addin.cli.help import Command
from canbao_addin.cli.options import FILE, with_lang
from canbao_addin.cli.output import Output


@click.command(cls=Command)
@click.option("--policy", "policy_name", default="huining-2021", show_default=True)
@click.option("--people", type=click.IntRange(1, 500_000), default=10_000, show_default=True)
@click.option("--townships", type=click.IntRange(1, 200))
@click.option("--out", "folder", type=FILE, default=Path("out/demo"), show_default=True)
@with_lang
def demo(policy_name: str, people: int, townships: int | None, folder: Path, lang: str) -> int:
    """Go the whole way with a synthetic county."""
    return run_demo(Output(lang), policy_name, people=people, townships=townships, folder=folder)
