"""What is asked of an import: which kind of list it is, from whom, and how to read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canbao_rulebook.list_kinds import ListKind, load_list_kinds
from canbao_validators.normalise.choices import fold_choice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.policy import Policy


@dataclass(frozen=True)
class ListRequest:
    """One import. ``agency`` and ``category`` are codes of the policy, "" without; ``given`` are fields by header.

    ``words`` are the policy's categories by folded word: the code, the name, the agencies that own it. ``key_fields``
    are what the notice asks of a row of this kind, ``key_source`` the article. ``sheets`` are to be read, without any
    all that fit; ``sheet_words`` is what the rows of a sheet are (an identity or a township), by its name.
    ``remembered``: what was given for tables of a form before. ``split``: cells that hold a name and a number, or two
    persons, may be taken apart.
    """

    kind_code: str
    policy_id: str
    policy_year: int
    agency: str = ""
    agency_name: str = ""
    category: str = ""
    category_name: str = ""
    words: Mapping[str, tuple[str, str, tuple[str, ...]]] = field(default_factory=dict)
    key_fields: tuple[str, ...] = ()
    key_source: str = ""
    sheets: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    passwords: tuple[str, ...] = ()
    sheet_words: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    townships: tuple[str, ...] = ()
    split: bool = False

    @property
    def kind(self) -> ListKind:
        """The kind of list."""
        return load_list_kinds()[self.kind_code]

    @property
    def stem(self) -> str:
        """The name of the file that the list is kept in, without its ending."""
        return "-".join(part for part in (self.kind_code, self.agency, self.category) if part)

    @property
    def supplied(self) -> tuple[str, ...]:
        """Fields that the request says for all rows, whatever the table says."""
        return ("category",) if self.category else ()


def make_request(
    policy: Policy,
    kind_code: str,
    *,
    agency: str = "",
    category: str = "",
    sheets: tuple[str, ...] = (),
    given: Mapping[str, str] | None = None,
    passwords: tuple[str, ...] = (),
    sheet_words: Mapping[str, str] | None = None,
    split: bool = False,
) -> ListRequest:
    """Return the request for a kind of list; ``agency`` and ``category`` are codes of the policy."""
    owner = policy.org.agencies.get(agency)
    wanted = next((entry for entry in policy.subsidy.categories if entry.code == category), None)
    asked = policy.subsidy.owner_lists if load_list_kinds()[kind_code].needs_agency else None
    return ListRequest(
        kind_code,
        policy.meta.id,
        policy.meta.policy_year,
        agency,
        owner.name if owner else "",
        category,
        wanted.name if wanted else "",
        category_words(policy),
        tuple(str(entry) for entry in asked.key_fields) if asked else (),
        policy.article(asked.ref) if asked else "",
        sheets,
        given or {},
        passwords,
        sheet_words or {},
        townships=(*(township.name for township in policy.org.townships), *policy.org.named_units),
        split=split,
    )


def category_words(policy: Policy) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Return the policy's categories by the folded words that mean them."""
    return {
        fold_choice(word): (entry.code, entry.name, owners_of(entry.identity_owner))
        for entry in reversed(policy.subsidy.categories)
        for word in (entry.name, *entry.aliases, entry.code)
    }


def owners_of(text: str | None) -> tuple[str, ...]:
    """Return the agencies that decide about an identity: ``CIV|PAO`` are two."""
    return tuple(part for part in (text or "").split("|") if part)
