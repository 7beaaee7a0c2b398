"""The county submission and the return lists as tables."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.differences import differences_sheet
from canbao_county.lists.review_sheet import lists_sheet
from canbao_county.merge.decisions import FALLS, STANDS
from canbao_county.merge.intake import MERGED
from canbao_county.merge.rulings import APPROVED, REFUSED
from canbao_county.merge.standing import standing_columns
from canbao_county.money_cells import say_withheld
from canbao_county.parameters_sheet import parameters_sheet
from canbao_county.reports.goals import goals_sheet
from canbao_county.signed_sheets import goal_matrix, rates_sheets, subsidy_sums
from canbao_county.summary import summary_sheet
from canbao_rulebook.findings import SEVERITY_ORDER, Finding, Severity
from canbao_rulebook.kinds import ColumnType, RosterRole
from canbao_rulebook.messages import render
from canbao_rulebook.problem_list import DECISION_SHEET, GOALS_SHEET, PROBLEM_SHEET, problem_columns
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.tables import CellType, DropDown, TableColumn
from canbao_rulebook.vocabulary import load_lists, word
from canbao_validators.settlement.categories import BY_COUNTY
from canbao_validators.settlement.top_ups import owed_claims
from canbao_validators.settlement.withhold import NOT_LISTED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from canbao_county.merge.merging import Merge
    from canbao_county.merge.parts import StoredRows
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.tables import TableSheet

_CELL_TYPES = {
    ColumnType.TEXT: CellType.TEXT,
    ColumnType.INTEGER: CellType.COUNT,
    ColumnType.MONEY: CellType.YUAN,
    ColumnType.DATE: CellType.DATE,
}
_FALLEN = "另一处为准"  # the state of a row that falls because another one of the person stands


def county_sheets(merge: Merge, lang: str) -> list[TableSheet]:
    """Return the sheets of the county submission, in order."""
    policy = merge.book.policy
    title = f"{policy.meta.county}{policy.meta.policy_year}年度城乡居民基本医疗保险"
    findings: dict[tuple[str, str], list[Finding]] = {}
    for found in merge.findings:
        findings.setdefault((found.file, found.sheet), []).append(found)
    verdicts = _verdicts(merge.people)
    return [
        summary_sheet(merge, title),
        *goal_matrix(merge.goals, title),
        *rates_sheets(merge, title),
        *([replace(goals_sheet(merge.goals, title), name=GOALS_SHEET)] if merge.goals else []),
        *(
            _roster(merge, roster, verdicts, findings, lang)
            for roster in merge.book.rosters.values()
            if roster.role is not RosterRole.SUBSIDY
        ),
        *(_subsidies(merge, roster) for roster in merge.book.with_role(RosterRole.SUBSIDY).values()),
        subsidy_sums(merge, title),
        _decisions(merge, title),
        differences_sheet(merge, title),
        findings_sheet(merge.findings, lang, PROBLEM_SHEET, f"{title}{PROBLEM_SHEET}"),
        _files(merge, title, lang),
        *([lists_sheet(merge.lists, policy, title)] if merge.lists else []),
        parameters_sheet(policy, title),
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
    role: RosterRole

    @property
    def _unsettled(self) -> str:
        """What is said of a row of which the settlement says nothing: another one of the person, or no person's."""
        none: str = load_lists()["row_verdicts"]["none"]
        return _FALLEN if self.role in {RosterRole.ENROLMENT, RosterRole.EXEMPTION} else none

    @property
    def height(self) -> int:
        """How many rows there are."""
        return self.rows.height

    def load(self) -> pl.DataFrame:
        """Return the rows as the county's sheet has them."""
        stored = self.rows.load()
        said = self.verdicts.with_columns(pl.col("state", "withheld_by").cast(pl.String))
        joined = stored.join(said, on="row", how="left", maintain_order="left")
        joined = joined.join(self.problems, on="row", how="left", maintain_order="left")
        words: dict[str, str] = load_lists()["row_verdicts"]
        verdict = pl.when(pl.col("counts")).then(pl.lit(words["counts"])).otherwise(pl.lit(words["falls"]))
        states: dict[str, str] = load_lists()["person_states"]
        return joined.select(
            pl.lit(self.file).alias("file"),
            pl.col("row").cast(pl.Float64),
            *stored.columns[1:],
            (verdict if self.role is RosterRole.ENROLMENT else pl.lit(words["none"])).alias("counts"),
            pl.col("state").replace_strict(states, default=self._unsettled, return_dtype=pl.String),
            say_withheld(pl.col("withheld_by").fill_null("")),
            pl.col("problems").fill_null(""),
        )


_Verdicts = dict[tuple[object, ...], pl.DataFrame]


def _verdicts(people: pl.DataFrame) -> _Verdicts:
    """Return by roster and file what the settlement says of each row; the few words take little room."""
    words = pl.col("state", "withheld_by").cast(pl.Categorical)
    said = people.select("roster", "file", "row", "counts", words)
    none = said.select("row", "counts", "state", "withheld_by").clear()
    by_file = said.partition_by("roster", "file", as_dict=True, include_key=False)
    return defaultdict(lambda: none, by_file)


def _roster(
    merge: Merge,
    roster: Roster,
    verdicts: _Verdicts,
    findings: Mapping[tuple[str, str], Sequence[Finding]],
    lang: str,
) -> TableSheet:
    """All rows of a roster, township by township."""
    own = {
        column.header: TableColumn(column.header, _CELL_TYPES[column.type], column.width)
        for column in standing_columns(roster)
    }
    sources = [
        RosterRows(
            part.unit.name if part.unit else part.file,
            part.file,
            part.sheets[roster.code],
            verdicts[roster.code, part.file],
            _problems(findings.get((part.file, roster.sheet), ()), lang),
            roster.role,
        )
        for part in merge.parts
        if roster.code in part.sheets
    ]
    spec = load_table("county_roster").repeat(field=own)
    return spec.make([], sources=sources, sheet=roster.sheet, title=roster.title)


def _problems(findings: Sequence[Finding], lang: str) -> pl.DataFrame:
    grave = [found for found in findings if found.row and found.severity is not Severity.INFO]
    table = pl.DataFrame(
        {
            "row": [found.row for found in grave],
            "text": [
                f"{found.severity.value}{found.code} {found.header}：{render(found, lang).message}" for found in grave
            ],
        },
        schema={"row": pl.Int64, "text": pl.String},
    )
    return table.group_by("row", maintain_order=True).agg(problems=pl.col("text").str.join("；"))


def _subsidies(merge: Merge, roster: Roster) -> TableSheet:
    """R4 of the county: everybody who counts and for whom money is due or may be, by claim (HN-09, HN-28, HN:68)."""
    spec = load_table("subsidies")
    shown = [name for name in spec.columns if name in merge.people.columns]
    owed = owed_claims(merge.people, [*shown, "pid", "confirmed"])
    rebate = (pl.col("rebate_due") > 0) | pl.col("rebate_due").is_null()
    frame = owed.with_columns(
        account=pl.when(rebate).then("account").otherwise(pl.lit("")),
        withheld_by=say_withheld(pl.col("withheld_by")),
        row=pl.col("row").cast(pl.Float64),
        approval=pl.when(pl.col("confirmed") == BY_COUNTY).then(pl.lit(APPROVED)).otherwise(pl.lit("")),
    ).select(*spec.columns)
    frame = pl.concat([frame, _carried_approvals(merge, frame)])
    waiting = owed.filter(pl.col("withheld_by").str.contains(NOT_LISTED))["pid"].n_unique()
    unknown = owed.filter(pl.col("due").is_null())["pid"].n_unique()
    notes = [
        f"名单未核对 {waiting} 人：主管部门名单或县里核定以前不拨付。",
        f"核定的在“{spec.columns['approval'].header}”选 {APPROVED} 或 {REFUSED}；存盘，再点“县里决定”。",
        *([f"金额待定 {unknown} 人，不在合计里。"] if unknown else []),
    ]
    offered = DropDown(spec.columns["approval"].header, (APPROVED, REFUSED))
    return replace(spec.make(frame, notes, sheet=roster.sheet, title=roster.title), drop_downs=[offered])


def _carried_approvals(merge: Merge, shown: pl.DataFrame) -> pl.DataFrame:
    """Return what the county verified of persons to whom nothing is due now: the next merge reads it here again."""
    approvals = [(key, name, APPROVED if right else REFUSED) for (key, name), right in merge.rulings.approvals.items()]
    wanted = pl.DataFrame(approvals, schema=["cert", "category", "approval"], orient="row").cast(pl.String)
    left = wanted.join(shown.filter(pl.col("approval") != ""), on=["cert", "category"], how="anti")
    people = merge.people.select("cert", "unit", "village", "name", "file", "row", "counts").filter(
        pl.col("counts") & pl.col("cert").is_in(left["cert"].implode())
    )
    rows = left.join(people.drop("counts"), on="cert", maintain_order="left")
    blank = [name for name in shown.columns if name not in rows.columns]
    return rows.with_columns(pl.lit(None).alias(name) for name in blank).select(
        pl.col(name).cast(dtype) for name, dtype in shown.schema.items()
    )


def _decisions(merge: Merge, title: str) -> TableSheet:
    frame = merge.decisions.with_columns(pl.col("row").cast(pl.Float64))
    spec = load_table("decisions")
    offered = DropDown(spec.columns["ruling"].header, (STANDS, FALLS))
    return replace(spec.make(frame, sheet=DECISION_SHEET, begin=title), drop_downs=[offered])


def findings_sheet(
    findings: Sequence[Finding], lang: str, name: str, title: str, again: Collection[Finding] | None = None
) -> TableSheet:
    """Return findings as a table, the gravest first within each file.

    ``again`` are those that the round before returned already, None where there was none.
    """
    ordered = sorted(
        findings, key=lambda found: (found.file, SEVERITY_ORDER[found.severity], found.sheet, found.row or 0)
    )
    rows = [
        {
            **{field: str(getattr(told, field)) for field in problem_columns()},
            "again": "已退回过" if again and found in again else "",
        }
        for found, told in ((found, render(found, lang)) for found in ordered)
    ]
    spec = load_table("findings")
    return (spec.without("again") if again is None else spec).make(rows, sheet=name, title=title)


def _files(merge: Merge, title: str, lang: str) -> TableSheet:
    rows = [
        {
            "file": status.file,
            "township": status.unit,
            "result": word("file_results", "merged" if status.status == MERGED else "refused"),
            "rows": status.rows,
            "check_code": status.check_code,
            "reason": render(status.reason, lang).message if status.reason else "",
        }
        for status in merge.files
    ]
    return load_table("sources").make(rows, begin=title)
