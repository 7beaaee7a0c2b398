"""The rows of _meta, the very hidden sheet that says what a workbook is (canbao_rulebook.meta)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_generator.version import software_version
from canbao_rulebook.meta import (
    ACCOUNT_KEY,
    FORMULAS_KEY,
    IN_CELLS,
    INSURER_KEY,
    LOCK_DIGEST_KEY,
    LOCK_SALT_KEY,
    META_SCHEMA,
    PARENT_KEY,
    PARENT_TARGET_KEY,
    PARENT_VILLAGES_KEY,
    ROSTER_KEY,
    VILLAGE_KEY,
    hash_headers,
    seal_rows,
)
from canbao_rulebook.roster import FIRST_ROW

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from canbao_generator.layout import RosterLayout
    from canbao_generator.protection import Lock
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit


def meta_rows(
    book: Rulebook,
    unit: Unit,
    layouts: Sequence[RosterLayout],
    last_rows: Mapping[str, int],
    lock: Lock,
    *,
    plain: bool = False,
) -> list[list[str]]:
    """Return the rows of _meta; ``last_rows`` are by roster code, ``plain`` as the master was built."""
    policy = book.policy
    rows = [
        ["schema", META_SCHEMA],
        ["policy_id", policy.meta.id],
        ["policy_sha256", policy.sha256],
        ["unit", unit.name],
        ["unit_kind", unit.kind],
        ["target", str(unit.target or "")],
        ["generator", f"canbao {software_version()}"],
    ]
    rows += [[key, value] for key, value in ((INSURER_KEY, unit.insurer), (ACCOUNT_KEY, unit.account)) if value]
    if unit.parent:
        rows += [
            [PARENT_KEY, unit.parent.name],
            [PARENT_TARGET_KEY, str(unit.parent.target or "")],
            [PARENT_VILLAGES_KEY, *unit.parent.villages],
        ]
    if lock.digest:
        rows += [[LOCK_SALT_KEY, lock.salt], [LOCK_DIGEST_KEY, lock.digest]]
    if plain:
        rows.append([FORMULAS_KEY, IN_CELLS])
    for layout in layouts:
        roster = layout.roster
        last = last_rows[roster.code]
        digest = hash_headers([entry.column.header for entry in layout.columns])
        edition = book.edition(roster.code)
        rows.append([ROSTER_KEY, roster.code, edition, roster.sheet, str(FIRST_ROW), str(last), digest])
    groups = dict(unit.groups)
    rows += [[VILLAGE_KEY, village, *groups.get(village, ())] for village in unit.villages]
    return [*rows, seal_rows(rows)]
