"""V33: what rosters, tax office and medical-insurance bureau say of each person's money. Nothing is netted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_county.lists.checks.matter import person_place, yuan_of
from canbao_rulebook.vocabulary import small_words, word

if TYPE_CHECKING:
    from canbao_county.lists.checks.matter import Matter
    from canbao_rulebook.findings import Place
    from canbao_rulebook.phrases import Text

_SAID = ("file", "sheet", "letter", "row", "name")


def check_arrivals(matter: Matter) -> None:
    """V33: person by person and to the fen, between every two of the three that there are."""
    have_tax, have_mib = matter.require("V33", "tax"), matter.require("V33", "mib")
    source = _article(matter)
    if have_tax:
        _roster_and_tax(matter, source)
    if have_tax and have_mib:
        _tax_and_mib(matter, source)
    elif have_mib:
        _roster_and_mib(matter, source)


def _article(matter: Matter) -> str:
    """Return the articles that ask for accounts between tax and others."""
    about = [(entry.ref, "".join(entry.items)) for entry in matter.policy.reconciliation]
    return matter.policy.articles(ref for ref, items in about if "税" in items or "tax" in items)


def _roster(matter: Matter) -> pl.DataFrame:
    """Return one row a person: what was paid by the person and by government, and the first row that says so."""
    fen = {name: pl.col(column).fill_null(0).sum() for name, column in _MONEY.items()}
    read = matter.applicants.select("cert", "pay_date", *_MONEY.values(), *_SAID)
    paid_first = read.sort(pl.col("received") > 0, descending=True, maintain_order=True)
    return paid_first.group_by("cert", maintain_order=True).agg(
        **fen,
        pay_date=pl.col("pay_date").fill_nan(None).max(),
        **{name: pl.col(name).first() for name in _SAID},
    )


_MONEY = {"own": "received", "direct": "gov_direct"}


def _arrived(matter: Matter, kind: str) -> pl.DataFrame:
    """Return one row a person: the sum that arrived (null where the list has no amounts), and the first row."""
    frame = matter.listed.usable(kind)
    assert frame is not None
    if "registered" in frame.columns:
        frame = frame.filter(pl.col("registered") != word("yes_no", "no"))
    fen = (pl.col("amount") * 100).round(0).cast(pl.Int64)
    places = [pl.col(name).first() for name in ("name", "row", "part", "list", "township", "village")]
    sums = frame.group_by("cert_no", maintain_order=True).agg(
        pl.when(pl.col("amount").is_not_null().any()).then(fen.sum()).alias("fen"), *places
    )
    return sums.filter(pl.col("fen").is_null() | (pl.col("fen") != 0)).rename({"cert_no": "cert"})


def _as_of(matter: Matter, kind: str) -> float | None:
    """Return the last day of a list; payments of later days cannot stand in it yet."""
    frame = matter.listed.usable(kind)
    last = None if frame is None else frame["pay_date"].max()
    return float(last) if isinstance(last, int | float) else None


def _due_by(kind_day: float | None) -> pl.Expr:
    if kind_day is None:
        return pl.lit(value=True)
    return pl.col("pay_date").is_null() | (pl.col("pay_date") <= kind_day)


def _roster_and_tax(matter: Matter, source: str) -> None:
    roster, tax = _roster(matter), _arrived(matter, "tax")
    late = roster.filter((pl.col("own") > 0) & _due_by(_as_of(matter, "tax")))
    for row in late.join(tax, on="cert", how="anti", maintain_order="left").iter_rows(named=True):
        _say(matter, "V33.not_in_tax", person_place(row), row, source, expected=row["own"])
    unknown = tax.join(matter.keys, on="cert", how="anti", maintain_order="left")
    for row in matter.handed_in(unknown, "V33", "tax").iter_rows(named=True):
        _say(matter, "V33.tax_only", matter.list_place(row), row, source, found=row["fen"], places=matter.describe(row))
    exempt = tax.join(roster, on="cert", how="anti").join(matter.keys, on="cert", how="semi", maintain_order="left")
    for row in exempt.iter_rows(named=True):
        _say(matter, "V33.exempt", matter.list_place(row), row, source, found=row["fen"], places=matter.describe(row))
    both = roster.join(tax, on="cert", suffix="_tax", maintain_order="left")
    fits = (pl.col("fen") == pl.col("own")) | (pl.col("fen") == pl.col("own") + pl.col("direct"))
    for row in both.filter(~fits).iter_rows(named=True):
        key = "V33.tax_amount" if row["own"] else "V33.unpaid"
        _say(matter, key, person_place(row), row, source, expected=row["own"], found=row["fen"])


def _tax_and_mib(matter: Matter, source: str) -> None:
    roster, tax, mib = _roster(matter), _arrived(matter, "tax"), _arrived(matter, "mib")
    dated = tax.join(_last_days(matter), on="cert", how="left", maintain_order="left")
    late = dated.filter(_due_by(_as_of(matter, "mib"))).join(mib, on="cert", how="anti", maintain_order="left")
    alone = mib.filter(pl.col("fen").is_not_null()).join(tax, on="cert", how="anti", maintain_order="left")
    both = tax.join(mib, on="cert", suffix="_mib", maintain_order="left").filter(pl.col("fen") != pl.col("fen_mib"))
    told = pl.concat([late["cert"], alone["cert"], both["cert"]]).unique()  # few: not all become objects
    known = {row["cert"]: row for row in roster.filter(pl.col("cert").is_in(told.implode())).iter_rows(named=True)}
    direct = {key: own["direct"] for key, own in known.items()}
    for row in late.iter_rows(named=True):
        _say(matter, "V33.not_in_mib", _best_place(matter, known, row), row, source, expected=row["fen"])
    for row in alone.iter_rows(named=True):
        if row["fen"] != direct.get(row["cert"], 0):
            place, places = _best_place(matter, known, row), matter.describe(row)
            _say(matter, "V33.mib_only", place, row, source, found=row["fen"], places=places)
    for row in both.iter_rows(named=True):
        if row["fen_mib"] != row["fen"] + direct.get(row["cert"], 0):
            place = _best_place(matter, known, row)
            _say(matter, "V33.mib_amount", place, row, source, expected=row["fen"], found=row["fen_mib"])


def _last_days(matter: Matter) -> pl.DataFrame:
    frame = matter.listed.usable("tax")
    assert frame is not None
    return frame.group_by(cert="cert_no").agg(pl.col("pay_date").max())


def _roster_and_mib(matter: Matter, source: str) -> None:
    roster, mib = _roster(matter), _arrived(matter, "mib")
    late = roster.filter((pl.col("own") > 0) & _due_by(_as_of(matter, "mib")))
    for row in late.join(mib, on="cert", how="anti", maintain_order="left").iter_rows(named=True):
        _say(matter, "V33.not_in_mib_roster", person_place(row), row, source, expected=row["own"])
    both = roster.join(mib, on="cert", suffix="_mib", maintain_order="left").filter(pl.col("fen").is_not_null())
    total = pl.col("own") + pl.col("direct")
    for row in both.filter((pl.col("fen") != pl.col("own")) & (pl.col("fen") != total)).iter_rows(named=True):
        expected = row["own"] + row["direct"]
        _say(matter, "V33.mib_roster_amount", person_place(row), row, source, expected=expected, found=row["fen"])


def _best_place(matter: Matter, known: dict[str, dict[str, Any]], row: dict[str, Any]) -> Place:
    own = known.get(row["cert"])
    return person_place(own) if own else matter.list_place(row)


def _say(
    matter: Matter,
    key: str,
    place: Place,
    row: dict[str, Any],
    source: str,
    *,
    expected: int | None = None,
    found: int | None = None,
    places: Text = "",
) -> None:
    where = small_words("then", text=places) if places else ""
    told = {"expected": yuan_of(expected), "found": yuan_of(found), "places": where}
    matter.add(key, place, value=row["cert"], source=source, name=row["name"], **told)
