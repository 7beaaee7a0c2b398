"""The formulas of 校验结果 and 校验说明: the gravest of what the row's own formulas and the button 校验 have found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.check_column import (
    ALL_RIGHT,
    LOOKED_AT,
    MARK_END,
    REMOVED,
    ROW_ALL_RIGHT,
    SEE_LIST,
    row_key_fields,
)
from canbao_rulebook.roster import CHECK_FIELD, CHECK_NOTE_FIELD, FIRST_ROW, REMOVED_FIELD

if TYPE_CHECKING:
    from canbao_rulebook.roster import Roster

MARK_DIGITS = 3
_LONGEST = 99  # characters that the button's words may have


def text_list_name(roster: Roster) -> str:
    """Return the defined name of the texts that 校验结果 chooses from."""
    return f"校验文字{roster.code}"


def note_list_name(roster: Roster) -> str:
    """Return the defined name of the sentences that 校验说明 chooses from."""
    return f"校验说明{roster.code}"


def removed_place(roster: Roster) -> str:
    """Return the reference to 删除 in the first data row, or nothing where the roster has no such column."""
    column = roster.by_field.get(REMOVED_FIELD)
    return f"${roster.letters[column.header]}{FIRST_ROW}" if column else ""


def check_formulas(roster: Roster, used: str, marks: str, outside: str) -> dict[str, str]:
    """Return both formulas by field; ``marks`` joins those of the row, ``used`` and ``outside`` are columns."""
    place, number = f"${outside}{FIRST_ROW}", f"--LEFT({marks},{MARK_DIGITS})"
    own, other = f"MID({marks},{MARK_DIGITS + 1},1)", f"LEFT({place},1)"
    graver = f'OR(AND({other}="E",{own}<>"E"),AND({other}="W",OR({own}="I",{own}="")),AND({other}="I",{own}=""))'
    row = f"${used}{FIRST_ROW}"
    key = "&".join(f"${roster.letters[roster.by_field[field].header]}{FIRST_ROW}" for field in row_key_fields(roster))
    right = f'IF({place}="{LOOKED_AT}"&{key},"{ALL_RIGHT}","{ROW_ALL_RIGHT}")'
    said = f'IF({marks}="",{right},INDEX({text_list_name(roster)},{number}))'
    told = f'TRIM(RIGHT(SUBSTITUTE({place},"{LOOKED_AT}",REPT(" ",{_LONGEST})),{_LONGEST}))'
    count = f'LEN({marks}&{place})-LEN(SUBSTITUTE({marks}&{place},"{MARK_END}",""))'
    more = f'IF({count}>1," (+"&({count}-1)&")","")'
    removed = removed_place(roster)
    blank = f'IF({removed}="","","{REMOVED}")' if removed else '""'
    note = f'IF({marks}="","",INDEX({note_list_name(roster)},{number}))'
    return {
        CHECK_FIELD: f"IF({row},IF({graver},{told},{said})&{more},{blank})",
        CHECK_NOTE_FIELD: f'IF({row},IF({graver},"{SEE_LIST}",{note}),"")',
    }
