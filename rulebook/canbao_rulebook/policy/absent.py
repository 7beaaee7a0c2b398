"""Blocks of a policy file that do not apply: left out, or ``none`` in one word."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

NONE = "none"


def without_none(data: Any, model: type[BaseModel]) -> Any:
    """Return what a file says without the blocks of which it says ``none``: the same as a file that leaves them out."""
    if not isinstance(data, dict):
        return data
    kept = {}
    for key, value in data.items():
        field = field_of(model, key)
        block = None if field is None else block_type(field.annotation)
        if value == NONE and field is not None and not field.is_required() and _is_block(block):
            continue
        kept[key] = without_none(value, block) if block is not None and _is_model(block) else value
    return kept


def can_be_left_out(model: type[BaseModel], loc: tuple[str | int, ...]) -> bool:
    """Whether the key at a place may be missing from its block. False for places that do not exist."""
    current: Any = model
    for step in loc[:-1]:
        current = below(current, step)
        if current is None:
            return False
    field = field_of(current, str(loc[-1])) if loc and _is_model(current) else None
    return field is not None and not field.is_required()


def below(current: Any, step: str | int) -> Any:
    """Return the type of what stands at a step inside a block or list of some type; None where nothing can stand."""
    if _is_model(current):
        field = field_of(current, str(step))
        return None if field is None else block_type(field.annotation)
    arguments = [argument for argument in get_args(current) if argument is not Ellipsis]
    return block_type(arguments[-1]) if arguments else None


def field_of(model: type[BaseModel], key: str) -> Any:
    """Return the field that a key of the file fills; None for an unknown key."""
    return next((entry for name, entry in model.model_fields.items() if key == (entry.alias or name)), None)


def block_type(annotation: Any) -> Any:
    """Return X of ``X | None`` and of ``Annotated[X, ...]``; anything else unchanged."""
    is_wrapped = isinstance(annotation, UnionType) or get_origin(annotation) in (Annotated, Union)
    return block_type(get_args(annotation)[0]) if is_wrapped else annotation


def _is_model(block: Any) -> bool:
    return isinstance(block, type) and issubclass(block, BaseModel)


def _is_block(block: Any) -> bool:
    return _is_model(block) or get_origin(block) in (tuple, dict)
