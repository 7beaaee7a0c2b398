"""Result of a reconciliation: tables to print, figures, differences, missing lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from canbao_rulebook.messages import render_all
from canbao_rulebook.money import format_yuan
from canbao_rulebook.yaml_text import read_data

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.tables import TableSheet

AGREE, DIFFER, NOT_MADE = "agree", "differ", "not_made"


@dataclass(frozen=True)
class Result:
    """One reconciliation. ``missing`` are kinds of lists without which it was not made, or not made whole."""

    id: str
    kind: str
    tables: Sequence[TableSheet] = ()
    missing: tuple[str, ...] = ()
    differences: int = 0
    sums: Mapping[str, int] = field(default_factory=dict)
    findings: Sequence[Finding] = ()

    @property
    def status(self) -> str:
        """AGREE only when everything was there to be compared and nothing differs."""
        if self.differences:
            return DIFFER
        return NOT_MADE if self.missing else AGREE

    def as_dict(self) -> dict[str, object]:
        """Return the fields of the command-line contract; sums of money are decimal strings in yuan."""
        return {
            "id": self.id,
            "kind": self.kind,
            "status": self.status,
            "missing": list(self.missing),
            "differences": self.differences,
            "sums": {name: value if is_count(name) else format_yuan(value) for name, value in self.sums.items()},
        }


def is_count(name: str) -> bool:
    """Tell whether a figure of ``sums`` counts persons or rows; all others are money."""
    return name.rpartition("_")[2] in {"persons", "rows", "receipts"}


@dataclass(frozen=True)
class Reconciled:
    """All reconciliations of a policy."""

    policy_id: str
    as_of: str
    results: Sequence[Result]

    @property
    def findings(self) -> list[Finding]:
        """All findings, in the order of the reconciliations."""
        return [finding for result in self.results for finding in result.findings]

    @property
    def agrees(self) -> bool:
        """Whether every reconciliation was made and agrees."""
        return all(result.status == AGREE for result in self.results)

    def as_dict(self, lang: str) -> dict[str, object]:
        """Return the JSON of the command-line contract."""
        return {
            "policy": self.policy_id,
            "as_of": self.as_of,
            "reconciliations": [result.as_dict() for result in self.results],
            "findings": render_all(self.findings, lang),
        }


@cache
def load_words() -> dict[str, Any]:
    """Return what reconciliations.yaml says."""
    words: dict[str, Any] = read_data("reconciliations.yaml")
    return words
