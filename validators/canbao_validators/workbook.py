"""A filled workbook as the checks see it: its unit, its rosters as frames, and what was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from canbao_rulebook.findings import name_file
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.meta import COVER_CODE_NAME
from canbao_validators.answers import add_answers, read_answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit
    from canbao_validators.answers import Answers


def codes_of(rosters: Mapping[str, Roster], *roles: RosterRole) -> tuple[str, ...]:
    """Return the codes of the rosters with one of the roles, in order."""
    return tuple(code for code, roster in rosters.items() if roster.role in roles)


def code_of(rosters: Mapping[str, Roster], role: RosterRole) -> str:
    """Return the code of the one roster with a role, or an empty string, which is no roster's code."""
    return next(iter(codes_of(rosters, role)), "")


@dataclass
class FilledWorkbook:
    """One workbook after reading and checking.

    ``frames`` hold computed columns, ``typed`` the same rows as found; ``read`` are the findings of reading alone;
    ``limits`` are the rows that each roster sheet has room for; ``other_editions`` are, by roster code, the sheets
    whose template is not today's, with the columns that they have not; ``extra_sheets`` were added by clerks; ``lock``
    is the salt and the digest of the password, empty without one; ``plain``: its formulas stand in cells;
    ``encrypted``: a given password opened the file;
    ``sealed`` tells whether ``_meta`` is what its digest says; ``stated_policy`` is the policy year that it names;
    ``reason`` is the finding for which the workbook was refused.
    """

    file: str
    book: Rulebook | None = None
    unit: Unit | None = None
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    typed: dict[str, pl.DataFrame] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    read: tuple[Finding, ...] = ()
    limits: dict[str, int] = field(default_factory=dict)
    other_editions: dict[str, frozenset[str]] = field(default_factory=dict)
    extra_sheets: tuple[str, ...] = ()
    check_code: str = ""
    cover: dict[str, str] = field(default_factory=dict)
    lock: tuple[str, str] = ("", "")
    plain: bool = False
    encrypted: bool = False
    sealed: bool = False
    stated_policy: str = ""
    reason: Finding | None = None

    @property
    def accepted(self) -> bool:
        """Whether the workbook can be used at all."""
        return self.book is not None and self.reason is None

    @property
    def stated_code(self) -> str:
        """The check code printed on the cover, or an empty string."""
        return self.cover.get(COVER_CODE_NAME, "")

    @property
    def rosters(self) -> dict[str, Roster]:
        """The rosters that were read, by code."""
        return {} if self.book is None else {code: self.book.rosters[code] for code in self.frames}

    @property
    def subsidy_code(self) -> str:
        """The code of the policy year's subsidy roster, or an empty string."""
        return code_of(self.book.rosters, RosterRole.SUBSIDY) if self.book else ""

    @property
    def rows(self) -> dict[str, int]:
        """Used rows by roster code."""
        return {code: frame.height for code, frame in self.frames.items()}

    @property
    def answers(self) -> Answers:
        """The texts of 情况说明, by file, sheet and row."""
        return read_answers(self.file, self.rosters, self.frames)

    @property
    def read_otherwise(self) -> list[Finding]:
        """The findings (V42) of cells that the check read in another form than they stand in: 280元 as 280."""
        return [one for one in self.findings if one.code == "V42" and "after" in one.params and one.row]

    def own(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return findings as those of this file, with what the clerk wrote about them."""
        return add_answers(name_file(findings, self.file), self.answers)

    def summary(self) -> dict[str, Any]:
        """Return the fields of a CheckedFile."""
        return {
            "file": self.file,
            "policy_id": self.book.policy.meta.id if self.book else None,
            "stated_policy": self.stated_policy,
            "unit": self.unit,
            "rows": self.rows,
            "findings": self.findings,
            "check_code": self.check_code,
            "stated_code": self.stated_code,
            "reason": self.reason,
            "answers": self.answers,
        }
