"""Every function of the formula language, by name, once the modules of this package are loaded."""

from canbao_rulebook.functions import cells, dates, documents, identity, logic, lookups, names, numbers, places, text
from canbao_rulebook.functions.registry import REGISTRY

__all__ = [
    "REGISTRY",
    "cells",
    "dates",
    "documents",
    "identity",
    "logic",
    "lookups",
    "names",
    "numbers",
    "places",
    "text",
]
