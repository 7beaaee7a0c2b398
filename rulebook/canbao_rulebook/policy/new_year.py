"""Next year's policy file from this year's: dates a year on, every value to be confirmed, comments as they were."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from canbao_rulebook.policy.edit import Loc, dump_yaml, round_trip_yaml, take_away
from canbao_rulebook.policy.issues import PolicyError, build_issue
from canbao_rulebook.policy.load import parse_policy
from canbao_rulebook.policy.report import Spot, location, walk
from canbao_rulebook.policy.types import AMOUNT_KEYS, AMOUNT_WORDS

if TYPE_CHECKING:
    from canbao_rulebook.policy.model import Policy

HISTORY = "history"  # role of a document that an earlier year rested on
_KEPT = ("legal", "export", "schema", "lists", "rosters")  # blocks whose dates and figures are no terms of a year
_YEAR = re.compile(r"(20\d\d)(?=年|[-—－～~至]20\d\d年)")
_LIMITS = {
    "limit",
    "per_missed_year",
    "longest",
    "min_months",
    "cutoff_time",
    "max_hold_days",
    "statement_within_days",
    "min_days",
    "minor_age_lt",
}
_NO_NUMBER = "（待写文号）"
_NEW_DOCUMENT = "写文号、标题和日期"
_OTHER_DOCUMENT = "今年还适用的不改；有新文件的改写文号、标题和日期"
_HEAD = "由 {before} 推出：日期按历推后，金额照旧，都列在 confirm 里，逐条对照当年的通知，改好一条删一条。"


@dataclass(frozen=True)
class NewYear:
    """The text of a new policy file, and what in it has to be confirmed: path by path, with the value as it stands."""

    text: str
    confirm: dict[str, str]


def make_new_year(content: bytes, policy_id: str) -> NewYear:
    """Return the file of the policy year that ``policy_id`` names, made from another year's file.

    Raises PolicyError where that file cannot be used.
    """
    policy = parse_policy(content)
    primary = _primary(policy)
    year = int(policy_id.rpartition("-")[2])
    years = year - policy.meta.policy_year
    yaml = round_trip_yaml()
    data = yaml.load(content.decode("utf-8-sig"))
    paths = {f"legal.{key}": "" for key, entry in policy.legal.items() if entry.role != HISTORY}
    paths |= _confirmed_paths(policy)
    for spot in walk(policy):
        if isinstance(spot.value, date) and spot.keys[0] not in _KEPT:
            _put(data, spot, _moved(spot.value, years))
        elif isinstance(spot.value, str) and spot.keys[0] not in _KEPT and spot.keys[-1] not in {"ref", "owner_ref"}:
            _move_text(data, spot, years, paths)
    for gap in _gaps(data):
        gap["reason"] = _in_words(str(gap["reason"]), years)
    data["meta"]["id"] = policy_id
    data["meta"]["policy_year"] = year
    gone = _of_that_year(data, primary)
    _renew_document(data, primary, policy.meta.policy_year, years)
    _confirm(data, policy, paths, years, primary)
    data.yaml_set_start_comment(_head(data, policy, years))
    text = dump_yaml(yaml, data)
    for loc in gone:
        text = take_away(text, loc)
    return NewYear(text, paths)


def _moved(day: date, years: int) -> date:
    """Return a day some years on: the last day of a month stays the last day."""
    year = day.year + years
    last = calendar.monthrange(year, day.month)[1]
    is_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, day.month, last if is_last else min(day.day, last))


def _in_words(text: str, years: int) -> str:
    return _YEAR.sub(lambda match: str(int(match[1]) + years), text)


def _put(data: Any, spot: Spot, value: object) -> None:
    steps = location(spot.path)
    for step in steps[:-1]:
        data = data[step]
    if steps[-1] in data or isinstance(steps[-1], int):  # what follows from another value stands in no line
        data[steps[-1]] = value


def _move_text(data: Any, spot: Spot, years: int, paths: dict[str, str]) -> None:
    text = _in_words(str(spot.value), years)
    if text != spot.value:
        _put(data, spot, text)
        is_item = isinstance(location(spot.path)[-1], int)  # a list of words is one value
        keys = [_in_words(key, years) for key in spot.keys]  # an entry may be known by this text
        paths.setdefault(".".join(keys[:-1] if is_item else keys), text)


def _confirmed_paths(policy: Policy) -> dict[str, str]:
    """Return the values that a notice sets, in the order of the file: amounts and limits one by one, dates by entry."""
    paths: dict[str, str] = {}
    for spot in walk(policy):
        if spot.keys[0] in {*_KEPT, "meta"}:
            continue
        if isinstance(spot.value, date):
            paths.setdefault(".".join(spot.keys[:-1]), "")
        elif spot.keys[:2] == ("org", "townships") and spot.keys[-1] == "target":
            paths["org.townships.*.target"] = ""
        elif _is_set_by_notice(spot):
            paths[".".join(spot.keys)] = str(spot.value)
    return paths


def _is_set_by_notice(spot: Spot) -> bool:
    """Whether a value is an amount, a share or a limit; nothing and zero are none."""
    if spot.keys[-1] in _LIMITS:
        return bool(spot.value)
    return bool(isinstance(spot.value, Decimal) and spot.value) or (
        spot.keys[-1] in AMOUNT_KEYS and spot.value in AMOUNT_WORDS
    )


def _primary(policy: Policy) -> str:
    """Return the key of the county's own notice. Raises PolicyError where the file names none."""
    key = next((key for key, entry in policy.legal.items() if entry.role == "primary"), None)
    if key is None:
        raise PolicyError([build_issue("P04.primary", path="legal", line=policy.lines.get("legal"))], policy.path)
    return key


def _gaps(data: Any) -> list[Any]:
    """Return what the notice does not say, by the file; a file may also say ``none``."""
    gaps = data.get("unknown")
    return gaps if isinstance(gaps, list) else []


def _of_that_year(data: Any, key: str) -> list[Loc]:
    """Return what a new year begins without: days of its notice, which has none yet, and what the old one left open."""
    gone: list[Loc] = [("supersedes",), ("legal", key, "issued_on"), ("legal", key, "published_on")]
    gaps = _gaps(data)
    about = [i for i, gap in enumerate(gaps) if str(gap["path"]).startswith(f"legal.{key}.")]
    return [*gone, *(("unknown", index) for index in reversed(about))]


def _renew_document(data: Any, key: str, before: int, years: int) -> None:
    """This year's own notice has no number yet; the old one stays as what the year ``before`` rested on."""
    old = data["legal"][key]
    kept = CommentedMap(old)
    kept.fa.set_flow_style()
    kept["role"] = HISTORY
    data["legal"][f"{key}_{before}"] = kept
    old["doc_no"] = None
    for name in ("issued_on", "published_on"):
        if kept.get(name) is None:
            kept.pop(name, None)
    old["title"] = _in_words(str(old["title"]), years)


def _confirm(data: Any, policy: Policy, paths: dict[str, str], years: int, primary: str) -> None:
    """List what is to be confirmed, each with what it is now."""
    listed = CommentedSeq(paths)
    for i, (path, value) in enumerate(paths.items()):
        document = _NEW_DOCUMENT if path == f"legal.{primary}" else _OTHER_DOCUMENT
        said = value or (document if path.startswith("legal.") else _dates(policy, path, years))
        if said:
            listed.yaml_add_eol_comment(said, i, column=60)
    data["confirm"] = listed


def _dates(policy: Policy, path: str, years: int) -> str:
    keys = tuple(path.split("."))
    days = [spot.value for spot in walk(policy) if spot.keys[:-1] == keys and isinstance(spot.value, date)]
    return " … ".join(_moved(day, years).isoformat() for day in sorted(days))


def _head(data: Any, policy: Policy, years: int) -> str:
    """The comment at the top: what it said, of this year, and where the values come from."""
    tokens = data.ca.comment[1] if data.ca.comment and data.ca.comment[1] else []
    old = "".join(token.value for token in tokens).strip("\n")
    lines = [line.removeprefix("#").strip() for line in old.splitlines()]
    year = policy.meta.policy_year
    moved = {f"{year} 年度": f"{year + years} 年度", f"{year}年度": f"{year + years}年度"}
    numbers = {entry.doc_no: _NO_NUMBER for entry in policy.legal.values() if entry.role == "primary" and entry.doc_no}
    said = [_replaced(line, moved | numbers) for line in lines]
    if tokens:
        data.ca.comment[1].clear()
    return "\n".join([*said, _HEAD.format(before=policy.meta.id)]) + "\n"


def _replaced(text: str, pairs: dict[str, str]) -> str:
    for old, new in pairs.items():
        text = text.replace(old, new)
    return text
