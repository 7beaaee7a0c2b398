"""Checks of a policy file: what is named exists (P05), what must differ differs (P06)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from canbao_rulebook.messages import load_catalogue
from canbao_rulebook.policy.frame import ALL_POPULATIONS
from canbao_rulebook.policy.issues import suggest
from canbao_rulebook.policy.own_words import channel_mentions, check_own_words, list_mentions, own_names
from canbao_rulebook.policy.report import Mention, Report, Spot, numbered, walk
from canbao_rulebook.policy.types import DEFAULT, PREMIUM
from canbao_rulebook.policy.words import ACTORS, ROSTER_CODES

if TYPE_CHECKING:
    from canbao_rulebook.policy.model import Policy

_DOCUMENT = re.compile(r"\bL\d+\b")
_SEPARATORS = re.compile(r"[|+]")
_BASE_ROSTER = re.compile(r"(R\d{1,2}[A-Z]?)\.should_enrol")
_FINDING = re.compile(r"V\d\d")
_NO_DOCUMENT = (DEFAULT, "unknown")  # the project's own choice, or a gap: no document says it
_FOREIGN = re.compile(r"[㐀-鿿]")

Entries = Iterable[tuple[str, object]]


def check_references(policy: Policy, report: Report) -> None:
    """Report names that lead nowhere."""
    mentions = (
        *_population_mentions(policy),
        *_window_mentions(policy),
        *_roster_mentions(policy),
        *_people_mentions(policy),
        *channel_mentions(policy),
        *list_mentions(policy),
        *_actor_mentions(policy),
        *_document_mentions(policy),
    )
    for path, word, options, where in mentions:
        if word is not None and word not in options:
            report.add("P05.reference", path, word=word, where=where, hint=suggest(word, options))
    _check_articles(policy, report)
    _check_base(policy, report)
    _check_nobody(policy, report)
    _check_withholding(policy, report)
    check_own_words(policy, report)
    _check_own_window(policy, report)
    _check_listed_rosters(policy, report)


def _check_nobody(policy: Policy, report: Report) -> None:
    """Report windows and late entries that are open to nobody, and what no sheet would ask for."""
    for i, window in enumerate(policy.calendar.windows):
        if not window.population:
            report.add("P05.nobody", f"calendar.windows[{i}].population", value=window.id)
    identified = policy.late_entry.newly_identified
    if identified and not identified.categories:
        report.add("P05.nobody", "late_entry.newly_identified.categories", value="newly_identified")
    collection = policy.collection
    used = {*collection.channels, *collection.student_channels, *collection.remedial_channels}
    by_family = any(entry.family_account and code in used for code, entry in collection.own_channels.items())
    if collection.family_account and not by_family:
        report.add("P05.family_account", "collection.family_account")
    if policy.eligibility.residence and "R2" not in policy.rosters:
        report.add("P05.residence", "eligibility.residence", roster="R2")


def _population_mentions(policy: Policy) -> Iterator[Mention]:
    codes = [entry.code for entry in policy.populations]
    for i, window in enumerate(policy.calendar.windows):
        for path, word in numbered(f"calendar.windows[{i}].population", window.population):
            yield Mention(path, word, [*codes, ALL_POPULATIONS], "populations")
    for i, override in enumerate(policy.premium.overrides):
        yield Mention(f"premium.overrides[{i}].population", override.population, codes, "populations")
    tiers = [tier.code for tier in policy.premium.tiers]
    for i, category in enumerate(policy.subsidy.categories):
        of = category.share.of if category.share else PREMIUM
        yield Mention(f"subsidy.categories[{i}].share.of", of, [PREMIUM, *tiers], "premium.tiers")
        for k, entry in enumerate(category.amounts):
            yield Mention(f"subsidy.categories[{i}].amounts[{k}].tier", entry.tier, tiers, "premium.tiers")
    for code in policy.publicity.starts:
        yield Mention(f"publicity.starts.{code}", code, codes, "populations")


def _window_mentions(policy: Policy) -> Iterator[Mention]:
    ids = [window.id for window in policy.calendar.windows]
    for i, population in enumerate(policy.populations):
        yield Mention(f"populations[{i}].window", population.window, ids, "calendar.windows")
    for i, entry in enumerate(policy.calendar.recurring):
        yield Mention(f"calendar.recurring[{i}].window", entry.window, ids, "calendar.windows")
    ranking = policy.targets.ranking
    for path, word in numbered("targets.ranking.exclude_windows", ranking.exclude_windows if ranking else ()):
        yield Mention(path, word, ids, "calendar.windows")


def _used_rosters(policy: Policy) -> Iterator[tuple[str, str | None]]:
    yield from ((f"populations[{i}].roster", entry.roster) for i, entry in enumerate(policy.populations))
    yield from ((f"eligibility.statuses[{i}].roster", x.roster) for i, x in enumerate(policy.eligibility.statuses))
    yield from (
        (f"calendar.recurring[{i}].deliverable", x.deliverable) for i, x in enumerate(policy.calendar.recurring)
    )
    for i, milestone in enumerate(policy.calendar.milestones):
        yield from numbered(f"calendar.milestones[{i}].deliverables", milestone.deliverables)


def _roster_mentions(policy: Policy) -> Iterator[Mention]:
    for path, word in numbered("rosters", policy.rosters):
        yield Mention(path, word, ROSTER_CODES, "R1…R22")
    known = {*ROSTER_CODES, *(roster.code for roster in policy.own_rosters)}
    yield from (Mention(path, word, known, "R1…R22") for path, word in _used_rosters(policy))


def _people_mentions(policy: Policy) -> Iterator[Mention]:
    statuses = [status.code for status in policy.eligibility.statuses]
    for path, word in numbered("eligibility.household.exempt", policy.eligibility.household.exempt):
        yield Mention(path, word, statuses, "eligibility.statuses")
    identified = policy.late_entry.newly_identified
    codes = [category.code for category in policy.subsidy.categories]
    for path, word in numbered("late_entry.newly_identified.categories", identified.categories if identified else ()):
        yield Mention(path, word, codes, "subsidy.categories")
    groups = {category.target_group for category in policy.subsidy.categories if category.target_group}
    for code in policy.targets.groups:
        yield Mention(f"targets.groups.{code}", code, groups, "subsidy.categories[].target_group")
    towns = {name for unit in policy.org.townships for name in (unit.name, *unit.aliases)}
    for name in policy.targets.headcounts if towns else ():
        yield Mention(f"targets.headcounts.{name}", name, towns, "org.townships")
    for i, threshold in enumerate(policy.targets.thresholds):
        yield Mention(f"targets.thresholds[{i}].group", threshold.group, groups, "subsidy.categories[].target_group")


def _actors(policy: Policy) -> Iterator[tuple[str, str]]:
    for i, category in enumerate(policy.subsidy.categories):
        yield f"subsidy.categories[{i}].payer", category.payer or ""
        yield f"subsidy.categories[{i}].identity_owner", category.identity_owner or ""
    for i, milestone in enumerate(policy.calendar.milestones):
        for key, names in (("from", milestone.from_), ("to", milestone.to), ("cc", milestone.cc)):
            yield f"calendar.milestones[{i}].{key}", "|".join(names)
    for i, entry in enumerate(policy.calendar.recurring):
        yield f"calendar.recurring[{i}].by", entry.by
        yield f"calendar.recurring[{i}].to", "|".join(entry.to)
    yield "refunds.by", "|".join(policy.refunds.by)
    yield "refunds.unposted_balance", "|".join(policy.refunds.unposted_balance)
    yield "writeoff.systems", "|".join(policy.writeoff.systems if policy.writeoff else ())
    receipts = policy.collection.receipts
    yield "collection.receipts.unused_returned_to", (receipts and receipts.unused_returned_to) or ""


def _actor_mentions(policy: Policy) -> Iterator[Mention]:
    """Yield agency codes and roles; a name in Chinese is a body outside the county and needs no entry."""
    options = {*policy.org.agencies, *ACTORS}
    for path, names in _actors(policy):
        for word in filter(None, _SEPARATORS.split(names)):
            if not _FOREIGN.search(word):
                yield Mention(path, word, options, "org.agencies")


def _document_mentions(policy: Policy) -> Iterator[Mention]:
    for spot in walk(policy):
        if _cites(spot) and isinstance(spot.value, str):
            for word in _DOCUMENT.findall(spot.value):
                yield Mention(spot.path, word, policy.legal, "legal")


def _check_base(policy: Policy, report: Report) -> None:
    """Report a rate that is taken of rosters which the county does not use: nobody can stand in them."""
    for key, text in policy.targets.denominators.items():
        for roster in _BASE_ROSTER.findall(text or ""):
            if roster not in policy.rosters:
                report.add("P05.base", f"targets.denominators.{key}", roster=roster)


def _check_articles(policy: Policy, report: Report) -> None:
    """Report an article that names no document: nobody could look it up."""
    for spot in walk(policy):
        if _cites(spot) and isinstance(spot.value, str):
            first = spot.value.split()[0] if spot.value.split() else ""
            if first not in policy.legal and not _DOCUMENT.fullmatch(first) and not first.startswith(_NO_DOCUMENT):
                report.add("P05.article", spot.path, value=spot.value, known="、".join(policy.legal))


def _cites(spot: Spot) -> bool:
    return spot.keys[-1] in {"ref", "owner_ref"} or spot.keys[:2] == ("refunds", "refs")


def _check_withholding(policy: Policy, report: Report) -> None:
    """Report codes of which no finding exists: they would hold nothing back."""
    known = {message.code for message in load_catalogue().values()}
    for i, entry in enumerate(policy.subsidy.withheld_by):
        key = "P05.finding" if _FINDING.fullmatch(entry.code) else "P04.finding"
        if entry.code not in known:
            hint = suggest(entry.code, known)
            report.add(key, f"subsidy.withheld_by[{i}]", value=entry.code, hint=hint)


def _check_own_window(policy: Policy, report: Report) -> None:
    windows = {window.id: window for window in policy.calendar.windows}
    for i, population in enumerate(policy.populations):
        window = windows.get(population.window or "")
        if window and not window.covers(population.code):
            report.add("P05.window", f"populations[{i}].window", population=population.code, window=window.id)


def _check_listed_rosters(policy: Policy, report: Report) -> None:
    for path, roster in _used_rosters(policy):
        if roster in ROSTER_CODES and roster not in policy.rosters:
            report.add("P05.roster", path, roster=roster)


def check_unique(policy: Policy, report: Report) -> None:
    """Report values that occur twice where they must not."""
    for path, names in (
        ("org.townships", [entry.code for entry in policy.org.townships]),
        ("calendar.windows", [entry.id for entry in policy.calendar.windows]),
        ("calendar.milestones", [entry.id for entry in policy.calendar.milestones]),
        ("calendar.recurring", [entry.id for entry in policy.calendar.recurring]),
        ("populations", [entry.code for entry in policy.populations]),
        ("eligibility.statuses", [entry.code for entry in policy.eligibility.statuses]),
        ("premium.tiers", [entry.code for entry in policy.premium.tiers]),
        ("subsidy.categories", [entry.code for entry in policy.subsidy.categories]),
        ("subsidy.withheld_by", [entry.code for entry in policy.subsidy.withheld_by]),
        ("reconciliation", [entry.id for entry in policy.reconciliation]),
        ("targets.thresholds", [entry.id for entry in policy.targets.thresholds]),
        ("targets.stages", [entry.id for entry in policy.targets.stages]),
        ("targets.awards", [f"{entry.kind} {entry.tier}" for entry in policy.targets.awards]),
        ("targets.penalties", [f"{entry.kind} {entry.rank_from_last}" for entry in policy.targets.penalties]),
        ("collection.channels", list(policy.collection.channels)),
        ("collection.student_channels", list(policy.collection.student_channels)),
        ("collection.remedial_channels", list(policy.collection.remedial_channels)),
        ("org.schools", list(policy.org.schools)),
        ("rosters", list(policy.rosters)),
        ("own_rosters", [entry.code for entry in policy.own_rosters]),
    ):
        _report_twice(report, numbered(path, names))
    categories = list(enumerate(policy.subsidy.categories))
    _report_twice(report, ((f"subsidy.categories[{i}].precedence", entry.precedence) for i, entry in categories))
    _report_twice(report, _names("subsidy.categories", [(entry.name, entry.aliases) for _, entry in categories]))
    _report_twice(report, _names("org.townships", [(unit.name, unit.aliases) for unit in policy.org.townships]))
    _report_twice(report, _names("own_rosters", [(roster.name, ()) for roster in policy.own_rosters]))
    _report_twice(report, _names("premium.tiers", [(tier.name, ()) for tier in policy.premium.tiers]))
    for i, category in categories:
        tiers = numbered(f"subsidy.categories[{i}].amounts", [entry.tier for entry in category.amounts])
        _report_twice(report, tiers)
    statuses = enumerate(policy.eligibility.statuses)
    _report_twice(report, ((f"eligibility.statuses[{i}].label", _compact(entry.label)) for i, entry in statuses))
    _report_twice(report, own_names(policy))
    _report_twice(report, list_accounts(policy))
    overrides = enumerate(policy.premium.overrides)
    premiums = ((f"premium.overrides[{i}]", (entry.population, entry.effective_from)) for i, entry in overrides)
    _report_twice(report, premiums, "P06.premium")


def list_accounts(policy: Policy) -> list[tuple[str, str]]:
    """Return path and number of every account of the file."""
    townships = ((f"org.townships[{i}].account", unit.account) for i, unit in enumerate(policy.org.townships))
    extra = ((f"org.extra_accounts[{i}].account", entry.account) for i, entry in enumerate(policy.org.extra_accounts))
    return [(path, account) for path, account in (*townships, *extra) if account is not None]


def _names(path: str, entries: list[tuple[str, tuple[str, ...]]]) -> Iterator[tuple[str, str]]:
    """Yield names and aliases as they are compared: width, brackets and blanks do not count."""
    for i, (name, aliases) in enumerate(entries):
        yield f"{path}[{i}].name", _compact(name)
        yield from ((f"{path}[{i}].aliases[{k}]", _compact(alias)) for k, alias in enumerate(aliases))


def _compact(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def _report_twice(report: Report, entries: Entries, key: str = "P06.unique") -> None:
    seen: dict[object, str] = {}
    for path, value in entries:
        if value in seen:
            shown = value[0] if isinstance(value, tuple) else value
            report.add(key, path, value=shown, first=seen[value])
        seen.setdefault(value, path)
