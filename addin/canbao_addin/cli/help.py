"""What ``--help`` says, in the language asked for: the words stand in help.yaml, not beside the commands."""

from __future__ import annotations

from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import click

from canbao_rulebook.phrases import Phrases, enumerate_words, say
from canbao_rulebook.yaml_text import read_data

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OWN = ("help", "version")  # options that click adds
_KINDS = ("INTEGER RANGE", "INTEGER", "PATH", "TEXT")  # what click calls a value that has no name of ours


class Command(click.Command):
    """A command whose help is words of the catalogue."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line that shows how it is called."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        for mark in ("OPTIONS", "COMMAND", "ARGS"):
            pieces = pieces.replace(mark, _frame(ctx, mark))
        formatter.write_usage(ctx.command_path, pieces, _frame(ctx, "usage"))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what it does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(help_of(_name(ctx), language_of(ctx)))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write its arguments and its options."""
        arguments = [one for one in self.params if isinstance(one, click.Argument)]
        if arguments:
            with formatter.section(_frame(ctx, "arguments")):
                formatter.write_dl([(one.make_metavar(ctx), _told(one, ctx)) for one in arguments])
        with formatter.section(_frame(ctx, "options")):
            formatter.write_dl(list(_option_rows(self, ctx)))


class Group(Command, click.Group):
    """A group whose help is words of the catalogue."""

    command_class = Command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write its options and its commands."""
        Command.format_options(self, ctx, formatter)
        above = "" if ctx.parent is None else f"{_name(ctx)} "
        told = [
            (name, help_of(f"{above}{name}", language_of(ctx)).partition("\n")[0]) for name in self.list_commands(ctx)
        ]
        with formatter.section(_frame(ctx, "commands")):
            formatter.write_dl(told)


class LazyGroup(Group):
    """A group whose commands are loaded when they are called: name to ``module:command`` of this package."""

    lazy: ClassVar[Mapping[str, str]]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *self.lazy})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, None where there is none of the name."""
        if cmd_name not in self.lazy:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.lazy[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"canbao_addin.cli.{module}"), name)
        return command


Group.group_class = Group


def language_of(ctx: click.Context) -> str:
    """Return the language that the words of the command line ask for."""
    return str(ctx.find_root().obj or "zh")


def help_of(command: str, lang: str) -> str:
    """Return what a command does. Raises KeyError for one that the catalogue does not have."""
    return str(_catalogue()["commands"][command][lang])


def parameter_help(command: str, parameter: str, lang: str) -> str:
    """Return what an option or argument is for: as the command says it, or as all do.

    Raises KeyError for an unknown one.
    """
    ways = _catalogue()["parameters"][parameter]
    words: str = ways.get(command, ways["any"])[lang]
    lists = {"{kinds}": _kinds, "{reports}": _reports, "{policies}": _policies}
    lists |= {f"{{{kind}_doors}}": partial(_doors, kind) for kind in ("workbook", "list", "folder")}
    for mark, name_all in lists.items():
        if mark in words:
            words = words.replace(mark, str(say(name_all(), lang)))
    return words


def _kinds() -> Phrases:
    from canbao_rulebook.list_kinds import load_list_kinds  # noqa: PLC0415 - the help of most commands names none

    return enumerate_words(Phrases((f"{code} ", kind.phrase)) for code, kind in load_list_kinds().items())


def _reports() -> Phrases:
    from canbao_county.reports.model import report_phrase  # noqa: PLC0415 - as above
    from canbao_rulebook.vocabulary import report_words  # noqa: PLC0415

    return enumerate_words(Phrases((f"{code} ", report_phrase(code))) for code in report_words()["names"])


def _policies() -> Phrases:
    from canbao_addin.home import own_policies  # noqa: PLC0415 - as above
    from canbao_rulebook.policy import list_policies  # noqa: PLC0415

    return Phrases(sorted({*own_policies(), *list_policies()}), " ")  # a line may end between two


def _doors(kind: str) -> Phrases:
    from canbao_addin.doors.table import Kind, doors_of  # noqa: PLC0415 - as above

    return enumerate_words(Phrases((f"{door.id} ", door.phrase)) for door in doors_of(Kind(kind)))


def _option_rows(command: click.Command, ctx: click.Context) -> Iterator[tuple[str, str]]:
    for option in command.get_params(ctx):
        record = option.get_help_record(ctx)
        if record is None or not isinstance(option, click.Option):
            continue
        own = next((word for word in _OWN if f"--{word}" in option.opts), "")
        told = _frame(ctx, own) if own else _told(option, ctx)
        yield _name_value(record[0], ctx), " ".join([told, *_limits(option, ctx)])


def _told(parameter: click.Parameter, ctx: click.Context) -> str:
    return parameter_help(_name(ctx), str(parameter.name), language_of(ctx))


def _name_value(written: str, ctx: click.Context) -> str:
    """Return how an option is written, with the kind of its value in the language asked for."""
    option, _, kind = written.partition(" ")
    return f"{option} {_frame(ctx, kind)}" if kind in _KINDS else written


def _limits(option: click.Option, ctx: click.Context) -> list[str]:
    """Return what is taken by itself, between which numbers it lies, and whether it must be there, in brackets."""
    extra = option.get_help_extra(ctx)
    more = [_frame(ctx, "default").format(value=extra["default"])] if "default" in extra else []
    if isinstance(option.type, click.IntRange):
        more.append(_frame(ctx, "range").format(least=option.type.min, most=option.type.max or "…"))
    more += [_frame(ctx, "required")] if option.required else []
    return [f" [{'; '.join(more)}]"] if more else []


def _name(ctx: click.Context) -> str:
    """Return the name of a command below the program's."""
    path = ctx.command_path.split(" ", 1)
    return path[1] if len(path) > 1 else path[0]


def _frame(ctx: click.Context, key: str) -> str:
    return str(_catalogue()["frame"][key][language_of(ctx)])


@cache
def _catalogue() -> dict[str, Any]:
    catalogue: dict[str, Any] = read_data("help.yaml")
    return catalogue
