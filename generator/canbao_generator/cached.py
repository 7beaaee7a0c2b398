"""The values of the technical columns, of 校验结果 and of 校验说明, so that a filled workbook can be read as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_generator.expressions import number_text
from canbao_generator.layout import OUTSIDE_FIELD, PART_FIELD, USED_FIELD
from canbao_generator.looked_at import MarkedCell, outside_marks, outside_texts, own_marks
from canbao_rulebook.check_column import check_texts, glance_text, row_key_fields
from canbao_rulebook.evaluate import flag_rules, rule_id
from canbao_rulebook.kinds import CellKind
from canbao_rulebook.problem_list import rank_problem
from canbao_rulebook.roster import FIRST_ROW, column_index

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_generator.layout import RosterLayout
    from canbao_generator.looked_at import LookedAt
    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.roster import Column, Roster


def add_checks(
    layout: RosterLayout, frame: pl.DataFrame, names: Mapping[str, NamedValue], looked_at: LookedAt | None = None
) -> pl.DataFrame:
    """Return a computed frame with ``used.computed``, ``check_part_1.computed`` … and 校验结果 and 校验说明.

    Its rows stand in their order from the first data row on. ``looked_at``: what was found in these rows beside all
    others, which stands in ``outside``; None: nobody has looked at them beside each other.
    """
    flags = flag_rules(layout.roster, frame, names, in_sheet=True)
    parts = [
        pl.concat_str(
            pl.when(pl.col(rule_id(marked.rule))).then(pl.lit(marked.mark)).otherwise(pl.lit("")) for marked in part
        ).alias(f"{PART_FIELD}_{number}.computed")
        for number, part in enumerate(layout.parts, start=1)
    ]
    marks = flags.select(parts)
    keys = _row_keys(layout.roster, frame)
    outside = pl.Series(OUTSIDE_FIELD, _outside(layout, marks, keys, looked_at), dtype=pl.String)
    used = pl.lit(value=True).alias(f"{USED_FIELD}.computed")
    kind = pl.when(pl.col(OUTSIDE_FIELD) != "").then(int(CellKind.TEXT)).otherwise(int(CellKind.BLANK))
    checks = check_texts(layout.roster, flags, outside, keys).select(pl.all().name.suffix(".computed"))
    typed = (kind.alias(f"{OUTSIDE_FIELD}.kind"), pl.col(OUTSIDE_FIELD).alias(f"{OUTSIDE_FIELD}.raw"))
    return frame.hstack(marks).with_columns(used, outside).with_columns(typed).hstack(checks)


def _row_keys(roster: Roster, frame: pl.DataFrame) -> pl.Series:
    """Return what says who or what every row is, as the cells hold it."""
    shown = [_shown(roster.by_field[field]) for field in row_key_fields(roster)]
    return frame.select(pl.concat_str(*shown).alias("key"))["key"]


def _shown(column: Column) -> pl.Expr:
    """Return the text that ``&`` makes of a typed cell."""
    typed, raw = pl.col(column.field), pl.col(f"{column.field}.raw")
    if column.type.is_number:
        return pl.when(pl.col(f"{column.field}.kind") == int(CellKind.NUMBER)).then(number_text(typed)).otherwise(raw)
    return pl.when(typed == "").then(raw).otherwise(typed).fill_null("")


def _outside(layout: RosterLayout, marks: pl.DataFrame, keys: pl.Series, looked_at: LookedAt | None) -> list[str]:
    """Return what stands in ※核对 of each row."""
    if looked_at is None:
        return [""] * len(keys)
    places = {field: column_index(letter) for field, letter in layout.letters.items()}
    own = [one for one in looked_at.findings if one.sheet == layout.roster.sheet and one.field in places]
    own.sort(key=lambda one: rank_problem(one, [one.sheet]))
    cells = [
        MarkedCell(one.row, places[one.field], one.severity, glance_text(one.header, one.key, one.severity))
        for one in own
        if one.row
    ]
    seen = {row: own_marks("".join(marks.row(row - FIRST_ROW))) for row in {cell.row for cell in cells}}
    texts = outside_texts(outside_marks(cells, seen), dict(enumerate(keys, start=FIRST_ROW)))
    return [texts[row] for row in range(FIRST_ROW, FIRST_ROW + len(keys))]
