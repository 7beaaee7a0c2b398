"""The sheet 名单核对: which imported lists there were, and which checks were not made and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.lists.checks import why_not_made
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.tables import schema_of

if TYPE_CHECKING:
    from canbao_county.lists.checks import ListReview
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.tables import TableSheet

_USED, _NOT_MADE = "已用的名单", "没有做的核对"


def lists_sheet(review: ListReview, policy: Policy, title: str) -> TableSheet:
    """Return the sheet that tells which lists were used, and which checks were not made and why."""
    agencies = policy.org.agencies
    rows: list[dict[str, object]] = []
    for entry in review.lists.stored:
        persons = entry.frame["cert_no"].n_unique() if entry.kind.about_persons else None
        agency = agencies[entry.agency].name if entry.agency in agencies else entry.agency
        sources = "；".join(f"{name}（{day}）" for name, day in entry.sources)
        about = next((one.name for one in policy.subsidy.categories if one.code == entry.category), "")
        rows.append(
            {
                "item": _USED,
                "list": entry.kind.name,
                "agency": agency,
                "rows": entry.frame.height,
                "persons": persons,
                "as_of": entry.as_of,
                "sources": sources,
                "check": "",
                "remark": about,
            }
        )
    for left in review.not_made:
        said = "：".join(part for part in (why_not_made(left), left.detail) if part)
        kind = load_list_kinds()[left.kind].name
        rows.append({"item": _NOT_MADE, "list": kind, "check": left.check, "remark": said})
    spec = load_table("lists_used")
    return spec.make(pl.DataFrame(rows, schema=schema_of(spec.columns)), begin=title)
