"""The county's year as JSON (docs/json.md): policy files and their changes, tables by the fields of their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.policy_diff import FIGURES
from canbao_rulebook.money import format_yuan
from canbao_rulebook.phrases import say
from canbao_rulebook.policy.issues import describe_issue
from canbao_rulebook.tables import FEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canbao_rulebook.book_diff import TemplateChange
    from canbao_rulebook.policy import PolicyIssue
    from canbao_rulebook.policy.diff import PolicyChange
    from canbao_rulebook.tables import TableSheet
    from canbao_validators.settlement.samples import Sample


def issue_dicts(issues: Iterable[PolicyIssue], lang: str) -> list[dict[str, object]]:
    """Return what is wrong with a policy file, or open in it."""
    found: list[dict[str, object]] = []
    for issue in issues:
        message, fix = describe_issue(issue, lang)
        place = {"path": issue.path, "line": issue.line}
        found.append({"code": issue.code, "severity": issue.severity.value, **place, "message": message, "fix": fix})
    return found


def change_dict(change: PolicyChange, lang: str) -> dict[str, object]:
    """Return a value or an entry that two policy years say otherwise."""
    words = {name: str(say(getattr(change, name), lang)) for name in ("name", "before", "after")}
    articles = {name: getattr(change, name) for name in ("article_before", "article_after")}
    return {"kind": change.kind.value, "path": ".".join(change.keys), **words, **articles}


def template_dict(change: TemplateChange, lang: str) -> dict[str, object]:
    """Return a sheet, column, check, value or list that is otherwise in the templates."""
    words = {name: str(say(getattr(change, name), lang)) for name in ("what", "name", "before", "after", "where")}
    return {"kind": change.kind.value, "sheet": change.sheet, **words}


def sample_dict(before: Sample | None, after: Sample | None, lang: str) -> dict[str, object]:
    """Return a sample person in both years; None for a year that has no such person."""
    one = before or after
    sides = {"before": before, "after": after}
    return {
        "who": one.who if one else "",
        **{side: None if sample is None else _figures(sample, lang) for side, sample in sides.items()},
    }


def _figures(sample: Sample, lang: str) -> dict[str, object]:
    money = {name: _yuan(getattr(sample, name)) for name in FIGURES}
    return {**money, "benefit": str(say(sample.benefit, lang))}


def table_rows(table: TableSheet) -> list[dict[str, object]]:
    """Return the rows of a table by field: money as decimal strings in yuan, null where unknown; no total."""
    rows = table.frame.head(table.frame.height - table.total_row)
    owed = [name for name, column in zip(rows.columns, table.columns, strict=True) if column.kind in FEN]
    return [{**row, **{name: _yuan(row[name]) for name in owed}} for row in rows.iter_rows(named=True)]


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else format_yuan(fen)
