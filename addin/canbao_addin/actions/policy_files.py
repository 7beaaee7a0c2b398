"""Policy files of one's own: written whole or not at all, never over one that is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from canbao_addin.texts import CannotRunError
from canbao_generator.atomic import atomic_write
from canbao_rulebook.policy.new_year import make_new_year
from canbao_rulebook.policy.types import ID_PATTERN
from canbao_templates import ROOT

if TYPE_CHECKING:
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.new_year import NewYear


def policy_bytes(policy: Policy) -> bytes:
    """Return the file that a policy year was read from, as it lies there now."""
    path = Path(policy.path)
    return path.read_bytes() if path.is_file() else ROOT.joinpath("policies", path.name).read_bytes()


def new_year(before: Policy, policy_id: str) -> NewYear:
    """Return the file of a later year. Raises CannotRunError for an id that is none, or of no later year."""
    year = policy_id.rpartition("-")[2]
    if not re.fullmatch(ID_PATTERN, policy_id) or int(year) <= before.meta.policy_year:
        raise CannotRunError("policy_id", id=policy_id, before=before.meta.id, year=before.meta.policy_year)
    return make_new_year(policy_bytes(before), policy_id)


def write_policy(text: str, target: Path) -> None:
    """Write a policy file. Raises CannotRunError when there is one of the name, or when it cannot be written."""
    if target.exists():
        raise CannotRunError("policy_exists", path=target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(target) as stream:
            stream.write(text.encode())
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble
