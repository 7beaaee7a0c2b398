"""What is mutated and which tests have to notice: areas.yaml; a choice of mutations by seed, spread over the areas."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from mutate.mutation import Mutation
from mutate.python_code import find_edits
from mutate.spec_text import message_edits, policy_edits, roster_edits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mutate.mutation import Edit

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
_EDITS: dict[str, Callable[[str], list[Edit]]] = {
    "python": find_edits,
    "roster": roster_edits,
    "policy": policy_edits,
    "messages": message_edits,
}


@dataclass(frozen=True)
class Area:
    """A part of the core: its files (globs), how they are mutated, and the tests that have to notice, fastest first."""

    name: str
    files: tuple[str, ...]
    tests: tuple[str, ...]
    kind: str = "python"
    weight: int = 1

    def paths(self) -> list[str]:
        """The files, relative to the repository."""
        found = {path.relative_to(ROOT).as_posix() for pattern in self.files for path in ROOT.glob(pattern)}
        return sorted(found)


def load_areas() -> list[Area]:
    """Return the areas of areas.yaml; every pattern has to find something."""
    listed = yaml.safe_load((HERE / "areas.yaml").read_text(encoding="utf-8"))
    areas = [
        Area(name, tuple(one["files"]), tuple(one["tests"]), one.get("kind", "python"), one.get("weight", 1))
        for name, one in listed.items()
    ]
    for area in areas:
        for pattern in area.files:
            assert any(ROOT.glob(pattern)), f"areas.yaml: nothing is called {pattern}"
        for test in area.tests:
            assert (ROOT / test.partition("::")[0]).exists(), f"areas.yaml: there is no test {test}"
    return areas


def equivalents() -> dict[str, str]:
    """Return why some mutations change nothing that anybody could see, by their names."""
    listed: dict[str, dict[str, str]] = yaml.safe_load((HERE / "equivalent.yaml").read_text(encoding="utf-8")) or {}
    return {ident: one["why"] for ident, one in listed.items()}


def mutations_of(area: Area) -> list[Mutation]:
    """Return all mutations of an area."""
    found = []
    for path in area.paths():
        text = (ROOT / path).read_text(encoding="utf-8")
        found += [Mutation(area.name, path, edit, text) for edit in _EDITS[area.kind](text)]
    return found


def choose(areas: Iterable[Area], wanted: int, seed: int) -> list[Mutation]:
    """Return about so many mutations, each area by its weight; files of an area take turns."""
    areas = list(areas)
    total = sum(area.weight for area in areas)
    chosen: dict[str, Mutation] = {}
    for area in areas:
        rng = random.Random(f"{seed} {area.name}")  # noqa: S311 - a choice that can be made again
        by_file: dict[str, list[Mutation]] = {}
        for one in mutations_of(area):
            by_file.setdefault(one.path, []).append(one)
        stacks = list(by_file.values())
        rng.shuffle(stacks)
        for stack in stacks:
            rng.shuffle(stack)
        for _ in range(max(1, round(wanted * area.weight / total))):
            stacks = [stack for stack in stacks if stack]
            if not stacks:
                break
            stack = stacks.pop(0)
            chosen.setdefault((one := stack.pop()).ident, one)
            stacks.append(stack)
    return list(chosen.values())
