"""The sheet 名单核对: which imported lists there were, and which checks were not made and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.lists.checks import why_not_made
from canbao_generator.tables import CellType, TableColumn, TableSheet
from canbao_rulebook.list_kinds import load_list_kinds

if TYPE_CHECKING:
    from canbao_county.lists.checks import ListReview
    from canbao_rulebook.policy import Policy

LISTS_SHEET = "名单核对"
_DTYPES: dict[CellType, pl.DataType] = {CellType.COUNT: pl.Int64()}
_USED, _NOT_MADE = "已用的名单", "没有做的核对"


def lists_sheet(review: ListReview, policy: Policy, title: str) -> TableSheet:
    """Return the sheet that tells which lists were used, and which checks were not made and why."""
    columns = [
        TableColumn("项目", width=14),
        TableColumn("名单", width=20),
        TableColumn("部门", width=16),
        TableColumn("行数", CellType.COUNT, 10),
        TableColumn("人数", CellType.COUNT, 10),
        TableColumn("数据截至", width=12),
        TableColumn("来源文件(日期)", width=36),
        TableColumn("核对", width=9),
        TableColumn("说明", width=44),
    ]
    agencies = policy.org.agencies
    rows: list[list[object]] = []
    for entry in review.lists.stored:
        persons = entry.frame["cert_no"].n_unique() if entry.kind.about_persons else None
        agency = agencies[entry.agency].name if entry.agency in agencies else entry.agency
        sources = "；".join(f"{name}（{day}）" for name, day in entry.sources)
        about = next((one.name for one in policy.subsidy.categories if one.code == entry.category), "")
        rows.append([_USED, entry.kind.name, agency, entry.frame.height, persons, entry.as_of, sources, "", about])
    for left in review.not_made:
        said = "：".join(part for part in (why_not_made(left), left.detail) if part)
        kind = load_list_kinds()[left.kind].name
        rows.append([_NOT_MADE, kind, "", None, None, "", "", left.check, said])
    schema = {column.header: _DTYPES.get(column.kind, pl.String()) for column in columns}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    notes = ["没有导入的名单当作不知道，不当作没有人；缺名单的核对没有做，列在下面。"]
    return TableSheet(LISTS_SHEET, f"{title}{LISTS_SHEET}", columns, frame, notes=notes, freeze=2)
