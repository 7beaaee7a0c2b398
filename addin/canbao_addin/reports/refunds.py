"""R20: receivables to be written off, and money that may have to go back (PT-43, PT-55, SC-23, SC-53, C24)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from canbao_addin.reports.model import SIGNATURES, ReportFile
from canbao_addin.reports.sums import say_fen, sum_fen
from canbao_generator.tables import CellType, TableColumn, TableSheet
from canbao_rulebook.findings import Place
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.messages import build_finding
from canbao_rulebook.policy.refunds import Reason, Way
from canbao_validators.merge.rows import part_rows
from canbao_validators.targets.counting import by_government, paid_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_addin.reports.model import Context

DUPLICATE, WRONGLY, NOT_HERE, DIED = "重复缴费", "误缴：政府代缴或专户代办的人", "不应在此参保", "缴费后死亡(待遇期前)"
# By which reason of the policy each case is settled; who dies has dropped out, which is the word ``withdrawal``.
_SAID_OF = {DUPLICATE: Reason.DUPLICATE, WRONGLY: Reason.GOVERNMENT_ALSO_PAID, NOT_HERE: Reason.NOT_ELIGIBLE}
_COLUMNS = {
    "number": TableColumn("序号", CellType.COUNT, 6),
    "type": TableColumn("类型", CellType.CENTRED, 7),
    "reason": TableColumn("原因", CellType.WRAPPED, 22),
    "place": TableColumn("乡镇(街道)、学校", width=14),
    "spot": TableColumn("村(社区)、班级", width=13),
    "name": TableColumn("姓名", width=10),
    "key": TableColumn("证件号码", width=21),
    "amount": TableColumn("金额(元)", CellType.MONEY, 11),
    "paid_on": TableColumn("缴费日期", CellType.DATE, 12),
    "receipt_no": TableColumn("原凭证号", width=14),
    "source": TableColumn("来源", width=22),
    "basis": TableColumn("办理依据", CellType.WRAPPED, 24),
    "mib": TableColumn("医保审核", CellType.CENTRED, 10),
    "tax": TableColumn("税务审核", CellType.CENTRED, 10),
    "day": TableColumn("日期", CellType.CENTRED, 10),
}


def make_refunds(context: Context) -> Iterator[ReportFile]:
    """Yield the county's list: the same one for all who act on it."""
    writeoffs, refunds = [], []
    died = _dead_before_benefits(context)
    for part in context.merge.parts:
        rows = part_rows(context.merge, part).with_columns(
            paid_on=pl.coalesce(pl.col("pay_date").fill_nan(None), pl.col("arrived_on").fill_nan(None)),
            source=pl.format("{}「{}」第{}行", pl.lit(part.file), "sheet", "row"),
        )
        writeoffs.append(_unpaid(context, rows))
        refunds.append(_refund_cases(context, rows, died))
    sheets = []
    facts = []
    if context.policy.writeoff is not None:
        unpaid = pl.concat(writeoffs)
        sheets.append(_writeoff_sheet(context, unpaid))
        facts += [("核销(人)", str(unpaid.height)), ("核销(元)", say_fen(sum_fen(unpaid, "amount")))]
    cases = pl.concat(refunds) if refunds else pl.DataFrame()
    sheets.append(_refund_sheet(context, cases))
    facts += [("退费个案(人)", str(cases.height)), ("退费个案(元)", say_fen(sum_fen(cases, "amount")))]
    undecided = any(context.policy.refunds.way(reason) is Way.COUNTY_DECIDES for reason in _SAID_OF.values())
    if cases.height and undecided:
        place = Place(context.words["names"]["R20"])
        context.findings.append(build_finding("V40.refunds", place, lang=context.lang, count=cases.height))
    agencies = context.policy.org.agencies
    to = context.policy.writeoff.systems if context.policy.writeoff else ("TAX", "MIB")
    receivers = "、".join(agencies[code].name for code in to if code in agencies)
    yield ReportFile(
        sheets, unit=context.policy.meta.county, rows=sum(sheet.frame.height for sheet in sheets), facts=facts,
        receivers=receivers,
    )  # fmt: skip


_CASE = ("type", "reason", "place", "spot", "name", "key", "amount", "paid_on", "receipt_no", "source", "basis")


def _unpaid(context: Context, rows: pl.DataFrame) -> pl.DataFrame:
    """Registered and not arrived by the day of the write-off."""
    writeoff = context.policy.writeoff
    day = None if writeoff is None else min(context.as_of, writeoff.date - timedelta(days=1))
    registered = pl.col("registered_on").is_not_null() | (pl.col("mib_review") == "通过") | (pl.col("serial") != "")
    open_rows = rows.filter(pl.col("counts") & registered & ~(pl.col("enrolled") & paid_by(day)))
    article = context.policy.article(writeoff.ref) if writeoff else ""
    return open_rows.with_columns(
        type=pl.lit("核销"),
        reason=pl.lit("未缴费"),
        amount=pl.col("self_due").fill_nan(None),
        basis=pl.lit(article),
    ).select(*_CASE)


def _refund_cases(context: Context, rows: pl.DataFrame, died: pl.Series | None) -> pl.DataFrame:
    """Who paid and should not have: twice, while paid for by government, not here, or who died before benefits."""
    dead = pl.lit(value=False) if died is None else pl.col("key").is_in(died.implode())
    reason = (
        pl.when(pl.col("forbidden"))
        .then(pl.lit(NOT_HERE))
        .when(~pl.col("counts"))
        .then(pl.lit(DUPLICATE))
        .when(by_government() | (pl.col("kind") == "专户代办"))
        .then(pl.lit(WRONGLY))
        .when(dead)
        .then(pl.lit(DIED))
    )
    words, refunds = context.words["refunds"], context.policy.refunds
    basis = {case: words[refunds.rule(reason).word or "unknown"] for case, reason in _SAID_OF.items()}
    basis[DIED] = words[refunds.withdrawal]
    cases = rows.filter(pl.col("self_paid") > 0).with_columns(
        type=pl.lit("退费"), reason=reason, amount=pl.col("self_paid")
    )
    return cases.drop_nulls("reason").with_columns(
        basis=pl.col("reason").replace_strict(basis)
    ).select(*_CASE)  # fmt: skip


def _dead_before_benefits(context: Context) -> pl.Series | None:
    deaths, start = context.list_frame("deaths"), context.policy.benefit.default.start
    if deaths is None or start is None or isinstance(start, str):
        return None
    return deaths.filter(pl.col("died_on") < to_serial(start))["cert_no"]


def _numbered(cases: pl.DataFrame) -> pl.DataFrame:
    blank = {name: pl.lit("") for name in ("mib", "tax", "day")}
    return cases.with_columns(number=pl.int_range(1, cases.height + 1, dtype=pl.Int64), **blank).select(*_COLUMNS)


def _writeoff_sheet(context: Context, cases: pl.DataFrame) -> TableSheet:
    writeoff = context.policy.writeoff
    assert writeoff is not None
    notes = [f"已登记、到 {writeoff.date} 零时没有到账的人；税务、医保两个系统同步核销，名单应当一致。"]
    if context.as_of < writeoff.date:
        notes.append(f"还没有到核销日，这是截至 {context.as_of} 的预计名单。")
    title = f"{context.title}核销清单（截至 {context.as_of}）"
    return TableSheet(
        "核销", title, list(_COLUMNS.values()), _numbered(cases), notes=notes, freeze=6, footer=SIGNATURES
    )


def _refund_sheet(context: Context, cases: pl.DataFrame) -> TableSheet:
    article = context.policy.article(context.policy.refunds.ref)
    notes = [f"只列个案，不作决定。{f'退费规定见{article}。' if article else ''}"]
    if context.list_frame("deaths") is None:
        notes.append("没有导入死亡人员名单，缴费后死亡的没有列出。")
    title = f"{context.title}退保退费个案（截至 {context.as_of}）"
    return TableSheet(
        "退费", title, list(_COLUMNS.values()), _numbered(cases), notes=notes, freeze=6, footer=SIGNATURES
    )
