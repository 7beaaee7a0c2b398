"""The columns that a county adds to rosters in its policy file (decision 0065)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.bands import OWN
from canbao_rulebook.kinds import ColumnType, Filler
from canbao_rulebook.policy.own import own_list_name
from canbao_rulebook.specs import ColumnSpec, Origin

if TYPE_CHECKING:
    from canbao_rulebook.policy.model import Policy

_CHARACTER = 2.2  # width of a Chinese character in a cell
_NARROWEST, _WIDEST = 10, 24


def own_column_specs(code: str, policy: Policy) -> list[ColumnSpec]:
    """Return the county's own columns of a roster, in the order of the policy file."""
    return [
        ColumnSpec(
            field=own_field(number - 1),
            header=column.header,
            type=ColumnType(column.type),
            filler=Filler.CLERK,
            band=OWN,
            width=_width([column.header, *column.choices]),
            required=column.required,
            required_source=policy.article(column.ref),
            list=own_list_name(number) if column.choices else None,
            hint=column.hint or "",
            origin=own_column_origin(policy, number - 1),
        )
        for number, column in enumerate(policy.own_columns, start=1)
        if column.roster == code
    ]


def own_field(place: int) -> str:
    """Return the field of the column of a place, from 0."""
    return f"own_{place + 1}"


def own_column_origin(policy: Policy, place: int) -> Origin:
    """Return where the policy file says the column of a place, from 0."""
    return Origin(policy.path, f"own_columns[{place}]", policy.lines)


def _width(texts: list[str]) -> float:
    return min(max(_NARROWEST, *(len(text) * _CHARACTER for text in texts)), _WIDEST)
