"""What pydantic finds in a spec, in the words of policy files: unknown keys with the nearest one, types, gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from canbao_rulebook.policy.load import MESSAGES, hint_of
from canbao_rulebook.specs.errors import Origin, Problem, near, tell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Block = TypeVar("Block", bound=BaseModel)


def check_block(model: type[Block], values: Mapping[str, Any], origin: Origin, problems: list[Problem]) -> Block | None:
    """Return the block that the values describe, with where it stands; what is wrong is added to ``problems``."""
    try:
        return model.model_validate({**values, "origin": origin})
    except ValidationError as error:
        problems += problems_of(
            error, origin, model, {f"{origin.path}.{key}": str(word) for key, word in values.items()}
        )
        return None


def problems_of(
    error: ValidationError, origin: Origin, model: type[BaseModel], texts: Mapping[str, str]
) -> list[Problem]:
    """Return every problem at its line; ``texts`` are what stands in the file, by path."""
    return [_problem(detail, origin, model, texts) for detail in error.errors(include_url=False)]


def _problem(detail: Any, origin: Origin, model: type[BaseModel], texts: Mapping[str, str]) -> Problem:
    place, *above = [_below(origin, detail["loc"]), _below(origin, detail["loc"][:-1])]
    kind, key = detail["type"], str(detail["loc"][-1])
    if kind == "extra_forbidden":
        return tell("P02.key", place, key=key, hint=near(key, _keys_at(model, detail["loc"][:-1])))
    if kind == "missing":
        return tell("P04.missing", above[0], key=key)
    value = texts.get(place.path, "…")
    return tell(
        "P04.null" if detail["input"] is None else MESSAGES[kind], place, value=value, hint=hint_of(detail, value)
    )


def _below(origin: Origin, loc: tuple[str | int, ...]) -> Origin:
    for step in loc:
        origin = origin.at(step)
    return origin


def _keys_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> Iterator[str]:
    """Yield the keys of a block; those of the parts of a spec's own are two steps below."""
    for step in loc:
        field = model.model_fields.get(str(step))
        blocks = [kind for kind in getattr(field.annotation, "__args__", ()) if isinstance(kind, type)] if field else []
        model = next((kind for kind in blocks if issubclass(kind, BaseModel)), model)
    for name, entry in model.model_fields.items():
        if name != "origin":
            yield entry.alias or name
