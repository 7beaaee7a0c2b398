"""The forms of the county's register (desk.yaml): where its files lie and what its buttons are asked for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

from canbao_rulebook.day_formats import DAY_FORMATS
from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.table_specs import load_table
from canbao_rulebook.tables import DropDown
from canbao_rulebook.vocabulary import report_words
from canbao_rulebook.yaml_text import read_data
from canbao_validators.reading.own_tables import find_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.tables import TableSheet
    from canbao_validators.reading.raw import RawWorkbook

SETTINGS, IMPORTS = "settings", "imports"
ALL_REPORTS, YES = "全部", "是"
ENCODINGS = ("utf-8-sig", "gb18030", "gbk")
_PREVIEW_GAP = 2  # rows between the form and what is listed below it


@dataclass(frozen=True)
class Form:
    """One form: its sheet, and the lines by field: what each is called, and what is said beside it."""

    sheet: str
    title: str
    notes: Sequence[str]
    labels: Mapping[str, str]
    remarks: Mapping[str, str]

    @property
    def first_row(self) -> int:
        """The row of the first line."""
        return load_table("form").make([], self.notes, sheet=self.sheet, title="").header_row + 1

    @property
    def below(self) -> int:
        """The first row of what is listed below the lines."""
        return self.first_row + len(self.labels) + _PREVIEW_GAP - 1

    def row(self, field: str) -> int:
        """Return the row of a line."""
        return self.first_row + list(self.labels).index(field)


@cache
def load_form(name: str) -> Form:
    """Return a form by its name."""
    given = read_data("desk.yaml")[name]
    fields = given["fields"]
    return Form(
        given["sheet"],
        given["title"],
        tuple(given["notes"]),
        {field: line["label"] for field, line in fields.items()},
        {field: line["remark"] for field, line in fields.items()},
    )


def form_sheet(name: str, values: Mapping[str, str], policy: Policy | None, begin: str) -> TableSheet:
    """Return a form as a sheet, filled with what is known; ``policy`` says what there is to choose from."""
    form = load_form(name)
    rows = [
        {"label": label, "value": values.get(field, ""), "remark": form.remarks[field]}
        for field, label in form.labels.items()
    ]
    title = form.title.format(begin=begin)
    sheet = load_table("form").make(rows, form.notes, sheet=form.sheet, title=title)
    words = _choices(policy) if policy else {}
    lines = list(form.labels)
    header = sheet.columns[1].header
    offered = [DropDown(header, words[field], lines.index(field), strict=False) for field in lines if words.get(field)]
    return replace(sheet, drop_downs=offered)


def read_form(raw: RawWorkbook, name: str) -> dict[str, str]:
    """Return what a form of a register says; nothing where the register has none yet."""
    form, columns = load_form(name), load_table("form").columns
    label, value = columns["label"].header, columns["value"].header
    table = find_table(raw.sheets.get(form.sheet), {label, value})
    found = {} if table is None else {texts[label].strip(): texts[value].strip() for _, texts in table.texts()}
    return {field: found[word] for field, word in form.labels.items() if found.get(word)}


def report_codes(text: str) -> tuple[str, ...]:
    """Return the codes of the reports that a form asks for; none for all that the policy wants."""
    return () if text in {"", ALL_REPORTS} else (text.split(maxsplit=1)[0].upper(),)


def parse_day(value: object) -> date | None:
    """Return the day of a form's cell, None for an empty one. Raises ValueError."""
    if isinstance(value, datetime):
        return value.date()
    text = str(value or "").strip()
    if not text:
        return None
    if text.replace(".", "", 1).isdigit() and len(text) < len("20201120"):
        return from_serial(float(text))
    for form in DAY_FORMATS:
        with suppress(ValueError):
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no time zone
    raise ValueError(text)


def _choices(policy: Policy) -> dict[str, Sequence[str]]:
    """Return the words to choose from by field."""
    names = report_words()["names"]
    return {
        "report": [ALL_REPORTS, *(f"{code} {names[code]}" for code in names)],
        "export": [mapping.name for mapping in policy.export],
        "encoding": ENCODINGS,
        "kind": [kind.name for kind in load_list_kinds().values()],
        "agency": [agency.name for agency in policy.org.agencies.values()],
        "category": [category.name for category in policy.subsidy.categories],
        "split": [YES],
    }
