"""_meta (very hidden): what a workbook is. One key a row in column A, its values from column B on, all of them texts.

Keys: schema, policy_id, policy_sha256, unit, unit_kind, generator, and one ``roster`` row per roster with code, version,
sheet, first data row, last data row (the row limit) and the hash of the header row.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from canbao_rulebook.roster import FIRST_ROW

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_generator.layout import RosterLayout
    from canbao_rulebook.roster_load import Rulebook
    from canbao_rulebook.units import Unit

SHEET = "_meta"
SCHEMA = "canbao-workbook/1"
HASH_LENGTH = 16


def meta_rows(
    book: Rulebook, unit: Unit, layouts: Sequence[RosterLayout], last_rows: Mapping[str, int]
) -> list[list[str]]:
    """Return the rows of _meta; ``last_rows`` are by roster code."""
    policy = book.policy
    rows = [
        ["schema", SCHEMA],
        ["policy_id", policy.meta.id],
        ["policy_sha256", policy.sha256],
        ["unit", unit.name],
        ["unit_kind", "township"],
        ["generator", f"canbao {_version()}"],
    ]
    for layout in layouts:
        roster = layout.roster
        last = last_rows[roster.code]
        digest = hash_headers([entry.column.header for entry in layout.columns])
        rows.append(["roster", roster.code, str(roster.version), roster.sheet, str(FIRST_ROW), str(last), digest])
    return rows


def hash_headers(headers: Sequence[str]) -> str:
    """Return the first hexadecimal digits of the SHA-256 of a header row, from left to right, joined by line feeds."""
    return sha256("\n".join(headers).encode()).hexdigest()[:HASH_LENGTH]


def _version() -> str:
    try:
        return version("canbao")
    except PackageNotFoundError:
        return "0"
