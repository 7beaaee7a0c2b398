"""V10: numbers that a list of others gives to somebody else than the roster, by the names beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_county.lists.checks.matter import kind_name, person_place
from canbao_rulebook.findings import Severity
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_validators.normalise.names import listed_name_key, name_key, names_fit

if TYPE_CHECKING:
    from canbao_county.lists.checks.matter import Matter
    from canbao_county.lists.checks.owners import Owners

_OWNER = "owner"
_PLACE = ("file", "sheet", "letter", "row")


def check_names(matter: Matter, owners: Owners) -> None:
    """V10: the names of rosters against those of every list about persons; once a person and kind of list."""
    named = matter.people.filter(pl.col("name") != "").with_columns(name_key=name_key(pl.col("name")))
    for kind, spec in load_list_kinds().items():
        listed = matter.listed.usable(kind) if spec.about_persons else None
        if listed is not None:
            secret = _secret_rows(owners) if kind == _OWNER else set()
            for row in _strangers(named, listed).iter_rows(named=True):
                _say(matter, kind, row, inside=(row["list"], row["row_listed"]) in secret)


def _secret_rows(owners: Owners) -> set[tuple[int, int]]:
    """Return the rows of owners' lists that may not leave the county: not even that a person stands there."""
    secret = [entry.code for entry in owners.matter.policy.subsidy.categories if entry.confidential]
    return set(owners.rows.filter(pl.col("code").is_in(secret)).select("list", "row").iter_rows())


def _strangers(named: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """Return roster rows whose number a list gives to others only, once a number; ``other_*`` is who has theirs."""
    told = listed.filter(pl.col("name") != "").select(
        "list", "part", cert="cert_no", row_listed="row", listed="name", listed_key=listed_name_key(pl.col("name"))
    )
    both = named.select("cert", "name", "name_key", *_PLACE).join(told, on="cert", maintain_order="left")
    same = ["cert", "name_key", "list"]
    fits = names_fit(pl.col("name_key"), pl.col("listed_key")).any().over(same)
    strangers = both.filter(~fits).unique(same, keep="first", maintain_order=True)
    pair = ["list", "name_key", "listed_key"]
    partners = strangers.select(
        "list", name_key="listed_key", listed_key="name_key", **{f"other_{name}": name for name in _PLACE}
    ).unique(pair, keep="first", maintain_order=True)
    return strangers.join(partners, on=pair, how="left", maintain_order="left").unique(
        "cert", keep="first", maintain_order=True
    )


def _say(matter: Matter, kind: str, row: dict[str, Any], *, inside: bool) -> None:
    entry, from_owner = matter.lists.stored[row["list"]], kind == _OWNER
    agency = matter.policy.org.agencies.get(entry.agency)
    place = matter.lists.place({**row, "row": row["row_listed"]}) if inside else person_place(row)
    told = {"name": row["name"], "other_name": row["listed"], "other_row": str(row["row_listed"])}
    if row["other_file"] is not None:
        key = "V10.exchanged"
        told |= {name: str(row[name]) for name in ("other_file", "other_sheet")}
        told["other_cell"] = f"{row['other_letter']}{row['other_row']}"
    else:
        key = "V10.owner_name" if from_owner else "V10.listed_name"
    severity = Severity.ERROR if from_owner else Severity.WARNING
    matter.add(
        key, place, value=row["cert"], severity=severity, what=agency.name if agency else kind_name(kind), **told
    )
