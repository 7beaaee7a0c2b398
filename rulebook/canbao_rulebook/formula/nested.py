"""A rule as the sheet computes it: tests inside each other, so that the first one that fails ends it (decision 0044).

AND in a worksheet computes all its arguments, however soon one is FALSE. A rule asks only whether its formula is TRUE;
for that, an AND, whatever errors stand in it, is the same as an IF inside an IF, in any order: cheap tests first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.formula.excel import emit_arguments, emit_excel
from canbao_rulebook.formula.nodes import BoolNode, CallNode, Node
from canbao_rulebook.functions import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_rulebook.formula.excel import ExcelContext

NEVER = "FALSE"
_ALWAYS = "TRUE"
_MOST_NESTED = 12  # levels; Excel takes 64 for the whole formula


def emit_flag(node: Node, context: ExcelContext) -> str:
    """Return a rule as TRUE or FALSE; an error cell is another rule's business."""
    return emit_choice(node, context, _ALWAYS, NEVER)


def emit_choice(node: Node, context: ExcelContext, then: str, otherwise: str) -> str:
    """Return what is ``then`` where a formula is TRUE, ``otherwise`` where it is FALSE or an error."""
    tests = list_tests(node, context)
    if NEVER in tests:
        return otherwise
    nested = then
    for test in reversed(tests):
        nested = f"IF({test},{nested},{otherwise})"
    return f"IFERROR({nested},{otherwise})"


def list_tests(node: Node, context: ExcelContext) -> list[str]:
    """Return formulas that are all TRUE exactly where that of a node is TRUE: dear ones last, else as written."""
    tests = [test for test in dict.fromkeys(_tests(node, context)) if test != _ALWAYS]
    tests.sort(key=_price)
    last = tests[_MOST_NESTED - 1 :]
    return [*tests[: _MOST_NESTED - 1], f"AND({','.join(last)})"] if len(last) > 1 else tests


def _tests(node: Node, context: ExcelContext) -> Iterator[str]:
    """Yield the tests of a node. Where one of them is FALSE, what the others are, errors included, does not matter."""
    match node:
        case CallNode(name="AND", args=args):
            for arg in args:
                yield from _tests(arg, context)
        case CallNode(name="NOT", args=(inner,)):
            yield from _tests_against(inner, context)
        case CallNode(name="IFERROR", args=(inner, BoolNode(value=False))):
            yield from _tests(inner, context)
        case CallNode(name="IF", args=(condition, inner, BoolNode(value=False))):
            yield from _tests(condition, context)
            yield from _tests(inner, context)
        case CallNode(name="IF", args=(condition, BoolNode(value=False), inner)):
            yield from _tests_against(condition, context)
            yield from _tests(inner, context)
        case CallNode(name=name) if (tests := REGISTRY[name].tests) is not None:
            yield from tests(emit_arguments(node, context))
        case _:
            yield emit_excel(node, context)


def _tests_against(node: Node, context: ExcelContext) -> Iterator[str]:
    """Yield the tests that a node is FALSE: neither TRUE nor an error."""
    match node:
        case CallNode(name="NOT", args=(inner,)):
            yield from _tests(inner, context)
        case CallNode(name="OR", args=args):
            for arg in args:
                yield from _tests_against(arg, context)
        case BoolNode(value=value):
            yield NEVER if value else _ALWAYS
        case CallNode(name=name) if (tests := REGISTRY[name].tests_against) is not None:
            yield from tests(emit_arguments(node, context))
        case _:
            yield f"NOT({emit_excel(node, context)})"


def _price(test: str) -> int:
    """Return whether a test is cheap, puts texts together, or goes through an array."""
    return 2 if "SUMPRODUCT(" in test else int("&" in test)
