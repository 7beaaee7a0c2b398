"""The commands of `canbao`; each is loaded when it is called, so that what one needs costs the others nothing."""

from __future__ import annotations

import click

from canbao_addin.cli.help import LazyGroup
from canbao_addin.cli.options import with_lang

_COMMANDS = {
    "addin": "addin_commands:addin",
    "check": "check_command:check",
    "compare": "compare_command:compare",
    "compute": "compute_command:compute",
    "demo": "demo_command:demo",
    "doors": "doors_commands:doors",
    "explain": "explain_command:explain",
    "export": "export_command:export",
    "generate": "generate_command:generate",
    "import": "import_command:import_list",
    "merge": "merge_command:merge",
    "policy": "policy_commands:policy",
    "province": "province_commands:province",
    "reconcile": "reconcile_command:reconcile",
    "reconcile-copies": "copies_command:reconcile_two",
    "repair": "repair_command:repair",
    "report": "report_command:report",
    "returns": "submit_commands:returns",
    "simulate": "simulate_command:simulate",
    "submit": "submit_commands:submit",
}


class _Program(LazyGroup):
    lazy = _COMMANDS


def _say_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    """Say the version, and whether the compiled scanner reads large sheets."""
    if asked and not context.resilient_parsing:
        from importlib import metadata  # noqa: PLC0415 - what no other call needs

        from canbao_validators.reading.scanner import find_scanner  # noqa: PLC0415

        scanner = " (compiled scanner)" if find_scanner() else ""
        click.echo(f"canbao, version {metadata.version('canbao')}{scanner}")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, cls=_Program, invoke_without_command=True)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_say_version,
    help="Show the version and exit.",
)
@with_lang
@click.pass_context
def cli(context: click.Context, lang: str) -> None:
    """Say what there is when no command is named. ``lang`` was read before: every command inherits it."""
    context.obj = lang
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
