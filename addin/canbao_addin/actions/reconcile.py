"""Reconcile a folder: what the policy wants held against each other, as a workbook to print and to sign."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from canbao_addin.actions.files import require_folder
from canbao_addin.actions.handed_in import open_merge
from canbao_addin.actions.made_by import RECONCILE
from canbao_addin.actions.results import require_target, result_file
from canbao_county.merge.intake import MERGED
from canbao_county.reconcile.lists import load
from canbao_county.reconcile.matter import signatures
from canbao_county.reconcile.model import AGREE, DIFFER, NOT_MADE, is_count, load_words
from canbao_county.reconcile.run import find_spec, reconcile
from canbao_generator.tables import write_tables
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.money import format_yuan
from canbao_rulebook.table_specs import load_table

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_addin.actions.handed_in import HandedIn, Progress
    from canbao_county.merge.merging import Merge
    from canbao_county.reconcile.model import Reconciled, Result
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.funds import Reconciliation
    from canbao_rulebook.tables import TableSheet

_VERDICTS = {AGREE: "相符", DIFFER: "有差异", NOT_MADE: "未对账"}


def reconcile_folder(
    handed_in: HandedIn, target: Path, *, as_of: int | None = None, progress: Progress
) -> tuple[Reconciled, list[Finding]]:
    """Write the workbook of a folder of filled workbooks and a folder of lists. Raises CannotRunError.

    Returns the reconciliations, and what kept workbooks or lists from being used.
    """
    policy, reading, lists = handed_in.policy, handed_in.reading, handed_in.lists
    if lists is not None:
        require_folder(lists)
    require_target(target, RECONCILE, [handed_in.decisions])
    given = replace(handed_in, results=(target,), lists_of_villages=True)
    with open_merge(given, progress, RECONCILE) as (merge, workers, _):
        known = (
            load(lists, policy, workers=workers, passwords=reading.passwords)
            if merge.lists is None
            else merge.lists.lists
        )
        done = reconcile(merge, known, as_of=as_of)
        _write(target, policy, done)
    return done, [*_refused(merge), *known.findings]


def _refused(merge: Merge) -> list[Finding]:
    left_out = {status.file for status in merge.files if status.status != MERGED}
    return [finding for finding in merge.findings if finding.file in left_out]


def _write(target: Path, policy: Policy, done: Reconciled) -> None:
    title = f"{policy.meta.county}{policy.meta.policy_year}年度对账"
    sheets = [_overview(policy, done, title)]
    for result in done.results:
        sheets += result.tables or [_not_made(policy, result)]
    with result_file(target, RECONCILE) as plain:
        write_tables(plain, sheets, command=RECONCILE, title=title)


def _overview(policy: Policy, done: Reconciled, title: str) -> TableSheet:
    entries = {entry.id: entry for entry in policy.reconciliation}
    rows = []
    for result in done.results:
        entry = entries.get(result.id)
        rows.append(
            {
                "name": name_of(policy, result),
                "items": _say_items(entry) if entry else "",
                "verdict": _VERDICTS[result.status],
                "differences": result.differences,
                "sums": _say_sums(result),
                "missing": say_missing(result),
                "article": policy.article(entry.ref) if entry else "",
            }
        )
    day = done.as_of or "（没有日期）"
    return load_table("overview").make(pl.DataFrame(rows), title=title, as_of=day, signature=signatures())


def _say_items(entry: Reconciliation) -> str:
    """Return what is held against each other, by our words where the policy has codes."""
    if not all(item.isascii() for item in entry.items):
        return "、".join(entry.items)
    spec, words = find_spec(entry) or {}, load_words()["sources"]
    return "、".join(words[source] for source in spec.get("sources", ()))


def name_of(policy: Policy, result: Result) -> str:
    """Return what people call a reconciliation."""
    entry = next((entry for entry in policy.reconciliation if entry.id == result.id), None)
    spec = find_spec(entry) if entry else None
    title: str = spec["title"] if spec else load_words()["titles"].get(result.id.lower(), result.id)
    return title


def say_missing(result: Result) -> str:
    """Return the lists without which a reconciliation was not made, as people call them."""
    kinds, words = load_list_kinds(), load_words()["missing"]
    return "、".join(words.get(kind) or kinds[kind].name for kind in result.missing)


def _say_sums(result: Result) -> str:
    words = load_words()["sums"]
    said = [
        f"{words.get(name, name)} {value if is_count(name) else format_yuan(value) + '元'}"
        for name, value in result.sums.items()
    ]
    return "，".join(said)


def _not_made(policy: Policy, result: Result) -> TableSheet:
    """Return the sheet of a reconciliation that could not be made: it says so, and never looks reconciled."""
    entry = next((entry for entry in policy.reconciliation if entry.id == result.id), None)
    spec = find_spec(entry) if entry else None
    short = spec["sheet"] if spec else load_words()["titles"].get(result.id.lower(), result.id)
    rows = [{"verdict": _VERDICTS[NOT_MADE], "missing": say_missing(result)}]
    return load_table("not_reconciled").make(rows, sheet=f"{short}未对账", name=name_of(policy, result))
