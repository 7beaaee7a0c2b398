"""Entry point: languages, exit statuses, and no traceback whatever happens."""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import TYPE_CHECKING

from canbao_addin.cli.endings import Endings
from canbao_addin.cli.streams import forgive_streams, replace_missing_streams
from canbao_validators.memory import give_back_soon

if TYPE_CHECKING:
    from canbao_addin.cli.output import Output

COULD_NOT_RUN = 2


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    endings = Endings()
    endings.listen()
    give_back_soon()
    forgive_streams()
    status = run(words, endings)
    endings.pass_over()
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(status)


def run(words: list[str], endings: Endings | None = None) -> int:
    """Return the exit status of one command; every trouble becomes one line on standard error."""
    replace_missing_streams()
    endings = endings or Endings()
    # Loaded here, as children that import this module say nothing.
    from canbao_addin.cli.output import Output  # noqa: PLC0415

    try:
        endings.ready()
        return _run(words, endings)
    except KeyboardInterrupt:
        Output(_language(words)).trouble("interrupted")
    return COULD_NOT_RUN


def _run(words: list[str], endings: Endings) -> int:
    # What takes time to load is loaded here: children that import this module need no command.
    import click  # noqa: PLC0415

    from canbao_addin.cli.commands import cli  # noqa: PLC0415
    from canbao_addin.cli.output import Output  # noqa: PLC0415
    from canbao_addin.cli.usage import describe_usage  # noqa: PLC0415
    from canbao_addin.texts import CannotRunError  # noqa: PLC0415

    output = Output(_language(words))
    try:
        status = cli.main(args=words, prog_name="canbao", standalone_mode=False, obj=output.lang)
    except CannotRunError as trouble:
        output.trouble(trouble.key, **trouble.params)
    except click.UsageError as trouble:
        output.trouble_line(describe_usage(trouble, output.texts))
    except click.Abort as trouble:
        raise KeyboardInterrupt from trouble
    except Exception as trouble:
        if endings.told:  # an interruption that a library made into something else
            raise KeyboardInterrupt from trouble
        _tell(output, trouble)
    else:
        return status if isinstance(status, int) else 0
    return COULD_NOT_RUN


def _tell(output: Output, trouble: Exception) -> None:
    """Say what is wrong with a policy file, or that the program failed."""
    from canbao_rulebook.policy import PolicyError  # noqa: PLC0415 - many a command reads none

    if isinstance(trouble, PolicyError):
        output.trouble_line(trouble.in_words(output.lang))
    else:
        output.trouble("unexpected", what=f"{type(trouble).__name__}: {trouble}"[:200])


def _language(words: list[str]) -> str:
    return "en" if ("--lang", "en") in pairwise(words) or "--lang=en" in words else "zh"
