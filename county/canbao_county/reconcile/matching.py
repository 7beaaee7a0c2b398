"""Matching of deposits and statement lines: account and amount first, then number, remarks and day."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_county.reconcile.matter import AGREES

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEAR = 3  # days by which a bank may book a deposit later than its slip says
Row = dict[str, Any]


def match_lines(deposits: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Return deposits and lines side by side, each once; ``reason`` says whether a pair agrees, or in what it does not.

    A pair is made by the strictest test that makes one, so that a deposit never takes a line that fits another better.
    """
    own, theirs = deposits.to_dicts(), lines.to_dicts()
    free = dict(enumerate(theirs))
    pairs: dict[int, tuple[int, str]] = {}
    for test, key, reason in _TESTS:
        by_key: defaultdict[Any, list[int]] = defaultdict(list)
        for index, line in free.items():
            by_key[key(line)].append(index)
        for number, deposit in enumerate(own):
            if number in pairs:
                continue
            found = next((i for i in by_key[key(deposit)] if i in free and test(deposit, theirs[i])), None)
            if found is not None:
                pairs[number] = (found, reason)
                del free[found]
    return _side_by_side(deposits, lines, pairs, sorted(free))


def _named(deposit: Row, line: Row) -> bool:
    """Whether the remarks of a line name the village and the agent of a deposit."""
    remark = str(line["remark"] or "").replace(" ", "")
    return all(str(deposit[field]) and str(deposit[field]) in remark for field in ("village", "agent"))


def _same_slip(deposit: Row, line: Row) -> bool:
    return bool(deposit["slip"]) and deposit["slip"] == line["serial"]


def _same_day(deposit: Row, line: Row) -> bool:
    return deposit["day"] is not None and deposit["day"] == line["day"]


def _near(deposit: Row, line: Row) -> bool:
    return None not in (deposit["day"], line["day"]) and abs(line["day"] - deposit["day"]) <= _NEAR


def _account(row: Row) -> tuple[str, int]:
    return (str(row["account"] or ""), row["fen"])


def _amount(row: Row) -> int:
    return int(row["fen"])


_TESTS: tuple[tuple[Any, Any, str], ...] = (
    (lambda own, line: _same_slip(own, line) and _same_day(own, line), _account, AGREES),
    (lambda own, line: _named(own, line) and _same_day(own, line), _account, AGREES),
    (lambda own, line: _same_slip(own, line) or (_named(own, line) and _near(own, line)), _account, "日期不一致"),
    (_same_day, _account, "附言不一致"),
    (lambda own, line: (_same_slip(own, line) or _named(own, line)) and _near(own, line), _amount, "账号不一致"),
)


def _side_by_side(
    deposits: pl.DataFrame, lines: pl.DataFrame, pairs: dict[int, tuple[int, str]], left: Iterable[int]
) -> pl.DataFrame:
    pairing: list[tuple[int | None, int | None, str]] = [
        (number, *pairs[number]) if number in pairs else (number, None, "") for number in range(deposits.height)
    ]
    pairing += [(None, index, "") for index in left]
    table = pl.DataFrame(pairing, schema={"deposit": pl.UInt32, "line": pl.UInt32, "reason": pl.String}, orient="row")
    theirs = lines.select(
        "remark", "serial", "list", "part",
        line_account="account", line_fen="fen", line_day="day", line_row="row",
    ).with_row_index("line")  # fmt: skip
    slips = deposits.drop("remark", "slip")
    joined = table.join(slips, on="deposit", how="left", maintain_order="left")
    return joined.join(theirs, on="line", how="left", maintain_order="left")
