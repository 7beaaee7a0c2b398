"""Last year's persons as rows of this year's templates: households as they were, what ended marked, who left aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.lists.prefill import NO_UNIT, Prefill, explain_people, first_roster, frame_of_texts, locate_people
from canbao_county.year.own_columns import carried_own, drop_unfit
from canbao_county.year.persons import COUNTED
from canbao_county.year.submitted import read_submission, read_verdicts, typed_frames
from canbao_rulebook.evaluate import compute_columns
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.names import unit_names
from canbao_rulebook.units import AGENCY
from canbao_rulebook.vocabulary import load_lists, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from canbao_county.lists.persons import ListedPersons
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit
    from canbao_validators.reading.raw import RawWorkbook

_SAME, _CHANGED, _GONE = (word("carried", code) for code in ("same", "changed", "gone"))
_NEWBORN, _PRESCHOOL, _PUPIL = (word("population_tags", code) for code in ("newborn", "preschool", "pupil"))
_SCHOOL_AGE = 7
_IDENTITIES = ("identity_1", "identity_2", "identity_3")
NOTE_SCHEMA = dict.fromkeys(("township", "village", "name", "cert_no", "what", "detail"), pl.String)


@dataclass(frozen=True)
class Carried:
    """What is written into the templates, and what has to be told of persons (``NOTE_SCHEMA``)."""

    prefill: Prefill
    notes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=NOTE_SCHEMA))

    def count(self, what: str) -> int:
        """Return how many persons something is told of."""
        return self.notes.filter(pl.col("what") == what).height


def plan_carry(
    raw: RawWorkbook, last_year: Rulebook, book: Rulebook, units: Sequence[Unit], listed: ListedPersons
) -> Carried:
    """Return the persons of last year's submission as this year's templates hold them, each once.

    Who need not enrol by a list of this year stands among the exempt with its reason. Payments, proofs, dates and what
    the county wrote belong to their year and are not carried. Raises UnreadableFile for what is no submission.
    """
    people = _last_years(raw, last_year, book)
    if people.is_empty():
        return Carried(Prefill())
    people = locate_people(_with_reasons(explain_people(people, listed)), units)
    done = Prefill()
    lost = people.filter(pl.col("unit").is_null())
    done.count(NO_UNIT, lost)
    notes = [_note(lost.filter("insured"), "lost", pl.lit(""))]
    notes += [_note(_absent(people, listed), "listed", pl.lit(""))]
    for (place,), own in people.drop_nulls("unit").partition_by("unit", as_dict=True, maintain_order=True).items():
        notes += _fill_unit(done, int(str(place)), units[int(str(place))], own, book)
    return Carried(done, pl.concat([one.cast(NOTE_SCHEMA) for one in notes]))  # type: ignore[arg-type]


def _with_reasons(people: pl.DataFrame) -> pl.DataFrame:
    """Return people with what lists say of why they need not enrol in the place of what their rows said last year."""
    told = [name for name in people.columns if f"{name}_right" in people.columns]
    known = people.with_columns(
        pl.when(pl.col("why").is_not_null()).then(f"{name}_right").otherwise(name).alias(name) for name in told
    )
    return known.drop(f"{name}_right" for name in told)


def _last_years(raw: RawWorkbook, last_year: Rulebook, book: Rulebook) -> pl.DataFrame:
    """Return every person once, on the row that counted, with the fields that are carried."""
    verdicts = read_verdicts(raw, last_year)
    parts = []
    for unit in read_submission(raw, last_year):
        if unit.unit.kind == AGENCY:
            continue  # departments say anew whom they pay for
        for code, frame in typed_frames(unit, last_year).items():
            roster = book.rosters.get(code)
            if roster is not None and roster.names_persons and frame.height:
                told = verdicts.filter((pl.col("file") == unit.file) & (pl.col("sheet") == roster.sheet))
                rows = _carried_fields(last_year.rosters[code], roster, frame, carried_own(code, last_year, book))
                rows = rows.with_columns(roster=pl.lit(code), township=pl.lit(unit.unit.township))
                parts.append(rows.join(told.select("row", "counts", "state"), on="row", how="left"))
    if not parts:
        return pl.DataFrame()
    people = pl.concat(parts, how="diagonal").with_row_index("order")
    people = people.with_columns(pl.col(pl.String).fill_null(""), insured=pl.col("state") == _insured())
    people = people.with_columns(pl.lit("").alias(name) for name in ("village", "name") if name not in people.columns)
    known = pl.when(pl.col("cert_no") != "").then("cert_no").otherwise(pl.concat_str(pl.lit("#"), pl.col("order")))
    counted = people.with_columns(key=known).sort(pl.col("counts") != COUNTED, maintain_order=True)
    return counted.unique("key", keep="first").sort("order").drop("key", "order", "row", "counts")


def _insured() -> str:
    words: dict[str, str] = load_lists()["person_states"]
    return words["enrolled"]


def _carried_fields(old: Roster, new: Roster, frame: pl.DataFrame, own: Mapping[str, str]) -> pl.DataFrame:
    """Return the fields that belong to the person, as texts or numbers; ``own``: what the county's own are now."""
    rules = load_lists()["carried_over"]
    fields = [
        column.field
        for column in new.columns
        if column.is_input
        and column.band in rules["bands"]
        and column.field not in rules["without"]
        and column.field in old.by_field
    ]
    return frame.select("row", *fields, *(pl.col(before).alias(now) for before, now in own.items()))


def _absent(people: pl.DataFrame, listed: ListedPersons) -> pl.DataFrame:
    """Return those of an imported list of last year's insured whom the submission does not have."""
    frame = listed.residents("last_year")
    if frame is None:
        return people.clear()
    return frame.join(people, on="cert_no", how="anti", maintain_order="left")


def _fill_unit(done: Prefill, place: int, unit: Unit, people: pl.DataFrame, book: Rulebook) -> Iterator[pl.DataFrame]:
    """Put a unit's persons into its rosters, and yield what has to be told of them."""
    own = book.of_kind(unit.kind)
    people = people.with_columns(village=pl.col("known_village")) if "known_village" in people.columns else people
    gone = pl.col("why").is_not_null()
    for code in own.rosters:
        rows = people.filter((pl.col("roster") == code) & ~gone)
        if own.rosters[code].role is RosterRole.EXEMPTION:
            rows = pl.concat([rows, people.filter(gone).with_columns(roster=pl.lit(code))])
        if rows.is_empty():
            continue
        ready, told = _this_year(rows, own, own.rosters[code], unit)
        done.add(place, own.rosters[code], ready)
        yield from told
    left = people.filter(gone)
    if first_roster(own, RosterRole.EXEMPTION) is None:
        for (why,), some in left.partition_by("why", as_dict=True).items():
            done.count(str(why), some)
    kinds = {code: kind.name for code, kind in load_list_kinds().items()}
    yield _note(left, "gone", pl.col("why").replace_strict(kinds, default="", return_dtype=pl.String))
    yield _note(
        people.filter(~pl.col("insured") & ~gone & (pl.col("state") != _exempt())), "uninsured", pl.col("state")
    )


def _exempt() -> str:
    words: dict[str, str] = load_lists()["person_states"]
    return words["exempt"]


def _this_year(
    people: pl.DataFrame, book: Rulebook, roster: Roster, unit: Unit
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return rows as this year has them, with 去年/今年, and what has changed by itself."""
    ended = _ended_identities(people, book)
    rows = _recompute_tags(_without_ended(people, ended), book, roster, unit)
    rows, unfit = drop_unfit(rows, book, roster.code)
    retagged = rows["population_tag"] != people["population_tag"] if "population_tag" in people.columns else None
    changed = (ended != "") | (unfit != "")
    changed = changed if retagged is None else changed | retagged
    gone = pl.col("why").is_not_null()
    year = pl.when(gone).then(pl.lit(_GONE)).when(changed).then(pl.lit(_CHANGED)).otherwise(pl.lit(_SAME))
    words = load_lists()["carried_over"]
    before, _, behind = words["remark"].partition("X")
    rows = rows.with_columns(
        carried=year,
        enrol_type=pl.when(pl.col("insured") & ~gone).then(pl.lit(words["renewed"])).otherwise(pl.lit("")),
        last_year=pl.when("insured").then(pl.lit(words["insured"])).otherwise(pl.lit(words["uninsured"])),
        remark=pl.when(ended != "").then(pl.lit(before) + ended + pl.lit(behind)).otherwise(pl.lit("")),
    )
    told = [
        _note(people.filter(said != ""), what, said.filter(said != ""))
        for what, said in (("ended", ended), ("unfit", unfit))
    ]
    if retagged is not None:
        before, after = people["population_tag"].filter(retagged), rows["population_tag"].filter(retagged)
        told.append(_note(people.filter(retagged), "retagged", before + " → " + after))
    return rows, told


def _ended_identities(people: pl.DataFrame, book: Rulebook) -> pl.Series:
    """Return, by person, the identities that this year's policy does not know any more, joined."""
    known = {name for category in book.policy.subsidy.categories for name in (category.name, *category.aliases)}
    fields = [name for name in _IDENTITIES if name in people.columns]
    if not fields:
        return pl.Series("ended", [""] * people.height, dtype=pl.String)
    lost = [pl.when(~pl.col(name).is_in(known) & (pl.col(name) != "")).then(name) for name in fields]
    return people.select(ended=pl.concat_list(lost).list.drop_nulls().list.join("、"))["ended"]


def _without_ended(people: pl.DataFrame, ended: pl.Series) -> pl.DataFrame:
    if not (ended != "").any():
        return people
    words = ended.str.split("、")
    blank = people.with_columns(ended=words)
    return blank.with_columns(
        pl.when(pl.col("ended").list.contains(pl.col(name))).then(pl.lit("")).otherwise(name).alias(name)
        for name in _IDENTITIES
        if name in people.columns
    ).drop("ended")


def _recompute_tags(people: pl.DataFrame, book: Rulebook, roster: Roster, unit: Unit) -> pl.DataFrame:
    """Return people with the group that age makes of them: a newborn of last year is none this year."""
    fields = {column.field for column in roster.columns}
    if not {"population_tag", "age", "newborn"} <= fields or "population_tag" not in people.columns:
        return people
    names = {**book.names, **unit_names(unit)}
    computed = compute_columns(roster, frame_of_texts(roster, people), names)
    newborn, age = computed["newborn.computed"].fill_null(value=False), computed["age.computed"].fill_nan(None)
    tag = pl.col("population_tag")
    small = tag.is_in([_NEWBORN, _PRESCHOOL])
    return people.with_columns(
        population_tag=pl.when(newborn)
        .then(pl.lit(_NEWBORN))
        .when(small & (age >= _SCHOOL_AGE))
        .then(pl.lit(_PUPIL))
        .when(tag == _NEWBORN)
        .then(pl.lit(_PRESCHOOL))
        .otherwise(tag)
    )


def _note(people: pl.DataFrame, what: str, detail: pl.Expr | pl.Series) -> pl.DataFrame:
    words: dict[str, str] = load_lists()["carried_notes"]
    told = people.with_columns(detail=detail) if people.height else people.with_columns(detail=pl.lit(""))
    missing = [name for name in ("township", "village", "name", "cert_no") if name not in told.columns]
    return told.with_columns(pl.lit("").alias(name) for name in missing).select(
        "township", pl.col("village").fill_null(""), "name", "cert_no", pl.lit(words[what]).alias("what"), "detail"
    )
