"""V38: persons of last year's list, or of the population, who have neither a row nor an exemption this year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from canbao_county.lists.checks.matter import Matter


def check_lapsed(matter: Matter) -> None:
    """V38: told township by township, where the list names it (断保, 漏保)."""
    said = pl.DataFrame(schema={"cert_no": pl.String})
    for kind, key in (("last_year", "V38.lapsed"), ("population", "V38.not_registered")):
        if not matter.require("V38", kind):
            continue
        absent = find_absent(matter, kind).join(said, on="cert_no", how="anti", maintain_order="left")
        for row in matter.handed_in(absent, "V38", kind).iter_rows(named=True):
            place = matter.list_place(row)
            matter.add(key, place, value=row["cert_no"], name=row["name"], places=matter.describe(row))
        said = pl.concat([said, absent.select("cert_no")])


def find_absent(matter: Matter, kind: str) -> pl.DataFrame:
    """Return the rows of a list whose persons stand in no roster and on no list that explains it, once each."""
    frame = matter.listed.residents(kind)
    if frame is None:
        return pl.DataFrame()
    absent = frame.join(matter.keys, left_on="cert_no", right_on="cert", how="anti", maintain_order="left")
    return absent.join(matter.listed.explain(absent), on=["cert_no", "name"], how="anti", maintain_order="left")
