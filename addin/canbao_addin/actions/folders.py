"""A folder of filled workbooks: which policy year they belong to, and what their merge is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.file_names import file_names
from canbao_addin.texts import CannotRunError
from canbao_validators.apart import Reading, read_files, start_workers
from canbao_validators.inbox import find_files
from canbao_validators.meta import read_meta
from canbao_validators.reading.sheets import read_workbook
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_county.merge.merging import Merge
    from canbao_rulebook.policy import Policy
    from canbao_validators.library import Library

NO_PASSWORDS = Reading()


def find_policy(folder: Path, library: Library, reading: Reading = NO_PASSWORDS) -> Policy:
    """Return the policy year of the first workbook in a folder that names a known one. Raises CannotRunError."""
    tasks = ((file.path, reading) for file in find_files(folder).files)
    with start_workers(None, 1) as workers:
        for policy_id in read_files(workers, _read_policy, tasks):
            book = None if isinstance(policy_id, UnreadableFile) else library.get(policy_id)
            if book is not None:
                return book.policy
    raise CannotRunError("merge_no_policy", folder=folder)


def _read_policy(_library: None, path: Path, reading: Reading) -> str:
    """Return the policy year that a workbook names, empty when it names none. Raises UnreadableFile."""
    return read_meta(read_workbook(path, reading.passwords)).get("policy_id")


def result_name(merge: Merge) -> str:
    """Return the name, without suffix, of the county's workbook, or of the township's."""
    if merge.township is not None:
        return file_names([merge.county.unit])[0]
    meta = merge.book.policy.meta
    return f"{meta.county}{meta.policy_year}年度参保汇总"
