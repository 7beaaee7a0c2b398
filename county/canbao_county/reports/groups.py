"""Target groups by township: one column a state, covered or not as the policy counts it (C31)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.rows import part_rows
from canbao_county.reports.model import ReportFile
from canbao_county.targets.counting import paid_by
from canbao_county.targets.goals import metric_label
from canbao_county.targets.rates import Rate
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.table_specs import load_table
from canbao_validators.settlement.claims import target_group_words
from canbao_validators.settlement.settle import EXEMPT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from canbao_county.reports.model import Context
    from canbao_rulebook.tables import TableSheet

_ENROLLED, _OPEN, _UNPROVEN = "本地居民", "未参保", "异地参保等(没有证明)"
_KEYS = ("township", "group", "state")


def make_group_table(context: Context) -> Iterator[ReportFile]:
    """Yield the county's table of target groups."""
    counts = _count(context)
    groups = {
        category.target_group: metric_label(context.policy, "", category.target_group)
        for category in context.policy.subsidy.categories
        if category.target_group
    }
    states = list(dict.fromkeys([_ENROLLED, *context.words["states"].values(), _UNPROVEN, _OPEN]))
    sheets = [_sheet(context, group, name, states, counts) for group, name in groups.items()]
    yield ReportFile(
        sheets,
        unit=context.policy.meta.county,
        rows=sum(sheet.frame.height for sheet in sheets),
        facts=[("覆盖的口径", _basis(context)), ("名单", _lists_note(context))],
        receivers="医保、主管部门",
    )


def _basis(context: Context) -> str:
    if context.policy.targets.group_base == "enrolled_here":
        return "只算在本县参加居民医保的；不参保的人仍在基数内"
    return "在本县或异地参保（有证明）都算；参军、服刑、死亡、迁出的不计入基数"


def _lists_note(context: Context) -> str:
    if context.list_frame("owner") is None:
        return "没有导入主管部门名单：按花名册填写的身份统计，「异地参保和无法参保对象」里的人没有身份，没有计入"
    return "按主管部门名单和花名册填写的身份统计"


def _count(context: Context) -> Mapping[tuple[str, str, str], int]:
    """Persons by township, target group and state; a person in several rows counts once, enrolled before anything."""
    frames = []
    listed = _listed_groups(context)
    for part in context.merge.parts:
        rows = part_rows(context.merge, part, RosterRole.ENROLMENT, RosterRole.EXEMPTION)
        claimed = rows.select("cert", "township", *_state(context), group=pl.col("groups").cast(pl.List(pl.String)))
        frames.append(claimed.drop("keep").filter(claimed["keep"]))
    persons = pl.concat(frames) if frames else pl.DataFrame()
    if persons.is_empty():
        return {}
    if listed is not None:
        persons = persons.join(listed, on="cert", how="left").with_columns(
            group=pl.concat_list(pl.col("group"), pl.col("listed").fill_null([])).list.unique()
        )
    table = persons.explode("group").drop_nulls("group").unique(["cert", "group", "township"], keep="first")
    return {(row[0], row[1], row[2]): row[3] for row in table.group_by(*_KEYS).len().iter_rows()}


def _state(context: Context) -> list[pl.Expr]:
    states: dict[str, str] = context.words["states"]
    elsewhere = pl.col("status").cast(pl.String).replace_strict(states, default="其他", return_dtype=pl.String)
    exempt = pl.when(pl.col("proof") != "").then(elsewhere).otherwise(pl.lit(_UNPROVEN))
    enrolled = pl.col("enrolled") & paid_by(context.as_of)
    is_exempt = pl.col("state") == EXEMPT
    state = pl.when(is_exempt).then(exempt).when(enrolled).then(pl.lit(_ENROLLED)).otherwise(pl.lit(_OPEN))
    return [state.alias("state"), (pl.col("counts") | is_exempt).alias("keep")]


def _listed_groups(context: Context) -> pl.DataFrame | None:
    """Target groups by document number, as the departments' lists have them."""
    owner = context.list_frame("owner")
    if owner is None:
        return None
    words = target_group_words(context.policy)
    listed = owner.select(
        cert="cert_no", listed=pl.col("category").replace_strict(words, default=None, return_dtype=pl.String)
    )
    return listed.drop_nulls().group_by("cert").agg(pl.col("listed").unique())


def _sheet(
    context: Context, group: str, name: str, states: list[str], counts: Mapping[tuple[str, str, str], int]
) -> TableSheet:
    covered, left = _covered(context)
    rows: list[dict[str, object]] = []
    places = [*((place, {place}) for place in context.townships), ("合计", {unit for unit, _, _ in counts})]
    for place, units in places:
        own = {
            state: sum(
                count
                for (unit, key, found), count in counts.items()
                if key == group and found == state and unit in units
            )
            for state in states
        }
        base = sum(count for state, count in own.items() if state not in left)
        part = sum(count for state, count in own.items() if state in covered)
        row: dict[str, object] = {f"state {state}": count for state, count in own.items()}
        rows.append(row | {"township": place, "base": base, "enrolled": part, "enrolment_rate": Rate(part, base).shown})
    notes = [f"口径：{_basis(context)}。{_lists_note(context)}。"]
    return context.table(load_table("target_group").repeat(state=states), rows, notes, group=name)


def _covered(context: Context) -> tuple[set[str], set[str]]:
    if context.policy.targets.group_base == "enrolled_here":
        return {_ENROLLED}, set()
    return {_ENROLLED, *context.words["covered_states"]}, set(context.words["left_states"])
