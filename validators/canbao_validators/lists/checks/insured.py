"""V12, V13, V14: persons who enrol although a list of others says that they are insured, away or dead."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.list_kinds import load_list_kinds
from canbao_validators.display import show_date
from canbao_validators.lists.checks.matter import NotMade, kind_name, person_place, yuan_of

if TYPE_CHECKING:
    from canbao_rulebook.policy.people import Status
    from canbao_validators.lists.checks.matter import Matter

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
        codes = load_list_kinds()[kind].statuses
        known = {status.code: status for status in matter.policy.eligibility.statuses}
        status = next((known[code] for code in codes if code in known), None)
        if status is None or status.enrol not in _FORBIDDEN:
            matter.not_made.append(NotMade(check, kind, "policy"))
        elif matter.require(check, kind):
            _check_kind(matter, kind, key, status)


def _check_kind(matter: Matter, kind: str, key: str, status: Status) -> None:
    listed = matter.listed.current(kind)
    assert listed is not None
    unstated = matter.applicants.filter((pl.col("status") != status.label) & ~pl.col("forbidden"))
    source = matter.policy.article(status.ref)
    for row in _join(unstated, listed).iter_rows(named=True):
        told = {"name": row["name"], "what": kind_name(kind), "other_row": str(row["row_listed"])}
        more = {"places": _details(row), "paid": yuan_of(row["received"]), "status": f"“{status.label}”"}
        matter.add(key, person_place(row), value=row["key"], source=source, **told, **more)
        if status.subsidy == "forbidden" and row["claims"]:
            matter.add("V14.listed", person_place(row), value=row["key"], source=source, **told)


def check_deceased(matter: Matter) -> None:
    """V12: persons on the list of the dead; who died after paying is another matter."""
    if not matter.require("V12", "deaths"):
        return
    listed = matter.listed.usable("deaths")
    assert listed is not None
    for row in _join(matter.applicants.filter(~pl.col("forbidden")), listed).iter_rows(named=True):
        died, paid_on = row["died_on"], row["pay_date"]
        alive = died is not None and row["received"] > 0 and not isnan(paid_on) and died >= paid_on
        matter.add(
            "V12.died_since" if alive else "V12.deceased",
            person_place(row),
            value=row["key"],
            name=row["name"],
            what=kind_name("deaths"),
            other_row=str(row["row_listed"]),
            places=_details(row),
            paid=yuan_of(row["received"]),
        )


def _join(people: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of persons on a list, with what it says of each first."""
    once = listed.unique("cert_no", keep="first", maintain_order=True).drop("name")
    return people.join(once, left_on="key", right_on="cert_no", suffix="_listed", maintain_order="left")


def _details(row: dict[str, Any]) -> str:
    """Return what else the list says of a person: where insured, since when, date of death or of release."""
    texts = [row.get("insurer"), row.get("place_listed", row.get("place")) if "insurer" in row else ""]
    days = [row.get(name) for name in ("since", "died_on", "release")]
    return "".join(f"，{text}" for text in [*filter(None, texts), *(show_date(day) for day in days if day is not None)])
