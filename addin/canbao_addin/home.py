"""The user's own folder: what belongs to this person on this PC, and to no workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.kept import HOME
from canbao_rulebook.policy import SUFFIXES
from canbao_validators.mishaps import LOG

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["HOME", "LOG", "MANUAL", "POLICIES", "own_policies"]

MANUAL = HOME / "manual"
POLICIES = HOME / "policies"  # policy files that the county sent; they go before those that are shipped


def own_policies() -> dict[str, Path]:
    """Return the policy files in the user's own folder by id: a file is named after the policy year it holds."""
    return {path.stem: path for path in sorted(POLICIES.glob("*")) if path.suffix in SUFFIXES}
