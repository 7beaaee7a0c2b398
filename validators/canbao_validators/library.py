"""Compiled policy years, kept so that twenty workbooks of one year compile it once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_rulebook.rulebook import load_rulebook

if TYPE_CHECKING:
    from collections.abc import Callable

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.damage.structure import Structure
    from canbao_validators.workbook import FilledWorkbook


@dataclass
class Library:
    """Compiled policy years by id, so that twenty workbooks of one year compile it once.

    ``issue`` returns what a checked workbook was made of when it was issued; without it no tampering is looked for.
    """

    find: Callable[[str], Policy | None]
    books: dict[str, Rulebook]
    issue: Callable[[FilledWorkbook], Structure] | None = None

    def get(self, policy_id: str) -> Rulebook | None:
        """Return the compiled policy year, or None when nobody knows the id."""
        if policy_id not in self.books:
            policy = self.find(policy_id)
            if policy is None:
                return None
            self.books[policy_id] = load_rulebook(policy)
        return self.books[policy_id]
