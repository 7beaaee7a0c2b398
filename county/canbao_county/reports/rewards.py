"""Prizes and cuts by rank as a simulation of the notice's figures; the county decides (SC-65, SC-66, C8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.targets.ranking import award_totals, simulate_rewards
from canbao_rulebook.findings import Place
from canbao_rulebook.messages import build_finding
from canbao_rulebook.money import format_yuan
from canbao_rulebook.phrases import SHEET_LANG, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_county.reports.model import Context
    from canbao_county.targets.ranking import Ranked, Reward
    from canbao_rulebook.tables import TableSheet


def reward_sheets(context: Context, ranks: Mapping[str, Sequence[Ranked]]) -> list[TableSheet]:
    """Return the simulation, where the notice has prizes or cuts; ties that reach across sums are told (V40)."""
    targets = context.policy.targets
    if not (targets.awards or targets.penalties):
        return []
    if len(ranks) > 1:
        _tell(context, "V40.numerator")
    rows: list[dict[str, object]] = []
    for label, ranked in ranks.items():
        rates = {entry.unit: entry.rate for entry in ranked}
        rewards = simulate_rewards(ranked, targets)
        if any(reward.amount is None for reward in rewards):
            _tell(context, "V40.tie")
        rows += [_row(label, reward, rates[reward.unit].shown) for reward in rewards]
    bases = context.county_rate().bases
    said = "；".join(f"{label or '完成率'}：{say(bases[label], SHEET_LANG)}" for label in ranks)
    townships, persons, cuts = award_totals(targets)
    prizes = f"先进集体奖 {format_yuan(townships)} 元，先进个人奖 {format_yuan(persons)} 元"
    others = "、".join(targets.ranking.other_criteria if targets.ranking else ())
    notes = [
        f"测算，不是决定：{prizes}，合计 {format_yuan(townships + persons)} 元；扣减 {format_yuan(cuts)} 元。",
        f"通知还要看{others}等，名次和金额由县里核定。" if others else "名次和金额由县里核定。",
        f"{said}。",
    ]
    return [context.table("bulletin_rewards", rows, notes)]


def _row(label: str, reward: Reward, rate: float | None) -> dict[str, object]:
    first, last = reward.places
    rank = str(first) if first == last else f"{first}–{last}（并列）"
    said = "" if reward.amount is not None else f"并列跨奖惩档次，这几名合计 {format_yuan(reward.pot)} 元，由县里确定"
    return {
        "counting": label or "完成率",
        "rank": rank,
        "township": reward.unit,
        "rate": rate,
        "reward": "、".join(reward.tiers),
        "amount": reward.amount,
        "remark": said,
    }


def _tell(context: Context, key: str) -> None:
    ranking = context.policy.targets.ranking
    source = context.policy.article(ranking.ref) if ranking else ""
    place = Place(file=context.words["names"]["R19"])
    context.findings.append(build_finding(key, place, source=source))
