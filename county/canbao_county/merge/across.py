"""V28 and V32 over a whole county: a receipt or a batch number that two units use. Units' rows are read one by one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.messages import build_finding
from canbao_validators.money.ledger import receipt_of_agents
from canbao_validators.money.tickets import demands_tickets, severity_of, ticket_source
from canbao_validators.row_findings import place_of
from canbao_validators.workbook import codes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from canbao_county.merge.parts import Part
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook


@dataclass(frozen=True)
class _Number:
    """A number that only one row of the county may have: its field, and the fields that stand beside it."""

    key: str
    role: RosterRole
    field: str
    name: str
    amount: str


_RECEIPT = _Number("V32.across", RosterRole.ENROLMENT, "receipt_no", "name", "self_paid")
_BATCH = _Number("V28.batch_across", RosterRole.DEPOSIT, "deposit_id", "agent", "amount")


def check_across(book: Rulebook, parts: Sequence[Part]) -> list[Finding]:
    """Return every row whose number a unit before it used, naming that one; within one workbook it was found there."""
    policy = book.policy
    wanted = [_RECEIPT] if demands_tickets(policy) else []
    wanted += [_BATCH] if policy.collection.agent else []
    return [finding for number in wanted for finding in _check(number, book, parts)]


def _check(number: _Number, book: Rulebook, parts: Sequence[Part]) -> Iterator[Finding]:
    prints = [
        _rows(number, book, part)
        .select(print=pl.col("text").hash())
        .unique()
        .with_columns(part=pl.lit(index, pl.Int32))
        for index, part in enumerate(parts)
    ]
    shared = pl.concat(prints or [pl.DataFrame(schema={"print": pl.UInt64, "part": pl.Int32})]).filter(
        pl.col("print").is_duplicated()
    )
    firsts: dict[str, tuple[Part, dict[str, Any]]] = {}
    for index in sorted(shared["part"].unique().to_list()):
        rows = _rows(number, book, parts[index])
        for row in rows.filter(pl.col("text").hash().is_in(shared["print"].implode())).iter_rows(named=True):
            part, first = firsts.setdefault(row["text"], (parts[index], row))
            if part is not parts[index]:
                yield _finding(number, book, (parts[index], row), (part, first))


def _rows(number: _Number, book: Rulebook, part: Part) -> pl.DataFrame:
    """Return ``roster, row, value, kind, name, text`` of a unit's rows that have the number; ``text`` is all of it."""
    codes = [code for code in codes_of(book.rosters, number.role) if code in part.sheets]
    frames = [_read(number, book.policy, book.rosters[code], part) for code in codes]
    return pl.concat([pl.DataFrame(schema=dict.fromkeys(_COLUMNS, pl.String) | {"row": pl.Int64}), *frames])


_COLUMNS = ("roster", "row", "value", "kind", "name", "text")


def _read(number: _Number, policy: Policy, roster: Roster, part: Part) -> pl.DataFrame:
    fields = roster.by_field
    if number.field not in fields or number.amount not in fields:
        return pl.DataFrame(schema=dict.fromkeys(_COLUMNS, pl.String) | {"row": pl.Int64})
    headers = {name: fields[name].header for name in (number.field, number.name, number.amount)}
    kind = fields["receipt_kind"].header if number is _RECEIPT and "receipt_kind" in fields else ""
    frame = pl.read_ipc(part.sheets[roster.code].path, columns=["row", *headers.values(), *([kind] if kind else [])])
    given = frame.filter((pl.col(headers[number.field]) != "") & (pl.col(headers[number.amount]) > 0))
    told = pl.col(kind) if kind else pl.lit(receipt_of_agents(policy) if number is _RECEIPT else "")
    return given.select(
        roster=pl.lit(roster.code),
        row="row",
        value=headers[number.field],
        kind=told,
        name=headers[number.name],
        text=pl.concat_str(told, pl.lit("\x1f"), headers[number.field]),
    )


def _finding(
    number: _Number,
    book: Rulebook,
    own: tuple[Part, Mapping[str, Any]],
    other: tuple[Part, Mapping[str, Any]],
) -> Finding:
    (part, row), (first_part, first) = own, other
    roster, policy = book.rosters[row["roster"]], book.policy
    place = place_of(roster, roster.by_field[number.field].header, row["row"])
    agent = policy.collection.agent
    about = policy.article(agent.ref) if agent else ""
    told: dict[str, Any] = {"severity": severity_of(row["kind"], policy)} if number is _RECEIPT else {}
    return build_finding(
        number.key,
        replace(place, file=part.file),
        value=row["value"],
        source=ticket_source(policy) if number is _RECEIPT else about,
        other_file=first_part.file,
        other_sheet=book.rosters[first["roster"]].sheet,
        rows=first["row"],
        other_name=first["name"],
        **told,
    )
