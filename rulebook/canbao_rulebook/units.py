"""A unit: the township, or the village of a township, that a workbook is generated for."""

from __future__ import annotations

from dataclasses import dataclass

TOWNSHIP, VILLAGE = "township", "village"


@dataclass(frozen=True)
class Unit:
    """A township with its villages, or one village of it.

    ``groups`` holds the village groups by village; ``target`` is a headcount. A village has ``parent``, its township,
    and is itself the only one of its ``villages``.
    """

    name: str
    villages: tuple[str, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    target: int | None = None
    parent: Unit | None = None

    @property
    def kind(self) -> str:
        """TOWNSHIP or VILLAGE."""
        return VILLAGE if self.parent else TOWNSHIP

    @property
    def township(self) -> str:
        """The name of the township that the unit is or belongs to."""
        return self.parent.name if self.parent else self.name

    @property
    def title(self) -> str:
        """The unit as its sheets name it: a village after its township."""
        return f"{self.parent.name} {self.name}" if self.parent else self.name

    @property
    def group_keys(self) -> tuple[str, ...]:
        """``village/group`` for every known group."""
        return tuple(f"{village}/{group}" for village, groups in self.groups for group in groups)
