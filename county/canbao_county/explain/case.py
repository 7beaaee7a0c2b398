"""One row of a roster with everything that explains it: its settlement, its computed columns, the policy year."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.formula.nodes import columns_of
from canbao_rulebook.kinds import UNKNOWN_TEXT, CellKind
from canbao_rulebook.money import format_yuan
from canbao_rulebook.names import unit_names
from canbao_rulebook.policy.situations import Situation, depends_on_person, situations
from canbao_rulebook.tracing import sources_of, trace_column
from canbao_validators.display import show_cell, show_value
from canbao_validators.settlement.claims import statuses_by_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.people import Status
    from canbao_rulebook.roster import Roster
    from canbao_validators.workbook import FilledWorkbook

_NO_ARTICLE = ("", "—", "unknown")
_BARS = "※不得参保"
# What the explained amounts and dates depend on.
_DECIDED = (
    "premium", "gov_direct", "self_due", "rebate_due", "chosen_category", "subsidy_kind", "paid_ok",
    "final_state", "benefit_start",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A used row of a checked workbook. ``row`` is the sheet row, ``people`` the settlement of the whole workbook."""

    filled: FilledWorkbook
    code: str
    row: int
    people: pl.DataFrame

    @cached_property
    def settled(self) -> dict[str, Any]:
        """What the settlement says of the row."""
        [row] = self.people.filter((pl.col("roster") == self.code) & (pl.col("row") == self.row)).to_dicts()
        return row

    @cached_property
    def others(self) -> list[dict[str, Any]]:
        """What the settlement says of the person's other rows."""
        own = self.settled
        return self.people.filter((pl.col("pid") == own["pid"]) & (pl.col("person") != own["person"])).to_dicts()

    @cached_property
    def situation(self) -> Situation:
        """What amounts hang on beside the category: the person's premium, tier and years."""
        if depends_on_person(self.policy):
            place: int = self.settled["situation"] - 1
            return situations(self.policy)[place]
        premium = self.settled["row_premium"]
        return Situation(self.policy.premium_fen() if premium is None else premium)

    def money(self, field: str) -> str:
        """Return an amount of the settlement as text, 待定 where it is unknown."""
        fen = self.settled[field]
        return UNKNOWN_TEXT if fen is None else format_yuan(fen)

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The row as a frame of one row, its computed columns included."""
        return self.filled.frames[self.code].filter(pl.col("row") == self.row)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The row's values by the names of the frame's columns."""
        return self.frame.row(0, named=True)

    @property
    def roster(self) -> Roster:
        """The roster whose row this is."""
        return self.filled.rosters[self.code]

    @property
    def policy(self) -> Policy:
        """The policy year of the workbook."""
        assert self.filled.book is not None
        return self.filled.book.policy

    @cached_property
    def names(self) -> Mapping[str, NamedValue]:
        """The policy's and the unit's names, as the columns were computed with them."""
        assert self.filled.book is not None
        return {**self.filled.book.names, **unit_names(self.filled.unit)}

    def computed(self, field: str) -> Any:
        """Return a computed value; None when it is unknown, or when the policy year has no such column."""
        return self.values.get(f"{field}.computed")

    def shown(self, field: str) -> str:
        """Return a computed value as text, 待定 when it is unknown."""
        return show_value(self.roster.by_field[field], self.computed(field))

    def typed(self, field: str) -> str:
        """Return what was typed into a cell, or carried into it from another roster, as text."""
        column = self.roster.by_field.get(field)
        if column is None:
            return ""
        found, value = show_cell(column, self.values), self.values[field]
        return found or ("" if value is None else show_value(column, value))

    @property
    def deciding(self) -> frozenset[str]:
        """The headers of everything that the explained amounts depend on."""
        named = (self.roster.by_field[name].header for name in _DECIDED if name in self.roster.by_field)
        return sources_of(self.roster, named)

    @property
    def has_error(self) -> bool:
        """Whether a cell that the amounts depend on holds an error value."""
        kinds = (f"{self.roster.by_header[header].field}.kind" for header in self.deciding)
        return any(self.values.get(kind) == CellKind.ERROR for kind in kinds)

    @property
    def bars(self) -> list[tuple[str, str]]:
        """The filled cells, header and text, that can keep the person out of this roster (※不得参保)."""
        node = self.roster.by_header[_BARS].node
        assert node is not None
        columns = [self.roster.by_header[header] for header in sorted(columns_of(node))]
        return [(column.header, text) for column in columns if (text := self.typed(column.field))]

    def find_status(self, label: str) -> Status | None:
        """Return the special status that a label, or a reason of the roster of exemptions, means."""
        stated = next((entry for entry in self.policy.eligibility.statuses if entry.label == label), None)
        return stated or statuses_by_reason(self.policy).get(label)

    @property
    def blocking(self) -> Status | None:
        """The status for which the person gets no subsidy, in whichever row it stands."""
        blocked = (row["status"] or "" for row in (self.settled, *self.others) if row["blocked"])
        return next((status for label in blocked if (status := self.find_status(label))), None)

    def article(self, refs: Iterable[str | None]) -> str:
        """Return references as people cite them, those of the project's own defaults left out."""
        return self.policy.articles(ref for ref in dict.fromkeys(refs) if (ref or "") not in _NO_ARTICLE)

    def deciding_article(self, header: str) -> str:
        """Return the articles behind the branch that a computed column took in this row."""
        trace = trace_column(self.roster, header, self.frame, self.names)
        return self.article(self.names[name].source for name in trace.names)
