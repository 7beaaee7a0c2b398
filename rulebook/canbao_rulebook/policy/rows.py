"""A policy file as rows, one a value, also of what it does not say yet: what its workbook shows and is read back by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, get_args, get_origin

from canbao_rulebook.policy.absent import block_type
from canbao_rulebook.policy.cells import ABSENT, UNKNOWN, allowed_words, show_cell
from canbao_rulebook.policy.labels import cell_word, entry_label, field_label, is_block, section_label
from canbao_rulebook.policy.model import Policy
from canbao_rulebook.policy.part import entry_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

Loc = tuple[str | int, ...]
NEW = "+"  # begins the step of an entry that is not there yet: +1, +2
SECTIONS = tuple(
    key
    for name, field in Policy.model_fields.items()
    if (key := field.alias or name) not in {"schema", "supersedes", "confirm"}
)
_SPARE = 3
_MANY = {"categories": 5, "townships": 5, "schools": 5}


class RowKind(StrEnum):
    """What a row is: the heading of a block, the heading of an entry that may be taken away or filled in, a value."""

    BLOCK = "block"
    ENTRY = "entry"
    KEY = "key"  # an entry under a free key, which stands in the cell
    VALUE = "value"


@dataclass(frozen=True)
class PolicyRow:
    """A row. ``loc`` is the place in the file, ``keys`` the same by codes, ``text`` what its cell shows.

    ``field`` is the type of the value; ``level`` how deep its block lies; ``is_new``: part of an entry to be filled in.
    """

    kind: RowKind
    loc: Loc
    keys: tuple[str, ...]
    label: str
    text: str = ""
    unit: str = ""
    allowed: tuple[str, ...] = ()
    field: Any = str
    is_share: bool = False
    level: int = 0
    is_new: bool = False

    @property
    def section(self) -> str:
        """The block of the top level that it belongs to."""
        return str(self.loc[0])


def policy_rows(data: Mapping[str, Any]) -> list[PolicyRow]:
    """Return the rows of a policy file's plain data, section by section, with entries to be filled in."""
    rows: list[PolicyRow] = []
    for key in SECTIONS:
        field, value = Policy.model_fields[key], data.get(key, ABSENT)
        kind, label = block_type(field.annotation), section_label(key)
        if is_block(kind) or _entry_kind(kind) is not None:
            rows += _rows(value, kind, (key,), (key,), label, 0)
        else:
            rows.append(_value(value, field, (key,), (key,), label, "", 0))
    return rows


def _rows(value: Any, kind: Any, loc: Loc, keys: tuple[str, ...], label: str, level: int) -> Iterator[PolicyRow]:
    if is_block(kind):
        yield _block(value, dict, loc, keys, label, level)
        yield from _fields(value, kind, loc, keys, level + 1)
    elif (item := _entry_kind(kind)) is not None:
        yield _block(value, list if get_origin(kind) is tuple else dict, loc, keys, label, level)
        yield from _entries(value, kind, item, loc, keys, level + 1)


def _block(value: Any, kind: type, loc: Loc, keys: tuple[str, ...], label: str, level: int) -> PolicyRow:
    return PolicyRow(RowKind.BLOCK, loc, keys, label, _said(value), field=kind, level=level, is_new=_is_new(loc))


def _said(value: Any) -> str:
    """What the heading of a block says: nothing where it has contents or is not there."""
    if value is None:
        return UNKNOWN
    return cell_word("empty") if value is not ABSENT and not value else ""


def _entry_kind(kind: Any) -> Any:
    """Return what the entries of a list of blocks, or under free keys, are; None for everything else."""
    if get_origin(kind) not in (tuple, dict):
        return None
    inner = block_type([argument for argument in get_args(kind) if argument is not Ellipsis][-1])
    return inner if get_origin(kind) is dict or is_block(inner) else None


def _fields(value: Any, model: type[BaseModel], loc: Loc, keys: tuple[str, ...], level: int) -> Iterator[PolicyRow]:
    values = value if isinstance(value, dict) else {"code": value} if isinstance(value, str) else {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        kind, below, named = block_type(field.annotation), (*loc, key), (*keys, key)
        label = field_label(model, key)
        if is_block(kind) or _entry_kind(kind) is not None:
            yield from _rows(values.get(key, ABSENT), kind, below, named, label.name, level)
        else:
            yield _value(values.get(key, ABSENT), field, below, named, label.name, label.unit, level)


def _value(value: Any, field: Any, loc: Loc, keys: tuple[str, ...], label: str, unit: str, level: int) -> PolicyRow:
    kind = block_type(field.annotation)
    return PolicyRow(
        RowKind.VALUE,
        loc,
        keys,
        label,
        "" if value is ABSENT else show_cell(value, kind),
        unit,
        allowed_words(kind),
        kind,
        is_share="_parse_ratio" in str(field.metadata),
        level=level,
        is_new=_is_new(loc),
    )


def _entries(value: Any, kind: Any, item: Any, loc: Loc, keys: tuple[str, ...], level: int) -> Iterator[PolicyRow]:
    if get_origin(kind) is dict:
        pairs = list(value.items()) if isinstance(value, dict) else []
        for key, child in [*pairs, *((f"{NEW}{number}", ABSENT) for number in _spare(loc))]:
            yield from _keyed(str(key), child, item, (*loc, str(key)), (*keys, str(key)), level)
        return
    there = value if isinstance(value, list) else []
    names = entry_names((item, child if isinstance(child, dict) else {"code": child}) for child in there)
    children: list[tuple[str | int, str, Any]] = list(zip(range(len(there)), names, there, strict=True))
    children += [(f"{NEW}{number}", f"{NEW}{number}", ABSENT) for number in _spare(loc)]
    for index, name, child in children:
        label = f"{entry_label(item)} {_title(child) or name}" if child is not ABSENT else f"新增{entry_label(item)}"
        below: Loc = (*loc, index)
        yield PolicyRow(RowKind.ENTRY, below, (*keys, name), label, level=level, is_new=_is_new(below))
        yield from _fields(child, item, below, (*keys, name), level + 1)


def _keyed(key: str, child: Any, item: Any, loc: Loc, keys: tuple[str, ...], level: int) -> Iterator[PolicyRow]:
    """A free key: its row holds the key, and the value where that is no block."""
    new = key.startswith(NEW)
    if is_block(item):
        label = f"新增{entry_label(item)}（代号）" if new else f"{entry_label(item)}（代号）"
        yield PolicyRow(RowKind.KEY, loc, keys, label, "" if new else key, level=level, is_new=new)
        yield from _fields(child, item, loc, keys, level + 1)
        return
    text = "" if child is ABSENT else show_cell(child, item)
    label = "" if new else key
    yield PolicyRow(RowKind.VALUE, loc, keys, label, text, field=item, level=level, is_new=new)


def _spare(loc: Loc) -> range:
    """How many entries may be added: none inside an entry that is new itself but what it needs."""
    many = _MANY.get(str(loc[-1]), _SPARE)
    return range(1, (1 if _is_new(loc) else many) + 1)


def _is_new(loc: Loc) -> bool:
    return any(isinstance(step, str) and step.startswith(NEW) for step in loc)


def _title(child: Any) -> str:
    if not isinstance(child, dict):
        return ""
    return next((str(child[key]) for key in ("name", "label", "title", "says") if child.get(key)), "")
