"""The user's own folder: what belongs to this person on this PC, and to no workbook."""

from canbao_validators.mishaps import HOME, LOG

__all__ = ["HOME", "LOG", "MANUAL", "POLICIES"]

MANUAL = HOME / "manual"
POLICIES = HOME / "policies"  # policy files that the county sent; they go before those that are shipped
