"""Cover of a report: what it is, for whom, up to when, how many, and from which files it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_county.reports.model import Context, ReportFile
    from canbao_rulebook.tables import TableSheet


def cover_sheet(context: Context, code: str, file: ReportFile, missing: Sequence[str] = ()) -> TableSheet:
    """Return the first sheet of a report; with ``missing`` lists it says why the report was not made."""
    name = context.words["names"][code]
    rows: list[tuple[str, str]] = []
    if missing:
        needed = f"编制本表需要先导入：{'、'.join(missing)}。"
        rows.append(("没有编制", f"{needed}没有导入的名单不等于没有人，所以不编空表。"))
    rows += [
        ("报表", name),
        ("单位", file.unit or context.policy.meta.county),
        ("报送对象", file.receivers or "—"),
        ("数据截至", context.as_of.isoformat()),
    ]
    if not missing:
        rows.append(("行数", f"{file.rows}"))
        rows += list(file.facts)
    rows += _sources(context, file)
    rows += [("专责人及电话", ""), ("备注", "")]
    return context.table("cover", [{"item": item, "content": content} for item, content in rows], name=name)


def _sources(context: Context, file: ReportFile) -> list[tuple[str, str]]:
    parts = context.merge.parts if file.parts is None else file.parts
    rows = [(f"来源文件 {part.file}", f"校验码 {part.check_code}") for part in parts]
    used = context.lists.stored if context.lists is not None and file.parts is None else ()
    rows += [(f"导入名单 {entry.file}", f"{entry.kind.name}，数据截至 {entry.as_of or '不详'}") for entry in used]
    return rows
