"""The values of the technical columns, of 校验结果 and of 校验说明, so that a filled workbook can be read as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_generator.layout import OUTSIDE_FIELD, PART_FIELD, USED_FIELD
from canbao_rulebook.check_column import check_texts
from canbao_rulebook.evaluate import flag_rules, rule_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_generator.layout import RosterLayout
    from canbao_rulebook.formula.scope import NamedValue


def add_checks(layout: RosterLayout, frame: pl.DataFrame, names: Mapping[str, NamedValue]) -> pl.DataFrame:
    """Return a computed frame with ``used.computed``, ``check_part_1.computed`` … and 校验结果 and 校验说明."""
    flags = flag_rules(layout.roster, frame, names)
    parts = [
        pl.concat_str(
            pl.when(pl.col(rule_id(marked.rule))).then(pl.lit(marked.mark)).otherwise(pl.lit("")) for marked in part
        ).alias(f"{PART_FIELD}_{number}.computed")
        for number, part in enumerate(layout.parts, start=1)
    ]
    used = pl.lit(value=True).alias(f"{USED_FIELD}.computed")
    alone = pl.lit("").alias(OUTSIDE_FIELD)  # nobody has looked at the rows beside each other
    checks = check_texts(layout.roster, flags).select(pl.all().name.suffix(".computed"))
    return frame.hstack(flags.select(parts)).with_columns(used, alone).hstack(checks)
