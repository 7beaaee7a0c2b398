"""Dear tests: more than 0.7 seconds of a processor each, as measured; the quick check leaves them to `make test`.

They stand in `tests/dear.txt`, which `make dear` writes anew, by function: the mean over its parameters counts.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FILE = Path(__file__).parents[1] / "dear.txt"
VARIABLE = "CANBAO_DEAR"  # where the processes of `make dear` write what tests cost
_LIMIT = 0.7  # seconds of a processor, setting up included, children included


def mark_dear(items: Iterable[pytest.Item]) -> None:
    """Mark the collected tests that are dear."""
    dear = set(FILE.read_text(encoding="utf-8").split())
    for item in items:
        if function_of(item.nodeid) in dear:
            item.add_marker(pytest.mark.dear)


def function_of(nodeid: str) -> str:
    """Return a test without its parameters."""
    return nodeid.partition("[")[0]


@contextmanager
def measured(item: pytest.Item) -> Iterator[None]:
    """Write down what a test costs, where somebody asks for it."""
    before = _seconds()
    yield
    if folder := os.environ.get(VARIABLE):
        with Path(folder, f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps([item.nodeid, _seconds() - before]) + "\n")


def _seconds() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def find_dear(lines: Iterable[str]) -> list[str]:
    """Return the functions that are dear by the lines of `measured`, sorted."""
    spent: dict[str, list[float]] = defaultdict(list)
    for nodeid, seconds in map(json.loads, lines):
        spent[function_of(nodeid)].append(seconds)
    return sorted(name for name, each in spent.items() if sum(each) / len(each) > _LIMIT)


if __name__ == "__main__":
    found = find_dear(line for log in Path(os.environ[VARIABLE]).glob("*.jsonl") for line in log.open(encoding="utf-8"))
    FILE.write_text("".join(f"{name}\n" for name in found), encoding="utf-8")
