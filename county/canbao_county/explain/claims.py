"""The identities that were entered for a person, in every row, and why those that are not applied are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_county.explain.model import Line
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.money import format_yuan
from canbao_rulebook.vocabulary import load_lists
from canbao_validators.settlement.top_ups import TOP_UP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canbao_county.explain.case import Case
    from canbao_rulebook.policy import Category

_NUMBERS = (1, 2, 3)
_COMPARED = {"considered.lower", "considered.later", "considered.repeated"}


@dataclass(frozen=True)
class Claim:
    """An identity that was entered: in this row, or in another of the person's rows, of which ``place`` tells."""

    word: str
    category: Category | None
    place: Line | None = None


def read_claims(case: Case) -> list[Claim]:
    """Return the identities of a row in the order of their columns, then those that only other rows have."""
    categories = case.policy.subsidy.categories
    spoken = {word: category for category in categories for word in (category.name, *category.aliases)}
    own = [Claim(word, spoken.get(word)) for number in _NUMBERS if (word := case.typed(f"identity_{number}"))]
    known = {claim.category.code for claim in own if claim.category}
    by_code = {category.code: category for category in categories}
    for row in case.others:
        place = Line("person.place", {"sheet": row["sheet"], "row": str(row["row"])})
        new = [by_code[code] for code in row["claims"] or () if code not in known]
        own += [Claim(category.name, category, place) for category in new]
        known.update(category.code for category in new)
    return own


def show_identities(claims: Iterable[Claim]) -> list[Line]:
    """Return the identities as they were understood."""
    return [_show(claim) for claim in claims] or [Line("identities.none")]


def _show(claim: Claim) -> Line:
    if claim.place:
        return Line("identities.elsewhere", {"word": claim.word}, {"place": [claim.place]})
    if claim.category and claim.category.name != claim.word:
        return Line("identities.alias", {"word": claim.word, "category": claim.category.name})
    return Line("identities.same", {"word": claim.word})


def explain_rejected(case: Case, claims: list[Claim]) -> list[Line]:
    """Return every identity that is not applied, with reason and article, and the rule that decides between them."""
    lines: list[Line] = []
    on_top = case.settled.get(TOP_UP)
    applied = {case.settled["category"], on_top["category"] if on_top else None} - {None}
    for claim in claims:
        if claim.category and claim.category.name in applied:
            applied.remove(claim.category.name)
        else:
            lines.append(_rejected(case, claim))
    if any(line.key in _COMPARED for line in lines):
        lines.append(Line("considered.rule", article=case.article([case.policy.subsidy.ref])))
    return lines


def _rejected(case: Case, claim: Claim) -> Line:
    category, settled = claim.category, case.settled
    if category is None:
        return Line("considered.not_a_category", {"identity": claim.word})
    params = {"identity": claim.word, "kind": kind_of(category), "amount": show_amount(case, category)}
    own = case.article([category.ref])
    if category.stackable and not category.is_top_up:
        return Line("considered.stackable", params, article=own)
    if settled["forbidden"]:
        return Line("considered.forbidden", params, article=own)
    if not settled["stands"]:
        return Line("considered.fallen", params, article=own)
    if blocks := case.blocking:
        return Line("considered.blocked", params | {"status": blocks.label}, article=case.article([blocks.ref]))
    return (_rejected_top_up if category.is_top_up else _outdone)(case, category, params, own)


def _outdone(case: Case, category: Category, params: dict[str, str], article: str) -> Line:
    """Why another ordinary category is executed, or which of them is open."""
    if case.settled["category"] is None:
        return Line("considered.unknown" if is_open(case, category) else "considered.waits", params, article=article)
    best = next((entry for entry in case.policy.subsidy.categories if entry.name == case.settled["category"]), None)
    if best is None:
        return Line("considered.waits", params, article=article)
    if category is best:
        return Line("considered.repeated", params, article=article)
    params |= {"best": show_amount(case, best)}
    if params["amount"] != params["best"]:
        return Line("considered.lower", params, article=article)
    params |= {"precedence": str(category.precedence), "best_precedence": str(best.precedence)}
    return Line("considered.later", params, article=article)


def _rejected_top_up(case: Case, category: Category, params: dict[str, str], article: str) -> Line:
    """Why another one is paid on top, or which of them is open."""
    on_top = case.settled.get(TOP_UP)
    if on_top is None or on_top["category"] is None:
        return Line("considered.waits", params, article=article)
    if on_top["category"] == category.name:
        return Line("considered.repeated", params, article=article)
    return Line("considered.other_top_up", params | {"best": on_top["category"]}, article=article)


def kind_of(category: Category) -> str:
    """Return the way of payment of a category in words."""
    kind: str = load_lists()["subsidy_kinds"][category.kind]
    return kind


def is_open(case: Case, category: Category) -> bool:
    """Whether nobody can say what a category pays this person."""
    return amount_fen(case, category) is None


def amount_fen(case: Case, category: Category) -> int | None:
    """Return what a category pays this person, in fen; None where it is unknown."""
    return case.policy.amount_fen(category, case.situation)


def show_amount(case: Case, category: Category) -> str:
    """Return what a category pays this person, 待定 where it is unknown."""
    fen = amount_fen(case, category)
    return UNKNOWN_TEXT if fen is None else format_yuan(fen)
