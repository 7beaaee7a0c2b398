"""Bands: groups of a roster's columns under one title, in the order in which a clerk works (bands.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from canbao_rulebook.yaml_text import read_data

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FROZEN, OWN, REMARKS = "frozen", "own", "remarks"
_OF = "｜"  # between a stage and its first band, in the title that the sheet shows


@dataclass(frozen=True, slots=True)
class Band:
    """A band; ``stage`` is the key of the work that it belongs to, empty for what is always shown."""

    key: str
    title: str
    place: int
    stage: str = ""


@dataclass(frozen=True, slots=True)
class StageColumns:
    """The columns of a stage in a sheet, 1-based: the first has the title and stays, the others fold."""

    title: str
    first: int
    last: int


@cache
def load_bands() -> Mapping[str, Band]:
    """Return all bands by key, from left to right."""
    return {
        key: Band(key, entry["title"], place, entry.get("stage", ""))
        for place, (key, entry) in enumerate(_read()["bands"].items())
    }


def load_stages() -> Mapping[str, str]:
    """Return the titles of the stages by key, in the order of the work."""
    stages: dict[str, str] = _read()["stages"]
    return stages


def stage_title(stage: str, band: Band) -> str:
    """Return the title of the first band of a stage."""
    return f"{load_stages()[stage]}{_OF}{band.title}"


def find_stages(titles: Iterable[str | None]) -> list[StageColumns]:
    """Return the stages of a sheet that can be folded, from the titles of its bands by column.

    Nothing stands above the other columns of a band; columns behind the last title belong to no stage.
    """
    stages = {band.title: band.stage for band in load_bands().values()}
    found: list[StageColumns] = []
    current = ""
    for column, title in enumerate(titles, start=1):
        if title:
            begins, _, band = title.rpartition(_OF)
            stage = load_stages().get(stages.get(band, ""), "")
            if begins:
                found.append(StageColumns(stage, column, column))
            current = stage
        if current and found:
            found[-1] = StageColumns(found[-1].title, found[-1].first, column)
    return [stage for stage in found if stage.last > stage.first]


@cache
def _read() -> dict[str, Any]:
    data: dict[str, Any] = read_data("bands.yaml")
    return data
