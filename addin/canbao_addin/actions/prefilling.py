"""The persons of an imported list, written into the workbooks that are handed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_addin.actions.compare import book_of
from canbao_addin.actions.list_folder import open_lists
from canbao_addin.actions.made_by import GENERATE
from canbao_addin.actions.results import result_file
from canbao_addin.actions.submissions import read_own
from canbao_addin.texts import CannotRunError
from canbao_county.lists.persons import ListedPersons
from canbao_county.lists.prefill import plan_prefill
from canbao_county.lists.stored import Lists
from canbao_county.year.carry import Carried, plan_carry
from canbao_generator.tables import write_tables
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.masking import mask_text
from canbao_rulebook.table_specs import load_table
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from canbao_county.lists.prefill import Prefill
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit
    from canbao_validators.apart import Reading


SUBMISSION = "submission"  # last year's, rather than a list of others
NOTES_FILE = "预填说明.xlsx"


def prefilling_kinds() -> list[str]:
    """Return the kinds of lists whose persons can be written into templates, and SUBMISSION."""
    return [*(code for code, kind in load_list_kinds().items() if kind.prefills), SUBMISSION]


def read_carried(
    sources: Sequence[Path], book: Rulebook, units: Sequence[Unit], reading: Reading
) -> tuple[Carried, Sequence[Finding]]:
    """Return last year's persons as rows of the templates; ``sources`` are the submission and a folder of lists.

    Raises CannotRunError without a submission of an earlier year.
    """
    path = next((source for source in sources if source.is_file()), None)
    folder = next((source for source in sources if source.is_dir()), None)
    if path is None:
        raise CannotRunError("prefill_no_submission")
    raw = read_own(path, reading)
    last_year = book_of(raw, path)
    lists = Lists() if folder is None else open_lists(folder, book.policy, reading)
    try:
        return plan_carry(raw, last_year, book, units, ListedPersons(lists, book.policy)), lists.findings
    except UnreadableFile as trouble:
        raise CannotRunError("cannot_read", path=path, why=trouble) from trouble


def write_notes(carried: Carried, book: Rulebook, folder: Path) -> Path | None:
    """Write what has to be told of last year's persons beside the templates; nothing where there is nothing to tell."""
    if carried.notes.is_empty():
        return None
    meta = book.policy.meta
    masked = carried.notes.with_columns(pl.col("cert_no").map_elements(mask_text, pl.String))
    target = folder / NOTES_FILE
    with result_file(target, GENERATE) as plain:
        begin = f"{meta.county}{meta.policy_year}年度"
        write_tables(plain, [load_table("carried_notes").make(masked, begin=begin)], command=GENERATE, title=begin)
    return target


def read_prefill(
    kind: str, folder: Path | None, book: Rulebook, units: Sequence[Unit], reading: Reading
) -> tuple[Prefill, Sequence[Finding]]:
    """Return the rows of the templates, and what was found about files of the folder.

    Raises CannotRunError without a folder, or when it has no list of this kind.
    """
    if folder is None:
        raise CannotRunError("prefill_no_folder")
    lists = open_lists(folder, book.policy, reading)
    plan = plan_prefill(kind, lists, book, units)
    if plan is None:
        raise CannotRunError("prefill_no_list", folder=folder, name=load_list_kinds()[kind].phrase, kind=kind)
    return plan, lists.findings
