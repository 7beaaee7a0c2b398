"""Write-offs and refunds (R20): receivables to be written off, money to be settled (PT-43, PT-55, SC-23, SC-53, C24).

What is to be settled, why and which way it goes is the settlement's; the words of the notice are the policy's.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.parts import Part
from canbao_county.merge.rows import part_rows
from canbao_county.reports.model import ReportFile
from canbao_county.reports.sums import sum_up
from canbao_county.targets.counting import paid_by
from canbao_rulebook.findings import Place
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.messages import build_finding
from canbao_rulebook.policy.refunds import Way
from canbao_rulebook.vocabulary import load_lists, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_county.reports.model import Context
    from canbao_rulebook.tables import TableSheet


_KEPT = (
    "township", "place_or_class", "name", "cert", "self_due", "received", "accepted", "unproven", "returnable",
    "reason", "way", "state", "agent", "receipt_no", "paid_on", "source",
)  # fmt: skip


def make_refunds(context: Context) -> Iterator[ReportFile]:
    """Yield the county's list: the same one for all who act on it."""
    unpaid, settled, unproven, cases = _collect(context)
    sheets, facts = [], []
    if context.policy.writeoff is not None:
        sheets.append(_writeoff_sheet(context, unpaid))
        facts += [("核销(人)", str(unpaid.height)), ("核销(元)", str(sum_up(unpaid, "self_due")))]
    sheets += [_settled_sheet(context, settled), _unproven_sheet(context, unproven), _case_sheet(context, cases)]
    facts += [("待处理(笔)", str(settled.height)), ("待处理(元)", str(sum_up(settled, "returnable")))]
    for way, said in load_lists()["money_ways"].items():
        own = settled.filter(pl.col("way") == way)
        facts += [(f"其中{said}(元)", str(sum_up(own, "returnable")))] if own.height else []
    facts += [("无凭据(元)", f"{sum_up(unproven, 'unproven')}，{unproven.height} 笔"), ("个案(人)", str(cases.height))]
    _tell_silence(context, settled)
    agencies = context.policy.org.agencies
    to = context.policy.writeoff.systems if context.policy.writeoff else ("TAX", "MIB")
    yield ReportFile(
        sheets,
        unit=context.policy.meta.county,
        rows=sum(sheet.frame.height for sheet in sheets),
        facts=facts,
        receivers="、".join(agencies[code].name for code in to if code in agencies),
    )


def _collect(context: Context) -> list[pl.DataFrame]:
    """Return who is to be written off, whose money is to be settled, whose is unproven, and cases of the county's."""
    dead = _dead_before_benefits(context)
    conditions = [
        _unpaid(context),
        pl.col("returnable") > 0,
        pl.col("unproven") > 0,
        (pl.col("accepted") > 0) & pl.col("cert").is_in(dead.implode()),
    ]
    found: list[list[pl.DataFrame]] = [[] for _ in conditions]
    for part in context.merge.parts or [Part("")]:  # no file could be read: nobody is in any of them
        rows = part_rows(context.merge, part).with_columns(
            paid_on=pl.coalesce(pl.col("pay_date").fill_nan(None), pl.col("arrived_on").fill_nan(None)),
            source=pl.format("{}「{}」第{}行", pl.lit(part.file), "sheet", "row"),
        )
        for own, condition in zip(found, conditions, strict=True):
            own.append(rows.filter(condition).select(_KEPT))
    return [pl.concat(own) for own in found]


def _unpaid(context: Context) -> pl.Expr:
    """Registered and not enrolled by the day of the write-off."""
    writeoff = context.policy.writeoff
    if writeoff is None:
        return pl.lit(value=False)
    day = min(context.as_of, writeoff.date - timedelta(days=1))
    registered = (
        pl.col("registered_on").is_not_null()
        | (pl.col("mib_review") == word("reviews", "passed"))
        | (pl.col("mib_serial") != "")
    )
    return pl.col("counts") & registered & ~(pl.col("enrolled") & paid_by(day))


def _dead_before_benefits(context: Context) -> pl.Series:
    """Whoever died before the benefits of the year began, as far as a list says so."""
    deaths, start = context.list_frame("deaths"), context.policy.benefit.default.start
    if deaths is None or start is None or isinstance(start, str):
        return pl.Series(dtype=pl.String)
    return deaths.filter(pl.col("died_on") < to_serial(start))["cert_no"]


def _tell_silence(context: Context, settled: pl.DataFrame) -> None:
    """V40: the county decides where the notice is silent."""
    count = settled.filter(pl.col("way") == Way.COUNTY_DECIDES).height
    if count:
        place = Place(file=context.words["names"]["R20"])
        context.findings.append(build_finding("V40.refunds", place, count=count))


def said_of(context: Context, reason: str) -> str:
    """Return the words of the notice about money that does not count, with their article."""
    words, rule = context.words["refunds"], context.policy.refunds.rule(reason)
    if rule.word is None:
        return str(words["unknown" if rule.way is Way.COUNTY_DECIDES else "silent"])
    article = context.policy.article(rule.ref)
    return f"{words[rule.word]}（{article}）" if article else str(words[rule.word])


def _writeoff_sheet(context: Context, rows: pl.DataFrame) -> TableSheet:
    writeoff = context.policy.writeoff
    assert writeoff is not None
    notes = [f"已登记、到 {writeoff.date} 零时没有到账的人；税务、医保两个系统同步核销，名单应当一致。"]
    if context.as_of < writeoff.date:
        notes.append(f"还没有到核销日，这是截至 {context.as_of} 的预计名单。")
    states: dict[str, str] = load_lists()["person_states"]
    why = pl.col("state").replace_strict(states, default="", return_dtype=pl.String)
    shown = rows.with_columns(why=why, basis=pl.lit(context.policy.article(writeoff.ref)))
    return context.table("written_off", shown, notes)


def _settled_sheet(context: Context, rows: pl.DataFrame) -> TableSheet:
    lists = load_lists()
    said = {reason: said_of(context, reason) for reason in rows["reason"].unique().to_list()}
    notes = [
        "已经收到、不能计入参保费的钱，每一笔一行：核定以前仍在基金里。",
        f"本表合计 {sum_up(rows, 'returnable').in_words}，等于汇总表的“待处理”。",
    ]
    shown = rows.with_columns(
        why=pl.col("reason").replace_strict(lists["money_reasons"], default="", return_dtype=pl.String),
        to=pl.col("way").replace_strict(lists["money_ways"], default="", return_dtype=pl.String),
        basis=pl.col("reason").replace_strict(said, default="", return_dtype=pl.String),
    )
    return context.table("unsettled", shown, notes)


def _unproven_sheet(context: Context, rows: pl.DataFrame) -> TableSheet:
    return context.table("unproven", rows.with_columns(proof=pl.lit(context.words["proofs"])))


def _case_sheet(context: Context, rows: pl.DataFrame) -> TableSheet:
    refunds = context.policy.refunds
    article = context.policy.article(refunds.refs.withdrawal or refunds.ref)
    words = str(context.words["refunds"][refunds.withdrawal])
    notes = ["没有导入死亡人员名单，这样的人没有列出。"] if context.list_frame("deaths") is None else []
    basis = f"中途退出：{words}" + (f"（{article}）" if article else "")
    shown = rows.with_columns(why=pl.lit("缴费后死亡(待遇期前)"), basis=pl.lit(basis))
    return context.table("paid_and_died", shown, notes)
