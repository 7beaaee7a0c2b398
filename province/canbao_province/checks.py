"""What several counties say of one person, and what each county's persons come to: expressions of Ibis, written once.

``persons`` is the table of all counties' files (docs/province.md). DuckDB and Spark run the same expressions.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from canbao_province.columns import CAME, DUES
from canbao_province.trouble import ProvinceError

if TYPE_CHECKING:
    import polars as pl

    from canbao_province.engines import Engine

AID = ("gov_direct_fen", "rebate_due_fen")
GONE, CONTRADICTING = ("elsewhere", "moved"), ("dead", "employed")
TWICE, CONTRADICTS, GAP, LISTED, MOVED = CASES = ("twice", "contradicts", "gap", "listed", "moved")
SHOWN = (
    "state", "enrolled", "left", "category", "payer", "gov_direct_fen", "rebate_due_fen", "village_due_fen",
    "payable_fen", "received_fen", "paid_on",
)  # fmt: skip


def count_counties(persons: Any) -> Any:
    """Return one row a county: persons, how many can be compared, are enrolled, count; sums and unknowns; fen."""
    counts = persons.counts
    dues = {name: persons[name].sum(where=counts).fill_null(0).cast("int64") for name in DUES}
    unknown = {f"{name}.unknown": _count(counts & persons[name].isnull()) for name in DUES}
    came = {name: persons[name].sum().fill_null(0).cast("int64") for name in CAME}
    return persons.group_by("county").agg(
        persons=persons.count().cast("int64"),
        coded=_count(persons.person.notnull()),
        counting=_count(counts),
        enrolled=_count(persons.enrolled),
        aided=_count(_aided(persons)),
        unknown=_count(counts & _any_null([persons[name] for name in DUES])),
        **dues,
        **unknown,
        **came,
    )


def count_categories(persons: Any) -> Any:
    """Return one row a county, payer and category of those who are subsidised: persons, fen, unknown amounts."""
    aided = persons.filter(_aided(persons))
    return aided.group_by("county", "payer", "category").agg(
        persons=aided.count().cast("int64"),
        **{name: aided[name].sum().fill_null(0).cast("int64") for name in AID},
        unknown=_count(aided.gov_direct_fen.isnull() | aided.rebate_due_fen.isnull()),
    )


def shared_persons(persons: Any) -> Any:
    """Return the codes that stand in more than one row: the only step that has to see everybody at once."""
    coded = persons.filter(persons.person.notnull())
    counted = coded.group_by("person").agg(places=coded.count().cast("int64"))
    return counted.filter(counted.places > 1)


def shared_rows(persons: Any, shared: Any) -> Any:
    """Return the rows of these persons, in all counties, with what is said of them everywhere.

    Columns: ``person, county, case, places, rows_of_it, enrolled_in, aided_in, names, latest, aided`` and SHOWN.
    ``aided``: whether this county owes a subsidy, also where nobody has stated how much. ``names``: how many
    different names there are. ``latest``: of the counties that have enrolled the person, whether this is the one that
    was paid last; nobody's where two were as late, or one does not say when.
    """
    rows = persons.semi_join(shared, "person").mutate(aided=_aided(persons))
    here = rows.enrolled & rows.paid_on.notnull()
    said = rows.group_by("person").agg(
        places=rows.county.nunique().cast("int64"),
        rows_of_it=rows.count().cast("int64"),
        enrolled_in=_count(rows.enrolled),
        aided_in=_count(rows.aided),
        gone_in=_count(_says(rows, GONE)),
        contradicting_in=_count(_says(rows, CONTRADICTING)),
        names=rows.name_code.nunique().cast("int64"),
        undated=_count(rows.enrolled & rows.paid_on.isnull()),
        last=rows.paid_on.max(where=here),
    )
    joined = rows.join(said, "person")
    on_last = joined.filter(joined.enrolled & (joined.paid_on == joined["last"]))
    alone = on_last.group_by("person").agg(on_last=on_last.count().cast("int64"))
    whole = joined.left_join(alone, "person")
    last = whole.enrolled & (whole.paid_on == whole["last"])
    latest = last & (whole.on_last == 1) & (whole.undated == 0) & (whole.enrolled_in > 1)
    return whole.mutate(case=_case(whole), latest=latest).select(
        "person",
        "county",
        "case",
        "places",
        "rows_of_it",
        "enrolled_in",
        "aided_in",
        "names",
        "latest",
        "aided",
        *SHOWN,
    )


def _case(said: Any) -> Any:
    """Return the one case that a person is."""
    import ibis  # noqa: PLC0415 - an extra

    return ibis.cases(
        (said.enrolled_in > 1, TWICE),
        ((said.enrolled_in > 0) & (said.contradicting_in > 0), CONTRADICTS),
        ((said.enrolled_in > 0) & (said.gone_in > 0), MOVED),
        (said.gone_in > 0, GAP),
        else_=LISTED,
    )


def _says(rows: Any, words: tuple[str, ...]) -> Any:
    """Whether a county that has not enrolled the person itself says one of these."""
    return ~rows.enrolled & rows["left"].isin(words)


def _aided(rows: Any) -> Any:
    """Whether money of a subsidy is due, also where nobody has stated how much."""
    owed = [rows[name].isnull() | (rows[name] > 0) for name in AID]
    named = rows.category.notnull() & (rows.category != "")
    return rows.counts & ((named & (owed[0] | owed[1])) | (rows.village_due_fen > 0).fill_null(False))


def _any_null(columns: list[Any]) -> Any:
    return reduce(or_, (column.isnull() for column in columns))


def _count(condition: Any) -> Any:
    return condition.fill_null(False).sum().cast("int64")


def find_all(engine: Engine) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return the rows of counties, of categories and of persons in several counties, in order.

    Raises ProvinceError where one county's file holds a person twice: no file of ours does.
    """
    persons = engine.persons
    counties = engine.rows(count_counties(persons)).sort("county")
    categories = engine.rows(count_categories(persons)).sort("county", "payer", "category")
    with engine.keep(shared_persons(persons)) as shared:
        rows = engine.rows(shared_rows(persons, shared)).sort("case", "person", "county")
    twice = rows.filter(rows["places"] != rows["rows_of_it"])
    if twice.height:
        raise ProvinceError("province_person_twice", county=twice["county"][0])
    return counties, categories, rows.drop("rows_of_it")
