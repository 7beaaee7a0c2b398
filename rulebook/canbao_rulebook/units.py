"""A unit that a workbook is generated for: a township, a village of one, a school, a department of the county."""

from __future__ import annotations

from dataclasses import dataclass

TOWNSHIP, VILLAGE, SCHOOL, AGENCY = "township", "village", "school", "agency"


@dataclass(frozen=True)
class Unit:
    """A township with its villages, one village of it, a school, or a department.

    ``groups`` holds the village groups by village; ``target`` is a headcount. A village has ``parent``, its township,
    and is itself the only one of its ``villages``. ``body`` is TOWNSHIP, SCHOOL or AGENCY; a department's ``villages``
    are the townships that its rows may name. ``insurer`` is the one that a school's pupils register with, ``account``
    the digits of the bank account that a township's agents pay into.
    """

    name: str
    villages: tuple[str, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    target: int | None = None
    parent: Unit | None = None
    body: str = TOWNSHIP
    insurer: str = ""
    account: str = ""

    @property
    def kind(self) -> str:
        """TOWNSHIP, VILLAGE, SCHOOL or AGENCY."""
        return VILLAGE if self.parent else self.body

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
