"""The county submission and the return lists as tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.differences import differences_sheet
from canbao_county.lists.review_sheet import lists_sheet
from canbao_county.merge.intake import MERGED
from canbao_county.merge.rulings import APPROVAL, APPROVED, REFUSED
from canbao_county.merge.standing import standing_columns
from canbao_county.money_cells import say_withheld, to_yuan_cell
from canbao_county.reports.goals import goals_sheet
from canbao_county.summary import summary_sheet
from canbao_generator.tables import CellType, TableColumn, TableSheet, table_frame
from canbao_rulebook.findings import SEVERITY_ORDER, Finding, Severity
from canbao_rulebook.kinds import UNKNOWN_TEXT, ColumnType, RosterRole
from canbao_rulebook.names import load_lists, policy_names, show_named
from canbao_rulebook.problem_list import PROBLEM_COLUMNS
from canbao_validators.settlement.categories import BY_COUNTY
from canbao_validators.settlement.withhold import NOT_LISTED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from canbao_county.merge.merging import Merge
    from canbao_county.merge.parts import StoredRows
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.roster import Roster

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
    "received": TableColumn("实缴(元)", CellType.MONEY, 11),
    "returnable": TableColumn("待处理(元)", CellType.MONEY, 11),
    "due": TableColumn("资助(元)", CellType.MONEY, 11),
    "article": TableColumn("依据", width=28),
    "ruling": TableColumn("县里决定", width=10),
    "county_reason": TableColumn("县里理由", width=24),
}
_FALLEN = "另一处为准"  # the state of a row that falls because another one of the person stands
_DECISION_MONEY = ("received", "returnable", "due")


def county_sheets(merge: Merge) -> list[TableSheet]:
    """Return the sheets of the county submission, in order."""
    policy = merge.book.policy
    title = f"{policy.meta.county}{policy.meta.policy_year}年度城乡居民基本医疗保险"
    findings: dict[tuple[str, str], list[Finding]] = {}
    for found in merge.findings:
        findings.setdefault((found.file, found.sheet), []).append(found)
    return [
        summary_sheet(merge, title),
        goals_sheet(merge.goals, f"{title}目标达成情况"),
        *(
            _roster(merge, roster, findings)
            for roster in merge.book.rosters.values()
            if roster.role is not RosterRole.SUBSIDY
        ),
        *(_subsidies(merge, roster) for roster in merge.book.with_role(RosterRole.SUBSIDY).values()),
        _decisions(merge, title),
        differences_sheet(merge, title),
        findings_sheet(merge.findings, "问题清单", f"{title}问题清单"),
        _files(merge, title),
        *([lists_sheet(merge.lists, policy, title)] if merge.lists else []),
        _parameters(policy, title),
    ]


@dataclass(frozen=True)
class RosterRows:
    """The rows of one roster of one file, with where they come from, what they say and whether they count.

    ``verdicts`` holds ``row, counts, state, withheld_by``, ``problems`` holds ``row, problems``.
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
        states: dict[str, str] = load_lists()["person_states"]
        return joined.select(
            pl.lit(self.file).alias("来源文件"),
            pl.col("row").cast(pl.Float64).alias("行"),
            *stored.columns[1:],
            (verdict if self.enrolment else pl.lit("—")).alias("是否计入"),
            pl.col("state").replace_strict(states, default=_FALLEN, return_dtype=pl.String).alias("参保状态"),
            say_withheld(pl.col("withheld_by").fill_null("")).alias("暂不拨付的原因"),
            pl.col("problems").fill_null("").alias("问题"),
        )


def _roster(merge: Merge, roster: Roster, findings: Mapping[tuple[str, str], Sequence[Finding]]) -> TableSheet:
    """All rows of a roster, township by township."""
    columns = [
        TableColumn("来源文件", width=18),
        TableColumn("行", CellType.COUNT, 7),
        *(TableColumn(column.header, _CELL_TYPES[column.type], column.width) for column in standing_columns(roster)),
        TableColumn("是否计入", width=9),
        TableColumn("参保状态", width=14),
        TableColumn("暂不拨付的原因", width=20),
        TableColumn("问题", width=40),
    ]
    counted = merge.people.filter(pl.col("roster") == roster.code).partition_by("file", as_dict=True)
    sources = [
        RosterRows(
            part.unit.name if part.unit else part.file,
            part.file,
            part.sheets[roster.code],
            counted.get((part.file,), merge.people.clear()).select("row", "counts", "state", "withheld_by"),
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
    """R4 of the county: everybody who counts and for whom money is due or may be, once (HN-09, HN-28, HN:68)."""
    columns = {
        "unit": TableColumn("乡镇(街道)", width=12),
        "village": TableColumn("村(社区)", width=12),
        "name": TableColumn("姓名", width=11),
        "key": TableColumn("证件号码", width=21),
        "category": TableColumn("资助类别", width=18),
        "kind": TableColumn("资助方式", width=10),
        "gov_direct": TableColumn("政府代缴", CellType.MONEY, 11),
        "rebate_due": TableColumn("应返资助", CellType.MONEY, 11),
        "received": TableColumn("个人实缴", CellType.MONEY, 11),
        "payable": TableColumn("可拨付", CellType.MONEY, 11),
        "withheld_by": TableColumn("暂不拨付的原因", width=22),
        "account": TableColumn("收款账号", width=23),
        "file": TableColumn("来源文件", width=18),
        "row": TableColumn("行", CellType.COUNT, 7),
        "approval": TableColumn(APPROVAL, width=11),
    }
    owed = merge.people.filter(pl.col("counts") & ((pl.col("due") > 0) | pl.col("due").is_null()))
    rebate = (pl.col("rebate_due") > 0) | pl.col("rebate_due").is_null()
    frame = owed.with_columns(
        *(to_yuan_cell(name) for name in ("gov_direct", "rebate_due", "received", "payable")),
        account=pl.when(rebate).then("account").otherwise(pl.lit("")),
        withheld_by=say_withheld(pl.col("withheld_by")),
        row=pl.col("row").cast(pl.Float64),
        approval=pl.when(pl.col("confirmed") == BY_COUNTY).then(pl.lit(APPROVED)).otherwise(pl.lit("")),
    ).select(*columns)
    frame = pl.concat([frame, _carried_approvals(merge, frame)])
    waiting = owed.filter(pl.col("withheld_by").str.contains(NOT_LISTED)).height
    unknown = owed.filter(pl.col("due").is_null()).height
    notes = [
        f"名单未核对 {waiting} 人：主管部门名单或县里核定以前不拨付。",
        f"核定的在“{APPROVAL}”填 {APPROVED} 或 {REFUSED}，下次合并用 --decisions 指定本文件。",
        *([f"金额待定 {unknown} 人，不在合计里。"] if unknown else []),
    ]
    title = f"{roster.title}（全县核定用）"
    return TableSheet(roster.sheet, title, list(columns.values()), frame, notes=notes, freeze=3, locked=False)


def _carried_approvals(merge: Merge, shown: pl.DataFrame) -> pl.DataFrame:
    """Return what the county verified of persons to whom nothing is due now: the next merge reads it here again."""
    approvals = [(key, name, APPROVED if right else REFUSED) for (key, name), right in merge.rulings.approvals.items()]
    wanted = pl.DataFrame(approvals, schema=["key", "category", "approval"], orient="row").cast(pl.String)
    left = wanted.join(shown.filter(pl.col("approval") != ""), on=["key", "category"], how="anti")
    people = merge.people.filter(pl.col("counts")).select("key", "unit", "village", "name", "file", "row")
    rows = left.join(people, on="key", maintain_order="left")
    blank = [name for name in shown.columns if name not in rows.columns]
    return rows.with_columns(pl.lit(None).alias(name) for name in blank).select(
        pl.col(name).cast(dtype) for name, dtype in shown.schema.items()
    )


def _decisions(merge: Merge, title: str) -> TableSheet:
    columns = list(_DECISION_COLUMNS.values())
    frame = merge.decisions.with_columns(to_yuan_cell(name) for name in _DECISION_MONEY).select(
        pl.col(name).cast(pl.String if column.kind is CellType.TEXT else pl.Float64)
        for name, column in _DECISION_COLUMNS.items()
    )
    notes = [
        "同一人在多处登记的，只计一次、只资助一次。待裁定的：没有证明的异地参保或无法参保，与别处的登记相抵触。",
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
