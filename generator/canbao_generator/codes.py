"""代码表 (hidden): every list, one a column. The lists of a unit stand first, its groups last, a row for a village."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_generator.check_formulas import note_list_name, text_list_name
from canbao_generator.marks import GROUP_LAST, VILLAGE_LAST
from canbao_rulebook.meta import CODE_SHEET
from canbao_rulebook.names import unit_names
from canbao_rulebook.roster import column_letter
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from collections.abc import Iterable

    from canbao_generator.layout import RosterLayout
    from canbao_generator.xml import Value
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.units import Unit

SHEET = CODE_SHEET
VILLAGES, GROUPS, GROUP_COUNTS, GROUP_START = "村名单", "村组名单", "村组数", "组起点"
_FIRST_FREE = 4


class CodeTable:
    """The code lists of a policy year, and where they stand."""

    def __init__(self, book: Rulebook, layouts: Iterable[RosterLayout]) -> None:
        own = unit_names(None)
        lists: dict[str, tuple[Value, ...]] = {
            named.name: named.value
            for named in book.names.values()
            if isinstance(named.value, tuple) and named.name not in own
        }
        for layout in layouts:
            lists |= {text_list_name(layout.roster): (*layout.texts,), note_list_name(layout.roster): (*layout.notes,)}
        self._lists = lists

    def names(self) -> dict[str, str]:
        """Return the defined names with their ranges; the rows of a unit's lists are stand-ins."""
        names = {
            VILLAGES: f"{SHEET}!$A$2:$A${VILLAGE_LAST}",
            GROUPS: f"{SHEET}!$B$2:$B${GROUP_LAST}",
            GROUP_COUNTS: f"{SHEET}!$C$2:$C${VILLAGE_LAST}",
        }
        for index, (name, values) in enumerate(self._lists.items(), start=_FIRST_FREE):
            letter = column_letter(index)
            names[name] = f"{SHEET}!${letter}$2:${letter}${len(values) + 1}"
        names[GROUP_START] = f"{SHEET}!${column_letter(self._group_start)}$1"
        return names

    @property
    def _group_start(self) -> int:
        return _FIRST_FREE + len(self._lists)

    def columns(self, unit: Unit) -> dict[int, list[Value]]:
        """Return the columns of the sheet for one unit, by number from 1, headers first."""
        groups = groups_by_village(unit)
        columns: dict[int, list[Value]] = {
            1: [VILLAGES, *(unit.villages or ("",))],
            2: [GROUPS, *(unit.group_keys or ("",))],
            3: [GROUP_COUNTS, *(float(len(items)) for items in groups or [("",)])],
        }
        for index, (name, values) in enumerate(self._lists.items(), start=_FIRST_FREE):
            columns[index] = [name, *values]
        widest = max((len(items) for items in groups), default=0)
        for place in range(widest):
            title = GROUP_START if place == 0 else ""
            column = [items[place] if place < len(items) else "" for items in groups]
            columns[self._group_start + place] = [title, *column]
        return columns


def groups_by_village(unit: Unit) -> list[tuple[str, ...]]:
    """Return the groups to choose from in each village; the usual ones where the unit's list has none."""
    usual: tuple[str, ...] = tuple(load_lists()["groups"])
    known = dict(unit.groups)
    return [known.get(village) or usual for village in unit.villages]
