"""县乡差异: where the county's figures are other ones than those on a unit's signed cover, row by row, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.merge.differences import FIGURES
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.money import format_yuan
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from canbao_county.merge.merging import Merge
    from canbao_rulebook.tables import TableSheet

_NAMES = {
    "counts": "应保",
    "enrolled": "已保",
    "self_due": "个人应缴",
    "gov_direct": "政府代缴",
    "rebate_due": "应返资助",
}


def differences_sheet(merge: Merge, title: str) -> TableSheet:
    """Return the sheet, with its one line of explanation also where nothing differs."""
    rows = [line for row in merge.differences.iter_rows(named=True) for line in _lines(row)]
    return load_table("differences").make(rows, begin=title)


def _lines(row: Mapping[str, object]) -> Iterator[dict[str, object]]:
    reasons: dict[str, str] = load_lists()["difference_reasons"]
    for figure in FIGURES:
        own, county = row[f"{figure}_alone"], row[figure]
        if own != county:
            yield {
                "township": row["unit"],
                "sheet": row["sheet"],
                "row": row["row"],
                "name": row["name"],
                "cert_no": row["cert"],
                "item": _NAMES[figure],
                "alone": _shown(own),
                "county": _shown(county),
                "reason": reasons[str(row["why"])],
            }


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return format_yuan(value) if isinstance(value, int) else UNKNOWN_TEXT
