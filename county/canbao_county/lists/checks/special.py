"""V34: persons who are registered and paid for in one sum, but paid through a channel that is closed to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canbao_county.lists.checks.matter import person_place, yuan, yuan_of
from canbao_rulebook.list_kinds import load_list_words
from canbao_rulebook.policy import SubsidyKind
from canbao_rulebook.vocabulary import small_words

if TYPE_CHECKING:
    from canbao_county.lists.checks.matter import Matter
    from canbao_county.lists.checks.owners import Owners
    from canbao_rulebook.phrases import Text

_SPECIAL = ""  # of a roster of their own, or of a category that may not leave the county


def check_special(matter: Matter, owners: Owners) -> None:
    """V34: self payments of special persons, in rosters and in the tax office's list. Each is a case of refund."""
    policy = matter.policy
    closed = [population for population in policy.populations if population.self_channels_forbidden]
    names = {entry.code: entry.name for entry in policy.subsidy.categories if entry.kind is SubsidyKind.SPECIAL_CHANNEL}
    if not closed and not (names and policy.subsidy.rules.bank_and_tax_channels_forbidden):
        return
    rosters = [population.roster for population in closed if population.roster]
    refs = [population.ref for population in closed] or [e.ref for e in policy.subsidy.categories if e.code in names]
    source = policy.article(refs[0])
    special = _special_persons(matter, owners, names, rosters)
    matter.require("V34", "owner")
    found = _check_rosters(matter, special, rosters, source)
    if matter.require("V34", "tax"):
        _check_tax(matter, special.join(found, on="cert", how="anti"), source)


def _special_persons(matter: Matter, owners: Owners, names: dict[str, str], rosters: list[str]) -> pl.DataFrame:
    """Return ``cert`` and ``reason`` (as what the person is known), once each."""
    claims = matter.applicants.explode("claims").filter(pl.col("claims").is_in(list(names)))
    parts = [claims.select("cert", code="claims")]
    rows = owners.rows.filter(pl.col("code").is_in(list(names)) & ~pl.col("ended"))
    parts.insert(0, rows.select("code", cert="cert_no").select("cert", "code"))
    own = matter.applicants.filter(pl.col("roster").is_in(rosters)).select("cert", code=pl.lit(""))
    known = pl.concat([*parts, own]).unique("cert", keep="first", maintain_order=True)
    secret = {entry.code for entry in matter.policy.subsidy.categories if entry.confidential}
    words = {code: _SPECIAL if code in secret else name for code, name in names.items()} | {"": _SPECIAL}
    return known.select("cert", reason=pl.col("code").replace_strict(words, return_dtype=pl.String))


def _check_rosters(matter: Matter, special: pl.DataFrame, rosters: list[str], source: str) -> pl.DataFrame:
    """Say payments in rosters of other populations; whom a department's row names already is told between the rows."""
    central = matter.applicants.filter(pl.col("central")).select("cert")
    rows = matter.applicants.filter((pl.col("received") > 0) & ~pl.col("roster").is_in(rosters))
    rows = rows.join(central, on="cert", how="anti", maintain_order="left")
    paying = rows.join(special, on="cert", maintain_order="left")
    for row in paying.iter_rows(named=True):
        told = {"name": row["name"], "reason": _said(row["reason"]), "paid": yuan_of(row["received"])}
        matter.add("V34.self_paid", person_place(row), value=row["cert"], source=source, **told)
    return paying.select("cert").unique()


def _said(name: str) -> Text:
    return f"“{name}”" if name else small_words("special")


def _check_tax(matter: Matter, special: pl.DataFrame, source: str) -> None:
    tax = matter.listed.usable("tax")
    assert tax is not None
    others = "|".join(load_list_words("paid_by_others")[0])
    own = tax.filter((pl.col("amount") > 0) & ~pl.col("channel").str.contains(others))
    for row in own.join(special, left_on="cert_no", right_on="cert", maintain_order="left").iter_rows(named=True):
        matter.add(
            "V34.tax" if row["channel"] else "V34.tax_unclear",
            matter.list_place(row),
            value=row["cert_no"],
            source=source,
            name=row["name"],
            reason=_said(row["reason"]),
            paid=yuan(row["amount"]),
            other_row=str(row["row"]),
            what=row["channel"],
        )
