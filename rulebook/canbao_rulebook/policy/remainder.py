"""What is wrong with the readable part of a policy file that cannot be used, so that all problems are told at once.

A value that cannot be read is replaced by a stand-in; what is found in its block, or rests on it, is not told.
"""

from __future__ import annotations

import copy
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from canbao_rulebook.findings import Severity
from canbao_rulebook.policy.absent import below, can_be_left_out, field_of
from canbao_rulebook.policy.check import check_policy
from canbao_rulebook.policy.model import Policy, Source
from canbao_rulebook.policy.report import yaml_path
from canbao_rulebook.policy.types import Quantity

if TYPE_CHECKING:
    from canbao_rulebook.policy.issues import PolicyIssue

Loc = tuple[str | int, ...]

_ROUNDS = 6  # a block that is filled in may need its own values in the next round
_STAND_IN = "…"
_TOLD = ("P04", "P05", "P06", "P07", "P08")
_NAMES = {"code", "id"}  # what other blocks call an entry by


def check_remainder(data: Any, lines: dict[str, int]) -> list[PolicyIssue]:
    """Return the errors of ``check_policy`` in what could be read; none where the year itself cannot be."""
    mended, broken = copy.deepcopy(data), list[Loc]()
    for _ in range(_ROUNDS):
        try:
            policy = Policy.model_validate(mended)
        except ValidationError as error:
            found: list[Loc] = [detail["loc"] for detail in error.errors(include_url=False)]
            kinds = [str(detail["type"]) for detail in error.errors(include_url=False)]
            broken += found
            if not all(_mend(mended, loc, kind, len(broken)) for loc, kind in zip(found, kinds, strict=True)):
                return []
        else:
            policy._source = Source("", "", lines)  # noqa: SLF001
            return [issue for issue in check_policy(policy) if _is_its_own(issue, broken)]
    return []


def _mend(data: Any, loc: Loc, kind: str, number: int) -> bool:
    """Take a value away or put a stand-in into its place; False where the rest would mean nothing without it."""
    if not loc or loc[:2] in {("meta", "policy_year"), ("schema",)} or kind == "default_factory_not_called":
        return kind == "default_factory_not_called"
    parent, model = data, Policy
    for step in loc[:-1]:
        parent, model = parent[step], below(model, step)
    key = loc[-1]
    if kind == "extra_forbidden" or (can_be_left_out(Policy, loc) and isinstance(parent, dict)):
        parent.pop(key, None)
        return True
    parent[key] = _stand_in(model, parent, key, number)
    return True


def _stand_in(model: Any, parent: Any, key: str | int, number: int) -> Any:
    """Return something that a field takes; dates stand on their neighbour, so that they contradict nothing else."""
    field = field_of(model, str(key)) if isinstance(model, type) and issubclass(model, BaseModel) else None
    if field is not None and any(isinstance(item, Quantity) for item in field.metadata):
        return None
    kind = below(model, key)
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if get_origin(kind) is tuple:
        return [_STAND_IN] * 2 if get_args(kind)[0] is str else []
    if get_origin(kind) is dict or (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return {}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind)).value
    simple: dict[Any, Any] = {bool: False, int: 900_000 + number, str: f"{_STAND_IN}{number}"}
    if kind in simple:
        return {"gb2260": "100000", "id": "a-2000"}.get(str(key), simple[kind]) if model is not None else simple[kind]
    return parent.get("start") if isinstance(parent, dict) and parent.get("start") else "1.00"


def _is_its_own(issue: PolicyIssue, broken: list[Loc]) -> bool:
    """Whether an issue has nothing to do with what was replaced."""
    if issue.severity is not Severity.ERROR or issue.code not in _TOLD:
        return False
    if issue.code == "P08" and any(loc[0] == "premium" for loc in broken):
        return False
    if issue.key == "P05.reference" and any(loc[-1] in _NAMES or loc[0] == "org" for loc in broken):
        return False
    if any(_STAND_IN in str(value) for value in issue.params.values()):
        return False
    return not any(_is_inside(issue.path, loc) for loc in broken)


def _is_inside(path: str, loc: Loc) -> bool:
    """Whether a path lies in the block whose value was replaced, or that block in what the path names."""
    block = yaml_path(loc[:-1])
    return bool(block) and (_starts(path, block) or _starts(block, path))


def _starts(path: str, block: str) -> bool:
    return path == block or path.startswith((f"{block}.", f"{block}["))
