"""Files read in the test's own process, as a child needs seconds to start and to compile the policy year.

All tests read so (conftest) but those marked `children`; tests/addin/test_children.py holds each command against
itself.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from typing import Any, Self

import pytest

from canbao_validators import apart
from canbao_validators.workers import Task, prepare


class Here:
    """Workers that do each task at once."""

    def __init__(self, count: int, prepared: object = None, *, sparing: bool = False) -> None:
        self.sparing = sparing
        self._count = count
        self._prepared = prepare(prepared)

    def __len__(self) -> int:
        return self._count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was started."""

    def renew(self) -> None:
        """Nothing is held."""

    def run(self, tasks: Iterable[Task]) -> Iterator[Future[Any]]:
        """Yield the outcome of each task in order."""
        for task in tasks:
            outcome: Future[Any] = Future()
            try:
                outcome.set_result(task.function(self._prepared, *task.arguments))
            except Exception as trouble:  # noqa: BLE001 - as a child process hands it over
                outcome.set_exception(trouble)
            yield outcome

    def map(self, function: Any, *items: Any) -> Iterator[Any]:
        """Return what map does."""
        return map(function, *items)


@contextmanager
def reading_here() -> Iterator[None]:
    """Let all files be read in this process, without limits."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(apart, "Workers", Here)
        patched.setattr(apart, "_limited_memory", lambda _: nullcontext())
        yield
