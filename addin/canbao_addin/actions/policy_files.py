"""Policy files of one's own: written whole or not at all, never over one that is there."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from typing import TYPE_CHECKING

from canbao_addin.actions.policy_books import policy_text
from canbao_addin.texts import CannotRunError
from canbao_generator.atomic import atomic_write
from canbao_rulebook.policy import PolicyError, load_policy
from canbao_rulebook.policy.new_year import make_new_year
from canbao_rulebook.policy.types import ID_PATTERN

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.policy.new_year import NewYear


def new_year(before: Policy, policy_id: str) -> NewYear:
    """Return the file of a later year. Raises CannotRunError for an id that is none, or of no later year."""
    year = policy_id.rpartition("-")[2]
    if not re.fullmatch(ID_PATTERN, policy_id) or int(year) <= before.meta.policy_year:
        raise CannotRunError("policy_id", id=policy_id, before=before.meta.id, year=before.meta.policy_year)
    return make_new_year(policy_text(before).encode(), policy_id)


def write_policy(text: str, target: Path, *, replaces: str = "") -> None:
    """Write a policy file. Raises CannotRunError when there is another one of the name, or when it cannot be written.

    ``replaces``: the id of the policy year whose file may be replaced; what it said is kept beside it.
    """
    if target.exists() and not (replaces and _holds(target, replaces)):
        raise CannotRunError("policy_exists", path=target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _keep(target, text)
        with atomic_write(target) as stream:
            stream.write(text.encode())
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble


def _holds(target: Path, policy_id: str) -> bool:
    try:
        return load_policy(str(target)).meta.id == policy_id
    except PolicyError:
        return False


def _keep(target: Path, text: str) -> None:
    """Keep a copy of a file that says something else, under a name that no policy file has."""
    if target.is_file() and target.read_bytes() != text.encode():
        when = f"{datetime.fromtimestamp(target.stat().st_mtime):%Y%m%d-%H%M%S}"  # noqa: DTZ006 - as people see it
        shutil.copy2(target, target.with_name(f"{target.stem}_{when}{target.suffix}.bak"))
