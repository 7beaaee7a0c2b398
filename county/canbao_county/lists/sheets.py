"""The workbook that an imported list is kept in: 名单, 导入说明 and, against the list of before, 对比结果."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.lists.comparing import ADDED, CHANGED, REMOVED
from canbao_county.lists.stored import (
    AGENCY_NOTE,
    AS_OF_NOTE,
    CATEGORY_NOTE,
    CODE_NOTE,
    KIND_NOTE,
    LEFT_OUT_NOTE,
    POLICY_NOTE,
    SCHEMA_NOTE,
    SOURCE_NOTE,
    list_digest,
    stored_frame,
)
from canbao_rulebook.findings import Severity
from canbao_rulebook.list_kinds import (
    CHANGES_SHEET,
    LIST_SCHEMA,
    LIST_SHEET,
    NOTES_SHEET,
    FieldType,
    ListKind,
)
from canbao_rulebook.messages import render_line
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.tables import CellType, TableColumn
from canbao_validators.normalise.display import format_serial

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from canbao_county.lists.comparing import Difference
    from canbao_county.lists.listed import ListFile, ListTable
    from canbao_county.lists.request import ListRequest
    from canbao_rulebook.tables import TableSheet

_MOST_NOTES = 5_000  # findings and rows left out that 导入说明 names
_CELLS = {FieldType.DATE: CellType.DATE, FieldType.MONEY: CellType.YUAN, FieldType.COUNT: CellType.COUNT}

Note = tuple[str, str, str]


def list_sheets(
    request: ListRequest,
    sources: Sequence[tuple[Path, ListFile]],
    frame: pl.DataFrame,
    difference: Difference | None,
    lang: str,
) -> list[TableSheet]:
    """Return the sheets of the workbook of one list."""
    title = "".join(part for part in (request.agency_name, request.kind.name) if part)
    notes = pl.DataFrame(
        list(_notes(request, sources, frame, difference, lang)), schema=["item", "value", "remark"], orient="row"
    )
    sheets = [
        _list(request.kind, title, frame),
        load_table("imported_list_notes").make(notes, title=title, sheet=NOTES_SHEET),
    ]
    return [*sheets, *([_changes(request.kind, title, difference)] if difference is not None else [])]


def _list(kind: ListKind, title: str, frame: pl.DataFrame) -> TableSheet:
    own = {
        entry.field: TableColumn(entry.header, _CELLS.get(entry.type, CellType.TEXT), entry.width)
        for entry in kind.fields
    }
    spec = load_table("imported_list").repeat(field=own)
    return spec.make(stored_frame(frame, kind), title=title, sheet=LIST_SHEET)


def _changes(kind: ListKind, title: str, difference: Difference) -> TableSheet:
    own = {entry.field: TableColumn(entry.header, width=entry.width) for entry in kind.fields}
    spec = load_table("imported_list_changes").repeat(field=own)
    return spec.make(difference.rows, title=title, sheet=CHANGES_SHEET)


def _notes(
    request: ListRequest,
    sources: Sequence[tuple[Path, ListFile]],
    frame: pl.DataFrame,
    difference: Difference | None,
    lang: str,
) -> Iterator[Note]:
    """Yield what is said about a list: first what the program reads again, then what people look for."""
    yield SCHEMA_NOTE, LIST_SCHEMA, "程序用的标记，请不要改"
    yield KIND_NOTE, request.kind_code, request.kind.name
    yield POLICY_NOTE, request.policy_id, ""
    if request.agency:
        yield AGENCY_NOTE, request.agency, request.agency_name
    if request.category:
        yield CATEGORY_NOTE, request.category, request.category_name
    for path, file in sources:
        yield SOURCE_NOTE, file.file, _day_of(path)
    if last := _last_day(frame, request.kind):
        yield AS_OF_NOTE, last, request.kind[request.kind.dated].header
    yield CODE_NOTE, list_digest(frame, request.kind), "名单内容改动后，校验码就对不上，名单不再使用"
    yield "行数", str(frame.height), ""
    if request.kind.about_persons:
        yield "人数", str(frame["cert_no"].n_unique()), "按证件号码去重"
    if difference is not None:
        said = "，".join(f"{change} {difference.count(change)}" for change in (ADDED, CHANGED, REMOVED))
        yield "与上次比较", said, f"见「{CHANGES_SHEET}」"
    for _, file in sources:
        for table in file.tables:
            yield from _notes_of_table(table)
        yield from _notes_of_problems(file, lang)


def _notes_of_table(table: ListTable) -> Iterator[Note]:
    fields = table.kind.by_field
    yield "工作表", table.fit.sheet, f"{table.file}，表头在第{table.fit.row}行"
    for header, name in table.fit.mapping.items():
        yield "对应的列", header, f"作为“{fields[name].header}”"
    for header in table.fit.ignored:
        yield "没有用的列", header, ""
    for tidied in table.tidied:
        yield "整理", tidied.header, f"{tidied.count}处（{tidied.what}），例如 {tidied.example}"
    for left in table.left_out[:_MOST_NOTES]:
        yield LEFT_OUT_NOTE, left.name, f"{table.file}「{table.fit.sheet}」第{left.row}行：{left.reason}"


def _notes_of_problems(file: ListFile, lang: str) -> Iterator[Note]:
    told = [finding for finding in file.findings if finding.severity is not Severity.INFO]
    for finding in told[:_MOST_NOTES]:
        yield "问题", finding.severity.value, render_line(finding, lang)
    if len(told) > _MOST_NOTES:
        yield "问题", "", f"……还有{len(told) - _MOST_NOTES}条"


def _day_of(path: Path) -> str:
    """Return the day on which a file was last saved."""
    return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).astimezone().date().isoformat()


def _last_day(frame: pl.DataFrame, kind: ListKind) -> str:
    last = frame[kind.dated].max() if kind.dated else None
    return format_serial(float(int(last))) if isinstance(last, int | float) else ""
