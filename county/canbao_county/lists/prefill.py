"""Persons of an imported list as rows of the templates that are handed out (PT-32, SC-27).

Who need not enrol here, by another list, goes to the roster of exemptions where the unit has one, else nowhere.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from canbao_county.lists.persons import ListedPersons
from canbao_county.lists.places import find_village, fold_place, index_places
from canbao_rulebook.functions.identity import IDENTITY_CARD
from canbao_rulebook.functions.registry import REGISTRY, Argument
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.units import TOWNSHIP, VILLAGE
from canbao_validators.frames import typed_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_county.lists.stored import Lists
    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit

_EXEMPTION = ("reason", "class", "insured_place", "insured_by")
NO_UNIT = "place"  # why a person stands in no template: the list names no unit that gets one


@dataclass(frozen=True)
class Prefill:
    """What is written into the templates. ``people``: texts by field, by the place of the unit, then by roster code.

    ``persons`` counts them by the role of the roster, ``left_out`` those who stand nowhere by the kind of list that
    explains it, or NO_UNIT.
    """

    people: dict[int, dict[str, pl.DataFrame]] = field(default_factory=dict)
    persons: Counter[RosterRole] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, unit: int, roster: Roster | None, people: pl.DataFrame) -> None:
        """Add people to a roster of a unit; where it has none, they are left out."""
        if people.is_empty():
            return
        if roster is None:
            for (why,), some in people.partition_by("why", as_dict=True).items():
                self.count(str(why), some)
            return
        self.people.setdefault(unit, {})[roster.code] = people
        self.persons[roster.role] += people.height

    def count(self, why: str, people: pl.DataFrame) -> None:
        """Count people who are left out."""
        if not people.is_empty():
            self.left_out[why] += people.height


def plan_prefill(kind: str, lists: Lists, book: Rulebook, units: Sequence[Unit]) -> Prefill | None:
    """Return whom of a kind of list the units' first enrolment roster holds; None when there is no such list.

    Rows are in the order of village, group and household, then of the list.
    """
    listed = ListedPersons(lists, book.policy)
    people = listed.residents(kind)
    if people is None:
        return None
    done = Prefill()
    people = locate_people(_texts(explain_people(people, listed), "village", "group", "household_no"), units)
    done.count(NO_UNIT, people.filter(pl.col("unit").is_null()))
    people = people.drop_nulls("unit").sort("village", "group", "household_no", maintain_order=True)
    explained = pl.col("why").is_not_null()
    for (place,), own in people.partition_by("unit", as_dict=True, maintain_order=True).items():
        index = int(str(place))
        rosters = book.of_kind(units[index].kind)
        done.add(index, first_roster(rosters, RosterRole.ENROLMENT), own.filter(~explained))
        done.add(index, first_roster(rosters, RosterRole.EXEMPTION), own.filter(explained))
    return done


def first_roster(rosters: Rulebook, role: RosterRole) -> Roster | None:
    """Return the first roster of a role, None where the unit has none."""
    return next(iter(rosters.with_role(role).values()), None)


def frame_of_texts(roster: Roster, people: pl.DataFrame) -> pl.DataFrame:
    """Return the frame of docs/architecture.md for rows by field, texts or numbers; other columns are blank."""
    fits = [
        column.field
        for column in roster.columns
        if column.is_input
        and column.field in people.columns
        and column.type.is_number == people.schema[column.field].is_numeric()
    ]
    return typed_frame(roster, people.select(fits))


def _texts(people: pl.DataFrame, *fields: str) -> pl.DataFrame:
    """Return the same with all of these fields, blank where the kind of list has none."""
    return people.with_columns(pl.lit("").alias(name) for name in ("township", *fields) if name not in people.columns)


def explain_people(people: pl.DataFrame, listed: ListedPersons) -> pl.DataFrame:
    """Return people with why they need not enrol and what the lists say of it, null for all others.

    Only a number that can be one of an identity card says by itself what document it is of.
    """
    valid = REGISTRY["ID_CHECKSUM"].polars([Argument(pl.col("cert_no"))])
    typed = people.with_columns(cert_type=pl.when(valid).then(pl.lit(IDENTITY_CARD)).otherwise(pl.lit("")))
    explained = listed.explain(typed)
    why = typed.join(explained, on=["cert_no", "name"], how="left", maintain_order="left")
    return why.join(_details(listed, explained), on=["cert_no", "why"], how="left", maintain_order="left")


def locate_people(people: pl.DataFrame, units: Sequence[Unit]) -> pl.DataFrame:
    """Return people with the place of their unit, null where no unit is theirs, and villages as units spell them."""
    pairs = people.select("township", "village").unique()
    finder = _Finder(units)
    found = [finder.find(township, village) for township, village in pairs.iter_rows()]
    places = pairs.with_columns(
        unit=pl.Series([place for place, _ in found], dtype=pl.Int64),
        known_village=pl.Series([village for _, village in found], dtype=pl.String),
    )
    located = people.join(places, on=["township", "village"], how="left", nulls_equal=True, maintain_order="left")
    return located.with_columns(village="known_village")


class _Finder:
    """Finds the unit that a township and a village of a list mean."""

    def __init__(self, units: Sequence[Unit]) -> None:
        own = {index: unit for index, unit in enumerate(units) if unit.kind in {TOWNSHIP, VILLAGE}}
        self._townships = index_places(dict.fromkeys(unit.township for unit in own.values()))
        self._by_township: dict[str, list[tuple[int, Unit]]] = {}
        for index, unit in own.items():
            self._by_township.setdefault(unit.township, []).append((index, unit))

    def find(self, township: str, village: str) -> tuple[int | None, str]:
        """Return the place of the unit and the village as the unit spells it.

        A township gets those of villages that it does not know, too: its clerks see what is wrong (V06).
        """
        candidates = self._by_township.get(self._townships.get(fold_place(township), ""), [])
        for index, unit in candidates:
            name = find_village(village, unit.villages)
            if name is not None:
                return index, name
        return next(((index, village) for index, unit in candidates if unit.kind == TOWNSHIP), (None, village))


def _details(listed: ListedPersons, explained: pl.DataFrame) -> pl.DataFrame:
    """Return what the lists say of those who need not enrol, as the roster of exemptions asks for it."""
    parts = [pl.DataFrame(schema=dict.fromkeys(("cert_no", "why", *_EXEMPTION), pl.String))]
    for (why,), keys in explained.partition_by("why", as_dict=True).items():
        frame = listed.current(str(why))
        assert frame is not None
        group, reason, *_ = (*load_list_kinds()[str(why)].exempts, "")
        own = _texts(frame, "place", "insurer").unique("cert_no", keep="first", maintain_order=True)
        own = own.join(keys, on="cert_no", how="semi").with_columns(why=pl.lit(why))
        own = own.rename({"place": "insured_place", "insurer": "insured_by"})
        own = own.with_columns(pl.lit(reason).alias("reason"), pl.lit(group).alias("class"))
        parts.append(own.select("cert_no", "why", *_EXEMPTION))
    return pl.concat(parts)
