"""What is on the screen, as a screen reader is told it: names, kinds and places of the widgets of LibreOffice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from canbao_addin.hosts.libreoffice.bridge import load_uno

_MAX_CHILDREN = 200  # a sheet has a thousand million cells, and no widget that we look for


@dataclass(frozen=True)
class Widget:
    """A widget; ``place`` is left, top, width, height in pixels of the screen."""

    name: str
    place: tuple[int, int, int, int]
    native: Any


def find_widgets(root: Any, *kinds: str) -> list[Widget]:
    """Return the widgets of some kinds, named as in com.sun.star.accessibility.AccessibleRole, in their order."""
    return [describe(each) for each in _walk(root, _roles(kinds))]


def is_kind(native: Any, *kinds: str) -> bool:
    """Return whether a widget is of one of some kinds."""
    return native.getAccessibleContext().getAccessibleRole() in _roles(kinds)


def describe(native: Any) -> Widget:
    """Return a widget's name and place."""
    context = native.getAccessibleContext()
    corner, size = context.getLocationOnScreen(), context.getSize()
    return Widget(context.getAccessibleName(), (corner.X, corner.Y, size.Width, size.Height), native)


def _roles(kinds: tuple[str, ...]) -> set[int]:
    uno = load_uno()
    return {uno.getConstantByName(f"com.sun.star.accessibility.AccessibleRole.{kind}") for kind in kinds}


def _walk(root: Any, roles: set[int]) -> list[Any]:
    context = root.getAccessibleContext()
    if context.getAccessibleRole() in roles:
        return [root]
    count = context.getAccessibleChildCount()
    if count > _MAX_CHILDREN:
        return []
    return [found for number in range(count) for found in _walk(context.getAccessibleChild(number), roles)]
