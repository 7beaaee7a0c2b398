"""Forms of cells: what stands between a cell's reference and its value is the same in nearly all cells of a column.

A form is learned from one cell, by a strict pattern, and then recognised in all others by comparing bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from canbao_validators.reading.slabs import MARGIN

_PLAIN = rb"[ !#-%'-;=?-~]*"  # printable ASCII but the quote, &, < and >
_ATTRIBUTES = rb'((?: [a-z]+="' + _PLAIN + rb'")*)'
_FORMULA_TAG = rb'<f(?: [a-zA-Z0-9]+="' + _PLAIN + rb'")*'
_FORMULA = rb"(" + _FORMULA_TAG + rb"(?:/>|></f>))?"
_AFTER_REFERENCE = rb'"?'  # its closing quote; a cell may have none (scanner.c)
_VALUE = re.compile(_AFTER_REFERENCE + _ATTRIBUTES + rb" ?>" + _FORMULA + rb'<v(?: xml:space="preserve")?>')
_INLINE = re.compile(_AFTER_REFERENCE + _ATTRIBUTES + rb' ?>()<is><t(?: xml:space="preserve")?>')
_TEXT_FORMULA = re.compile(_AFTER_REFERENCE + _ATTRIBUTES + rb" ?>(" + _FORMULA_TAG + rb">)(?=[^<])")
_EMPTY = re.compile(_AFTER_REFERENCE + _ATTRIBUTES + rb" ?(?:/>|>" + _FORMULA + rb"(<v ?/>)?</c>)")
_ATTRIBUTE = re.compile(rb' ([a-zA-Z0-9]+)="([^"]*)"')
_KNOWN = frozenset({b"s", b"t", b"cm", b"vm", b"ph"})
TYPES = ("n", "s", "str", "inlineStr", "b", "e", "d")
VALUE_END = b"</v></c>"
INLINE_END = b"</t></is></c>"
COMMON_WIDTH = 64
# How a cell ends with a formula's text, and whether there is a value, if an empty one.
_FORMULA_ENDS = {b"</f></c>": False, b"</f><v/></c>": True, b"</f><v /></c>": True}


@dataclass(frozen=True, slots=True)
class Shape:
    """``prefix`` follows the reference; ``whole`` forms end there, ``from_right`` ones go on with a formula's text."""

    prefix: bytes
    type_code: int
    formula: bool
    has_value: bool
    whole: bool = False
    from_right: bool = False
    formula_end: bytes = b""  # how a cell ends that has a formula's text and no value

    def __hash__(self) -> int:
        return hash(self.prefix)  # which nearly tells forms apart, and whose hash is kept

    @property
    def is_common(self) -> bool:
        """Whether the form can be compared together with those of other columns."""
        return not self.from_right and not self.formula_end and len(self.prefix) <= COMMON_WIDTH

    @property
    def tags_after_formula(self) -> int:
        """How many tags follow a formula's text; more are another formula or value, 0 where there is no such text."""
        return 4 if self.from_right else self.formula_end.count(b"<")

    @property
    def suffix(self) -> bytes:
        """What stands between the value and the end of the cell."""
        if self.whole:
            return b""
        if self.formula_end:
            return self.formula_end
        return INLINE_END if TYPES[self.type_code] == "inlineStr" else VALUE_END


def learn_shape(data: bytes, start: int, end: int) -> Shape | None:
    """Return the form of the cell whose reference ends at ``start``; None when it is none that the fast lane knows.

    A form without the quote of a reference is that of a cell without one.
    """
    text = data[start : min(end, start + MARGIN)]
    if match := _EMPTY.fullmatch(text):
        return _shape(match, has_value=match[3] is not None, whole=True)
    if match := _VALUE.match(text):
        return _shape(match, has_value=True)
    if match := _INLINE.match(text):
        return _shape(match, has_value=True, inline=True)
    if match := _TEXT_FORMULA.match(text):
        for tail, has_value in _FORMULA_ENDS.items():
            if data.endswith(tail, start, end):
                return _shape(match, has_value=has_value, formula_end=tail)
        return _shape(match, has_value=True, from_right=True)
    return None


def _shape(
    match: re.Match[bytes],
    *,
    has_value: bool,
    whole: bool = False,
    inline: bool = False,
    from_right: bool = False,
    formula_end: bytes = b"",
) -> Shape | None:
    """Return a form when its attributes are understood and its type is right for it."""
    code = _type_code(match[1])
    if code is None or _repeats(match[2]) or (inline != (TYPES[code] == "inlineStr") and not whole):
        return None
    return Shape(match[0], code, bool(match[2]), has_value, whole, from_right, formula_end)


def _repeats(formula_tag: bytes | None) -> bool:
    """Tell whether a formula's tag gives an attribute twice, which no XML does."""
    names = [name for name, _ in _ATTRIBUTE.findall(formula_tag or b"")]
    return len(set(names)) < len(names)


@lru_cache(maxsize=1024)
def _type_code(text: bytes) -> int | None:
    """Return the type that a cell's attributes state, None unless each of them is known and given once."""
    attributes = _ATTRIBUTE.findall(text)
    names = [name for name, _ in attributes]
    kind = dict(attributes).get(b"t", b"n").decode("ascii", "replace")
    if len(set(names)) < len(names) or not _KNOWN.issuperset(names) or kind not in TYPES:
        return None
    return TYPES.index(kind)
