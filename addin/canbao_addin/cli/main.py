"""Entry point: languages, exit statuses, and no traceback whatever happens."""

from __future__ import annotations

import decimal  # noqa: F401 - interrupted while it is loaded and loaded anew for the last sentence, it would warn
import signal
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

from canbao_addin.cli.streams import forgive_streams, replace_missing_streams
from canbao_validators.memory import give_back_soon

if TYPE_CHECKING:
    from canbao_addin.cli.output import Output

COULD_NOT_RUN = 2
_ENDING = ("SIGTERM", "SIGHUP", "SIGBREAK")  # a process is ended, its window closed


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    give_back_soon()
    forgive_streams()
    for name in _ENDING:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)
    status = run(words)
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(status)


def _interrupt(*_: object) -> None:
    """Let a command that is told to end do so as with Ctrl-C: what it stored on the way is removed."""
    raise KeyboardInterrupt


def run(words: list[str]) -> int:
    """Return the exit status of one command; every trouble becomes one line on standard error."""
    replace_missing_streams()
    try:
        return _run(words)
    except KeyboardInterrupt:
        from canbao_addin.cli.output import Output  # noqa: PLC0415 - as below

        Output(_language(words)).trouble("interrupted")
    return COULD_NOT_RUN


def _run(words: list[str]) -> int:
    # What takes time to load is loaded here: an interruption of that is no traceback either, and children that import
    # this module need no command.
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
    except Exception as trouble:  # noqa: BLE001 - a clerk never sees a traceback
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
