"""The message catalogue: every sentence a clerk can read about a finding stands in messages/ and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import Any

from canbao_rulebook.findings import Finding, Place, Severity
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import list_names, read_text

LANGUAGES = ("zh", "en")
_SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}


@dataclass(frozen=True, slots=True)
class Message:
    """One kind of finding. ``text`` says what is wrong and why, ``fix`` how to mend it; both are templates.

    ``once``: what concerns whole sheets is said once a sheet, with the number of rows, and not row by row.
    """

    key: str
    code: str
    severity: Severity
    short: str
    text: dict[str, str]
    fix: dict[str, str]
    source: str
    once: bool = False

    def placeholders(self) -> set[str]:
        """Return the names that the templates ask for."""
        templates = [*self.text.values(), *self.fix.values()]
        return {name for template in templates for _, name, _, _ in Formatter().parse(template) if name}


@cache
def load_catalogue() -> dict[str, Message]:
    """Return all messages by key, e.g. ``V02.length``; the code is what stands before the first dot."""
    files = [parse_yaml(read_text(f"messages/{name}.yaml")) for name in list_names("messages", ".yaml")]
    assert len({key for entries in files for key in entries}) == sum(map(len, files)), "a key has one home"
    return {key: _build(key, entry) for entries in files for key, entry in entries.items()}


def _build(key: str, entry: dict[str, Any]) -> Message:
    return Message(
        key=key,
        code=key.partition(".")[0],
        severity=_SEVERITIES[entry["severity"]],
        short=entry["short"],
        text={"zh": entry["zh"], "en": entry["en"]},
        fix={"zh": entry["fix"], "en": entry["fix_en"]},
        source=entry["source"],
        once=bool(entry.get("once")),
    )


class _Blank(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return ""


def build_finding(
    key: str,
    place: Place,
    *,
    value: str = "",
    lang: str = "zh",
    severity: Severity | None = None,
    source: str = "",
    **params: object,
) -> Finding:
    """Return the finding that message ``key`` describes at ``place``.

    ``params`` fill the templates beside ``{value}``, ``{header}``, ``{sheet}`` and ``{file}``. Raises KeyError for an
    unknown key: that is a programmer's mistake.
    """
    message = load_catalogue()[key]
    values = _Blank(params) | {"value": value, "header": place.header, "sheet": place.sheet, "file": place.file}
    return Finding(
        code=message.code,
        severity=severity or message.severity,
        file=place.file,
        sheet=place.sheet,
        row=place.row,
        cell=place.cell,
        field=place.field,
        header=place.header,
        value=value,
        message=message.text[lang].format_map(_Blank(values)),
        fix=message.fix[lang].format_map(_Blank(values)),
        source=source or message.source,
        other=_other_place(place, params),
    )


def _other_place(place: Place, params: dict[str, object]) -> tuple[str, int] | None:
    row = params.get("other_row")
    return (str(params.get("other_sheet", place.sheet)), row) if isinstance(row, int) else None


def render_line(finding: Finding, lang: str = "zh") -> str:
    """Return the finding as one sentence: code, file, sheet, cell, what and why, how to mend it, source."""
    sheet = f"「{finding.sheet}」" if finding.sheet else ""
    if lang == "en":
        source = f" ({finding.source})" if finding.source else ""
        return f"[{finding.code}] {finding.file}{sheet}{finding.cell}: {finding.message}. {finding.fix}.{source}"
    source = f"（{finding.source}）" if finding.source else ""
    return f"【{finding.code}】{finding.file}{sheet}{finding.cell}：{finding.message}。{finding.fix}。{source}"
