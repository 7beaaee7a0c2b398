"""Everybody in every township, one row per roster row, with what decisions and totals need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.units import AGENCY
from canbao_validators.merge.claims import claimed_categories, stated_status
from canbao_validators.workbook import codes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.roster import Roster
    from canbao_validators.workbook import FilledWorkbook

_SHORTEST = 5
_NUMBERS = ("self_paid", "pay_date", "premium", "gov_direct", "self_due", "rebate_due")

SCHEMA: dict[str, pl.DataType] = {
    **dict.fromkeys(("unit", "place", "file", "roster", "sheet", "letter"), pl.Categorical()),
    "row": pl.Int64(),
    "key": pl.String(),
    "name": pl.String(),
    "valid": pl.Boolean(),
    "birth": pl.Float64(),
    "village": pl.Categorical(),
    "enrolment": pl.Boolean(),
    **dict.fromkeys(_NUMBERS, pl.Float64()),
    **dict.fromkeys(("paid_ok", "enrolled", "forbidden"), pl.Boolean()),
    **dict.fromkeys(("category", "kind"), pl.Categorical()),
    **dict.fromkeys(("account", "serial"), pl.String()),
    "central": pl.Boolean(),
    "groups": pl.List(pl.Categorical()),
    "claims": pl.List(pl.Categorical()),
    "status": pl.Categorical(),
    "proof": pl.String(),
    "volunteers": pl.Boolean(),
    "arrived_on": pl.Float64(),
    "posted": pl.Boolean(),
}
_POSTED = "已入库"


def gather_people(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the people of all workbooks as one frame; ``person`` numbers the rows."""
    return pl.concat(parts or [pl.DataFrame(schema=SCHEMA)]).with_row_index("person")


def select_people(workbook: FilledWorkbook, policy: Policy) -> pl.DataFrame:
    """Return the rows of one workbook that are persons enrolled or exempt, with its computed columns.

    ``key`` is the cleaned number, ``letter`` the column it stands in; amounts are yuan, ``pay_date`` a serial;
    ``place`` is the unit that a row counts for, the township that a department's row names; ``central`` rows are paid
    for by a department in one sum; ``groups`` lists the policy's target groups of the claimed identities, ``claims``
    their categories' codes; exempt rows are not ``enrolment``, carry no money and have their reason as ``status``;
    ``posted`` is null until the county has entered results. Texts that repeat are categories: a county's people fit
    into memory.
    """
    wanted = codes_of(workbook.rosters, RosterRole.ENROLMENT, RosterRole.EXEMPTION)
    parts = [
        _select(workbook, workbook.rosters[code], frame, policy)
        for code, frame in workbook.frames.items()
        if code in wanted and frame.height
    ]
    return pl.concat(parts or [pl.DataFrame(schema=SCHEMA)])


def _select(workbook: FilledWorkbook, roster: Roster, frame: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    assert workbook.unit is not None
    own = roster.role is RosterRole.ENROLMENT
    agency = workbook.unit.kind == AGENCY
    selected = frame.select(
        unit=pl.lit(workbook.unit.name),
        place=_text(frame, "township", own=agency) if agency else pl.lit(workbook.unit.name),
        file=pl.lit(workbook.file),
        roster=pl.lit(roster.code),
        sheet=pl.lit(roster.sheet),
        letter=pl.lit(roster.letters["证件号码"]),
        row=pl.col("row"),
        key=pl.when(pl.col("cert.computed").str.len_chars() >= _SHORTEST).then("cert.computed").otherwise(pl.lit("")),
        name=pl.col("name").fill_null(""),
        valid=pl.col("cert_ok.computed").fill_null(value=False),
        birth=_effective("birth"),
        village=_text(frame, "village"),
        enrolment=pl.lit(own),
        self_paid=_number("self_paid", own=own and "self_paid" in frame.columns),
        pay_date=pl.col("pay_date") if own and "pay_date" in frame.columns else pl.lit(float("nan")),
        premium=_number("premium.computed", own=own),
        gov_direct=_number("gov_direct.computed", own=own),
        self_due=_number("self_due.computed", own=own),
        rebate_due=_number("rebate_due.computed", own=own),
        paid_ok=_flag("paid_ok.computed", own=own),
        enrolled=_flag("enrolled.computed", own=own),
        forbidden=_flag("forbidden.computed", own=own),
        category=pl.col("chosen_category.computed") if own else pl.lit(""),
        kind=pl.col("subsidy_kind.computed") if own else pl.lit(""),
        account=_text(frame, "account.computed", own=own),
        serial=_text(frame, "mib_serial", own=own),
        central=pl.lit(value=agency),
        groups=_groups(policy, frame) if own else pl.lit([], dtype=pl.List(pl.String)),
        claims=claimed_categories(policy, frame) if own else pl.lit([], dtype=pl.List(pl.String)),
        status=stated_status(frame) if own else _text(frame, "reason"),
        proof=pl.lit("") if own else pl.col("evidence_no").fill_null(""),
        volunteers=pl.lit(value=False) if own else (pl.col("volunteer") == "是").fill_null(value=False),
        arrived_on=pl.col("arrival_date") if "arrival_date" in frame.columns else pl.lit(float("nan")),
        posted=_posted(frame),
    )
    return selected.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def _effective(field: str) -> pl.Expr:
    return pl.when(pl.col(f"{field}.kind") == 0).then(f"{field}.computed").otherwise(field)


def _number(name: str, *, own: bool) -> pl.Expr:
    return pl.col(name).fill_nan(0.0).fill_null(0.0) if own else pl.lit(0.0)


def _flag(name: str, *, own: bool) -> pl.Expr:
    return pl.col(name).fill_null(value=False) if own else pl.lit(value=False)


def _text(frame: pl.DataFrame, name: str, *, own: bool = True) -> pl.Expr:
    """A text column; blank where the roster has no such column."""
    return pl.col(name).fill_null("") if own and name in frame.columns else pl.lit("")


def _posted(frame: pl.DataFrame) -> pl.Expr:
    """Whether the money reached the treasury; null where nobody has said so yet."""
    told = _text(frame, "posted")
    return pl.when(told != "").then(told == _POSTED)


def _groups(policy: Policy, frame: pl.DataFrame) -> pl.Expr:
    groups = {
        word: category.target_group
        for category in policy.subsidy.categories
        if category.target_group
        for word in (category.name, *category.aliases)
    }
    claimed = [
        pl.col(f"identity_{number}").replace_strict(groups, default=None, return_dtype=pl.String)
        for number in (1, 2, 3)
        if f"identity_{number}" in frame.columns
    ]
    if not claimed:
        return pl.lit([], dtype=pl.List(pl.String))
    return pl.concat_list(claimed).list.drop_nulls().list.unique()
