"""R4: the subsidy roster that follows from R1 and R2, and what a typed one says otherwise (HN-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.messages import build_finding
from canbao_rulebook.phrases import Phrases
from canbao_rulebook.vocabulary import small_words, word
from canbao_validators.display import show_value
from canbao_validators.row_findings import place_of
from canbao_validators.settlement.top_ups import ORDINARY, TOP_UP
from canbao_validators.settlement.unit import settle_workbook
from canbao_validators.workbook import code_of, codes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.roster import Roster
    from canbao_validators.workbook import FilledWorkbook

PROVISIONAL = "暂定"
_GUARDIAN = word("payee_kinds", "guardian")
_CATEGORY, _AMOUNT = "资助类别", "资助金额"


def subsidised_rows(filled: FilledWorkbook) -> pl.DataFrame:
    """Return everybody of the enrolment rosters with the subsidy that the settlement gives, one row an enrolment row.

    Columns: ``cert``, the fields of R4 (amounts in yuan, null unknown; dates as serials), ``due`` (government's money,
    yuan), ``blocked``, ``paid_ok``, ``stands``, and where it comes from: ``roster``, ``sheet``, ``source_row``.
    """
    rosters, frames = filled.rosters, filled.frames
    codes = [code for code in codes_of(rosters, RosterRole.ENROLMENT) if code in frames]
    if not codes:
        return pl.DataFrame()
    people = settle_workbook(filled)
    settled = people.select(
        pl.col("roster").cast(pl.String),
        source_row="row",
        due=pl.col("due") / _FEN,
        rebate=(pl.col("rebate_due") != 0).fill_null(value=True),
        self_paid=pl.when(pl.col("received") > 0).then(pl.col("received") / _FEN).otherwise(float("nan")),
        blocked="blocked",
        paid_ok="paid_full",
        stands="counts",
        **({"chosen_category": "category", "subsidy_kind": "subsidy_kind"} | _parts(people)),
    )
    rows = pl.concat([_describe(rosters[code], frames[code]) for code in codes])
    joined = rows.join(settled, on=["roster", "source_row"], how="inner", maintain_order="left")
    return _add_payees(joined)


_FEN = 100


def _parts(people: pl.DataFrame) -> dict[str, pl.Expr]:
    """Return what R4 says of both claims where the policy year knows top-ups; one that brings nothing is blank."""
    if TOP_UP not in people.columns:
        return {}
    due = {name: pl.col(name).struct.field("due") / _FEN for name in (ORDINARY, TOP_UP)}
    brings = {name: (due[name] != 0).fill_null(value=pl.col(name).is_not_null()) for name in due}

    def said(name: str, field: str) -> pl.Expr:
        return pl.when(brings[name]).then(pl.col(name).struct.field(field)).otherwise(pl.lit(""))

    return {
        "chosen_category": said(ORDINARY, "category"),
        "subsidy_kind": said(ORDINARY, "subsidy_kind"),
        "standard": pl.when(brings[ORDINARY]).then(due[ORDINARY]).otherwise(float("nan")),
        "top_up": said(TOP_UP, "category"),
        "top_up_kind": said(TOP_UP, "subsidy_kind"),
        "top_up_amount": pl.when(brings[TOP_UP]).then(due[TOP_UP]).otherwise(float("nan")),
    }


def _describe(roster: Roster, frame: pl.DataFrame) -> pl.DataFrame:
    """Return who stands in each row, and where a rebate would go."""
    return frame.select(
        cert=pl.col("cert.computed"),
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
        identities=pl.concat_list([pl.col(f"identity_{number}") for number in (1, 2, 3)]),
        pay_date=pl.col("pay_date"),
        receipt_no=pl.col("receipt_no"),
        minor=(pl.col("payee_kind") == _GUARDIAN).fill_null(value=False),
        guardian_name=pl.col("guardian_name"),
        guardian_relation=pl.col("guardian_relation"),
        guardian_cert_no=pl.col("guardian_cert_no"),
        card_account=pl.col("card_account"),
        bank=pl.col("bank"),
    )


def _add_payees(rows: pl.DataFrame) -> pl.DataFrame:
    """Add amounts, other identities and, where money is to be paid out, to whom."""
    named = pl.col("identities").list.eval(pl.element().filter(pl.element().fill_null("") != ""))
    executed = [name for name in ("chosen_category", "top_up") if name in rows.columns]
    own = {"payee_name": pl.col("name"), "payee_relation": pl.lit("本人"), "payee_cert_no": pl.col("cert_no")}
    payee = {
        field: pl.when("rebate")
        .then(pl.when("minor").then(field.replace("payee", "guardian")).otherwise(value))
        .otherwise(pl.lit(""))
        for field, value in own.items()
    }
    return rows.with_columns(
        other_identities=named.list.set_difference(pl.concat_list(executed)).list.join("、"),
        standard="standard" if "standard" in rows.columns else "due",
        subsidy_amount="due",
        **payee,
        **{field: pl.when("rebate").then(field).otherwise(pl.lit("")) for field in ("card_account", "bank")},
    )


def _effective(field: str) -> pl.Expr:
    return pl.when(pl.col(f"{field}.kind") == 0).then(f"{field}.computed").otherwise(field)


def check_subsidy_roster(filled: FilledWorkbook) -> list[Finding]:
    """Return V14, V16, V17 and V20 for a typed R4 held against the settlement; an empty R4 waits to be computed."""
    rosters, frames = filled.rosters, filled.frames
    subsidy = code_of(rosters, RosterRole.SUBSIDY)
    if subsidy not in frames or frames[subsidy].is_empty():
        return []
    roster = rosters[subsidy]
    entitled = subsidised_rows(filled)
    if entitled.is_empty():
        return []
    typed = frames[subsidy].select(
        "row",
        cert=pl.col("cert.computed"),
        stated_name=pl.col("name"),
        stated_category=pl.col("chosen_category"),
        stated_amount=pl.col("subsidy_amount").fill_nan(0.0),
        **({"stated_top_up": pl.col("top_up").fill_null("")} if "top_up" in roster.by_field else {}),
    )
    first = entitled.sort(~pl.col("stands"), maintain_order=True).unique("cert", keep="first", maintain_order=True)
    matched = typed.join(first, on="cert", how="left", maintain_order="left")
    findings = [
        finding
        for entry in matched.filter(pl.col("cert") != "").iter_rows(named=True)
        if (finding := _judge(roster, entry)) is not None
    ]
    missing = entitled.filter((pl.col("due") > 0) & (pl.col("cert") != "") & pl.col("stands")).join(
        typed, on="cert", how="anti", maintain_order="left"
    )
    return findings + [_missing(rosters, entry) for entry in missing.iter_rows(named=True)]


def _judge(roster: Roster, entry: dict[str, Any]) -> Finding | None:
    def finding(key: str, header: str, value: str, **params: Any) -> Finding:
        place = place_of(roster, header, entry["row"])
        return build_finding(key, place, value=value, name=entry["stated_name"], **params)

    amount_column = roster.by_header[_AMOUNT]
    stated, due = entry["stated_amount"] or 0.0, entry["due"] or 0.0
    if entry["roster"] is None:
        return finding("V16.not_in_rosters", "证件号码", entry["cert"])
    if entry["blocked"] and stated > 0:
        return finding("V14.roster", _AMOUNT, show_value(amount_column, stated), reason=small_words("barred"))
    if entry["subsidy_kind"] == word("subsidy_kinds", "rebate") and stated > due and not entry["paid_ok"]:
        reason = small_words("wrong_payment" if entry["self_paid"] == entry["self_paid"] else "no_payment")
        return finding("V20.roster", _AMOUNT, show_value(amount_column, stated), reason=reason)
    said, right = (
        _categories(entry, "stated_category", "stated_top_up"),
        _categories(entry, "chosen_category", "top_up"),
    )
    if stated == due and said == right:
        return None
    kinds = "＋".join(filter(None, (entry["subsidy_kind"], entry.get("top_up_kind"))))
    expected = Phrases((right or small_words("unsubsidised"), f"{show_value(amount_column, due)} {kinds}"), " ")
    shown = f"{said} {show_value(amount_column, stated)}"
    return finding(
        "V17.roster_differs",
        _CATEGORY if said != right else _AMOUNT,
        said if said != right else show_value(amount_column, stated),
        stated=shown,
        expected=expected,
        other_sheet=entry["sheet"],
        other_row=entry["source_row"],
    )


def _categories(entry: dict[str, Any], *names: str) -> str:
    """Return the category of a row, with what comes on top of it."""
    return "＋".join(filter(None, (entry.get(name) for name in names)))


def _missing(rosters: Mapping[str, Roster], entry: dict[str, Any]) -> Finding:
    roster = rosters[entry["roster"]]
    return build_finding(
        "V16.missing",
        place_of(roster, "证件号码", entry["source_row"]),
        value=entry["cert_no"] or "",
        name=entry["name"],
        category=_categories(entry, "chosen_category", "top_up"),
        kind=_categories(entry, "subsidy_kind", "top_up_kind"),
        amount=show_value(rosters[code_of(rosters, RosterRole.SUBSIDY)].by_header[_AMOUNT], entry["due"]),
    )


def compute_subsidy_roster(filled: FilledWorkbook) -> pl.DataFrame:
    """Return the provisional R4 of a workbook: everybody for whom money is due, in the order of the rosters.

    One row a person, with R4's fields. Who is due an unknown amount is left out: R4 is a list of payments.
    """
    entitled = subsidised_rows(filled)
    if entitled.is_empty():
        return entitled
    return entitled.filter((pl.col("due") > 0) & pl.col("stands")).with_columns(
        batch=pl.lit(""),
        state=pl.lit(PROVISIONAL),
        paid_on=pl.lit(None, dtype=pl.Float64),
        bounce=pl.lit(""),
        explanation=pl.lit(""),
    )
