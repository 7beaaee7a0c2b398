"""Entry point: languages, exit statuses, and no traceback whatever happens."""

from __future__ import annotations

import sys
from itertools import pairwise

import click

from canbao_addin.cli.output import Output
from canbao_addin.texts import CannotRunError, Texts
from canbao_rulebook.policy import PolicyError

COULD_NOT_RUN = 2


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    sys.exit(run(words))


def run(words: list[str]) -> int:
    """Return the exit status of one command; every trouble becomes one line on standard error."""
    from canbao_addin.cli.commands import cli  # noqa: PLC0415 - children import this module and need no command

    output = Output(_language(words))
    try:
        status = cli.main(args=words, prog_name="canbao", standalone_mode=False)
    except CannotRunError as trouble:
        output.trouble(trouble.key, **trouble.params)
    except PolicyError as trouble:
        output.trouble_line(str(trouble))
    except click.UsageError as trouble:
        output.trouble_line(_usage(trouble, output.texts))
    except (KeyboardInterrupt, click.Abort):
        output.trouble("interrupted")
    except Exception as trouble:  # noqa: BLE001 - a clerk never sees a traceback
        output.trouble("unexpected", what=f"{type(trouble).__name__}: {trouble}"[:200])
    else:
        return status if isinstance(status, int) else 0
    return COULD_NOT_RUN


def _language(words: list[str]) -> str:
    return "en" if ("--lang", "en") in pairwise(words) or "--lang=en" in words else "zh"


def _usage(trouble: click.UsageError, texts: Texts) -> str:
    name = getattr(trouble, "option_name", "") or getattr(trouble, "command_name", "") or ""
    parameter = getattr(trouble, "param", None)
    if not name and parameter is not None:
        name = parameter.get_error_hint(trouble.ctx)
    kinds = {
        click.MissingParameter: "usage_missing",
        click.NoSuchOption: "usage_no_option",
        click.NoSuchCommand: "usage_no_command",
        click.BadParameter: "usage_bad_value",
    }
    key = next((word for kind, word in kinds.items() if isinstance(trouble, kind)), "usage_other")
    command = trouble.ctx.command_path if trouble.ctx else "canbao"
    return texts.say("usage", what=texts.say(key, name=str(name).strip("'")), command=command)
