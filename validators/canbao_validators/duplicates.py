"""V07 and V08: the same document number twice in a sheet, or in two rosters that exclude each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.functions import REGISTRY
from canbao_rulebook.functions.registry import Argument
from canbao_rulebook.kinds import RosterRole
from canbao_rulebook.messages import build_finding
from canbao_rulebook.phrases import Phrase, enumerate_words
from canbao_rulebook.vocabulary import load_lists, word
from canbao_validators.normalise.names import name_key
from canbao_validators.row_findings import place_of
from canbao_validators.workbook import codes_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.phrases import Text
    from canbao_rulebook.roster import Roster

_SHORTEST = 5  # characters of a document number that can identify anybody
HEADER = "证件号码"
NEWBORN = word("population_tags", "newborn")
CHILDREN = {word("relations", code): depth for code, depth in {"son": 1, "daughter": 1, "grandchild": 2}.items()}
_PARENTS = ("head_cert_no", "guardian_cert_no")


def person_keys(frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``key, row, name`` of the rows whose document number can identify a person."""
    keys = frame.select(cert=pl.col("cert.computed"), row=pl.col("row"), name=pl.col("name"))
    return keys.filter(pl.col("cert").str.len_chars() >= _SHORTEST)


def check_duplicates(roster: Roster, frame: pl.DataFrame) -> list[Finding]:
    """V07: every row whose number stands in another row of the sheet, naming that row (HN-14, DX-03).

    Two names under one number are two persons: a child that was entered under a parent's number gets its own advice.
    """
    if not roster.names_persons or roster.role is RosterRole.CHANGE:
        return []
    keys = person_keys(frame).filter(pl.col("cert").is_duplicated())
    if keys.is_empty():
        return []
    signs = _signs(frame.filter(pl.col("row").is_in(keys["row"].implode())))
    groups = (
        keys.join(signs, on="row", how="left", maintain_order="left")
        .group_by("cert", maintain_order=True)
        .agg(pl.all())
    )
    findings = []
    for group in groups.iter_rows(named=True):
        people = [dict(zip(group, values, strict=True)) for values in zip(*_spread(group), strict=True)]
        for index, person in enumerate(people):
            findings.append(_duplicate(roster, person, people[0 if index else 1]))
    return findings


def _spread(group: dict[str, Any]) -> list[list[Any]]:
    count = len(group["row"])
    return [values if isinstance(values, list) else [values] * count for values in group.values()]


def _duplicate(roster: Roster, person: dict[str, Any], other: dict[str, Any]) -> Finding:
    younger = max((person, other), key=lambda found: (found["baby"], found["child"]))
    child = younger if younger["baby"] or younger["child"] else None
    one_name = person["name_key"] == other["name_key"] or "" in {person["name_key"], other["name_key"]}
    if one_name and person["baby"] == other["baby"]:
        key = "V07.duplicate"
    else:
        key = "V07.two_persons" if child is None else "V07.newborn"
    return build_finding(
        key,
        place_of(roster, HEADER, person["row"]),
        value=person["cert"],
        other_row=other["row"],
        other_name=other["name"],
        child=child["name"] if child else "",
        where=_parents_column(roster),
    )


def _signs(frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``row, name_key, baby, child``: whom a number cannot be of, by tag or birth date; whose child one is."""
    has = frame.columns.__contains__
    never = pl.lit(value=False)
    tagged = pl.col("population_tag") == NEWBORN if has("population_tag") else never
    born = REGISTRY["ID_BIRTH"].polars([Argument(pl.col("cert.computed"))])
    later = pl.col("birth").is_not_nan() & (pl.col("birth") > born) if has("birth") else never
    related = pl.col("relation").replace_strict(CHILDREN, default=0, return_dtype=pl.Int8) if has("relation") else 0
    return frame.select(
        "row",
        name_key=name_key(pl.col("name").fill_null("")),
        baby=(tagged | later).fill_null(value=False),
        child=related,
    )


def _parents_column(roster: Roster) -> Text:
    """Return where a parent's number belongs in the row of a child."""
    headers = [roster.by_field[field].header for field in _PARENTS if field in roster.by_field]
    return Phrase(load_lists()["parents_number"], {"headers": enumerate_words(headers)}) if headers else ""


def check_rosters_exclude(rosters: Mapping[str, Roster], frames: Mapping[str, pl.DataFrame]) -> list[Finding]:
    """V08: the same person in two rosters; a soldier or prisoner who may enrol stands as exempt, too (HN-05)."""
    codes = [
        code for code in codes_of(rosters, RosterRole.ENROLMENT, RosterRole.EXEMPTION) if len(frames.get(code, ()))
    ]
    keys = {code: person_keys(_excluding_volunteers(rosters[code], frames)) for code in codes}
    first = {code: own.unique("cert", keep="first", maintain_order=True) for code, own in keys.items()}
    if not first or not pl.concat([own["cert"] for own in first.values()]).is_duplicated().any():
        return []
    findings = []
    for left in codes:
        for right in codes:
            if left != right:
                findings += _check_pair(rosters[left], keys[left], rosters[right], first[right])
    return findings


def _check_pair(own: Roster, keys: pl.DataFrame, other: Roster, others: pl.DataFrame) -> list[Finding]:
    pairs = keys.join(others, on="cert", suffix="_other", maintain_order="left")
    names = [name_key(pl.col(name).fill_null("")) for name in ("name", "name_other")]
    pairs = pairs.with_columns(one_name=(names[0] == names[1]) | (names[0] == "") | (names[1] == ""))
    return [_two_rosters(own, other, pair) for pair in pairs.iter_rows(named=True)]


def _excluding_volunteers(roster: Roster, frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    frame = frames[roster.code]
    return frame.filter(~is_volunteer(frame)) if roster.role is RosterRole.EXEMPTION else frame


def is_volunteer(frame: pl.DataFrame) -> pl.Series:
    """Return which R3 rows are soldiers or prisoners who volunteer to enrol."""
    return frame.select(pl.col("volunteer") == word("yes_no", "yes")).to_series().fill_null(value=False)


def _two_rosters(own: Roster, other: Roster, pair: dict[str, Any]) -> Finding:
    return build_finding(
        "V08.two_rosters" if pair["one_name"] else "V08.two_persons",
        place_of(own, HEADER, pair["row"]),
        value=pair["cert"],
        other_sheet=other.sheet,
        other_row=pair["row_other"],
        other_name=pair["name_other"],
        where=_parents_column(own),
    )
