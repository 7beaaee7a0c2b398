"""The persons of an imported list, written into the workbooks that are handed out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.list_folder import open_lists
from canbao_addin.texts import CannotRunError
from canbao_county.lists.prefill import plan_prefill
from canbao_rulebook.list_kinds import load_list_kinds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from canbao_county.lists.prefill import Prefill
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit
    from canbao_validators.checking import Reading


def prefilling_kinds() -> list[str]:
    """Return the kinds of lists whose persons can be written into templates."""
    return [code for code, kind in load_list_kinds().items() if kind.prefills]


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
