"""The policy of a new year in Excel: a workbook made from this year's, and its file once the workbook is filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_addin import home
from canbao_addin.actions.file_names import file_names
from canbao_addin.actions.hand_out import fit_units, hand_out
from canbao_addin.actions.policies import locate_issues, open_book, open_policy, year_before
from canbao_addin.actions.policy_books import open_book_policy, policy_text, write_book
from canbao_addin.actions.policy_files import new_year, write_policy
from canbao_addin.actions.prefilling import read_carried, write_notes
from canbao_rulebook.policy import check_policy
from canbao_validators.apart import Reading
from canbao_validators.inbox import UNITS_FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from canbao_county.year.carry import Carried
    from canbao_rulebook.policy import Policy, PolicyIssue


@dataclass(frozen=True)
class LoadedYear:
    """The policy year that a workbook holds, the file that it was written to, and what a check says."""

    policy: Policy
    path: Path
    issues: list[PolicyIssue]


def next_id(before: Policy) -> str:
    """Return what the next policy year is called."""
    return f"{before.meta.id.rpartition('-')[0]}-{before.meta.policy_year + 1}"


def year_book_path(beside: Path, policy_id: str) -> Path:
    """Return where the workbook of a policy year is written."""
    return beside.with_name(f"政策_{file_names([policy_id])[0]}.xlsx")


def start_year(before: Policy, policy_id: str, target: Path) -> int:
    """Write the policy file of a new year, unless there is one, and its workbook; return how much is to be confirmed.

    Raises CannotRunError, PolicyError.
    """
    path = home.POLICIES / f"{policy_id}.yaml"
    made = new_year(before, policy_id)
    if not path.exists():
        write_policy(made.text, path)
    policy = open_policy(str(path))
    write_book(policy, before, target, None)
    return len(made.confirm)


def load_year(book: Path) -> LoadedYear:
    """Write the policy file that a workbook holds, and check it. Raises CannotRunError, PolicyError."""
    policy = open_book_policy(book)
    path = home.POLICIES / f"{policy.meta.id}.yaml"
    write_policy(policy_text(policy), path, replaces=policy.meta.id)
    issues = locate_issues(policy, check_policy(policy, year_before(policy)))
    return LoadedYear(policy, path, list(issues))


def find_units(beside: Path) -> Path | None:
    """Return the list of units of this year: in the folder of a file, or in one of the folders in it."""
    home = beside.parent
    return next((path for path in (home / UNITS_FILE, *sorted(home.glob(f"*/{UNITS_FILE}"))) if path.is_file()), None)


@dataclass(frozen=True)
class NewYear:
    """The templates and the register; last year's persons, where they were asked for, and what is told of them."""

    paths: list[Path]
    register: Path
    carried: Carried | None = None
    notes: Path | None = None


def hand_out_year(
    policy: Policy,
    listed: Path | None,
    folder: Path,
    progress: Callable[[str, int], AbstractContextManager[Callable[[str], None]]],
    password: str | None = None,
    last_year: Path | None = None,
) -> NewYear:
    """Write the templates of a new year for the units of this one, or of the policy.

    ``last_year`` is a county workbook whose persons stand in them. Raises CannotRunError.
    """
    book = open_book(policy)
    units = fit_units(listed, book).units
    carried = None if last_year is None else read_carried([last_year], book, units, Reading())[0]
    people = None if carried is None else carried.prefill.people
    with progress("", len(units)) as step:
        made = hand_out(book, units, folder, listed, password=password, people=people, progress=step)
    notes = None if carried is None else write_notes(carried, book, folder)
    return NewYear(made.paths, made.register, carried, notes)
