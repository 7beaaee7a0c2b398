"""Arrivals: rosters, tax office and insurance bureau person by person, summed up by place and period (V33)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_county.reconcile.lists import is_registered
from canbao_county.reconcile.matter import AGREES, DIFFERS, person_place
from canbao_county.reconcile.model import Result
from canbao_rulebook.money import format_yuan
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.vocabulary import small_words
from canbao_validators.money.months import month_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_county.reconcile.matter import Matter
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.table_specs import TableSpec

_NO_PLACE, _NO_DAY = "（名单没有写乡镇）", "（没有日期）"
# Reasons by what is asked first; each has its message. Of rosters (r), tax office (t) and bureau (m).
_MESSAGES = {
    "花名册已缴，税务没有入库": "V33.not_in_tax",
    "税务已入库，花名册没有此人": "V33.tax_only",
    "税务已入库，花名册没有缴费": "V33.unpaid",
    "花名册与税务金额不同": "V33.tax_amount",
    "税务已入库，医保没有到账": "V33.not_in_mib",
    "医保已到账，税务没有入库": "V33.mib_only",
    "税务与医保金额不同": "V33.mib_amount",
    "花名册与税务不在同一月": "V33.other_month",
    "已入库，医保没有登记": "V33.unregistered",
    "应参保，未到账": "",
}


def reconcile_arrivals(matter: Matter) -> Result:
    """Return what the sources of a reconciliation say of every person and every period."""
    sources: Sequence[str] = matter.spec["sources"]
    own = _roster(matter)
    missing = [kind for kind in ("tax", "mib") if kind in sources and matter.entries.people(kind) is None]
    if "units" in matter.spec and own.is_empty():
        missing.append("population")
    if missing:
        return Result(matter.id, "arrivals", missing=tuple(missing))
    persons = _judge(matter, _join(matter, own))
    table = _sum_up(persons, matter)
    wrong = persons.filter(pl.col("reason") != "").sort("township", "period", "village", "name")
    totals = {column: int(table[column].sum() or 0) for column in _FIGURES}
    return Result(
        matter.id,
        "arrivals",
        [
            matter.table(_spec(matter), table, [_note(matter)]),
            matter.table("arrivals_detail", wrong),
        ],
        differences=wrong.height,
        sums={name: totals[column] for column, name in _FIGURES.items() if column.partition("_")[0] in sources},
        findings=[found for row in wrong.iter_rows(named=True) if (found := _finding(matter, row)) is not None],
    )


_FIGURES = {
    "roster_persons": "roster_persons",
    "roster_fen": "roster",
    "tax_persons": "tax_persons",
    "tax_fen": "tax",
    "mib_persons": "mib_persons",
    "mib_fen": "mib",
}


def _roster(matter: Matter) -> pl.DataFrame:
    """Return one row a person of the rosters: what was paid, what government pays, where, and the first such row.

    ``open``: nobody has stated what government pays.
    """
    people = matter.books.people.filter(pl.col("enrolment") & (pl.col("cert") != ""))
    if "units" in matter.spec:
        kinds = matter.spec["units"]
        codes = [code for code, roster in matter.books.merge.book.rosters.items() if set(kinds) & set(roster.units)]
        people = people.filter(pl.col("roster").is_in(codes))
    if matter.books.as_of is not None:
        late = (pl.col("day") > matter.books.as_of).fill_null(value=False)
        people = people.with_columns(received=pl.when(late).then(0).otherwise("received"))
    first = ("name", "village", "file", "sheet", "letter", "row", "township")
    read = people.select("cert", "received", "gov_direct", "counts", "day", *first)
    paid_first = read.sort(pl.col("received") > 0, descending=True, maintain_order=True)
    return paid_first.group_by("cert", maintain_order=True).agg(
        own=pl.col("received").sum(),
        direct=pl.col("gov_direct").filter(pl.col("counts")).sum(),
        open=pl.col("gov_direct").filter(pl.col("counts")).is_null().any(),
        due=pl.col("counts").any(),
        own_day=pl.col("day").max(),
        **{name: pl.col(name).first() for name in first},
    )


def _arrived(matter: Matter, kind: str, prefix: str) -> pl.DataFrame:
    """Return one row a person of a list; ``_fen`` is null where the list has no amounts."""
    frame = matter.entries.people(kind)
    assert frame is not None
    columns = {name: pl.col(name) if name in frame.columns else pl.lit("") for name in ("township", "village", "name")}
    named = frame.with_columns(**columns, registered_ok=is_registered(frame))
    fen = pl.when(pl.col("fen").is_not_null().any()).then(pl.col("fen").sum())
    first = ("name", "township", "village", "row", "part", "list")
    return named.group_by("cert", maintain_order=True).agg(
        fen.alias(f"{prefix}_fen"),
        pl.col("day").max().alias(f"{prefix}_day"),
        pl.col("registered_ok").any().alias(f"{prefix}_registered"),
        **{f"{prefix}_{name}": pl.col(name).first() for name in first},
    )


def _join(matter: Matter, own: pl.DataFrame) -> pl.DataFrame:
    """Return everybody that any source knows; of strangers only where the whole population is looked at."""
    whole = "units" not in matter.spec
    how: Any = "full" if whole else "left"
    joined = own.with_columns(known=pl.lit(value=True))
    for kind in ("tax", "mib"):
        listed = _arrived(matter, kind, kind).with_columns(pl.lit(value=True).alias(f"in_{kind}"))
        joined = joined.join(listed, on="cert", how=how, coalesce=True)
    flags = pl.col("known", "in_tax", "in_mib", "due", "open").fill_null(value=False)
    return joined.with_columns(flags, pl.col("own", "direct").fill_null(0)).with_columns(
        township=pl.coalesce("township", *(_filled(f"{kind}_township") for kind in ("tax", "mib")), pl.lit(_NO_PLACE)),
        village=pl.coalesce("village", *(_filled(f"{kind}_village") for kind in ("tax", "mib")), pl.lit("")),
        name=pl.coalesce("name", *(_filled(f"{kind}_name") for kind in ("tax", "mib")), pl.lit("")),
    )


def _filled(name: str) -> pl.Expr:
    return pl.when(pl.col(name) != "").then(pl.col(name))


def _judge(matter: Matter, persons: pl.DataFrame) -> pl.DataFrame:
    """Add ``reason``, what differs first, and the period that each source puts the person into."""
    sources: Sequence[str] = matter.spec["sources"]
    roster = "roster" in sources
    paid, tax, mib, known = pl.col("own") > 0, pl.col("in_tax"), pl.col("in_mib"), pl.col("known")
    own, total = pl.col("own"), pl.col("own") + pl.col("direct")
    tax_fen, mib_fen = pl.col("tax_fen"), pl.col("mib_fen")
    other_tax = (tax_fen != own) & (tax_fen != total)
    # While nobody has stated what government pays, no amount of the bureau's is a difference.
    other_mib = (mib_fen != pl.col("direct")) & ~pl.col("open")
    other_both = (tax_fen != mib_fen) & (mib_fen != tax_fen + pl.col("direct")) & ~pl.col("open")
    judged = persons.with_columns(
        _reasons(
            [
                (roster & paid & ~tax, "花名册已缴，税务没有入库"),
                (roster & ~known & tax, "税务已入库，花名册没有此人"),
                (roster & known & tax & ~paid & other_tax, "税务已入库，花名册没有缴费"),
                (roster & known & tax & other_tax, "花名册与税务金额不同"),
                (tax & ~mib, "税务已入库，医保没有到账"),
                (mib & ~tax & (mib_fen.fill_null(0) > 0) & other_mib, "医保已到账，税务没有入库"),
                (tax & mib & other_both, "税务与医保金额不同"),
                (bool(matter.spec.get("registered")) & tax & mib & ~pl.col("mib_registered"), "已入库，医保没有登记"),
                (_other_month(matter) & paid & tax, "花名册与税务不在同一月"),
                (bool(matter.spec.get("roll")) & pl.col("due") & (total == 0) & ~tax & ~mib, "应参保，未到账"),
            ]
        )
    )
    return judged.with_columns(
        period=pl.coalesce(*(_period(matter, f"{kind}_day") for kind in ("own", "tax", "mib")), pl.lit(_NO_DAY)),
        **{f"{kind}_period": _period(matter, f"{kind}_day").fill_null(_NO_DAY) for kind in ("own", "tax", "mib")},
    )


def _reasons(cases: Sequence[tuple[Any, str]]) -> pl.Expr:
    chosen: Any = pl
    for condition, reason in cases:
        chosen = chosen.when(condition if isinstance(condition, pl.Expr) else pl.lit(condition)).then(pl.lit(reason))
    expression: pl.Expr = chosen.otherwise(pl.lit("")).alias("reason")
    return expression


def _other_month(matter: Matter) -> pl.Expr:
    if not matter.spec.get("same_period"):
        return pl.lit(value=False)
    return (month_of(pl.col("own_day")) != month_of(pl.col("tax_day"))).fill_null(value=False)


def _period(matter: Matter, day: str) -> pl.Expr:
    """Return the period of a day as text, null without a day."""
    moment = (pl.col(day) - 25_569).cast(pl.Int32, strict=False).cast(pl.Date)
    match matter.spec["period"]:
        case "day":
            return moment.dt.to_string("%Y-%m-%d")
        case "month":
            return moment.dt.to_string("%Y-%m")
        case _:
            return pl.lit("全部")


def _sum_up(persons: pl.DataFrame, matter: Matter) -> pl.DataFrame:
    """Return place by period: every source in its own period, persons with a difference in the period of their row."""
    sources: Sequence[str] = matter.spec["sources"]
    parts = []
    for kind, day, flag, fen in (
        ("roster", "own", pl.col("own") > 0, pl.col("own")),
        ("tax", "tax", pl.col("in_tax"), pl.col("tax_fen").fill_null(0)),
        ("mib", "mib", pl.col("in_mib"), pl.col("mib_fen").fill_null(0)),
    ):
        shown = flag if kind in sources else pl.lit(value=False)
        own = (
            persons.filter(shown)
            .group_by("township", period=f"{day}_period")
            .agg(pl.len().cast(pl.Int64).alias(f"{kind}_persons"), fen.sum().alias(f"{kind}_fen"))
        )
        parts.append(own)
    wrong = persons.group_by("township", "period").agg(
        wrong=(pl.col("reason") != "").sum().cast(pl.Int64),
        open=(pl.col("reason") == "应参保，未到账").sum().cast(pl.Int64),
    )
    table = wrong
    for part in parts:
        table = table.join(part, on=["township", "period"], how="full", coalesce=True)
    numbers = [*_FIGURES, "wrong", "open"]
    verdict = pl.when(pl.col("wrong") == 0).then(pl.lit(AGREES)).otherwise(pl.lit(DIFFERS))
    filled = table.with_columns(pl.col(numbers).fill_null(0)).filter(pl.any_horizontal(pl.col(numbers) > 0))
    return filled.with_columns(verdict=verdict).sort("township", "period")


def _spec(matter: Matter) -> TableSpec:
    """Return the table with two figures of each source, and who paid nothing where everybody should be on a list."""
    words: Mapping[str, str] = matter.words["sources"]
    spec = load_table("arrivals").repeat(source={kind: words[kind] for kind in matter.spec["sources"]})
    return spec if matter.spec.get("roll") else spec.without("open")


def _note(matter: Matter) -> str:
    said = "逐人逐分核对，一多一少不相抵；台账金额只算个人缴的，政府代缴的人在名单里出现、金额等于代缴额的不算差异。"
    period = "各方按自己的日期归入期间。" if matter.spec["period"] != "all" else ""
    return said + period


def _finding(matter: Matter, row: Mapping[str, Any]) -> Finding | None:
    key = _MESSAGES[row["reason"]]
    if not key:
        return None
    expected, found = _amounts(key, row)
    listed = next((kind for kind in ("tax", "mib") if row[f"in_{kind}"]), "")
    place = person_place(row) if row["known"] else matter.list_place({name: row[f"{listed}_{name}"] for name in _AT})
    where = "".join(part for part in (row["township"], row["village"]) if part != _NO_PLACE)
    places = small_words("then", text=where) if where else ""
    told = {"expected": format_yuan(expected), "found": format_yuan(found), "places": places, "name": row["name"]}
    return matter.say(key, place, value=row["cert"], **told)


_AT = ("list", "row", "part")


def _amounts(key: str, row: Mapping[str, Any]) -> tuple[int, int]:
    """Return what a message calls expected and found, in fen."""
    own, tax, mib = (int(row[name] or 0) for name in ("own", "tax_fen", "mib_fen"))
    match key:
        case "V33.not_in_mib" | "V33.mib_amount" | "V33.unregistered":
            return tax, mib
        case "V33.mib_only":
            return tax, mib
        case _:
            return own, tax
