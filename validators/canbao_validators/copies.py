"""Two copies of one roster sheet, merged row by row and cell by cell; what both have changed otherwise is listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from canbao_rulebook.functions.registry import REGISTRY, Argument
from canbao_rulebook.kinds import CellKind
from canbao_rulebook.roster import FIRST_ROW
from canbao_validators.check_code import cell_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_rulebook.roster import Column, Roster

FIRST, SECOND = "A", "B"
CONFLICT_SCHEMA: dict[str, type[pl.DataType]] = {
    "row": pl.Int64,
    "name": pl.String,
    "field": pl.String,
    "header": pl.String,
    "first": pl.String,
    "second": pl.String,
    "base": pl.String,
    "taken": pl.String,
}
_SHORTEST = 5
# What a row is known by that names nobody, or nobody with a number.
_PERSON, _OTHERS = ("name", "head_name", "village"), (("deposit_id", "slip_no"), ("month", "ticket_kind"))


@dataclass(frozen=True)
class MergedRows:
    """``frame`` holds the rows as typed, numbered from the first data row: the first copy's in order, then the others.

    ``conflicts`` (``CONFLICT_SCHEMA``) are the cells that both have filled otherwise, and whose cell was taken.
    """

    frame: pl.DataFrame
    conflicts: pl.DataFrame
    only_first: int
    only_second: int


def merge_rows(
    roster: Roster,
    first: pl.DataFrame,
    second: pl.DataFrame,
    base: pl.DataFrame | None = None,
    choices: Mapping[tuple[int, str], str] | None = None,
) -> MergedRows:
    """Return the rows of two copies as one; frames are those of docs/architecture.md, as typed.

    A row of either stands once in the result: no row is taken out because the other copy lacks it. A cell that only one
    has changed from ``base`` is that one's; where there is no such row in a base, a filled cell goes before a blank
    one. Where both have filled it otherwise, the first copy's is taken unless ``choices`` say otherwise, by row
    of the result and field.
    """
    columns = [column for column in roster.columns if column.is_input and column.field in first.columns]
    one, two = _paired(_keyed(first, columns), _keyed(second, columns))
    joined = one.join(_suffixed(two, "_b"), on=["key", "pair"], how="full", coalesce=True, maintain_order="left_right")
    if base is not None:
        alone = ~pl.col("key").is_duplicated()
        known = _keyed(base, columns).filter(alone).drop("content", "nth")
        joined = joined.join(_suffixed(known, "_base"), on="key", how="left", maintain_order="left")
        several = joined["key"].is_duplicated()  # nobody knows which of them the base's row was
        joined = joined.with_columns(row_base=pl.when(~several).then("row_base"))
    joined = joined.with_columns(merged_row=pl.int_range(FIRST_ROW, FIRST_ROW + pl.len(), dtype=pl.Int64))
    judged = joined.with_columns(
        _judge(column, with_base=base is not None).alias(f"{column.field}?") for column in columns
    )
    judged = _choose(judged, columns, choices or {})
    return MergedRows(
        _cells(judged, columns, first),
        _conflicts(judged, columns, with_base=base is not None),
        judged.filter(pl.col("row_b").is_null()).height,
        judged.filter(pl.col("row").is_null()).height,
    )


def _keyed(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Return a frame with what each row is known by (``key``), its ``content`` and the how many-th of it (``nth``)."""
    texts = pl.concat_str([cell_text(column) for column in columns])
    ready = frame.with_columns(key=_key(frame, texts), content=texts)
    return ready.with_columns(nth=pl.int_range(pl.len()).over("key", "content"))


def _paired(one: pl.DataFrame, two: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return both with ``pair``, which tells rows of one key apart: equal ones first, then by their contents.

    So which of them is which does not hang on their places.
    """
    same = ["key", "content", "nth"]
    sides = []
    for own, other in ((one, two), (two, one)):
        both = own.join(other.select(same), on=same, how="semi", maintain_order="left").with_columns(
            pair=pl.concat_str(pl.lit("="), "nth", "content")
        )
        left = own.join(other.select(same), on=same, how="anti", maintain_order="left").with_columns(
            pair=pl.concat_str(pl.lit("#"), pl.col("content").rank("ordinal").over("key").cast(pl.String))
        )
        sides.append(pl.concat([both, left]).sort("row").drop("content", "nth"))
    return sides[0], sides[1]


def _key(frame: pl.DataFrame, content: pl.Expr) -> pl.Expr:
    names = [name for name in _PERSON if name in frame.columns]
    if "cert_no" in frame.columns and "name" in names:
        clean = REGISTRY["CLEAN_ID"].polars([Argument(pl.col("cert_no"))]).fill_null("")
        person = pl.concat_str(pl.lit("~"), *(pl.col(name).fill_null("") for name in names), separator="|")
        named = pl.when(pl.col("name").fill_null("") != "").then(person).otherwise(content)
        return pl.when(clean.str.len_chars() >= _SHORTEST).then(clean).otherwise(named)
    for fields in _OTHERS:
        if set(fields) <= set(frame.columns):
            shown = [pl.col(f"{name}.raw").fill_null("") for name in fields]
            key = pl.concat_str(*shown, separator="|")
            return pl.when(pl.any_horizontal(text != "" for text in shown)).then(key).otherwise(content)
    return content


def _suffixed(frame: pl.DataFrame, suffix: str) -> pl.DataFrame:
    return frame.rename({name: f"{name}{suffix}" for name in frame.columns if name not in {"key", "pair"}})


def _judge(column: Column, *, with_base: bool) -> pl.Expr:
    """Return whose cell is taken: FIRST, SECOND, or null where both have filled it otherwise."""
    mine, other = cell_text(column), cell_text(column, "_b")
    there, here = pl.col("row").is_not_null(), pl.col("row_b").is_not_null()
    rules = (
        pl.when(~here | (mine == other).fill_null(value=False)).then(pl.lit(FIRST)).when(~there).then(pl.lit(SECOND))
    )
    lacking = pl.lit(value=True)
    if with_base:
        before, known = cell_text(column, "_base"), pl.col("row_base").is_not_null()
        rules = rules.when(known & (other == before)).then(pl.lit(FIRST))
        rules = rules.when(known & (mine == before)).then(pl.lit(SECOND))
        lacking = ~known
    rules = rules.when(lacking & (other == "")).then(pl.lit(FIRST))
    rules = rules.when(lacking & (mine == "")).then(pl.lit(SECOND))
    return rules.otherwise(pl.lit(None, dtype=pl.String))


def _choose(judged: pl.DataFrame, columns: Sequence[Column], choices: Mapping[tuple[int, str], str]) -> pl.DataFrame:
    """Add, by field, whose cell is taken in the end (``field!``)."""
    by_field: dict[str, dict[int, str]] = {}
    for (row, name), side in choices.items():
        by_field.setdefault(name, {})[row] = side
    return judged.with_columns(
        pl.coalesce(
            pl.col(f"{column.field}?"),
            pl.col("merged_row").replace_strict(
                by_field.get(column.field, {0: FIRST}), default=FIRST, return_dtype=pl.String
            ),
        ).alias(f"{column.field}!")
        for column in columns
    )


def _cells(judged: pl.DataFrame, columns: Sequence[Column], like: pl.DataFrame) -> pl.DataFrame:
    """Return the frame of the merged rows; columns that nobody types are blank and computed anew."""
    taken = {column.field for column in columns}
    made = []
    for name in like.columns:
        field = name.partition(".")[0]
        if name == "row":
            made.append(pl.col("merged_row").alias("row"))
        elif field in taken:
            other = pl.col(f"{field}!") == SECOND
            made.append(pl.when(other).then(pl.col(f"{name}_b")).otherwise(pl.col(name)).alias(name))
        else:
            made.append(pl.lit(_blank(name, like), dtype=like.schema[name]).alias(name))
    return judged.select(made)


def _blank(name: str, frame: pl.DataFrame) -> object:
    if name.endswith(".kind"):
        return int(CellKind.BLANK)
    if frame.schema[name] == pl.Float64:
        return float("nan")
    return False if frame.schema[name] == pl.Boolean else ""


def _conflicts(judged: pl.DataFrame, columns: Sequence[Column], *, with_base: bool) -> pl.DataFrame:
    parts = [pl.DataFrame(schema=CONFLICT_SCHEMA)]
    for column in columns:
        rows = judged.filter(pl.col(f"{column.field}?").is_null())
        if rows.height:
            shown = pl.col(f"{column.field}.raw_base").fill_null("") if with_base else pl.lit("")
            parts.append(
                rows.select(
                    row="merged_row",
                    name=pl.col("name").fill_null("") if "name" in judged.columns else pl.lit(""),
                    field=pl.lit(column.field),
                    header=pl.lit(column.header),
                    first=pl.col(f"{column.field}.raw"),
                    second=pl.col(f"{column.field}.raw_b"),
                    base=shown,
                    taken=pl.col(f"{column.field}!"),
                )
            )
    return pl.concat(parts).sort("row", maintain_order=True)
