"""The rulebook of a policy year: its compiled rosters and the names that formulas read."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from canbao_rulebook.edition import digest_roster
from canbao_rulebook.kept import RULES, keep
from canbao_rulebook.names import policy_names, unit_names
from canbao_rulebook.own_columns import own_column_specs
from canbao_rulebook.own_rules import own_rule_specs
from canbao_rulebook.policy.situations import situations
from canbao_rulebook.precedence import ranked_categories
from canbao_rulebook.roster_compile import compile_roster
from canbao_rulebook.specs import list_specs, read_spec
from canbao_rulebook.specs.files import read_file
from canbao_rulebook.top_ups import top_ups
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP, VILLAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.kinds import RosterRole
    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.people import Category
    from canbao_rulebook.roster import Roster


@dataclass(frozen=True)
class Rulebook:
    """A policy year with its compiled rosters, and the names that formulas read.

    The whole of it is the county's: ``of_kind`` gives what the workbooks of one ``kind`` of unit hold.
    """

    policy: Policy
    names: Mapping[str, NamedValue]
    rosters: Mapping[str, Roster]
    kind: str = ""
    kinds: dict[str, Rulebook] = field(default_factory=dict, compare=False, repr=False)
    editions: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def of_kind(self, kind: str) -> Rulebook:
        """Return the rosters and names of a kind of unit; only departments know confidential categories."""
        if kind == self.kind:
            return self
        if kind not in self.kinds:
            own = {code: roster for code, roster in self.rosters.items() if kind in roster.units}
            names = {**policy_names(self.policy, confidential=kind == AGENCY), **unit_names(None)}
            unused = _unused_names(self.policy, kind)
            names = {name: named for name, named in names.items() if name not in unused}
            self.kinds[kind] = Rulebook(self.policy, names, own, kind)
        return self.kinds[kind]

    def edition(self, code: str) -> str:
        """Return the edition of a roster, which its workbooks state in ``_meta``."""
        if not self.editions:
            self.editions.update(keep(RULES, ("editions", self.kind, self.policy.fingerprint), self._digests))
        return self.editions[code]

    def _digests(self) -> dict[str, str]:
        return {code: digest_roster(roster, self.names) for code, roster in self.rosters.items()}

    @property
    def categories(self) -> list[Category]:
        """The categories that compete, best first, as far as these workbooks may name them.

        Where amounts differ from person to person: for one of whom nothing is known yet, as in the lists of the sheets.
        """
        first = situations(self.policy)[0]
        return ranked_categories(self.policy, first, confidential=self.kind in {"", AGENCY})

    @property
    def top_ups(self) -> list[Category]:
        """What comes on top of one of them, as far as these workbooks may name it."""
        return top_ups(self.policy, confidential=self.kind in {"", AGENCY})

    @property
    def counts_the_roll(self) -> bool:
        """Whether a rate of the policy year is taken of the persons in these rosters, not of a goal from above."""
        return "should_enrol" in (self.policy.targets.denominators.get("RATE") or "")

    def with_role(self, role: RosterRole) -> dict[str, Roster]:
        """Return the rosters of a role by code, in the policy's order."""
        return {code: roster for code, roster in self.rosters.items() if roster.role is role}


def _unused_names(policy: Policy, kind: str) -> set[str]:
    """The names of a unit that a kind of unit has no use for."""
    paying = kind in {TOWNSHIP, VILLAGE} and any(township.account for township in policy.org.townships)
    return ({"本校保险公司"} if kind != SCHOOL else set()) | ({"本户账号"} if not paying else set())


_compiled: deque[Rulebook] = deque(maxlen=16)


def load_rulebook(policy: Policy) -> Rulebook:
    """Return the compiled rosters of a policy year; a roster without a spec is a report, which nobody fills.

    The same policy has the same rulebook while the program runs. Raises RosterError when a spec is broken.
    """
    book = next((book for book in _compiled if book.policy is policy), None)
    if book is None:
        book = keep(RULES, ("rulebook", policy.fingerprint), partial(_compile, policy), {"policy": policy})
        _compiled.append(book)
    return book


def forget_rulebooks() -> None:
    """Compile anew what is asked for next: specs have changed."""
    read_file.cache_clear()
    _compiled.clear()


def _compile(policy: Policy) -> Rulebook:
    names = {**policy_names(policy, confidential=True), **unit_names(None)}
    return Rulebook(policy, names, {code: load_roster(code, policy, names) for code in roster_codes(policy)})


def roster_codes(policy: Policy) -> list[str]:
    """Return the rosters of a policy year that somebody fills: those with a spec, then those of the county's own."""
    known = list_specs()
    return [*(code for code in policy.rosters if code in known), *(roster.code for roster in policy.own_rosters)]


def load_roster(code: str, policy: Policy, names: Mapping[str, NamedValue]) -> Roster:
    """Return one compiled roster of a policy year. Raises RosterError."""
    spec = read_spec(code, policy, names)
    own = {
        "columns": [*spec.columns, *own_column_specs(code, policy)],
        "rules": [*spec.rules, *own_rule_specs(code, policy)],
    }
    return compile_roster(spec.model_copy(update=own), names)
