"""The base of all blocks of a policy file, and what its entries are known by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NAMES = ("code", "id", "population", "name", "year")
_DOT = "·"  # between the parts of a name: a full stop ends a step of a path


class Part(BaseModel):
    """A block of the policy file: frozen, and no key that is not declared.

    ``known_by``: the keys that together tell an entry of a list from the others, where it has no code or name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    known_by: ClassVar[tuple[str, ...]] = ()


def entry_names(entries: Iterable[tuple[Any, Mapping[str, object]]]) -> list[str]:
    """Return what the entries of a list are known by, each given by its type and what it says.

    One that nothing names, or that is called as an earlier one, is known by its place, from 0.
    """
    names: list[str] = []
    for place, (kind, said) in enumerate(entries):
        name = _name(kind, said)
        names.append(str(place) if not name else f"{name}{_DOT}{place}" if name in names else name)
    return names


def _name(kind: Any, said: Mapping[str, object]) -> str:
    own: tuple[str, ...] = getattr(kind, "known_by", ())
    if own:
        words = (said.get(key) for key in own)
        return _DOT.join(str(word) for word in words if word is not None).replace(".", _DOT)
    return next((str(said[key]) for key in _NAMES if isinstance(said.get(key), str | int)), "")
