"""What a reconciliation gives: tables to print, figures, differences, and which list was missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from canbao_rulebook.money import format_yuan
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_rulebook.findings import Finding

AGREE, DIFFER, NOT_MADE = "agree", "differ", "not_made"
TEXT, COUNT, MONEY, DATE = "text", "count", "money", "date"
TOTAL = "合计"


class Col(NamedTuple):
    """A column of a table: its header, what it holds (money in fen, dates as serials), its width.

    ``adds``: the total sums it up; where opposite differences would net each other, it does not.
    """

    header: str
    kind: str = TEXT
    width: float = 12
    adds: bool = True


@dataclass(frozen=True)
class Table:
    """A sheet to print. ``frame`` holds the columns in order; ``total``: its last row sums up the others."""

    name: str
    title: str
    columns: Sequence[Col]
    frame: pl.DataFrame
    notes: Sequence[str] = ()
    total: bool = False


@dataclass(frozen=True)
class Result:
    """One reconciliation. ``missing`` are kinds of lists without which it was not made, or not made whole."""

    id: str
    kind: str
    tables: Sequence[Table] = ()
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

    def as_dict(self) -> dict[str, object]:
        """Return the JSON of the command-line contract."""
        return {
            "policy": self.policy_id,
            "as_of": self.as_of,
            "reconciliations": [result.as_dict() for result in self.results],
            "findings": [finding.as_dict() for finding in self.findings],
        }


@cache
def load_words() -> dict[str, Any]:
    """Return what reconciliations.yaml says."""
    words: dict[str, Any] = parse_yaml(read_text("reconciliations.yaml"))
    return words


def add_total(frame: pl.DataFrame, columns: Sequence[Col]) -> pl.DataFrame:
    """Return a table with a last row that sums up its counts and its money."""
    label = next((index for index, column in enumerate(columns) if column.kind == TEXT), None)
    cells = [
        pl.col(name).sum()
        if column.kind in {COUNT, MONEY} and column.adds
        else pl.lit(TOTAL if index == label else None, frame.schema[name])
        for index, (name, column) in enumerate(zip(frame.columns, columns, strict=True))
    ]
    return pl.concat([frame, frame.select(cell.alias(name) for cell, name in zip(cells, frame.columns, strict=True))])


def schema_of(columns: Mapping[str, Col]) -> dict[str, type[pl.DataType]]:
    """Return what the columns of a table are stored as: texts, and whole numbers for everything else."""
    return {field: pl.String if column.kind == TEXT else pl.Int64 for field, column in columns.items()}


def make_table(
    name: str,
    title: str,
    columns: Mapping[str, Col],
    frame: pl.DataFrame,
    *,
    total: bool = False,
    notes: Sequence[str] = (),
) -> Table:
    """Return a table of the columns of a frame in the order given, with its total if wanted."""
    own = list(columns.values())
    chosen = frame.select(pl.col(field).cast(kind) for field, kind in schema_of(columns).items())
    return Table(name, title, own, add_total(chosen, own) if total else chosen, notes, total)
