"""汇总: the figures of every township and of the county, all of them sums of the settlement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.merge.intake import MERGED
from canbao_generator.tables import CellType, ChartSpec, TableColumn, TableSheet, table_frame
from canbao_rulebook.money import to_yuan
from canbao_rulebook.names import load_lists

if TYPE_CHECKING:
    from canbao_county.merge.merging import Merge
    from canbao_county.merge.totals import Totals

_COLUMNS = (
    TableColumn("乡镇(街道)", width=14),
    TableColumn("排名", CellType.COUNT, 7),
    TableColumn("应保(人)", CellType.COUNT, 10),
    TableColumn("已保(人)", CellType.COUNT, 10),
    TableColumn("待裁定(人)", CellType.COUNT, 10),
    TableColumn("参保率", CellType.RATE, 10),
    TableColumn("应缴标准合计(元)", CellType.MONEY, 17),
    TableColumn("政府代缴(元)", CellType.MONEY, 15),
    TableColumn("个人应缴(元)", CellType.MONEY, 15),
    TableColumn("个人实缴(元)", CellType.MONEY, 15),
    TableColumn("其中：计入(元)", CellType.MONEY, 15),
    TableColumn("无凭据(元)", CellType.MONEY, 13),
    TableColumn("待处理(元)", CellType.MONEY, 13),
    TableColumn("应返资助(元)", CellType.MONEY, 15),
    TableColumn("可拨付(元)", CellType.MONEY, 15),
    TableColumn("暂不拨付(元)", CellType.MONEY, 15),
    TableColumn("基金收入(元)", CellType.MONEY, 15),
    TableColumn("待定(人)", CellType.WRAPPED, 20),
    TableColumn("错误", CellType.COUNT, 8),
    TableColumn("提醒", CellType.COUNT, 8),
    TableColumn("提醒未说明", CellType.COUNT, 9),
)
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
        f"参保率：{county.rate_basis}，向下取两位小数。",
        "个人实缴＝计入＋无凭据＋待处理；基金收入＝个人实缴＋政府代缴，其中待处理的在处理前仍在基金里。",
        "政府代缴＋应返资助＝可拨付＋暂不拨付；暂不拨付的原因见“参保资助花名册”和拨付清单。",
        f"已保中未经名单、到账核对的 {county.persons.unverified} 人。",
        *([f"合计不含待定：{_say_unknown(county)}。"] if county.unknown else []),
    ]
    chart = ChartSpec("各乡镇参保率", "乡镇(街道)", ("参保率",))
    return TableSheet(
        "汇总", f"{title}参保缴费汇总表", _COLUMNS, table_frame(rows, _COLUMNS), notes=notes, freeze=1, chart=chart,
        total_row=True,
    )  # fmt: skip


def _row(total: Totals, name: str, rank: int | None) -> list[object]:
    return [
        name,
        rank,
        total.should_enrol,
        total.enrolled,
        total.persons.pending,
        None if total.rate is None else float(total.rate),
        *(None if fen is None else to_yuan(fen) for fen in (*map(total.fen, _MONEY), total.fund_income)),
        _say_unknown(total),
        *total.said,
    ]


def _say_unknown(total: Totals) -> str:
    words: dict[str, str] = load_lists()["unknown_fields"]
    return "、".join(f"{words[name]}{count}人" for name, count in total.unknown.items())
