"""A what-if as tables: by township, category and payer, whose burden becomes lighter or heavier; nobody is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.merge.totals import county_totals, township_totals
from canbao_county.year.submitted import title_of
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.money import format_yuan
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.tables import TOTAL
from canbao_rulebook.vocabulary import load_lists
from canbao_validators.settlement.top_ups import claims_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_county.merge.totals import Totals
    from canbao_county.year.simulate import Simulation
    from canbao_rulebook.tables import TableSheet

_FIGURES = ("premium", "self_due", "gov_direct", "rebate_due", "payable", "withheld", "accepted", "fund_accepted")
_ASSUMPTIONS = (
    "人、身份、名单和已缴的钱都照这份县级汇总；现行一栏是用现行政策重新结算的。",
    "已参保的，改动后按新的应缴数缴；没有参保的，缴了多少还是多少。日期不在新的缴费期里的，按没有及时缴算。",
    "政府资助＝政府代缴＋应返资助。通知没有写的是待定，不在合计里，另计人数。",
)


def simulation_sheets(done: Simulation, changes: Sequence[tuple[str, str, str]]) -> dict[str, TableSheet]:
    """Return the sheets by what they tell of; ``changes`` are what was changed, before and after, in words."""
    begin = title_of(done.book)
    persons = _compare_persons(done)
    tables = {
        "townships": _with_total(_townships(done, persons)),
        "categories": _categories(done),
        "payers": _payers(done),
        "persons": _persons(persons),
    }
    return {
        "overview": _overview(done, changes, begin),
        **{name: load_table(f"simulation_{name}").make(rows, begin=begin) for name, rows in tables.items()},
    }


def totals_of(done: Simulation) -> tuple[Totals, Totals]:
    """Return the county's totals before and after."""
    county = done.book.policy.meta.county
    before, after = (
        county_totals(county, township_totals(people, done.units, {}), ()) for people in (done.before, done.after)
    )
    return before, after


def _overview(done: Simulation, changes: Sequence[tuple[str, str, str]], begin: str) -> TableSheet:
    before, after = totals_of(done)
    words: dict[str, str] = load_lists()["simulated_figures"]
    rows = [{"item": name, "before": old, "after": new, "difference": ""} for name, old, new in changes]
    rows += [
        _line(words[name], getattr(before, name), getattr(after, name), money=False)
        for name in ("should_enrol", "enrolled")
    ]
    rows += [_line(words[name], _fen(before, name), _fen(after, name), money=True) for name in _FIGURES]
    rows.append({"item": words["unknown"], "before": _say(before), "after": _say(after), "difference": ""})
    return load_table("simulation").make(rows, _ASSUMPTIONS, begin=begin)


def _fen(total: Totals, name: str) -> int | None:
    return total.fund_accepted if name == "fund_accepted" else total.fen(name)


def _line(name: str, old: int | None, new: int | None, *, money: bool) -> dict[str, str]:
    shown = [UNKNOWN_TEXT if one is None else format_yuan(one) if money else str(one) for one in (old, new)]
    change = "" if old is None or new is None else format_yuan(new - old) if money else str(new - old)
    return {"item": name, "before": shown[0], "after": shown[1], "difference": change}


def _say(total: Totals) -> str:
    words: dict[str, str] = load_lists()["unknown_fields"]
    return "、".join(f"{words[name]}{count}人" for name, count in total.unknown.items()) or "—"


def _sums(people: pl.DataFrame, by: str, side: str) -> pl.DataFrame:
    """Return persons, own part and aid of those who count, by a column."""
    aid = pl.col("gov_direct") + pl.col("rebate_due")
    unknown = pl.col("self_due").is_null() | aid.is_null()
    return (
        people.filter("counts")
        .group_by(pl.col(by).cast(pl.String), maintain_order=True)
        .agg(
            pl.len().alias(f"persons_{side}"),
            pl.col("enrolled").sum().alias(f"enrolled_{side}"),
            _known_sum(pl.col("self_due")).alias(f"own_{side}"),
            _known_sum(aid).alias(f"aid_{side}"),
            unknown.sum().alias(f"unknown_{side}"),
        )
    )


def _known_sum(money: pl.Expr) -> pl.Expr:
    """Return the sum of what is known; null where all of it is unknown (settlement.md 2)."""
    return pl.when((money.len() > 0) & money.is_not_null().any().not_()).then(None).otherwise(money.sum())


def _joined(before: pl.DataFrame, after: pl.DataFrame, by: str) -> pl.DataFrame:
    """Return both sides of every group; a side on which nobody is in it has nothing."""
    sides = [side.with_columns(there=pl.lit(value=True)) for side in (before, after)]
    joined = sides[0].join(
        sides[1], on=by, how="full", coalesce=True, nulls_equal=True, maintain_order="left_right", suffix="_too"
    )
    absent = {"before": pl.col("there").is_null(), "after": pl.col("there_too").is_null()}
    return joined.with_columns(
        pl.when(absent[name.rpartition("_")[2]]).then(0).otherwise(name).cast(pl.Int64).alias(name)
        for name in joined.columns
        if name not in {by, "there", "there_too"}
    ).drop("there", "there_too")


def _with_total(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows with their sums below; a sum is unknown where something is and nothing else is known."""
    sums = [
        pl.lit(TOTAL if place == 0 else "").alias(name)
        if kind == pl.String
        else _known_sum(pl.col(name)).cast(pl.Int64).alias(name)
        for place, (name, kind) in enumerate(rows.schema.items())
    ]
    whole = pl.concat([rows.with_columns(pl.col(pl.UInt32).cast(pl.Int64)), rows.select(sums)])
    return _with_changes(whole, *(name for name in ("own", "aid") if f"{name}_change" in rows.columns))


def _with_changes(rows: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Return rows with what differs between both sides, unknown where one of them is."""
    return rows.with_columns(
        (pl.col(f"{name}_after") - pl.col(f"{name}_before")).alias(f"{name}_change") for name in names
    )


def _both(before: pl.DataFrame, after: pl.DataFrame, by: str) -> pl.DataFrame:
    return _with_changes(_joined(_sums(before, by, "before"), _sums(after, by, "after"), by), "own", "aid")


def _townships(done: Simulation, persons: pl.DataFrame) -> pl.DataFrame:
    moved = persons.group_by("township").agg(pl.col("lighter", "heavier").sum().cast(pl.Int64))
    order = pl.DataFrame({"township": done.units})
    rows = order.join(_both(done.before, done.after, "township"), on="township", how="inner", maintain_order="left")
    return (
        rows.join(moved, on="township", how="left", maintain_order="left")
        .with_columns(pl.col("lighter", "heavier").fill_null(0), persons=pl.col("persons_before"))
        .drop("persons_before", "persons_after")
    )


def _categories(done: Simulation) -> pl.DataFrame:
    """Return the executed categories with their sums; what comes on top of one is a row of its own.

    There a person is counted again, so that the total counts persons and sums up the aid of the rows.
    """
    people = _with_total(_both(done.before, done.after, "category").with_columns(_called("category")))
    sides = [claims_of(done.before), claims_of(done.after)]
    if not any(side["is_top_up"].any() for side in sides):
        return people
    before, after = (side.filter(~pl.col("is_top_up")) for side in sides)
    ordinary = _both(before, after, "category")
    before, after = (side.filter("is_top_up").with_columns(self_due=pl.lit(0, pl.Int64)) for side in sides)
    on_top = _both(before, after, "category").with_columns(_called("category"))
    named = on_top.with_columns(category=pl.format(load_lists()["simulated_groups"]["on_top"], "category"))
    rows = pl.concat([ordinary.with_columns(_called("category")), named])
    aid = [name for name in rows.columns if name.startswith("aid_")]
    total = people.tail(1).with_columns(_with_total(rows).tail(1)[name] for name in aid)
    return pl.concat([rows, total])


def _called(name: str) -> pl.Expr:
    """What a category is called: none, or several of which an unknown amount leaves the choice open."""
    words: dict[str, str] = load_lists()["simulated_groups"]
    return (
        pl.when(pl.col(name).is_null())
        .then(pl.lit(words["open"]))
        .when(pl.col(name) == "")
        .then(pl.lit(words["none"]))
        .otherwise(name)
        .alias(name)
    )


def _payers(done: Simulation) -> pl.DataFrame:
    before, after = _paid(done.before, "before"), _paid(done.after, "after")
    return _with_changes(_joined(before, after, "payer"), "money")


def _paid(people: pl.DataFrame, side: str) -> pl.DataFrame:
    """Return who pays how much for how many: persons, agencies, villages."""
    words: dict[str, str] = load_lists()["simulated_groups"]
    agency = pl.when(pl.col("payer").fill_null("") == "").then(pl.lit(words["nobody"])).otherwise("payer")
    counting = people.filter("counts")
    shares = [
        (counting, pl.lit(words["self"]), "self_due"),
        (claims_of(counting), agency, "due"),
        (counting, pl.lit(words["village"]), "village_due"),
    ]
    parts = [rows.select(payer=payer.cast(pl.String), money=pl.col(name)) for rows, payer, name in shares]
    return (
        pl.concat(parts)
        .filter((pl.col("money") != 0) | pl.col("money").is_null())
        .group_by("payer", maintain_order=True)
        .agg(
            pl.len().alias(f"persons_{side}"),
            _known_sum(pl.col("money")).alias(f"money_{side}"),
            pl.col("money").is_null().sum().alias(f"unknown_{side}"),
        )
    )


def _compare_persons(done: Simulation) -> pl.DataFrame:
    """Return one row a person who counts on both sides, with what became of the burden."""
    old, new = (
        people.filter("counts").select(
            "pid",
            "category",
            "enrolled",
            pl.col("township").cast(pl.String),
            burden=pl.col("self_due") - pl.col("rebate_due"),
        )
        for people in (done.before, done.after)
    )
    joined = old.join(new, on="pid", how="inner", suffix="_after", maintain_order="left")
    change = pl.col("burden_after") - pl.col("burden")
    return joined.with_columns(
        change=change,
        lighter=(change < 0).fill_null(value=False),
        heavier=(change > 0).fill_null(value=False),
        same=(change == 0).fill_null(value=False),
        unknown=change.is_null(),
        joined=~pl.col("enrolled") & pl.col("enrolled_after"),
        dropped=pl.col("enrolled") & ~pl.col("enrolled_after"),
    )


def _persons(persons: pl.DataFrame) -> pl.DataFrame:
    named = persons.rename({"category": "category_before"}).with_columns(
        _called("category_before"), _called("category_after")
    )
    change = pl.col("change")
    return named.group_by("category_before", "category_after", maintain_order=True).agg(
        persons=pl.len().cast(pl.Int64),
        **{
            name: pl.col(name).sum().cast(pl.Int64)
            for name in ("lighter", "heavier", "same", "unknown", "joined", "dropped")
        },
        lighter_sum=change.filter("lighter").sum(),
        heavier_sum=change.filter("heavier").sum(),
    )
