"""V02 and V04 of documents that are no citizen's card: another document's number, and what a number tells of a person.

The row rules judge cards of 18 characters and the forms of the others; what a sheet cannot see is judged here.
"""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_rulebook.documents import (
    CARDS,
    FOREIGN_PASSPORT,
    IDENTITY_CARD,
    birth_of,
    is_unusual,
    other_types,
    sex_of,
    trouble,
)
from canbao_rulebook.functions.dates import FIRST_SERIAL, LAST_SERIAL, from_serial
from canbao_rulebook.messages import build_finding
from canbao_validators.row_findings import place_of
from canbao_validators.suggesting import say_trouble, suggest_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from canbao_rulebook.findings import Finding
    from canbao_rulebook.phrases import Text
    from canbao_rulebook.roster import Roster

_NUMBER, _SEX, _BIRTH = "证件号码", "性别", "出生日期"
_OWN = ("row", "cert_type", "cert.computed", "sex.computed", "birth.computed")
_STRANGE_CARD = r"^(?:8[123]0000|9[1-8])[0-9]{11,15}[0-9X]$"  # what a citizen's card never begins with


def check_documents(roster: Roster, frame: pl.DataFrame, *, last_day: date) -> list[Finding]:
    """Return what is wrong with numbers of other documents than citizens' cards. Births end with ``last_day``."""
    if not {"cert_type", "cert_no"} <= roster.by_field.keys():
        return []
    kind, number = pl.col("cert_type").fill_null(""), pl.col("cert.computed").fill_null("")
    card = kind.is_in(["", *CARDS])
    rows = frame.filter((number != "") & (~card | number.str.contains(_STRANGE_CARD)))
    columns = [name for name in (*_OWN, "sex", "birth") if name in frame.columns]
    findings: list[Finding] = []
    for row in rows.select(columns).iter_rows(named=True):
        findings += _judge(_Row(roster, row), last_day)
    return findings


class _Row:
    """A row, and how to speak of one of its cells."""

    def __init__(self, roster: Roster, row: dict[str, Any]) -> None:
        self.roster, self.row = roster, row
        self.kind: str = row["cert_type"] or IDENTITY_CARD
        self.number: str = row["cert.computed"]

    def say(self, key: str, header: str = _NUMBER, value: str = "", **params: Text) -> Finding:
        place = place_of(self.roster, header, self.row["row"])
        told: dict[str, Any] = {"cert_type": self.kind, **params}
        return build_finding(key, place, value=value or self.number, **told)

    def value(self, field: str) -> Any:
        """Return what stands in a cell: what was typed, or what its formula gives."""
        typed = self.row.get(field)
        blank = typed is None or typed == "" or (isinstance(typed, float) and isnan(typed))
        return self.row.get(f"{field}.computed") if blank else typed

    @property
    def birth(self) -> date | None:
        serial = self.value("birth")
        known = isinstance(serial, float | int) and FIRST_SERIAL <= serial <= LAST_SERIAL
        return from_serial(serial) if known else None


def _judge(row: _Row, last_day: date) -> Iterator[Finding]:
    if trouble(row.kind, row.number) and row.kind not in CARDS:
        return  # V02.form said it
    certain = next(other_types(row.kind, row.number, certain=True), "")
    if certain and row.kind in {IDENTITY_CARD, FOREIGN_PASSPORT}:
        yield row.say("V02.other_type", kind=certain)
    elif row.kind == FOREIGN_PASSPORT:
        likely = next(other_types(row.kind, row.number, certain=False), "")
        if likely:
            yield row.say("V02.maybe_type", kind=likely)
    elif is_unusual(row.kind, row.number):
        reason = say_trouble(row.kind, row.number)
        proposed = suggest_document(row.number, row.kind)
        yield row.say("V02.form_unusual", reason=reason, suggestion=proposed)
    if row.kind not in CARDS:
        yield from _compare(row, last_day)


def _compare(row: _Row, last_day: date) -> Iterator[Finding]:
    """V04: sex and birth date as typed against what the number tells."""
    sex, born = sex_of(row.kind, row.number), birth_of(row.kind, row.number)
    if sex and row.value("sex") not in {None, "", sex}:
        yield row.say("V04.sex", _SEX, str(row.value("sex")), expected=sex)
    if born is None:
        return
    if (born.year, born.month, born.day) > (last_day.year, last_day.month, last_day.day):
        yield row.say("V02.future", birth_text=str(born))
    elif row.birth is not None and not born.fits(row.birth):
        yield row.say("V04.birth", _BIRTH, row.birth.isoformat(), expected=str(born))
