"""The county submission and the return lists as tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canbao_addin.actions.goals import goals_sheet
from canbao_addin.actions.list_folder import lists_sheet
from canbao_generator.tables import CellType, ChartSpec, TableColumn, TableSheet, table_frame
from canbao_rulebook.findings import SEVERITY_ORDER, Finding, Severity
from canbao_rulebook.kinds import UNKNOWN_TEXT, ColumnType, RosterRole
from canbao_rulebook.money import to_yuan
from canbao_rulebook.names import policy_names, show_named
from canbao_rulebook.problem_list import PROBLEM_COLUMNS
from canbao_validators.merge.decisions import decisions_frame
from canbao_validators.merge.merging import MERGED
from canbao_validators.merge.standing import standing_columns

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.roster import Roster
    from canbao_validators.merge.merging import Merge
    from canbao_validators.merge.parts import StoredRows
    from canbao_validators.merge.totals import Totals

_CELL_TYPES = {
    ColumnType.TEXT: CellType.TEXT,
    ColumnType.INTEGER: CellType.COUNT,
    ColumnType.MONEY: CellType.MONEY,
    ColumnType.DATE: CellType.DATE,
}
_DECISION_COLUMNS = {
    "key": TableColumn("证件号码", width=21),
    "name": TableColumn("姓名", width=11),
    "unit": TableColumn("乡镇(街道)", width=12),
    "sheet": TableColumn("花名册", width=20),
    "row": TableColumn("行", CellType.COUNT, 7),
    "category": TableColumn("执行资助类别", width=16),
    "verdict": TableColumn("决定", width=9),
    "reason": TableColumn("理由", width=36),
    "self_paid": TableColumn("实缴(元)", CellType.MONEY, 11),
    "refund": TableColumn("应退(元)", CellType.MONEY, 11),
    "subsidy": TableColumn("资助(元)", CellType.MONEY, 11),
    "article": TableColumn("依据", width=28),
    "ruling": TableColumn("县里决定", width=10),
    "county_reason": TableColumn("县里理由", width=24),
}


def county_sheets(merge: Merge) -> list[TableSheet]:
    """Return the sheets of the county submission, in order."""
    policy = merge.book.policy
    title = f"{policy.meta.county}{policy.meta.policy_year}年度城乡居民基本医疗保险"
    findings: dict[tuple[str, str], list[Finding]] = {}
    for found in merge.findings:
        findings.setdefault((found.file, found.sheet), []).append(found)
    return [
        _summary(merge, title),
        goals_sheet(merge.goals, f"{title}目标达成情况"),
        *(
            _roster(merge, roster, findings)
            for roster in merge.book.rosters.values()
            if roster.role is not RosterRole.SUBSIDY
        ),
        *(_subsidies(merge, roster) for roster in merge.book.with_role(RosterRole.SUBSIDY).values()),
        _decisions(merge, title),
        findings_sheet(merge.findings, "问题清单", f"{title}问题清单"),
        _files(merge, title),
        *([lists_sheet(merge.lists, policy, title)] if merge.lists else []),
        _parameters(policy, title),
    ]


def _summary(merge: Merge, title: str) -> TableSheet:
    rows = [_summary_row(total, total.unit or "（未填乡镇）", merge.ranks.get(total.unit)) for total in merge.townships]
    rows.append(_summary_row(merge.county, f"{merge.county.unit}合计", None))
    columns = [
        TableColumn("乡镇(街道)", width=14),
        TableColumn("排名", CellType.COUNT, 7),
        TableColumn("应保(人)", CellType.COUNT, 10),
        TableColumn("已保(人)", CellType.COUNT, 10),
        TableColumn("参保率", CellType.RATE, 10),
        TableColumn("应缴标准合计(元)", CellType.MONEY, 17),
        TableColumn("政府代缴(元)", CellType.MONEY, 15),
        TableColumn("个人应缴(元)", CellType.MONEY, 15),
        TableColumn("个人实缴(元)", CellType.MONEY, 15),
        TableColumn("应返资助(元)", CellType.MONEY, 15),
        TableColumn("基金收入(元)", CellType.MONEY, 15),
        TableColumn("错误", CellType.COUNT, 8),
        TableColumn("提醒", CellType.COUNT, 8),
    ]
    merged = sum(status.status == MERGED for status in merge.files)
    said = f"合并 {merged} 个文件，未合并 {len(merge.files) - merged} 个（见“来源文件”）。"
    notes = [
        f"{said}参保率：{merge.county.rate_basis}，向下取两位小数；基金收入＝个人实缴＋政府代缴，重复缴费在退还前仍计在实缴中。"
    ]
    frame = pl.DataFrame(rows, schema=[column.header for column in columns], orient="row", infer_schema_length=None)
    chart, name = ChartSpec("各乡镇参保率", "乡镇(街道)", ("参保率",)), f"{title}参保缴费汇总表"
    return TableSheet("汇总", name, columns, frame, notes=notes, freeze=1, chart=chart, total_row=True)


def _summary_row(total: Totals, name: str, rank: int | None) -> list[object]:
    money = (
        total.premium,
        total.gov_direct,
        total.self_due,
        total.self_paid,
        total.rebate_due,
        total.fund_income,
    )
    return [
        name,
        rank,
        total.should_enrol,
        total.enrolled,
        None if total.rate is None else float(total.rate),
        *(to_yuan(fen) for fen in money),
        total.errors,
        total.warnings,
    ]


@dataclass(frozen=True)
class RosterRows:
    """The rows of one roster of one file, with where they come from, what they say and whether they count.

    ``verdicts`` holds ``row, counts``, ``problems`` holds ``row, problems``.
    """

    name: str
    file: str
    rows: StoredRows
    verdicts: pl.DataFrame
    problems: pl.DataFrame
    enrolment: bool

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.rows.height

    def load(self) -> pl.DataFrame:
        """Return the rows as the county's sheet has them."""
        stored = self.rows.load()
        joined = stored.join(self.verdicts, on="row", how="left", maintain_order="left")
        joined = joined.join(self.problems, on="row", how="left", maintain_order="left")
        verdict = pl.when(pl.col("counts")).then(pl.lit("计入")).otherwise(pl.lit("不计入"))
        return joined.select(
            pl.lit(self.file).alias("来源文件"),
            pl.col("row").cast(pl.Float64).alias("行"),
            *stored.columns[1:],
            (verdict if self.enrolment else pl.lit("—")).alias("是否计入"),
            pl.col("problems").fill_null("").alias("问题"),
        )


def _roster(merge: Merge, roster: Roster, findings: Mapping[tuple[str, str], Sequence[Finding]]) -> TableSheet:
    """All rows of a roster, township by township."""
    columns = [
        TableColumn("来源文件", width=18),
        TableColumn("行", CellType.COUNT, 7),
        *(TableColumn(column.header, _CELL_TYPES[column.type], column.width) for column in standing_columns(roster)),
        TableColumn("是否计入", width=9),
        TableColumn("问题", width=40),
    ]
    counted = merge.people.filter(pl.col("roster") == roster.code).partition_by("file", as_dict=True)
    sources = [
        RosterRows(
            part.unit.name if part.unit else part.file,
            part.file,
            part.sheets[roster.code],
            counted.get((part.file,), merge.people.clear()).select("row", "counts"),
            _problems(findings.get((part.file, roster.sheet), ())),
            roster.role is RosterRole.ENROLMENT,
        )
        for part in merge.parts
        if roster.code in part.sheets
    ]
    return TableSheet(roster.sheet, f"{roster.title}（全县汇总）", columns, table_frame([], columns), sources, freeze=2)


def _problems(findings: Sequence[Finding]) -> pl.DataFrame:
    grave = [found for found in findings if found.row and found.severity is not Severity.INFO]
    table = pl.DataFrame(
        {
            "row": [found.row for found in grave],
            "text": [f"{found.severity.value}{found.code} {found.header}：{found.message}" for found in grave],
        },
        schema={"row": pl.Int64, "text": pl.String},
    )
    return table.group_by("row", maintain_order=True).agg(problems=pl.col("text").str.join("；"))


def _subsidies(merge: Merge, roster: Roster) -> TableSheet:
    """R4 of the county: everybody who counts and for whom money is due, once (HN-09, HN-28)."""
    columns = [
        TableColumn("乡镇(街道)", width=12),
        TableColumn("村(社区)", width=12),
        TableColumn("姓名", width=11),
        TableColumn("证件号码", width=21),
        TableColumn("资助类别", width=18),
        TableColumn("资助方式", width=10),
        TableColumn("政府代缴", CellType.MONEY, 11),
        TableColumn("应返资助", CellType.MONEY, 11),
        TableColumn("个人实缴", CellType.MONEY, 11),
        TableColumn("收款账号", width=23),
        TableColumn("来源文件", width=18),
        TableColumn("行", CellType.COUNT, 7),
    ]
    due = merge.people.filter(pl.col("counts") & (pl.col("gov_direct") + pl.col("rebate_due") > 0))
    frame = due.select(
        "unit",
        "village",
        "name",
        "key",
        "category",
        "kind",
        "gov_direct",
        "rebate_due",
        "self_paid",
        pl.when(pl.col("rebate_due") > 0).then("account").otherwise(pl.lit("")).alias("account"),
        "file",
        pl.col("row").cast(pl.Float64),
    )
    return TableSheet(roster.sheet, f"{roster.title}（全县核定用）", columns, frame, freeze=3)


def _decisions(merge: Merge, title: str) -> TableSheet:
    table = decisions_frame(merge.conflicts.decisions)
    columns = list(_DECISION_COLUMNS.values())
    frame = table.select(
        pl.col(name).cast(pl.String if column.kind is CellType.TEXT else pl.Float64)
        for name, column in _DECISION_COLUMNS.items()
    )
    notes = [
        "同一人在多处登记的，只计一次、只资助一次。条件相同、需要县里核定的，理由中写明。",
        "县里另有决定的，在“县里决定”填 采信 或 不采信，写明理由；下次合并用 --decisions 指定本文件。",
    ]
    name = f"{title}重复登记和资助决定"
    return TableSheet("资助决定", name, columns, frame, notes=notes, freeze=2, locked=False)


def findings_sheet(
    findings: Sequence[Finding], name: str, title: str, again: Collection[Finding] | None = None
) -> TableSheet:
    """Return findings as a table, the gravest first within each file.

    ``again`` are those that the round before returned already, None where there was none.
    """
    columns = [TableColumn(column.header, width=column.width) for column in PROBLEM_COLUMNS]
    columns += [TableColumn("上一轮", width=12)] if again is not None else []
    columns.append(TableColumn("处理结果", width=14))
    ordered = sorted(
        findings, key=lambda found: (found.file, SEVERITY_ORDER[found.severity], found.sheet, found.row or 0)
    )
    rows = []
    for found in ordered:
        mark = [] if again is None else ["已退回过" if found in again else ""]
        rows.append([*(str(getattr(found, column.field)) for column in PROBLEM_COLUMNS), *mark, ""])
    return TableSheet(name, title, columns, table_frame(rows, columns), freeze=2)


def _files(merge: Merge, title: str) -> TableSheet:
    columns = [
        TableColumn("文件", width=24),
        TableColumn("乡镇(街道)", width=14),
        TableColumn("结果", width=9),
        TableColumn("行数", CellType.COUNT, 9),
        TableColumn("校验码", width=18),
        TableColumn("原因", width=50),
    ]
    rows = [
        [
            status.file,
            status.unit,
            "已合并" if status.status == MERGED else "未合并",
            status.rows,
            status.check_code,
            status.reason,
        ]
        for status in merge.files
    ]
    return TableSheet("来源文件", f"{title}来源文件", columns, table_frame(rows, columns), freeze=1)


def _parameters(policy: Policy, title: str) -> TableSheet:
    columns = [TableColumn("参数", width=34), TableColumn("值", width=22), TableColumn("依据", width=44)]
    shown = [named for named in policy_names(policy).values() if named.label and not named.is_list]
    rows = [[named.label, show_named(named), policy.article(named.source)] for named in shown]
    rows += [[f"未定：{gap.path}", UNKNOWN_TEXT, f"{gap.reason}；影响：{gap.needed_for}"] for gap in policy.unknown]
    return TableSheet("政策参数", f"{title}政策参数", columns, table_frame(rows, columns))
