"""县乡差异: where the county's figures are other ones than those on a unit's signed cover, row by row, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.merge.differences import FIGURES
from canbao_generator.tables import CellType, TableColumn, TableSheet, table_frame
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.money import format_yuan
from canbao_rulebook.names import load_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from canbao_county.merge.merging import Merge

_COLUMNS = (
    TableColumn("乡镇(街道)", width=14),
    TableColumn("花名册", width=20),
    TableColumn("行", CellType.COUNT, 7),
    TableColumn("姓名", width=11),
    TableColumn("证件号码", width=21),
    TableColumn("项目", width=12),
    TableColumn("本单位表上", CellType.CENTRED, 13),
    TableColumn("县里", CellType.CENTRED, 13),
    TableColumn("原因", CellType.WRAPPED, 26),
)
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
    notes = ["本单位表上的数，是只看这一个单位的花名册；县里还看了其他单位、主管部门和到账名单。没有列出的，两边一致。"]
    return TableSheet("县乡差异", f"{title}县乡差异", _COLUMNS, table_frame(rows, _COLUMNS), notes=notes, freeze=1)


def _lines(row: Mapping[str, object]) -> Iterator[list[object]]:
    reasons: dict[str, str] = load_lists()["difference_reasons"]
    for figure in FIGURES:
        own, county = row[f"{figure}_alone"], row[figure]
        if own != county:
            place = [row["unit"], row["sheet"], row["row"], row["name"], row["key"]]
            yield [*place, _NAMES[figure], _shown(own), _shown(county), reasons[str(row["why"])]]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return format_yuan(value) if isinstance(value, int) else UNKNOWN_TEXT
