"""A unit: the village, township or county that a workbook is generated for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """A township with its villages. ``groups`` holds the village groups by village; ``target`` is a headcount."""

    name: str
    villages: tuple[str, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    target: int | None = None

    @property
    def group_keys(self) -> tuple[str, ...]:
        """``village/group`` for every known group."""
        return tuple(f"{village}/{group}" for village, groups in self.groups for group in groups)
