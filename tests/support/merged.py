"""The people of a merge as a test writes them, held against lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_county.lists.checks import ListReview, review_lists
from canbao_county.lists.stored import Lists
from canbao_rulebook.policy import load_policy
from canbao_validators.settlement.facts import SCHEMA, gather_facts
from support.english import chinese_left
from support.lists import make_lists

if TYPE_CHECKING:
    from collections.abc import Sequence

ONE, TWO, THREE, OTHER = "620422194803079511", "620422196902289783", "620422197811129586", "620422198409179731"
FILES = {"甲镇": "甲镇.xlsx", "乙镇": "乙镇.xlsx"}


# What the settlement adds to a row and checks against lists read.
SETTLED = SCHEMA | {"gov_direct": pl.Int64(), "category": pl.String()}


def person(cert: str = ONE, name: str = "田守义", **more: Any) -> dict[str, Any]:
    """A row of the merge's people, money in fen: enrolled in 甲镇, nothing paid, nothing claimed, unless said."""
    row = {
        "unit": "甲镇", "township": "甲镇", "file": "甲镇.xlsx", "roster": "R1", "sheet": "应保及应资对象",
        "letter": "K", "row": 5, "cert": cert, "name": name, "guardian": "", "valid": True, "birth": float("nan"),
        "enrolment": True, "received": 0, "pay_date": float("nan"), "gov_direct": 0, "forbidden": False,
        "category": "", "row_subsidy_kind": "", "row_category": "", "groups": [], "claims": [], "status": "",
        "proof": "", "volunteers": False, "central": False,
    }  # fmt: skip
    assert more.keys() <= SETTLED.keys(), more.keys() - SETTLED.keys()
    return {name: (row | more).get(name) for name in SETTLED}


def gather(people: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """The people of a merge."""
    return gather_facts([pl.DataFrame(people, schema=SETTLED, orient="row")])


def review(people: Sequence[dict[str, Any]], lists: Any, policy: str = "huining-2021", files: Any = None) -> ListReview:
    """What lists (as ``support.lists`` writes them) say about people."""
    given = lists if isinstance(lists, Lists) else make_lists(lists, policy)
    found = review_lists(gather(people), given, load_policy(policy), FILES if files is None else files)
    typed = (people, [stored.frame.to_dicts() for stored in given.stored], FILES)
    assert [left for one in found.findings if (left := chinese_left(one, typed))] == []
    return found
