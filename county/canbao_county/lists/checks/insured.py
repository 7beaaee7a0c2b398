"""V12, V13, V14: persons who enrol although a list of others says that they are insured, away or dead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_county.lists.checks.matter import NotMade, kind_name, person_place, yuan_of
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.phrases import Phrases
from canbao_rulebook.vocabulary import load_lists, small_words
from canbao_validators.display import show_date
from canbao_validators.normalise.names import listed_name_key, name_key, names_fit

if TYPE_CHECKING:
    from canbao_county.lists.checks.matter import Matter
    from canbao_county.lists.persons import ListedPersons
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.people import Status

_NONE = load_lists()["subsidy_kinds"]["none"]
_FORBIDDEN = ("forbidden", "forbidden_by_default")
_MESSAGES = {
    "employee": "V12.listed",
    "school": "V12.listed",
    "elsewhere": "V12.listed",
    "soldiers": "V13.listed",
    "prisoners": "V13.listed",
}


def check_insured(matter: Matter) -> None:
    """V12, V13 and V14: held against the lists of insured persons, of soldiers and of prisoners."""
    for kind, key in _MESSAGES.items():
        check = key.partition(".")[0]
        status = status_of(matter.policy, kind)
        if status is None or status.enrol not in _FORBIDDEN:
            matter.not_made.append(NotMade(check, kind, "policy"))
        elif matter.require(check, kind):
            _check_kind(matter, kind, key, status)


def status_of(policy: Policy, kind: str) -> Status | None:
    """Return in which of the policy's statuses whoever stands on a kind of list is; None for none of them."""
    known = {status.code: status for status in policy.eligibility.statuses}
    return next((known[code] for code in load_list_kinds()[kind].statuses if code in known), None)


def barred_persons(applicants: pl.DataFrame, listed: ListedPersons, policy: Policy) -> pl.DataFrame:
    """Return ``key, unsubsidised`` of those who enrol although a list says that they cannot (HN-03, HN-05, HN-10).

    Who states the status is judged by the row itself; who died after paying was alive when it mattered.
    ``unsubsidised``: nobody of that status is subsidised.
    """
    parts = [pl.DataFrame(schema={"cert": pl.String, "unsubsidised": pl.Boolean})]
    for kind in _MESSAGES:
        status, frame = status_of(policy, kind), listed.current(kind)
        if status is None or status.enrol not in _FORBIDDEN or frame is None:
            continue
        never = pl.lit(status.subsidy == "forbidden")
        parts.append(_unstated(applicants, frame, status).select("cert", unsubsidised=never))
    dead = listed.usable("deaths")
    if dead is not None:
        found = _join(applicants.filter(~pl.col("forbidden")), dead).filter(~_alive())
        parts.append(found.select("cert", unsubsidised=pl.lit(value=True)))
    return pl.concat(parts).group_by("cert").agg(pl.col("unsubsidised").any())


def _unstated(applicants: pl.DataFrame, frame: pl.DataFrame, status: Status) -> pl.DataFrame:
    unstated = (pl.col("status").cast(pl.String) != status.label) & ~pl.col("forbidden")
    return _join(applicants.filter(unstated), frame)


def _alive() -> pl.Expr:
    """Whether a person was alive when the premium was paid."""
    paid_on = pl.col("pay_date").fill_nan(None)
    return ((pl.col("received") > 0) & (pl.col("died_on") >= paid_on)).fill_null(value=False)


def _check_kind(matter: Matter, kind: str, key: str, status: Status) -> None:
    listed = matter.listed.current(kind)
    assert listed is not None
    source = matter.policy.article(status.ref)
    for row in _unstated(matter.applicants, listed, status).iter_rows(named=True):
        told = {"name": row["name"], "what": kind_name(kind), "other_row": str(row["row_listed"])}
        more = {"places": _details(row), "paid": yuan_of(row["received"]), "status": f"“{status.label}”"}
        matter.add(key, person_place(row), value=row["cert"], source=source, **told, **more)
        if status.subsidy == "forbidden" and row["row_subsidy_kind"] not in {"", None, _NONE}:
            claimed = {"category": row["row_category"] or ""}
            matter.add("V14.listed", person_place(row), value=row["cert"], source=source, **told, **claimed)


def check_deceased(matter: Matter) -> None:
    """V12: persons on the list of the dead; who died after paying is another matter."""
    if not matter.require("V12", "deaths"):
        return
    listed = matter.listed.usable("deaths")
    assert listed is not None
    found = _join(matter.applicants.filter(~pl.col("forbidden")), listed).with_columns(alive=_alive())
    for row in found.iter_rows(named=True):
        matter.add(
            "V12.died_since" if row["alive"] else "V12.deceased",
            person_place(row),
            value=row["cert"],
            name=row["name"],
            what=kind_name("deaths"),
            other_row=str(row["row_listed"]),
            places=_details(row),
            paid=yuan_of(row["received"]),
        )


def _join(people: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of persons on a list, with what it says of each first.

    A row of the list that gives the number to somebody of another name is about somebody else; V10 says so.
    """
    told = listed.with_columns(listed_key=listed_name_key(pl.col("name"))).drop("name")
    placed = people.with_row_index("place_of_row")
    met = placed.join(told, left_on="cert", right_on="cert_no", suffix="_listed", maintain_order="left")
    met = met.filter(names_fit(name_key(pl.col("name").cast(pl.String)), pl.col("listed_key")))
    return met.unique("place_of_row", keep="first", maintain_order=True).drop("place_of_row", "listed_key")


def _details(row: dict[str, Any]) -> Phrases:
    """Return what else the list says of a person: where insured, since when, date of death or of release."""
    texts = [row.get("insurer"), row.get("place") if "insurer" in row else ""]
    days = [row.get(name) for name in ("since", "died_on", "release")]
    texts += [show_date(day) for day in days if day is not None]
    return Phrases([small_words("then", text=text) for text in texts if text])
