"""Which article each value of a policy file rests on: the nearest ``ref`` around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.policy.report import Spot, walk

if TYPE_CHECKING:
    from canbao_rulebook.policy.model import Policy

_GAP = "unknown"  # how a file says that the notice does not
Keys = tuple[str, ...]


class Cites:
    """The articles of a policy file by place."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._refs = {spot.keys[:-1]: str(spot.value) for spot in walk(policy) if _is_ref(spot)}

    def ref(self, keys: Keys) -> str:
        """Return the reference as the file writes it, e.g. ``L1 三``; empty where none is given."""
        return next((self._refs[keys[:end]] for end in range(len(keys), 0, -1) if keys[:end] in self._refs), "")

    def article(self, keys: Keys) -> str:
        """Return the article as people cite it, with the number of the document."""
        ref = self.ref(keys)
        return "" if ref == _GAP else self._policy.article(ref)

    def document(self, keys: Keys) -> str:
        """Return the number or title of the document that a value rests on; empty where none is cited."""
        document = self._policy.legal.get(self.ref(keys).partition(" ")[0])
        return (document.doc_no or document.title) if document else ""


def _is_ref(spot: Spot) -> bool:
    return spot.keys[-1] == "ref" and isinstance(spot.value, str)
