"""A folder of filled workbooks: which policy year they belong to, and what their merge is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.file_names import file_names
from canbao_addin.texts import CannotRunError
from canbao_validators.merge.merging import find_files
from canbao_validators.meta import read_meta
from canbao_validators.reading.package import UnreadableFile
from canbao_validators.reading.sheets import read_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_rulebook.policy import Policy
    from canbao_validators.checking import Library
    from canbao_validators.merge.merging import Merge


def find_policy(folder: Path, library: Library) -> Policy:
    """Return the policy year of the first workbook in a folder that names a known one. Raises CannotRunError."""
    for path in find_files(folder):
        try:
            book = library.get(read_meta(read_workbook(path)).get("policy_id"))
        except UnreadableFile:
            continue
        if book is not None:
            return book.policy
    raise CannotRunError("merge_no_policy", folder=folder)


def result_name(merge: Merge) -> str:
    """Return the name, without suffix, of the county's workbook, or of the township's."""
    if merge.township is not None:
        return file_names([merge.county.unit])[0]
    meta = merge.book.policy.meta
    return f"{meta.county}{meta.policy_year}年度参保汇总"
