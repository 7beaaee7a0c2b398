"""What holds a payment back until it is mended (settlement.md 6); the policy names it in ``subsidy.withheld_by``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.findings import Severity
from canbao_validators.settlement.categories import BY_COUNTY, CONFIRMED
from canbao_validators.settlement.facts import SHORT, UNKNOWN_BATCH
from canbao_validators.settlement.looking_up import look_up
from canbao_validators.settlement.top_ups import TOP_UP, claims_of, gather_claims

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canbao_rulebook.findings import Finding
    from canbao_validators.settlement.terms import Terms

NOT_LISTED, NOT_ENROLLED = "名单", "未参保"
JOINT = "、"
_DOUBT, _STATUS, _ACCOUNT, _DEPOSIT, _TICKET = "V09", "V14", "V22", "V31", "V32"
OF_REBATES = [_ACCOUNT, _DEPOSIT, _TICKET]
_BY_PERSON = frozenset({"V10", "V33"})  # stands at any row of the person, or at a list's
_PLACE = "~"  # of a row among the others
_CLAIM = "V15"  # a claim that its owner denies is due nothing, and is shown as held back all the same


def withhold(settled: pl.DataFrame, findings: Iterable[Finding], terms: Terms) -> pl.DataFrame:
    """Add ``withheld_by`` (codes joined by 、), ``withheld`` and ``payable``: fen, null where the due is unknown.

    payable + withheld = due where it is known; nobody is both paid and withheld. Errors at the row that stands hold its
    payment back; those of a whole deposit hold back all its rows. Each of a person's two claims waits for itself.
    """
    if TOP_UP in settled.columns:
        return gather_claims(settled, _withhold(claims_of(settled), findings, terms), JOINT)
    return _withhold(settled, findings, terms)


def _withhold(claims: pl.DataFrame, findings: Iterable[Finding], terms: Terms) -> pl.DataFrame:
    policy, codes = terms.policy, terms.withholding
    marked = _mark_findings(claims, findings, codes)
    rebate = (pl.col("rebate_due") > 0) | pl.col("rebate_due").is_null()
    paid_cash = pl.col("cash") & (pl.col("accepted") > 0)
    denied = pl.col("found").list.contains(_CLAIM)  # its list was read, and says no
    unconfirmed = ~pl.col("confirmed").is_in([CONFIRMED, BY_COUNTY]) & ~denied
    conditions = {
        NOT_ENROLLED: ~pl.col("enrolled") & (pl.col("state") != "pending"),
        NOT_LISTED: unconfirmed & pl.lit(policy.subsidy.requires_owner_list),
        _DOUBT: pl.col("doubted"),
        _STATUS: pl.col("status_doubted"),
        _ACCOUNT: rebate & ~pl.col("account_ok") & pl.lit(terms.needs_account),
        _DEPOSIT: paid_cash & pl.col("cover").is_in([SHORT, UNKNOWN_BATCH]),
        _TICKET: paid_cash & ~pl.col("ticket"),
    }
    always = {NOT_ENROLLED, NOT_LISTED}
    own = [
        pl.when(condition).then(pl.lit(code))
        for code, condition in conditions.items()
        if code in always or code in codes
    ]
    owed = pl.col("counts") & ((pl.col("due") > 0) | pl.col("due").is_null() | denied)
    # What is wrong with an account or with cash holds back a rebate, which hangs on both, and no direct payment.
    found = pl.when(rebate).then("found").otherwise(pl.col("found").list.set_difference(pl.lit(OF_REBATES)))
    held = pl.concat_list(*own, found).list.drop_nulls().list.unique(maintain_order=True)
    numbered = marked.with_row_index(_PLACE)
    few = numbered.filter(owed).select(_PLACE, withheld_by=held.list.join(JOINT))
    return (
        look_up(numbered, few, _PLACE)
        .drop(_PLACE)
        .with_columns(pl.col("withheld_by").fill_null(""))
        .with_columns(
            withheld=pl.when(pl.col("withheld_by") != "").then("due").otherwise(pl.lit(0, pl.Int64)),
            payable=pl.when(pl.col("withheld_by") != "").then(pl.lit(0, pl.Int64)).otherwise("due"),
        )
        .select(pl.exclude("found"))
    )


def _mark_findings(settled: pl.DataFrame, findings: Iterable[Finding], codes: frozenset[str]) -> pl.DataFrame:
    """Add ``found``: the codes of errors at each row, and of those that speak of the person wherever it stands."""
    wanted = codes - {_DOUBT}
    grave = [found for found in findings if found.severity is Severity.ERROR and found.code in wanted]
    at_row = pl.DataFrame(
        [(found.file, found.sheet, found.row, found.code) for found in grave if found.row],
        schema={"file": pl.String, "sheet": pl.String, "row": pl.Int64, "code": pl.String},
        orient="row",
    )
    of_person = pl.DataFrame(
        [(found.value, found.code) for found in grave if found.code in _BY_PERSON and found.value],
        schema={"cert": pl.String, "code": pl.String},
        orient="row",
    )
    rows = settled.select("person", "cert", "row", pl.col("file", "sheet").cast(pl.String))
    hits = pl.concat(
        [
            rows.join(at_row, on=["file", "sheet", "row"], how="inner").select("person", "code"),
            rows.join(of_person, on="cert", how="inner").select("person", "code"),
        ]
    )
    found = hits.unique().sort("code").group_by("person", maintain_order=True).agg(found=pl.col("code"))
    return look_up(settled, found, "person").with_columns(
        pl.col("found").fill_null(pl.lit([], dtype=pl.List(pl.String)))
    )
