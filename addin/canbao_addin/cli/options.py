"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from canbao_addin.actions.passwords import read_passwords
from canbao_addin.cli.help import language_of
from canbao_rulebook.day_formats import DAY_FORMATS
from canbao_rulebook.phrases import LANGUAGES

if TYPE_CHECKING:
    from canbao_validators.workbook import FilledWorkbook

FILE = click.Path(path_type=Path)
DAY = click.DateTime(DAY_FORMATS)


def _language(context: click.Context, _option: click.Parameter, lang: str | None) -> str:
    return lang or language_of(context)


with_lang = click.option("--lang", type=click.Choice(LANGUAGES), callback=_language)
with_own_policy = click.option("--policy", "policy_name", metavar="POLICY")


def _read(_context: click.Context, _option: click.Parameter, path: Path | None) -> tuple[str, ...]:
    return read_passwords(path) if path else ()


with_passwords = click.option("--password-file", "passwords", type=FILE, callback=_read)
with_lock = with_passwords  # help.yaml says it otherwise


def _read_first(_context: click.Context, _option: click.Parameter, path: Path | None) -> str | None:
    return read_passwords(path)[0] if path else None


with_encryption = click.option("--encrypt", type=FILE, callback=_read_first, metavar="F")

with_decisions = click.option(
    "--decisions",
    type=FILE,
    metavar="FILE",
)
with_taken = click.option(
    "--take",
    "taken",
    type=FILE,
    multiple=True,
    metavar="FILE",
)


def _json_target(_context: click.Context, _option: click.Parameter, path: str | None) -> str | None:
    if path and path != "-":
        from canbao_addin.actions.results import JSON_BEGINS, keep_text  # noqa: PLC0415 - what few calls need

        keep_text(Path(path), JSON_BEGINS)
    return path


with_json = click.option("--json", "json_path", metavar="OUT", callback=_json_target)


def files_of(json_path: str | None) -> tuple[Path, ...]:
    """Return the file that --json writes, so that it is not read as one that was handed in."""
    return (Path(json_path),) if json_path and json_path != "-" else ()


def new_lock(filled: FilledWorkbook, passwords: tuple[str, ...]) -> str | None:
    """Return the password to lock a result with, None to keep the lock: also where the file was opened with one."""
    return passwords[0] if passwords and not filled.encrypted else None
