"""Which tests need LibreOffice or another program of support.programs: those whose code leads there.

The code of a test and of its fixtures is followed through the functions that it names, as far as they belong to the
tests or to a host of the buttons. Nobody has to remember the mark `office`; what this misses fails in every run, as
a test without the mark does not find the programs (conftest).
"""

from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from support.programs import GATES

_FOLLOWED = ("tests", "support", "test_", "conftest", "county", "generator", "canbao_addin.hosts.libreoffice")

_named: dict[int, tuple[Any, list[Any]]] = {}  # what was looked at, which is held so that its id stays its own


def needs_programs(item: pytest.Item) -> bool:
    """Return whether a collected test, its fixtures or its parameters lead to one of the programs."""
    starts: list[Any] = [getattr(item, "function", None)]
    fixtures = getattr(item, "_fixtureinfo", None)
    for definitions in fixtures.name2fixturedefs.values() if fixtures else ():
        starts += [definition.func for definition in definitions]
    starts += getattr(item, "callspec", None).params.values() if hasattr(item, "callspec") else ()
    return leads_to(starts, set())


def leads_to(starts: list[Any], seen: set[int]) -> bool:
    """Return whether one of some functions leads to one of GATES."""
    waiting = list(starts)
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if any(each is gate for gate in GATES):
            return True
        if id(each) not in _named:
            _named[id(each)] = (each, list(_named_in(each)))
        waiting += _named[id(each)][1]
    return False


def _named_in(thing: Any) -> Iterator[Any]:
    """Yield what the code of a function or a class names in its module."""
    thing = _undecorated(thing)
    if isinstance(thing, type) and thing.__module__.startswith(_FOLLOWED):
        yield from (part for part in vars(thing).values() if isinstance(part, FunctionType | classmethod | property))
    elif isinstance(thing, FunctionType) and thing.__module__.startswith(_FOLLOWED):
        names = set(_names(thing.__code__))
        for name in names:
            value = thing.__globals__.get(name)
            if isinstance(value, ModuleType):
                yield from (vars(value).get(name) for name in names)
            elif callable(value):
                yield value


def _undecorated(thing: Any) -> Any:
    own = getattr(thing, "__dict__", {})
    if "__wrapped__" in own:
        return _undecorated(own["__wrapped__"])
    return own["hypothesis"].inner_test if isinstance(thing, FunctionType) and "hypothesis" in own else thing


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)
