"""The rows of one workbook by field, with what the merge knows about them: what reports and exports are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.standing import standing_columns
from canbao_rulebook.kinds import RosterRole
from canbao_validators.settlement.top_ups import said_on_top

if TYPE_CHECKING:
    from canbao_county.merge.merging import Merge
    from canbao_county.merge.parts import Part
    from canbao_rulebook.roster import Roster

# Fields that rosters have under these names; one that a roster has no use for is blank.
TEXTS = (
    "township", "village", "group", "school", "grade", "class_name", "household_no", "head_name", "relation",
    "cert_type", "cert_no", "sex", "ethnic", "phone", "enrol_type", "population_tag", "guardian_name", "intent",
    "channel", "contract", "bank", "receipt_no", "agent", "deposit_id", "arrival", "mib_review",
    "final_state", "owner_cadre", "survey_result",
)  # fmt: skip
NUMBERS = (
    "age", "registered_on", "arrival_date", "identified_on", "benefit_end", "village_standard",
)  # fmt: skip
# What the settlement says of a row; it wins over a field of the same name. Money is fen, null where unknown.
FACTS = (
    "person", "pid", "township", "cert", "name", "valid", "birth", "enrolment", "pay_date", "account", "account_ok",
    "mib_serial", "central", "groups", "claims", "arrived_on", "arrived", "posted", "proof", "status",
    "window_end", "newborn", "newly_identified",
    "stands", "counts", "state", "enrolled", "unverified", "category", "subsidy_kind", "payer", "confirmed",
    "premium", "gov_direct", "self_due", "rebate_due", "village_due", "due",
    "received", "accepted", "unproven", "returnable", "reason", "way", "withheld_by", "withheld", "payable",
    "benefit_start",
)  # fmt: skip


def part_rows(merge: Merge, part: Part, *roles: RosterRole) -> pl.DataFrame:
    """Return a stored workbook's rows: ``roster``, ``sheet``, ``row``, TEXTS, NUMBERS, FACTS and ``place_or_class``.

    That is the village, or the grade and class. ``on_top`` and ``on_top_kind`` are what comes on top of the category.
    Without roles, those who enrol.
    """
    wanted = roles or (RosterRole.ENROLMENT,)
    facts = merge.people.filter(pl.col("file") == part.file).select(
        pl.col("roster").cast(pl.String), "row", *(pl.col(name) for name in FACTS), *said_on_top(merge.people)
    )
    frames = [
        _by_field(merge.book.rosters[code], stored.load())
        for code, stored in part.sheets.items()
        if merge.book.rosters[code].role in wanted
    ]
    rows = pl.concat(frames) if frames else _by_field(None, pl.DataFrame({"row": []}, schema={"row": pl.Int64}))
    taken = [name for name in rows.columns if name in FACTS]
    return (
        rows.drop(taken)
        .join(facts, on=["roster", "row"], how="inner", maintain_order="left")
        .with_columns(pl.col("township").cast(pl.String))
    )


def _by_field(roster: Roster | None, frame: pl.DataFrame) -> pl.DataFrame:
    columns = {} if roster is None else {column.field: column.header for column in standing_columns(roster)}
    known = {name for name, header in columns.items() if header in frame.columns}
    shown = {name: columns[name] for name in (*TEXTS, *NUMBERS) if name in known}
    texts = [
        (pl.col(shown[name]).cast(pl.String).fill_null("") if name in shown else pl.lit("")).alias(name)
        for name in TEXTS
    ]
    numbers = [
        (pl.col(shown[name]).cast(pl.Float64) if name in shown else pl.lit(None, pl.Float64)).alias(name)
        for name in NUMBERS
    ]
    is_class = roster is not None and roster.place_field == "class_name"
    place = pl.col("grade") + pl.col("class_name") if is_class else pl.col("village")
    return frame.select(
        pl.lit(roster.code if roster else "").alias("roster"),
        pl.lit(roster.sheet if roster else "").alias("sheet"),
        pl.col("row").cast(pl.Int64),
        *texts,
        *numbers,
    ).with_columns(place_or_class=place)
