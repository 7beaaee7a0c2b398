"""汇总: the figures of every township and of the county, all of them sums of the settlement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.merge.intake import MERGED
from canbao_rulebook.phrases import SHEET_LANG, say
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from canbao_county.merge.merging import Merge
    from canbao_county.merge.totals import Totals
    from canbao_rulebook.tables import TableSheet

_MONEY = (
    "premium", "gov_direct", "self_due", "self_paid", "accepted", "unproven", "returnable", "rebate_due", "payable",
    "withheld",
)  # fmt: skip


def summary_sheet(merge: Merge, title: str) -> TableSheet:
    """Return the sheet; a sum that nobody knows stays empty, one that lacks persons says how many."""
    rows = [_row(total, total.unit or "（未填乡镇）", merge.ranks.get(total.unit)) for total in merge.townships]
    rows.append(_row(merge.county, f"{merge.county.unit}合计", None))
    merged = sum(status.status == MERGED for status in merge.files)
    county = merge.county
    notes = [
        f"合并 {merged} 个文件，未合并 {len(merge.files) - merged} 个（见“来源文件”）。",
        f"参保率：{say(county.rate_basis, SHEET_LANG)}，向下取两位小数。",
        "个人实缴＝计入＋无凭据＋待处理；基金收入＝个人实缴＋政府代缴，其中待处理的在处理前仍在基金里。",
        "政府代缴＋应返资助＝可拨付＋暂不拨付；暂不拨付的原因见“参保资助花名册”和拨付清单。",
        f"已保中未经名单、到账核对的 {county.persons.unverified} 人。",
        *([f"合计不含待定：{_say_unknown(county)}。"] if county.unknown else []),
    ]
    return load_table("summary").make(rows, notes, begin=title)


def _row(total: Totals, name: str, rank: int | None) -> dict[str, object]:
    errors, warnings, unanswered = total.said
    return {
        "township": name,
        "rank": rank,
        "should_enrol": total.should_enrol,
        "enrolled": total.enrolled,
        "pending": total.persons.pending,
        "enrolment_rate": None if total.rate is None else float(total.rate),
        **{name: total.fen(name) for name in _MONEY},
        "fund_income": total.fund_income,
        "unknown": _say_unknown(total),
        "errors": errors,
        "warnings": warnings,
        "unanswered": unanswered,
    }


def _say_unknown(total: Totals) -> str:
    words: dict[str, str] = load_lists()["unknown_fields"]
    return "、".join(f"{words[name]}{count}人" for name, count in total.unknown.items())
