"""Everybody in every township, one row per roster row, with what decisions and totals need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_validators.workbook import ENROLMENT, EXEMPTION, FilledWorkbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.roster import Roster

_SHORTEST = 5


def gather_people(workbooks: Sequence[FilledWorkbook], policy: Policy) -> pl.DataFrame:
    """Return R1, R2 and R3 of all townships as one frame.

    ``person`` numbers the rows; ``key`` is the cleaned number; amounts are yuan, ``pay_date`` a serial; ``groups``
    lists the policy's target groups of the claimed identities; R3 rows are not ``enrolment`` and carry no money.
    """
    parts = [
        _select(workbook, workbook.rosters[code], frame, policy)
        for workbook in workbooks
        for code, frame in workbook.frames.items()
        if code in (*ENROLMENT, EXEMPTION) and frame.height
    ]
    table = pl.concat(parts) if parts else _select_nothing()
    return table.with_row_index("person")


def _select(workbook: FilledWorkbook, roster: Roster, frame: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    assert workbook.unit is not None
    letter = roster.letters["证件号码"]
    own = roster.code in ENROLMENT
    return frame.select(
        unit=pl.lit(workbook.unit.name),
        file=pl.lit(workbook.file),
        roster=pl.lit(roster.code),
        sheet=pl.lit(roster.sheet),
        row=pl.col("row"),
        cell=pl.format("{}{}", pl.lit(letter), pl.col("row")),
        key=pl.when(pl.col("cert.computed").str.len_chars() >= _SHORTEST).then("cert.computed").otherwise(pl.lit("")),
        name=pl.col("name").fill_null(""),
        valid=pl.col("cert_ok.computed").fill_null(value=False),
        birth=_effective("birth"),
        village=pl.col("village").fill_null(""),
        enrolment=pl.lit(own),
        self_paid=_number("self_paid", own=own),
        pay_date=pl.col("pay_date") if own else pl.lit(float("nan")),
        premium=_number("premium.computed", own=own),
        gov_direct=_number("gov_direct.computed", own=own),
        self_due=_number("self_due.computed", own=own),
        rebate_due=_number("rebate_due.computed", own=own),
        paid_ok=_flag("paid_ok.computed", own=own),
        enrolled=_flag("enrolled.computed", own=own),
        forbidden=_flag("forbidden.computed", own=own),
        category=pl.col("chosen_category.computed") if own else pl.lit(""),
        kind=pl.col("subsidy_kind.computed") if own else pl.lit(""),
        account=pl.col("account.computed").fill_null("") if own else pl.lit(""),
        serial=pl.col("mib_serial").fill_null("") if own else pl.lit(""),
        groups=_groups(policy) if own else pl.lit([], dtype=pl.List(pl.String)),
        proof=pl.lit("") if own else pl.col("evidence_no").fill_null(""),
        volunteers=pl.lit(value=False) if own else (pl.col("volunteer") == "是").fill_null(value=False),
    )


def _effective(field: str) -> pl.Expr:
    return pl.when(pl.col(f"{field}.kind") == 0).then(f"{field}.computed").otherwise(field)


def _number(name: str, *, own: bool) -> pl.Expr:
    return pl.col(name).fill_nan(0.0).fill_null(0.0) if own else pl.lit(0.0)


def _flag(name: str, *, own: bool) -> pl.Expr:
    return pl.col(name).fill_null(value=False) if own else pl.lit(value=False)


def _groups(policy: Policy) -> pl.Expr:
    groups = {
        word: category.target_group
        for category in policy.subsidy.categories
        if category.target_group
        for word in (category.name, *category.aliases)
    }
    claimed = [
        pl.col(f"identity_{number}").replace_strict(groups, default=None, return_dtype=pl.String)
        for number in (1, 2, 3)
    ]
    return pl.concat_list(claimed).list.drop_nulls().list.unique()


def _select_nothing() -> pl.DataFrame:
    text = (
        "unit",
        "file",
        "roster",
        "sheet",
        "cell",
        "key",
        "name",
        "village",
        "category",
        "kind",
        "account",
        "serial",
    )
    numbers = ("birth", "self_paid", "pay_date", "premium", "gov_direct", "self_due", "rebate_due")
    flags = ("valid", "enrolment", "paid_ok", "enrolled", "forbidden", "volunteers")
    schema: dict[str, pl.DataType] = dict.fromkeys((*text, "proof"), pl.String())
    schema |= dict.fromkeys(numbers, pl.Float64()) | dict.fromkeys(flags, pl.Boolean())
    return pl.DataFrame(schema=schema | {"row": pl.Int64(), "groups": pl.List(pl.String)})
