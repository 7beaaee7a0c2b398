"""What if: a submission settled by its policy year and by a changed one, written as a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_addin.actions.list_folder import open_lists
from canbao_addin.actions.made_by import SIMULATE
from canbao_addin.actions.policies import open_book, open_policy
from canbao_addin.actions.policy_books import policy_text
from canbao_addin.actions.results import require_target, result_file
from canbao_addin.actions.submissions import read_own
from canbao_addin.actions.working import working_folder
from canbao_addin.texts import CannotRunError
from canbao_county.policy_diff import change_cells
from canbao_county.year.simulate import Simulation, simulate
from canbao_county.year.simulation_sheets import simulation_sheets
from canbao_county.year.stated import differing_units
from canbao_generator.tables import write_tables
from canbao_rulebook.findings import Severity
from canbao_rulebook.judging import judge_policy
from canbao_rulebook.policy.diff import compare_policies
from canbao_rulebook.policy.what_if import change_policy
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from canbao_rulebook.policy import Policy, PolicyIssue
    from canbao_rulebook.policy.diff import PolicyChange
    from canbao_rulebook.tables import TableSheet
    from canbao_validators.apart import Reading


@dataclass(frozen=True)
class WhatIf:
    """``settings`` are changes of single values (``path=value``), or ``other`` names another policy year."""

    settings: Sequence[str] = ()
    other: str | None = None


@dataclass(frozen=True)
class Simulated:
    """What was simulated: changes, errors of the changed policy, units whose 汇总 says otherwise; sheets by subject."""

    simulation: Simulation
    changes: list[PolicyChange]
    issues: list[PolicyIssue]
    differing: list[str]
    sheets: Mapping[str, TableSheet]


def simulate_file(
    policy: Policy, submission: Path, target: Path, what: WhatIf, *, lists: Path | None, reading: Reading
) -> Simulated:
    """Write the comparison. Raises CannotRunError, and PolicyError for a change that cannot be made."""
    changed = _changed(policy, what)
    require_target(target, SIMULATE, [submission])
    book, other = open_book(policy), open_book(changed)
    raw = read_own(submission, reading)
    known = None if lists is None else open_lists(lists, policy, reading)
    try:
        with working_folder() as folder:
            done = simulate(raw, book, other, folder, lists=known)
    except UnreadableFile as trouble:
        raise CannotRunError("cannot_read", path=submission, why=trouble) from trouble
    changes = compare_policies(policy, changed)
    sheets = simulation_sheets(done, [change_cells(change) for change in changes])
    with result_file(target, SIMULATE) as plain:
        title = f"{policy.meta.county}{policy.meta.policy_year}"
        write_tables(plain, list(sheets.values()), command=SIMULATE, title=title)
    issues = [one for one in judge_policy(changed) if one.severity is Severity.ERROR]
    return Simulated(done, changes, issues, differing_units(raw, done.before, done.units), sheets)


def _changed(policy: Policy, what: WhatIf) -> Policy:
    if bool(what.settings) == bool(what.other):
        raise CannotRunError("simulate_what")
    return open_policy(what.other) if what.other else change_policy(policy_text(policy), what.settings)
