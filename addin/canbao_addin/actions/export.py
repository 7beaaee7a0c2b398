"""A file for another system: everybody who is enrolled, by the mapping in the policy file; whole or not at all."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field, replace
from math import isnan
from typing import TYPE_CHECKING, Any

from canbao_addin.actions.handed_in import open_merge
from canbao_addin.actions.results import keep_text, require_other
from canbao_addin.texts import CannotRunError
from canbao_county.merge.rows import part_rows
from canbao_generator.atomic import atomic_write
from canbao_rulebook.cell_text import clean_text
from canbao_rulebook.findings import Finding, Place
from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.masking import mask_text
from canbao_rulebook.messages import build_finding, render_all
from canbao_rulebook.money import format_yuan
from canbao_rulebook.named_amounts import adult_age
from canbao_rulebook.phrases import enumerate_words
from canbao_rulebook.policy.exports import code_lists
from canbao_rulebook.vocabulary import list_words, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from canbao_addin.actions.handed_in import HandedIn, Progress
    from canbao_county.merge.merging import Merge
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.funds import ExportColumn, ExportMapping

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_TAGS = {word("population_tags", code) for code in ("newborn", "preschool", "pupil", "student")}
_UNNAMED = "政府资助"  # in the place of a confidential category
_DATES = {"date": "%Y-%m-%d", "compact_date": "%Y%m%d", "month": "%Y%m"}
# Names of fields in a mapping and in the rows of the merge, where they differ.
_FIELDS = {
    "cert_no": "cert",
    "village": "place_or_class",
    "self_paid": "received",
}
_DAYS = frozenset({"birth", "pay_date", "benefit_start", "benefit_end"})
_MONEY = frozenset({"premium", "gov_direct", "self_due", "self_paid", "rebate_due"})
_NEEDED = _MONEY | {"benefit_start", "benefit_end", "category", "subsidy_kind"}  # unknown only where the policy is


@dataclass
class Exported:
    """What an export came to. ``quoted``: cells that a spreadsheet would have taken for a formula."""

    policy: str
    name: str
    file: str
    rows: int = 0
    quoted: int = 0
    findings: list[Finding] = field(default_factory=list)

    def as_dict(self, lang: str) -> dict[str, object]:
        """Return the JSON of the command-line contract."""
        return {
            "policy": self.policy,
            "format": self.name,
            "file": self.file,
            "rows": self.rows,
            "quoted": self.quoted,
            "findings": render_all(self.findings, lang),
        }


class _DiscardedError(Exception):
    """Something stands in the way of the file: what was written so far is thrown away."""


def find_mapping(policy: Policy, name: str) -> ExportMapping:
    """Return a mapping of the policy file by name. Raises CannotRunError."""
    found = next((mapping for mapping in policy.export if mapping.name == name), None)
    if found is None:
        known = enumerate_words([mapping.name for mapping in policy.export] or "—")
        raise CannotRunError("export_unknown", name=name, known=known)
    return found


def export_folder(
    handed_in: HandedIn, target: Path, mapping: ExportMapping, encoding: str, progress: Progress
) -> Exported:
    """Merge a folder and write who is enrolled; no file where anything cannot be said. Raises CannotRunError."""
    require_other(target, [handed_in.decisions])
    keep_text(target, _head(mapping, encoding))
    with open_merge(replace(handed_in, results=(target,)), progress) as (merge, *_):
        if merge.township is not None:
            raise CannotRunError("report_needs_townships")
        return write_export(merge, mapping, target, encoding)


def write_export(merge: Merge, mapping: ExportMapping, target: Path, encoding: str) -> Exported:
    """Write the file of a merge. Raises CannotRunError when it cannot be written."""
    done = Exported(merge.book.policy.meta.id, mapping.name, target.name)
    writer = _Writer(merge.book.policy, mapping, encoding, done)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(target) as stream:
            stream.write(_head(mapping, encoding))
            for part in merge.parts:
                rows = part_rows(merge, part).filter("enrolled")
                stream.write(_as_csv(writer.lines(rows, part.file), encoding))
            writer.finish()
    except _DiscardedError:
        done.rows = 0
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble
    return done


def _head(mapping: ExportMapping, encoding: str) -> bytes:
    """Return the line of headers, which an earlier result of the mapping begins with."""
    return _as_csv([[column.header for column in mapping.columns]], encoding, first=True)


def _as_csv(lines: Sequence[Sequence[str]], encoding: str, *, first: bool = False) -> bytes:
    """Return lines as CSV; the mark of UTF-8 stands once, at the start."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([clean_text(cell) for cell in line] for line in lines)
    used = "utf-8" if encoding == "utf-8-sig" and not first else encoding
    return text.getvalue().encode(used, errors="replace")


class _Writer:
    """Turns rows into lines, and notes what stands in the way."""

    def __init__(self, policy: Policy, mapping: ExportMapping, encoding: str, done: Exported) -> None:
        self.policy, self.mapping, self.encoding, self.done = policy, mapping, encoding, done
        self.codes = [{**code_lists().get(column.codes_from or "", {}), **column.codes} for column in mapping.columns]
        self.hidden = set(policy.subsidy.confidential_names)
        self.unknown: dict[str, list[Place]] = {}
        self.told: set[tuple[str, str]] = set()

    def lines(self, rows: pl.DataFrame, file: str) -> list[list[str]]:
        """Return the cells of every person."""
        lines = []
        for row in rows.iter_rows(named=True):
            place = Place(row["sheet"], row["row"], file=file)
            lines.append([self._cell(index, column, row, place) for index, column in enumerate(self.mapping.columns)])
            self.done.rows += 1
        return lines

    def finish(self) -> None:
        """Tell the columns whose value the policy does not know (V40). Raises _DiscardedError after any finding."""
        for header, places in self.unknown.items():
            params: dict[str, Any] = {"column": header, "count": len(places), "row": places[0].row}
            self.done.findings.append(build_finding("V40.export", places[0], **params))
        if self.done.findings:
            raise _DiscardedError

    def _cell(self, index: int, column: ExportColumn, row: Mapping[str, Any], place: Place) -> str:
        text = column.value if column.value is not None else self._text(column, row)
        if text is None:
            self.unknown.setdefault(column.header, []).append(place)
            return ""
        if self.codes[index]:
            text = self._translate(index, column, text, place)
        if text.startswith(_FORMULA_STARTS):
            text, self.done.quoted = f"'{text}", self.done.quoted + 1
        self._require_encodable(column, text, row, place)
        return text

    def _text(self, column: ExportColumn, row: Mapping[str, Any]) -> str | None:
        """The value as text; None where the policy does not know it."""
        name = column.field or ""
        meta = self.policy.meta
        fixed = {"policy_year": str(meta.policy_year), "region": meta.gb2260, "county": meta.county}
        if name in fixed:
            return fixed[name]
        if name == "person_type":
            return _person_type(row, self.policy)
        value = row[_FIELDS.get(name, name)]
        if name == "category" and value in self.hidden:
            return _UNNAMED
        missing = value is None or (isinstance(value, float) and isnan(value))
        if missing:
            return None if name in _NEEDED else ""
        if name in _DAYS:
            return from_serial(value).strftime(_DATES.get(column.format or "date", _DATES["date"]))
        if name in _MONEY:
            return str(value) if column.format == "fen" else format_yuan(value)
        return str(value)

    def _translate(self, index: int, column: ExportColumn, text: str, place: Place) -> str:
        if not text or text in self.codes[index]:
            return self.codes[index].get(text, "")
        if (column.header, text) not in self.told:
            self.told.add((column.header, text))
            finding = build_finding("V41.export_code", place, value=text, column=column.header)
            self.done.findings.append(finding)
        return ""

    def _require_encodable(self, column: ExportColumn, text: str, row: Mapping[str, Any], place: Place) -> None:
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError as trouble:
            character = text[trouble.start]
            self.done.findings.append(
                build_finding(
                    "V41.export_character",
                    place,
                    value=character,
                    name=row["name"],
                    masked=mask_text(row["cert"]),
                    column=column.header,
                    code=f"U+{ord(character):04X}",
                    encoding=self.encoding,
                )
            )


def _person_type(row: Mapping[str, Any], policy: Policy) -> str:
    """The kind of person as the code list names it: what the roster says, else by age."""
    tag = row["population_tag"]
    if tag in _TAGS:
        return str(tag)
    if row["school"]:
        in_college = row["grade"] in list_words("college_grades", policy)
        return word("population_tags", "student" if in_college else "pupil")
    age = row["age"]
    return "未成年" if age is not None and age < adult_age(policy) else "成年"
