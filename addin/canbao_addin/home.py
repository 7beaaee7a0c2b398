"""The user's own folder: what belongs to this person on this PC, and to no workbook."""

from pathlib import Path

HOME = Path.home() / ".canbao"
LOG = HOME / "canbao.log"
MANUAL = HOME / "manual"
POLICIES = HOME / "policies"  # policy files that the county sent; they go before those that are shipped
