"""What was probably meant where a value cannot be right: proposed in the finding, never put in its place."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from canbao_rulebook.documents import DOCUMENTS, IDENTITY_CARD, check_character, other_types, trouble
from canbao_rulebook.look_alikes import as_digit, as_last, plain
from canbao_rulebook.name_look_alikes import meant_name
from canbao_rulebook.phrases import pick_phrase
from canbao_rulebook.vocabulary import load_lists
from canbao_validators.normalise.choices import fold_choice
from canbao_validators.normalise.text import drop_blanks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.phrases import Phrase, Text
    from canbao_rulebook.roster import Column, Rule

_ID_LENGTH = 18
_MARKED = re.compile(r"(.+?)[(（【\[](.+?)[)）】\]]?")
_CITIZEN = re.compile("[0-9]{17}[0-9Xx]")
_NUMBERS = {
    "V02.length",
    "V02.characters",
    "V02.form",
    "V02.form_unusual",
    "V02.permit_prefix",
    "V02.head",
    "V02.guardian",
}
_NAMES = {"V05.private_use", "V05.unusual"}
_MARKS = re.compile(r"[\-\u2010-\u2015\u2212\uff0d_.\u00b7/]")
_PHONE = re.compile("1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}")
_ACCOUNT = re.compile("[0-9]{12,23}")


def propose(key: str, **params: str) -> Phrase:
    """Return a proposal in words."""
    return pick_phrase(load_lists()["suggestions"], key, **params)


def say_trouble(label: str, number: str) -> Text:
    """Return in words what is wrong with a number of a document, in brackets; "" for one whose form is not known."""
    lists = load_lists()
    if label not in lists["document_forms"]["zh"]:
        return ""
    form = pick_phrase(lists["document_forms"], label)
    return pick_phrase(lists["document_troubles"], trouble(label, number) or "form", form=form)


def suggest(rule: Rule, column: Column, row: Mapping[str, Any], names: Mapping[str, NamedValue]) -> Text:
    """Return what a finding of a rule may propose, as an end of its sentence; "" for nothing."""
    typed = row.get(column.field)
    value = typed if isinstance(typed, str) else str(row.get(f"{column.field}.raw") or "")
    if rule.message in _NUMBERS:
        own = str(row.get("cert_type") or IDENTITY_CARD) if column.field == "cert_no" else IDENTITY_CARD
        return suggest_document(value, own, typed_kind=column.field == "cert_no")
    if rule.message in _NAMES:
        meant = meant_name(value)
        return propose("name", meant=meant) if meant else ""
    if rule.message == "V05.forbidden":
        return _without_remark(value)
    if rule.message in {"V22.card_number", "V41.phone"}:
        return _suggest_digits(value, account=rule.message == "V22.card_number")
    return _suggest_entry(column, value, names)


def _suggest_entry(column: Column, value: str, names: Mapping[str, NamedValue]) -> Text:
    """Propose the entry of a drop-down that is nearest."""
    named = names.get(column.list_name or "")
    if named is None or not isinstance(named.value, tuple):
        return ""
    words = [str(item) for item in named.value if item]
    others = [word for word in words if fold_choice(word) != fold_choice(value)]  # never the same name again
    near = get_close_matches(value, others, n=1, cutoff=0.5)
    return propose("near", meant=near[0]) if near else ""


def suggest_document(value: str, own: str, *, typed_kind: bool = True) -> Text:
    """Propose the number of document ``own`` that was meant, or with ``typed_kind`` another type of document."""
    number = drop_blanks(value)
    if len(_CITIZEN.findall(number)) > 1:
        return propose("two")
    marked = _MARKED.fullmatch(number)
    if marked and not trouble(own, marked[1].upper()):
        return propose("remark", meant=marked[1].upper(), remark=marked[2])
    meant = suggest_number(number, own)
    if meant:
        return propose("meant", meant=meant)
    kinds = list(other_types(own, number.upper(), certain=False)) if typed_kind else []
    if own == IDENTITY_CARD and not trouble("残疾人证", number.upper()):
        return propose("card_of", meant=number[:_ID_LENGTH].upper())
    return propose("type", kind=kinds[0]) if kinds else ""


def suggest_number(value: str, own: str = IDENTITY_CARD) -> str:
    """Return the number of a document that was probably meant, if it then is right.

    Look-alike characters become what they look like, and hyphens and dots inside go.
    """
    dense = _MARKS.sub("", value)
    return _unfolded(value, own) or (_unfolded(dense, own, changed=True) if dense != value else "")


def _unfolded(value: str, own: str, *, changed: bool = False) -> str:
    if len(value) == _ID_LENGTH and own in DOCUMENTS and any(form.check for form in DOCUMENTS[own]):
        digits = "".join(map(as_digit, value[:-1]))
        meant = digits + as_last(value[-1])
        if (
            len(digits) == _ID_LENGTH - 1
            and (changed or meant != value.upper())
            and meant[-1] == check_character(digits)
        ):
            return meant
    folded = "".join(map(plain, value)).upper()
    return folded if (changed or folded != value.upper()) and own in DOCUMENTS and not trouble(own, folded) else ""


def _without_remark(name: str) -> Text:
    """Propose to put what stands in brackets behind a name into the remarks."""
    marked = _MARKED.fullmatch(name)
    return propose("name_remark", meant=marked[1], remark=marked[2]) if marked else ""


def _suggest_digits(value: str, *, account: bool) -> Text:
    """Propose an account or a telephone number without look-alikes: an account only if its check digit then fits."""
    number = drop_blanks(value)
    meant = _MARKS.sub("", number) if account else number
    meant = "".join(as_digit(character) or character for character in meant)
    if meant == number or not (_ACCOUNT if account else _PHONE).fullmatch(meant):
        return ""
    return "" if account and not _luhn_or_none(meant) else propose("meant", meant=meant)


def _luhn_or_none(number: str) -> bool:
    """Tell whether the check digit fits; passbooks and companies' accounts (12 to 15, 20 to 23 digits) have none."""
    doubled = (2 * int(digit) if place % 2 else int(digit) for place, digit in enumerate(reversed(number)))
    return not 16 <= len(number) <= 19 or sum(digit - 9 * (digit > 9) for digit in doubled) % 10 == 0
