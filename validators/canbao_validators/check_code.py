"""The check code 校验码: a digest of the input data, printed on the signed cover sheet, recomputed at the merge."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

import polars as pl

from canbao_rulebook.kinds import CellKind, Filler

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from canbao_rulebook.roster import Column, Roster

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SYMBOLS = 12
BITS = 5
GROUP = 4
EXACT_LIMIT = 2**53
TEN_THOUSANDTHS = 10_000
_SLICE = 8_192  # rows whose texts are put together at a time: each cell's would fill more memory than the frame
_FIELD_END, _ROW_END = "\x1f", "\x1e"


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...


def input_digest(frames: Mapping[str, pl.DataFrame], rosters: Mapping[str, Roster]) -> str:
    """Return the check code of the frames of one workbook, both by roster code, as ``XXXX-XXXX-XXXX``.

    It depends on the normalised cells of clerk and county columns only: not on the order of rows or of columns in the
    sheet, on blank rows, on blank columns, or on the program that saved the file.
    """
    return input_digests([frames], rosters)[0]


def input_digests(workbooks: Sequence[Mapping[str, pl.DataFrame]], rosters: Mapping[str, Roster]) -> list[str]:
    """Return the check codes of several workbooks, whose cells are written down together."""
    digests = [sha256() for _ in workbooks]
    for code in sorted({code for frames in workbooks for code in frames}):
        own = {place: frames[code] for place, frames in enumerate(workbooks) if code in frames}
        for place, rows in zip(own, _texts_together(list(own.values()), rosters[code]), strict=True):
            _add_rows(digests[place], code, rows)
    return [format_code(digest.digest()) for digest in digests]


def _add_rows(digest: _Digest, code: str, rows: pl.Series) -> None:
    rows = rows.sort()
    before = f"{code}{_ROW_END}"
    for start in range(0, len(rows), _SLICE):
        digest.update(before.encode())
        digest.update(rows[start : start + _SLICE].str.join(_ROW_END).cast(pl.Binary).item())
        before = _ROW_END


def format_code(digest: bytes) -> str:
    """Return the first 60 bits of a digest as twelve characters of Crockford's base32 in groups of four."""
    number = int.from_bytes(digest[:8], "big") >> (64 - SYMBOLS * BITS)
    symbols = "".join(CROCKFORD[number >> BITS * place & 31] for place in reversed(range(SYMBOLS)))
    return "-".join(symbols[start : start + GROUP] for start in range(0, SYMBOLS, GROUP))


def _texts_together(frames: Sequence[pl.DataFrame], roster: Roster) -> Iterator[pl.Series]:
    """Yield the texts of the rows of each frame."""
    typed = [column for column in roster.columns if column.filler in {Filler.CLERK, Filler.COUNTY}]
    filled = [column for column in typed if any(frame[f"{column.field}.kind"].max() for frame in frames)]
    names = [name for column in filled for name in (column.field, f"{column.field}.kind", f"{column.field}.raw")]
    whole = frames[0] if len(frames) == 1 else pl.concat([frame.select("row", *names) for frame in frames])
    texts = _row_texts(whole, sorted(filled, key=lambda column: column.declared))
    start = 0
    for frame in frames:
        yield texts.slice(start, frame.height)
        start += frame.height


def _row_texts(frame: pl.DataFrame, typed: Sequence[Column]) -> pl.Series:
    if not typed:
        return pl.repeat("", frame.height, dtype=pl.String, eager=True)
    looks = frame.select(found for column in typed for found in _look_at_kinds(column)).row(0)
    cells = [
        cell
        for column, *look in zip(typed, looks[::2], looks[1::2], strict=True)
        for cell in _cell_parts(column, *look)
    ]
    row = pl.concat_str(cells).alias("row")
    parts = [frame.slice(start, _SLICE).select(row)["row"] for start in range(0, frame.height, _SLICE)]
    return pl.concat(parts) if parts else pl.Series([], dtype=pl.String)


def _look_at_kinds(column: Column) -> tuple[pl.Expr, pl.Expr]:
    """Return whether all cells of a column that are not blank are of its kind, and whether any is blank."""
    kind, field = pl.col(f"{column.field}.kind"), column.field
    blank = kind == int(CellKind.BLANK)
    return ((kind == _right_kind(column)) | blank).all().alias(f"{field}.right"), blank.any().alias(f"{field}.blank")


def _cell_parts(column: Column, all_right: bool, any_blank: bool) -> list[pl.Expr]:
    """Return ``cell_text`` in parts that stand in a row, at less cost where all cells are of the right kind."""
    if not all_right:
        return [cell_text(column)]
    parts = [pl.lit(f"{column.field}={_right_kind(column)}:"), _value(column), pl.lit(_FIELD_END)]
    if not any_blank:
        return parts
    blank = pl.col(f"{column.field}.kind") == int(CellKind.BLANK)
    return [pl.when(blank).then(pl.lit("")).otherwise(pl.concat_str(parts))]


def cell_text(column: Column, suffix: str = "") -> pl.Expr:
    """Return ``field=kind:value`` for a filled cell, "" for a blank one; ``suffix`` ends the names of its columns."""
    kind, shown = pl.col(f"{column.field}.kind{suffix}"), pl.col(f"{column.field}.raw{suffix}")
    found = pl.when(kind == _right_kind(column)).then(_value(column, suffix)).otherwise(shown)
    cell = pl.format("{}={}:{}{}", pl.lit(column.field), kind, found, pl.lit(_FIELD_END))
    return pl.when(kind == int(CellKind.BLANK)).then(pl.lit("")).otherwise(cell)


def _right_kind(column: Column) -> int:
    return int(CellKind.NUMBER if column.type.is_number else CellKind.TEXT)


def _value(column: Column, suffix: str = "") -> pl.Expr:
    """The value of a cell of the right kind, as text."""
    value = pl.col(f"{column.field}{suffix}")
    return _number_text(value, pl.col(f"{column.field}.raw{suffix}")) if column.type.is_number else value


def _number_text(number: pl.Expr, shown: pl.Expr) -> pl.Expr:
    """Write numbers by ten-thousandths, so that no library's way of printing floats enters the code."""
    scaled = (number * TEN_THOUSANDTHS).round()
    exact = scaled.is_between(-EXACT_LIMIT, EXACT_LIMIT)
    return pl.when(exact).then(scaled.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(shown)
