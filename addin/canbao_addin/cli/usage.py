"""What is wrong with how a command was written, and what may stand there instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_rulebook.formula.errors import nearest
from canbao_rulebook.phrases import enumerate_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canbao_addin.texts import Texts


def describe_usage(trouble: click.UsageError, texts: Texts) -> str:
    """Return what is wrong as a sentence, with the words or the form that are right."""
    parameter = getattr(trouble, "param", None)
    name = getattr(trouble, "option_name", "") or getattr(trouble, "command_name", "") or ""
    if not name and parameter is not None and trouble.ctx is not None:
        name = parameter.get_error_hint(trouble.ctx)
    what = texts.say(_key_of(trouble), name=name.strip("'"))
    command = trouble.ctx.command_path if trouble.ctx else "canbao"
    return texts.say("usage", what=what, right=_what_is_right(trouble, texts), command=command)


def _key_of(trouble: click.UsageError) -> str:
    kinds = {
        click.MissingParameter: "usage_missing",
        click.NoSuchOption: "usage_no_option",
        click.NoSuchCommand: "usage_no_command",
        click.BadParameter: "usage_bad_value",
    }
    return next((word for kind, word in kinds.items() if isinstance(trouble, kind)), "usage_other")


def _what_is_right(trouble: click.UsageError, texts: Texts) -> str:
    """Return the words, the form or the range that may stand there; nothing where none is known."""
    if isinstance(trouble, click.NoSuchOption):
        return _near(trouble.option_name, (word for option in _options(trouble) for word in option.opts), texts)
    if isinstance(trouble, click.NoSuchCommand) and isinstance(trouble.ctx, click.Context):
        group = trouble.ctx.command
        names = group.list_commands(trouble.ctx) if isinstance(group, click.Group) else []
        return _near(trouble.command_name, names, texts)
    kind = getattr(getattr(trouble, "param", None), "type", None)
    if isinstance(kind, click.Choice):
        return texts.say("usage_choices", words=enumerate_words(map(str, kind.choices)))
    if isinstance(kind, click.DateTime):
        return texts.say("usage_date")
    if isinstance(kind, click.IntRange):
        return texts.say("usage_range", least=kind.min, most=kind.max or "…")
    return ""


def _options(trouble: click.UsageError) -> list[click.Parameter]:
    return trouble.ctx.command.get_params(trouble.ctx) if trouble.ctx else []


def _near(word: str, known: Iterable[str], texts: Texts) -> str:
    near = nearest(word, known)
    return texts.say("usage_nearest", word=near) if near else ""
