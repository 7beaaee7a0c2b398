"""Prizes and cuts by rank as a simulation: what the notice's figures come to; the county decides (SC-65, SC-66, C8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.reports.model import SIGNATURES
from canbao_county.targets.ranking import award_totals, simulate_rewards
from canbao_generator.tables import CellType, TableColumn, TableSheet, table_frame
from canbao_rulebook.findings import Place
from canbao_rulebook.messages import build_finding
from canbao_rulebook.money import format_yuan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_county.reports.model import Context
    from canbao_county.targets.ranking import Ranked, Reward

_COLUMNS = (
    TableColumn("算法", width=18),
    TableColumn("名次", CellType.CENTRED, 12),
    TableColumn("乡镇(街道)", width=14),
    TableColumn("完成率", CellType.RATE, 11),
    TableColumn("奖惩", width=16),
    TableColumn("金额(元)", CellType.MONEY, 14),
    TableColumn("说明", CellType.WRAPPED, 34),
    TableColumn("县里核定", CellType.CENTRED, 14),
)


def reward_sheets(context: Context, ranks: Mapping[str, Sequence[Ranked]]) -> list[TableSheet]:
    """Return the simulation, where the notice has prizes or cuts; ties that reach across sums are told (V40)."""
    targets = context.policy.targets
    if not (targets.awards or targets.penalties):
        return []
    if len(ranks) > 1:
        _tell(context, "V40.numerator")
    rows: list[list[object]] = []
    for label, ranked in ranks.items():
        rates = {entry.unit: entry.rate for entry in ranked}
        rewards = simulate_rewards(ranked, targets)
        if any(reward.amount is None for reward in rewards):
            _tell(context, "V40.tie")
        rows += [_row(label, reward, rates[reward.unit].shown) for reward in rewards]
    bases = context.county_rate().bases
    said = "；".join(f"{label or '完成率'}：{bases[label]}" for label in ranks)
    townships, persons, cuts = award_totals(targets)
    prizes = f"先进集体奖 {format_yuan(townships)} 元，先进个人奖 {format_yuan(persons)} 元"
    others = "、".join(targets.ranking.other_criteria if targets.ranking else ())
    notes = [
        f"测算，不是决定：{prizes}，合计 {format_yuan(townships + persons)} 元；扣减 {format_yuan(cuts)} 元。",
        f"通知还要看{others}等，名次和金额由县里核定。" if others else "名次和金额由县里核定。",
        f"{said}。",
    ]
    title = f"{context.title}奖惩测算（截至 {context.as_of}）"
    return [TableSheet("奖惩测算", title, _COLUMNS, table_frame(rows, _COLUMNS), notes=notes, footer=SIGNATURES)]


def _row(label: str, reward: Reward, rate: float | None) -> list[object]:
    first, last = reward.places
    place = str(first) if first == last else f"{first}–{last}（并列）"
    amount = None if reward.amount is None else reward.amount / 100
    said = "" if reward.amount is not None else f"并列跨奖惩档次，这几名合计 {format_yuan(reward.pot)} 元，由县里确定"
    return [label or "完成率", place, reward.unit, rate, "、".join(reward.tiers), amount, said, ""]


def _tell(context: Context, key: str) -> None:
    ranking = context.policy.targets.ranking
    source = context.policy.article(ranking.ref) if ranking else ""
    place = Place(context.words["names"]["R19"])
    context.findings.append(build_finding(key, place, lang=context.lang, source=source))
