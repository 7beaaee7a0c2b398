"""What the rosters say of everybody, one row a roster row: what the settlement is worked out from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.findings import Severity
from canbao_rulebook.kinds import CellKind, RosterRole
from canbao_rulebook.units import AGENCY
from canbao_rulebook.vocabulary import word
from canbao_validators.money.ledger import read_ledger
from canbao_validators.money.matching import compare_batches
from canbao_validators.settlement.claims import (
    claims_of_rows,
    stated_status,
    statuses_by_reason,
)
from canbao_validators.settlement.persons import FactRow, schema_of
from canbao_validators.workbook import codes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.roster import Roster
    from canbao_validators.money.ledger import Ledger
    from canbao_validators.workbook import FilledWorkbook

_SHORTEST = 5
_ROUNDING = 1e-4  # of a fen, by which binary numbers miss whole ones
_POSTED, _YES = word("posting_results", "posted"), word("yes_no", "yes")
_ARRIVED, _NOT_ARRIVED = word("arrivals", "arrived"), word("arrivals", "missing")
_REFUSALS = (word("intents", "refused"), word("school_enrolments", "refused"), word("confirmations", "no"))
_KEY_FIELDS = frozenset({"cert_no", "name", "township", "village", "group", "agent"})  # SC-40

# Whether the deposit that a row names holds the money of all its rows.
COVERED, SHORT, UNKNOWN_BATCH, NO_BATCH, NO_DEPOSITS = "covered", "short", "unknown", "none", "no_deposits"

SCHEMA = schema_of(FactRow)


def gather_facts(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the rows of all workbooks as one frame; ``person`` numbers the rows, ``pid`` says whose they are."""
    return pl.concat(parts or [pl.DataFrame(schema=SCHEMA)]).with_row_index("person").with_columns(pid=person_ids())


def person_ids() -> pl.Expr:
    """Return whose row it is: the document number; while there is none, name, guardian and birth; else its own."""
    named = (pl.col("name") != "") & pl.col("birth").is_not_nan() & pl.col("birth").is_not_null()
    parts = pl.concat_str("name", "guardian", pl.col("birth").cast(pl.String), separator="|")
    return (
        pl.when(pl.col("cert") != "")
        .then("cert")
        .when(named)
        .then(pl.lit("~") + parts)
        .otherwise(pl.lit("#") + pl.col("person").cast(pl.String))
    )


def select_facts(workbook: FilledWorkbook, policy: Policy) -> pl.DataFrame:
    """Return the rows of one checked workbook that are persons enrolled or exempt.

    ``cert`` is the cleaned number, ``letter`` the column it stands in. Money is fen, null where it is unknown, never
    negative (V21 says so of what was typed); dates are serials. ``township`` is the unit that a row counts for, the
    township that a department's row names; ``central`` rows are paid for by a department
    in one sum; ``groups`` lists the policy's target groups of the claimed identities, ``claims`` their categories'
    codes. ``cover`` says whether the deposit that a row names holds its money,
    ``complete`` that no key field is missing, ``missed`` which limit a payment missed, ``account_ok`` that a rebate can
    be paid into the account. ``arrived`` and ``posted`` are null until the county has entered results. Exempt rows have
    their reason as ``status``. Texts that repeat are categories: a county's people fit into memory.
    """
    wanted = codes_of(workbook.rosters, RosterRole.ENROLMENT, RosterRole.EXEMPTION)
    codes = [code for code, frame in workbook.frames.items() if code in wanted and frame.height]
    covers = _covers(workbook, policy)
    faults = _faulty_rows(workbook)
    parts = [_select(workbook, workbook.rosters[code], policy, covers, faults) for code in codes]
    return pl.concat(parts or [pl.DataFrame(schema=SCHEMA)])


def _select(
    workbook: FilledWorkbook,
    roster: Roster,
    policy: Policy,
    covers: pl.DataFrame,
    faults: dict[str, dict[str, set[int]]],
) -> pl.DataFrame:
    unit, frame = workbook.unit, workbook.frames[roster.code]
    assert unit is not None
    own, agency = roster.role is RosterRole.ENROLMENT, unit.kind == AGENCY
    wrong = faults.get(roster.sheet, {})
    covered = covers.filter(pl.col("roster") == roster.code).select("row", "cover", "cash")
    frame = frame.join(covered, on="row", how="left", maintain_order="left")
    claims = claims_of_rows(policy, frame if own else frame.select("row"))
    selected = frame.select(
        unit=pl.lit(unit.name),
        township=_text(frame, "township") if agency else pl.lit(unit.name),
        file=pl.lit(workbook.file),
        roster=pl.lit(roster.code),
        sheet=pl.lit(roster.sheet),
        letter=pl.lit(roster.letters["证件号码"]),
        row=pl.col("row"),
        cert=pl.when(pl.col("cert.computed").str.len_chars() >= _SHORTEST).then("cert.computed").otherwise(pl.lit("")),
        name=pl.col("name").fill_null(""),
        guardian=_guardian(frame),
        valid=pl.col("cert_ok.computed").fill_null(value=False),
        birth=_effective("birth"),
        village=_text(frame, "village"),
        enrolment=pl.lit(own),
        received=_received(frame, own=own),
        row_premium=_fen(frame, "premium.computed", own=own),
        situation=_situation(frame, own=own),
        village_due=_fen(frame, "village_due.computed", own=own),
        pay_date=_number(frame, "pay_date", own=own),
        window_start=_number(frame, "window_start.computed", own=own),
        window_end=_number(frame, "window_end.computed", own=own),
        benefit_start=_benefit(frame),
        missed=_text(frame, "missed.computed", own=own),
        paid_ok=_flag(frame, "paid_ok.computed", own=own),
        in_time=_flag(frame, "in_time.computed", own=own),
        row_enrolled=_flag(frame, "enrolled.computed", own=own),
        forbidden=_flag(frame, "forbidden.computed", own=own),
        blocked=_flag(frame, "blocked.computed", own=own) if own else _exempt_blocked(policy),
        direct_ok=_direct_ok(own=own),
        account_ok=_text(frame, "account.computed", own=own).ne("") & ~_in_rows(wrong.get("V22")),
        cash=pl.col("cash").fill_null(value=False),
        ticket=_text(frame, "receipt_no", own=own) != "",
        complete=~_in_rows(wrong.get("V01")),
        refuses=_text(frame, "intent", own=own).is_in(_REFUSALS) | _text(frame, "confirmed", own=own).is_in(_REFUSALS),
        newborn=_flag(frame, "newborn.computed", own=own),
        newly_identified=_flag(frame, "newly_identified.computed", own=own),
        row_category=pl.col("chosen_category.computed") if own else pl.lit(""),
        row_subsidy_kind=pl.col("subsidy_kind.computed") if own else pl.lit(""),
        account=_text(frame, "account.computed", own=own),
        mib_serial=_text(frame, "mib_serial", own=own),
        central=pl.lit(value=agency),
        groups=claims["groups"],
        claims=claims["claims"],
        status=stated_status(frame) if own else _text(frame, "reason"),
        cover=pl.col("cover").fill_null(NO_BATCH),
        proof=pl.lit("") if own else pl.col("evidence_no").fill_null(""),
        volunteers=pl.lit(value=False) if own else _volunteers(policy),
        arrived_on=_number(frame, "arrival_date"),
        arrived=_told(frame, "arrival", yes=_ARRIVED, no=_NOT_ARRIVED),
        posted=_told(frame, "posted", yes=_POSTED),
    )
    return selected.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def _effective(field: str) -> pl.Expr:
    return pl.when(pl.col(f"{field}.kind") == int(CellKind.BLANK)).then(f"{field}.computed").otherwise(field)


def _number(frame: pl.DataFrame, name: str, *, own: bool = True) -> pl.Expr:
    """A number as it is: NaN for blank, null for unknown; NaN where the roster has no such column."""
    return pl.col(name) if own and name in frame.columns else pl.lit(float("nan"))


def _benefit(frame: pl.DataFrame) -> pl.Expr:
    """When benefits begin: NaN for nobody's, null where the notice does not say, as where it says it of nobody."""
    name = "benefit_start.computed"
    return pl.col(name) if name in frame.columns else pl.lit(None, dtype=pl.Float64)


def _fen(frame: pl.DataFrame, name: str, *, own: bool) -> pl.Expr:
    """Yuan as fen; null where unknown, 0 where the roster has no such column."""
    if not own or name not in frame.columns:
        return pl.lit(0, dtype=pl.Int64)
    return (pl.col(name).fill_nan(None) * 100).round(0).cast(pl.Int64, strict=False)


def _situation(frame: pl.DataFrame, *, own: bool) -> pl.Expr:
    """Which situation the row says its person is in, from 1: there is one where amounts are the same for everybody."""
    found = pl.col("situation.computed") if own and "situation.computed" in frame.columns else pl.lit(None)
    return found.cast(pl.Int32, strict=False).fill_null(1)


def _received(frame: pl.DataFrame, *, own: bool) -> pl.Expr:
    """Whole fen that came: 279.996 yuan are not 280.00, as the sheet has it; less than nothing is nothing (V21)."""
    if not own or "self_paid" not in frame.columns:
        return pl.lit(0, dtype=pl.Int64)
    fen = (pl.col("self_paid").fill_nan(None) * 100 + _ROUNDING).floor().cast(pl.Int64, strict=False)
    return fen.fill_null(0).clip(lower_bound=0)


def _flag(frame: pl.DataFrame, name: str, *, own: bool) -> pl.Expr:
    return pl.col(name).fill_null(value=False) if own and name in frame.columns else pl.lit(value=False)


def _text(frame: pl.DataFrame, name: str, *, own: bool = True) -> pl.Expr:
    """A text column; blank where the roster has no such column."""
    return pl.col(name).fill_null("") if own and name in frame.columns else pl.lit("")


def _guardian(frame: pl.DataFrame) -> pl.Expr:
    named = (_text(frame, name) for name in ("guardian_name", "head_name"))
    return pl.coalesce(*(pl.when(text != "").then(text) for text in named), pl.lit(""))


def _told(frame: pl.DataFrame, name: str, *, yes: str, no: str = "") -> pl.Expr:
    """Whether something has come, as the county entered it; null where nobody has said so yet."""
    told = _text(frame, name)
    return pl.when(told == yes).then(pl.lit(value=True)).when((told == no) if no else (told != "")).then(
        pl.lit(value=False)
    )  # fmt: skip


def _direct_ok(*, own: bool) -> pl.Expr:
    """Whether a direct payment takes effect: not where it covers everything and the row is still not enrolled."""
    if not own:
        return pl.lit(value=False)
    whole = (pl.col("gov_direct.computed") == pl.col("premium.computed")) & (pl.col("premium.computed") > 0)
    failed = whole & ~pl.col("forbidden.computed") & ~pl.col("enrolled.computed")
    return ~failed.fill_null(value=False)


def _in_rows(rows: set[int] | None) -> pl.Expr:
    return pl.col("row").is_in(sorted(rows or ()))


def _faulty_rows(workbook: FilledWorkbook) -> dict[str, dict[str, set[int]]]:
    """Return, by sheet, the rows whose account cannot be paid into (V22) and those that lack a key field (V01)."""
    found: dict[str, dict[str, set[int]]] = {}
    for finding in workbook.findings:
        wanted = finding.code == "V22" or (finding.code == "V01" and finding.field in _KEY_FIELDS)
        if wanted and finding.severity is Severity.ERROR and finding.row:
            found.setdefault(finding.sheet, {}).setdefault(finding.code, set()).add(finding.row)
    return found


def _covers(workbook: FilledWorkbook, policy: Policy) -> pl.DataFrame:
    """Return ``roster, row, cash, cover`` of the rows with a payment: does the deposit hold the money of its rows."""
    return cover_rows(read_ledger(policy, workbook.rosters, workbook.frames))


def cover_rows(ledger: Ledger) -> pl.DataFrame:
    """Return the same of a ledger."""
    payments = ledger.payments.select("roster", "row", "cash", "batch")
    if ledger.deposits.is_empty():
        return payments.with_columns(cover=pl.lit(NO_DEPOSITS))
    batches = compare_batches(ledger).select(
        "batch",
        found=pl.when(pl.col("slips").is_null())
        .then(pl.lit(UNKNOWN_BATCH))
        .when(pl.col("fen").fill_null(0) < pl.col("sum"))
        .then(pl.lit(SHORT))
        .otherwise(pl.lit(COVERED)),
    )
    return payments.join(batches, on="batch", how="left", maintain_order="left").with_columns(
        cover=pl.when(pl.col("batch") == "").then(pl.lit(NO_BATCH)).otherwise(pl.col("found").fill_null(UNKNOWN_BATCH))
    )


def _exempt_blocked(policy: Policy) -> pl.Expr:
    """Whether a proven row of exemptions gives a reason for which nobody is subsidised (HN-10)."""
    reasons = [reason for reason, status in statuses_by_reason(policy).items() if status.subsidy == "forbidden"]
    return (pl.col("reason").is_in(reasons) & (pl.col("evidence_no").fill_null("") != "")).fill_null(value=False)


def _volunteers(policy: Policy) -> pl.Expr:
    """Soldiers and prisoners among the exempt who may enrol: they come home this year and want to (HN-05)."""
    returns = pl.col("release_year") == policy.meta.policy_year
    return ((pl.col("volunteer") == _YES) & returns).fill_null(value=False)
