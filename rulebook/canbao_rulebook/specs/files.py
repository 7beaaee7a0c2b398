"""The files of roster specs: ``rosters/R1.yaml``, ``rosters/parts/pay.yaml``, and those of a later policy year.

``R1-2024.yaml`` holds from 2024 on, in place of ``R1.yaml``; the same with parts. An earlier year replays its own.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from canbao_rulebook.policy.yaml import UnquotedDecimal, read_yaml
from canbao_rulebook.specs.checking import problems_of
from canbao_rulebook.specs.errors import Origin, Problem, RosterError
from canbao_templates import list_names, read_text

if TYPE_CHECKING:
    from pydantic import BaseModel

ROSTERS, PARTS = "rosters", "rosters/parts"
OWN_PERSONS = "rosters/own/persons.yaml"  # what every roster of a county's own begins with
_SUFFIX, _YEAR = ".yaml", "-"

File = TypeVar("File", bound="BaseModel")


def list_specs() -> set[str]:
    """Return the codes of all rosters that have a spec; the others are reports, which nobody fills."""
    return {name.partition(_YEAR)[0] for name in list_names(ROSTERS, _SUFFIX)}


def list_parts() -> set[str]:
    """Return the names of the parts that specs may share."""
    return {name.partition(_YEAR)[0] for name in list_names(PARTS, _SUFFIX)}


def find_file(folder: str, name: str, year: int) -> str:
    """Return the file of a spec or part that holds in a policy year: that of the latest year until then."""
    later = [word.removeprefix(f"{name}{_YEAR}") for word in list_names(folder, _SUFFIX) if word.startswith(f"{name}-")]
    since = max((int(word) for word in later if word.isdigit() and int(word) <= year), default=None)
    return f"{folder}/{name}{_SUFFIX}" if since is None else f"{folder}/{name}{_YEAR}{since}{_SUFFIX}"


@cache
def read_file(relative: str, model: type[File]) -> tuple[File, Origin]:
    """Return what a file says, and where that stands. Raises RosterError with all that is wrong with its form."""
    document = read_yaml(read_text(relative).encode())
    origin = Origin(relative, "", document.lines)
    if document.issues:
        raise RosterError([Problem(relative, issue) for issue in document.issues])
    try:
        return model.model_validate(_plain(document.data)), origin
    except ValidationError as error:
        raise RosterError(problems_of(error, origin, model, document.texts)) from error


def _plain(data: object) -> object:
    """Return data with its decimals as numbers: a width is no money."""
    if isinstance(data, UnquotedDecimal):
        return float(data.text)
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    return [_plain(value) for value in data] if isinstance(data, list) else data
