"""单位清单.csv beside the templates: the units that they were generated for, in the form that --units reads."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from canbao_addin.actions.results import keep_text
from canbao_addin.actions.units import HEADERS, load_all_units
from canbao_addin.texts import CannotRunError
from canbao_generator.atomic import atomic_write
from canbao_rulebook.units import AGENCY, SCHOOL
from canbao_validators.inbox import UNITS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit

_FIELDS = ("township", "village", "group", "target", "school", "insurer")


def write_units(units: Sequence[Unit], folder: Path) -> Path:
    """Write the list into the folder of the templates. Raises CannotRunError."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([HEADERS[name] for name in _FIELDS])
    for row in _rows(units):
        writer.writerow([row.get(name, "") for name in _FIELDS])
    content = text.getvalue().encode("utf-8-sig")
    target = folder / UNITS_FILE
    try:
        keep_text(target, content[: content.index(b"\r\n")])
        with atomic_write(target) as stream:
            stream.write(content)
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble
    return target


def expected_names(given: Path | None, folder: Path, book: Rulebook) -> list[str] | None:
    """Return the names of the units that a merge waits for; None where only the policy says it. Raises CannotRunError.

    They are in the list that was given or, where the policy names no townships, in the one that ``generate`` wrote.
    """
    beside = folder / UNITS_FILE
    path = given or (beside if beside.is_file() and not book.policy.org.townships else None)
    return None if path is None else [unit.name for unit in load_all_units(path, book)]


def _rows(units: Sequence[Unit]) -> Iterator[dict[str, object]]:
    """Yield a row for each township with its goal, for each of its villages and groups, and for each school."""
    seen: set[str] = set()
    for unit in units:
        if unit.kind == AGENCY:
            continue
        if unit.kind == SCHOOL:
            yield {"school": unit.name, "insurer": unit.insurer}
            continue
        if unit.township not in seen:
            seen.add(unit.township)
            yield {"township": unit.township, "target": (unit.parent or unit).target or ""}
        yield from _village_rows(unit)


def _village_rows(unit: Unit) -> Iterator[dict[str, object]]:
    groups = dict(unit.groups)
    for village in unit.villages:
        goal = unit.target if unit.parent is not None else None
        for number, group in enumerate(groups.get(village) or ("",)):
            target = goal or "" if not number else ""
            yield {"township": unit.township, "village": village, "group": group, "target": target}
