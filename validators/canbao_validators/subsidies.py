"""R4: the subsidy roster that follows from R1 and R2, and what a typed one says otherwise (HN-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.messages import build_finding
from canbao_validators.display import show_value
from canbao_validators.row_findings import place_of
from canbao_validators.workbook import code_of, codes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Roster

PROVISIONAL = "暂定"
_GUARDIAN = "监护人"
_CATEGORY, _AMOUNT = "资助类别", "资助金额"


def subsidised_rows(rosters: Mapping[str, Roster], frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return everybody of R1 and R2 with the subsidy that the formulas give, one row per enrolment row.

    Columns: ``key``, the fields of R4 (amounts in yuan, dates as serials), ``due`` (government's money, yuan),
    ``blocked``, ``paid_ok``, and where it comes from: ``roster``, ``sheet``, ``source_row``.
    """
    parts = [
        _subsidies(rosters[code], frames[code]) for code in codes_of(rosters, RosterRole.ENROLMENT) if code in frames
    ]
    return pl.concat(parts) if parts else pl.DataFrame()


def _subsidies(roster: Roster, frame: pl.DataFrame) -> pl.DataFrame:
    due = pl.col("gov_direct.computed") + pl.col("rebate_due.computed")
    minor = pl.col("payee_kind") == _GUARDIAN
    rebate = pl.col("rebate_due.computed") > 0
    others = pl.concat_list([pl.col(f"identity_{number}") for number in (1, 2, 3)]).list.eval(
        pl.element().filter(pl.element().fill_null("") != "")
    )
    return frame.select(
        key=pl.col("cert.computed"),
        roster=pl.lit(roster.code),
        sheet=pl.lit(roster.sheet),
        source_row=pl.col("row"),
        village=pl.col("village"),
        group=pl.col("group"),
        head_name=pl.col("head_name"),
        name=pl.col("name"),
        cert_type=pl.col("cert_type"),
        cert_no=pl.col("cert_no"),
        sex=_effective("sex"),
        birth=_effective("birth"),
        chosen_category=pl.col("chosen_category.computed"),
        other_identities=others.list.set_difference(pl.concat_list("chosen_category.computed")).list.join("、"),
        subsidy_kind=pl.col("subsidy_kind.computed"),
        standard=due,
        self_paid=pl.col("self_paid"),
        pay_date=pl.col("pay_date"),
        receipt_no=pl.col("receipt_no"),
        subsidy_amount=due,
        payee_name=pl.when(rebate).then(pl.when(minor).then("guardian_name").otherwise("name")).otherwise(pl.lit("")),
        payee_relation=pl.when(rebate)
        .then(pl.when(minor).then("guardian_relation").otherwise(pl.lit("本人")))
        .otherwise(pl.lit("")),
        payee_cert_no=pl.when(rebate)
        .then(pl.when(minor).then("guardian_cert_no").otherwise("cert_no"))
        .otherwise(pl.lit("")),
        card_account=pl.when(rebate).then("card_account").otherwise(pl.lit("")),
        bank=pl.when(rebate).then("bank").otherwise(pl.lit("")),
        due=due,
        blocked=pl.col("blocked.computed"),
        paid_ok=pl.col("paid_ok.computed"),
        forbidden=pl.col("forbidden.computed"),
    )


def _effective(field: str) -> pl.Expr:
    return pl.when(pl.col(f"{field}.kind") == 0).then(f"{field}.computed").otherwise(field)


def check_subsidy_roster(
    rosters: Mapping[str, Roster], frames: Mapping[str, pl.DataFrame], *, file: str, lang: str = "zh"
) -> list[Finding]:
    """Return V14, V16, V17 and V20 for a typed R4 held against R1 and R2; an empty R4 waits to be computed."""
    subsidy = code_of(rosters, RosterRole.SUBSIDY)
    if subsidy not in frames or frames[subsidy].is_empty():
        return []
    roster = rosters[subsidy]
    entitled = subsidised_rows(rosters, frames)
    if entitled.is_empty():
        return []
    typed = frames[subsidy].select(
        "row",
        key=pl.col("cert.computed"),
        stated_name=pl.col("name"),
        stated_category=pl.col("chosen_category"),
        stated_amount=pl.col("subsidy_amount").fill_nan(0.0),
    )
    matched = typed.join(entitled.unique("key", keep="first"), on="key", how="left")
    findings = [
        finding
        for entry in matched.filter(pl.col("key") != "").iter_rows(named=True)
        if (finding := _judge(roster, entry, file, lang)) is not None
    ]
    missing = entitled.filter((pl.col("due") > 0) & (pl.col("key") != "") & ~pl.col("forbidden")).join(
        typed, on="key", how="anti"
    )
    return findings + [_missing(rosters, entry, file, lang) for entry in missing.iter_rows(named=True)]


def _judge(roster: Roster, entry: dict[str, Any], file: str, lang: str) -> Finding | None:
    def finding(key: str, header: str, value: str, **params: Any) -> Finding:
        place = place_of(roster, header, entry["row"], file)
        return build_finding(key, place, value=value, lang=lang, name=entry["stated_name"], **params)

    amount_column = roster.by_header[_AMOUNT]
    stated, due = entry["stated_amount"] or 0.0, entry["due"] or 0.0
    if entry["roster"] is None:
        return finding("V16.not_in_rosters", "证件号码", entry["key"])
    if entry["blocked"] and stated > 0:
        return finding("V14.roster", _AMOUNT, show_value(amount_column, stated), reason="参军、服刑或已有其他保险")
    if entry["subsidy_kind"] == "先缴后返" and stated > 0 and not entry["paid_ok"]:
        reason = "实缴金额或缴费日期不符" if entry["self_paid"] == entry["self_paid"] else "没有缴费记录"
        return finding("V20.roster", _AMOUNT, show_value(amount_column, stated), reason=reason)
    if stated == due and entry["stated_category"] == entry["chosen_category"]:
        return None
    expected = f"{entry['chosen_category'] or '无资助'} {show_value(amount_column, due)} {entry['subsidy_kind']}"
    shown = f"{entry['stated_category']} {show_value(amount_column, stated)}"
    header = _CATEGORY if entry["stated_category"] != entry["chosen_category"] else _AMOUNT
    return finding(
        "V17.roster_differs",
        header,
        entry["stated_category"] if header == _CATEGORY else show_value(amount_column, stated),
        stated=shown,
        expected=expected,
        other_sheet=entry["sheet"],
        other_row=entry["source_row"],
    )


def _missing(rosters: Mapping[str, Roster], entry: dict[str, Any], file: str, lang: str) -> Finding:
    roster = rosters[entry["roster"]]
    return build_finding(
        "V16.missing",
        place_of(roster, "证件号码", entry["source_row"], file),
        value=entry["cert_no"] or "",
        lang=lang,
        name=entry["name"],
        category=entry["chosen_category"],
        kind=entry["subsidy_kind"],
        amount=show_value(rosters[code_of(rosters, RosterRole.SUBSIDY)].by_header[_AMOUNT], entry["due"]),
    )


def compute_subsidy_roster(rosters: Mapping[str, Roster], frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the provisional R4 of a workbook: everybody for whom money is due, in the order of R1 and R2.

    One row per document number, with R4's fields.
    """
    entitled = subsidised_rows(rosters, frames)
    if entitled.is_empty():
        return entitled
    due = entitled.filter((pl.col("due") > 0) & ~pl.col("forbidden").fill_null(value=False))
    return due.unique("key", keep="first", maintain_order=True).with_columns(
        batch=pl.lit(""), state=pl.lit(PROVISIONAL), paid_on=pl.lit(None, dtype=pl.Float64), bounce=pl.lit("")
    )
