"""The values of the technical columns and of 校验结果, so that a filled workbook can be read as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_generator.layout import PART_FIELD, USED_FIELD
from canbao_rulebook.check_column import check_text
from canbao_rulebook.evaluate import flag_rules, rule_id
from canbao_rulebook.roster import CHECK_FIELD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_generator.layout import RosterLayout
    from canbao_rulebook.formula.scope import NamedValue


def add_checks(layout: RosterLayout, frame: pl.DataFrame, names: Mapping[str, NamedValue]) -> pl.DataFrame:
    """Return a computed frame with ``used.computed``, ``check_part_1.computed`` … and ``check.computed``."""
    flags = flag_rules(layout.roster, frame, names)
    parts = [
        pl.concat_str(
            pl.when(pl.col(rule_id(marked.rule))).then(pl.lit(marked.mark)).otherwise(pl.lit("")) for marked in part
        ).alias(f"{PART_FIELD}_{number}.computed")
        for number, part in enumerate(layout.parts, start=1)
    ]
    used = pl.lit(value=True).alias(f"{USED_FIELD}.computed")
    check = check_text(layout.roster, flags).alias(f"{CHECK_FIELD}.computed")
    return frame.hstack(flags.select(parts)).with_columns(used, check)
