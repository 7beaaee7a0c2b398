"""The message catalogue: every sentence a clerk can read about a finding is in messages/ and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING, Any

from canbao_rulebook.findings import Finding, RenderedFinding, Severity
from canbao_rulebook.phrases import say
from canbao_rulebook.vocabulary import load_lists
from canbao_rulebook.yaml_text import read_data
from canbao_templates import list_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canbao_rulebook.findings import Place

_OTHER_PERSON = "other_name"  # of the other row, where somebody may have left it empty
_OTHER_PLACE = {"other_sheet", "other_row"}  # read by whoever moves rows about
_SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}


@dataclass(frozen=True, slots=True)
class Message:
    """One kind of finding. ``short`` says it without values, ``glance`` in the few words of a narrow cell.

    ``text`` says what is wrong and why, ``fix`` how to mend it; both are templates. ``once``: what concerns whole
    sheets is said once a sheet, with the number of rows, and not row by row.
    """

    key: str
    code: str
    severity: Severity
    short: str
    text: dict[str, str]
    fix: dict[str, str]
    source: str
    glance: str
    once: bool = False
    fix_names: frozenset[str] = frozenset()  # what the Chinese way to mend asks for
    placeholders: frozenset[str] = frozenset()  # the names that the templates ask for


@cache
def load_catalogue() -> dict[str, Message]:
    """Return all messages by key, e.g. ``V02.length``; the code is what stands before the first dot."""
    files = [read_data(f"messages/{name}.yaml") for name in list_names("messages", ".yaml")]
    assert len({key for entries in files for key in entries}) == sum(map(len, files)), "a key has one home"
    return {key: _build(key, entry) for entries in files for key, entry in entries.items()}


def _build(key: str, entry: dict[str, Any]) -> Message:
    templates = [entry[name] for name in ("zh", "en", "fix", "fix_en")]
    return Message(
        key=key,
        code=key.partition(".")[0],
        severity=_SEVERITIES[entry["severity"]],
        short=entry["short"],
        text={"zh": entry["zh"], "en": entry["en"]},
        fix={"zh": entry["fix"], "en": entry["fix_en"]},
        source=entry["source"],
        glance=entry.get("glance", entry["short"]),
        once=bool(entry.get("once")),
        fix_names=_names_in(entry["fix"]),
        placeholders=frozenset(name for text in templates for name in _names_in(text)),
    )


def _names_in(template: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name)


class _Blank(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return ""


def build_finding(
    key: str,
    place: Place,
    *,
    value: str = "",
    severity: Severity | None = None,
    source: str = "",
    **params: object,
) -> Finding:
    """Return the finding that message ``key`` describes at ``place``.

    ``params`` fill the templates beside ``{value}``, ``{header}``, ``{sheet}`` and ``{file}``. Raises KeyError for an
    unknown key: that is a programmer's mistake.
    """
    message = load_catalogue()[key]
    told = {name: param for name, param in params.items() if name in message.placeholders or name in _OTHER_PLACE}
    return Finding(key, severity or message.severity, place, value, told, source or message.source)


def render(finding: Finding, lang: str = "zh") -> RenderedFinding:
    """Return a finding in words."""
    message, place = load_catalogue()[finding.key], finding.place
    own = {"value": finding.value, "header": place.header, "sheet": place.sheet, "file": place.file}
    params = _Blank({name: say(value, lang) for name, value in finding.params.items()} | own)
    if params.get(_OTHER_PERSON) == "":
        params[_OTHER_PERSON] = load_lists()["cell_words"]["no_name"][lang]
    return RenderedFinding(
        code=finding.code,
        severity=finding.severity,
        file=place.file,
        sheet=place.sheet,
        row=place.row,
        cell=place.cell,
        field=place.field,
        header=place.header,
        value=finding.value,
        message=message.text[lang].format_map(params) + "".join(str(say(note, lang)) for note in finding.notes),
        fix=message.fix[lang].format_map(params),
        source=finding.source,
        answer=finding.answer,
    )


def render_all(findings: Iterable[Finding], lang: str = "zh") -> list[dict[str, object]]:
    """Return findings as JSON shows them."""
    return [render(finding, lang).as_dict() for finding in findings]


def render_line(finding: Finding, lang: str = "zh") -> str:
    """Return the finding as one sentence: code, file, sheet, cell, what and why, how to mend it, source."""
    return line_of(render(finding, lang), lang)


def line_of(told: RenderedFinding, lang: str = "zh") -> str:
    """Return the same of a finding that is in words already."""
    sheet = f"「{told.sheet}」" if told.sheet else ""
    if lang == "en":
        source = f" ({told.source})" if told.source else ""
        return f"[{told.code}] {told.file}{sheet}{told.cell}: {told.message}. {told.fix}.{source}"
    source = f"（{told.source}）" if told.source else ""
    return f"【{told.code}】{told.file}{sheet}{told.cell}：{told.message}。{told.fix}。{source}"
