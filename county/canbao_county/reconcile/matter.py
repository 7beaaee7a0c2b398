"""One reconciliation at work: its units, lists, words, tables and findings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_county.reconcile.model import load_words
from canbao_rulebook.findings import Place
from canbao_rulebook.messages import build_finding
from canbao_rulebook.money import format_yuan
from canbao_rulebook.table_specs import load_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from canbao_county.reconcile.books import Books
    from canbao_county.reconcile.lists import Entries
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.table_specs import TableSpec
    from canbao_rulebook.tables import TableSheet

BLANK_AGENT = "（未填代征人）"
AGREES, DIFFERS = "相符", "不符"


@dataclass(frozen=True)
class Matter:
    """One reconciliation: its name and article in the policy, what kind it is, the units, the lists."""

    books: Books
    entries: Entries
    id: str
    ref: str | None
    spec: Mapping[str, Any]

    @property
    def policy(self) -> Policy:
        """The policy year."""
        return self.books.policy

    @property
    def source(self) -> str:
        """The article that asks for this reconciliation."""
        return self.policy.article(self.ref)

    @property
    def title(self) -> str:
        """What its sheets are called at the top."""
        meta = self.policy.meta
        return f"{meta.county}{meta.policy_year}年度城乡居民基本医疗保险{self.spec['title']}"

    @property
    def sheet(self) -> str:
        """The name of its first sheet."""
        return str(self.spec["sheet"])

    def table(self, spec: TableSpec | str, rows: pl.DataFrame, notes: Iterable[str] = ()) -> TableSheet:
        """Return a table of tables/reconciliations.yaml, to be signed."""
        spec = load_table(spec) if isinstance(spec, str) else spec
        return spec.make(rows, notes, signature=signatures(), title=self.title, sheet=self.spec.get("sheet", ""))

    @cached_property
    def words(self) -> dict[str, Any]:
        """The words of reconciliations.yaml."""
        return load_words()

    def say(self, key: str, place: Place, *, value: str = "", **told: Any) -> Finding:
        """Return a finding with the article of the reconciliation."""
        return build_finding(key, place, value=value, source=self.source, **told)

    def list_place(self, row: Mapping[str, Any], field: str = "cert_no") -> Place:
        """Return where a row of an imported list stands."""
        return self.entries.lists.place(row, field)


def signatures() -> str:
    """Return the line that whoever reconciled signs."""
    return "　　　　".join(f"{word}：＿＿＿＿＿＿" for word in load_words()["signatures"])


def person_place(row: Mapping[str, Any]) -> Place:
    """Return the place of a person's number in the roster."""
    return Place(row["sheet"], row["row"], f"{row['letter']}{row['row']}", "cert_no", "证件号码", file=row["file"])


def signed(fen: int) -> str:
    """Return a difference with its sign."""
    return f"+{format_yuan(fen)}" if fen > 0 else format_yuan(fen)


def who(cash: pl.DataFrame) -> pl.DataFrame:
    """Return payments or deposits with a word where the agent is blank."""
    return cash.with_columns(agent=pl.when(pl.col("agent") == "").then(pl.lit(BLANK_AGENT)).otherwise("agent"))
