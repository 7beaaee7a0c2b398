"""``canbao explain``: why this amount."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from canbao_addin.actions.checking import check_file
from canbao_addin.actions.explain import person_explanation, row_explanation
from canbao_addin.cli.help import Command
from canbao_addin.cli.json_file import write_json
from canbao_addin.cli.options import FILE, with_json, with_lang, with_own_policy, with_passwords
from canbao_addin.cli.output import Output
from canbao_addin.texts import CannotRunError
from canbao_county.explain import explain_in_words

if TYPE_CHECKING:
    from pathlib import Path


@click.command(cls=Command)
@click.argument("file", type=FILE, metavar="FILE")
@click.option("--cert", metavar="NUMBER")
@click.option("--sheet", metavar="NAME")
@click.option("--row", type=click.IntRange(1), metavar="N")
@with_json
@with_own_policy
@with_passwords
@with_lang
def explain(
    file: Path,
    cert: str | None,
    sheet: str | None,
    row: int | None,
    json_path: str | None,
    policy_name: str | None,
    passwords: tuple[str, ...],
    lang: str,
) -> int:
    """Why this amount."""
    filled = check_file(file, policy_name, passwords)
    if cert:
        explanation = person_explanation(filled, cert)
    elif sheet and row:
        explanation = row_explanation(filled, sheet, row)
    else:
        raise CannotRunError("explain_which")
    if json_path:
        write_json(json_path, explanation.as_dict(lang))
    if json_path != "-":
        Output(lang).line(explain_in_words(explanation, lang))
    return 0
