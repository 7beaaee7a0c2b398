"""What stands in the way, as the key of a sentence and what fills it; whoever speaks to people says it."""

from __future__ import annotations


class ProvinceError(Exception):
    """The work could not be done; ``key`` and ``params`` name the one sentence of the catalogue that says why."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params
