"""Run of all reconciliations that a policy asks for, in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canbao_county.reconcile.arrivals import reconcile_arrivals
from canbao_county.reconcile.bank import reconcile_bank
from canbao_county.reconcile.books import Books
from canbao_county.reconcile.clearing import reconcile_clearing
from canbao_county.reconcile.five import reconcile_five
from canbao_county.reconcile.four import reconcile_four
from canbao_county.reconcile.lists import Entries
from canbao_county.reconcile.matter import Matter
from canbao_county.reconcile.model import Reconciled, Result, load_words
from canbao_county.reconcile.posting import make_commission, reconcile_posting
from canbao_county.reconcile.refunds import list_refunds
from canbao_county.reconcile.treasury import reconcile_treasury
from canbao_county.reconcile.village import reconcile_village
from canbao_validators.money.holding import show_day

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from canbao_county.lists.stored import Lists
    from canbao_county.merge.merging import Merge
    from canbao_rulebook.policy.funds import Reconciliation

_MAKERS: dict[str, Callable[[Matter], Result]] = {
    "five": reconcile_five,
    "four": reconcile_four,
    "arrivals": reconcile_arrivals,
    "treasury": reconcile_treasury,
    "village": reconcile_village,
    "bank": reconcile_bank,
    "posting": reconcile_posting,
    "clearing": reconcile_clearing,
}


def reconcile(merge: Merge, lists: Lists, *, as_of: int | None = None) -> Reconciled:
    """Return all reconciliations of a policy year, up to a day if one is given (a serial).

    Without one everything counts, and the day is the last one that rosters or lists of money speak of.
    """
    books, entries = Books(merge, as_of), Entries(lists, as_of)
    policy = books.policy
    results = [_make(books, entries, entry) for entry in policy.reconciliation]
    agent = policy.collection.agent
    if agent is not None and agent.commission_per_success is not None:
        article = agent.commission_per_success.ref or agent.ref
        results.append(make_commission(_own(books, entries, "COMMISSION", article)))
    article = policy.refunds.ref if policy.refunds else None
    results.append(list_refunds(_own(books, entries, "REFUNDS", article)))
    days = [day for day in (as_of, books.last_day(), entries.last_day(policy)) if day is not None]
    shown = as_of if as_of is not None else max(days, default=None)
    return Reconciled(policy.meta.id, "" if shown is None else show_day(shown), results)


def _make(books: Books, entries: Entries, entry: Reconciliation) -> Result:
    spec = find_spec(entry)
    if spec is None:
        return Result(entry.id, "unknown", missing=("rule",))
    return _MAKERS[spec["kind"]](Matter(books, entries, entry.id, entry.ref, spec))


def find_spec(entry: Reconciliation) -> Mapping[str, Any] | None:
    """Return what reconciliations.yaml says of an entry of a policy, None when it knows nothing like it."""
    for spec in load_words()["kinds"]:
        if entry.id in spec.get("ids", ()) or (spec.get("items") and set(spec["items"]) <= set(entry.items)):
            return dict(spec)
    return None


def _own(books: Books, entries: Entries, code: str, article: str | None) -> Matter:
    """Return the matter of a sheet that goes with the reconciliations without being one of the policy's entries."""
    return Matter(books, entries, code, article, {"title": load_words()["titles"][code.lower()]})
