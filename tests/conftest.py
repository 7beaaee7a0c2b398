"""What all tests have in common: marks, and where a test runs that has none."""

import gc
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import settings

from support.dear import mark_dear, measured
from support.here import reading_here
from support.kept import keep_for_all
from support.marks import needs_programs
from support.programs import path_without_them
from support.scanner import switch_off
from support.times import SOAK

# The same examples every time: what is red is red for everybody. How fast something is, is for the benchmark.
settings.register_profile("same", deadline=None, derandomize=True, database=None)
settings.load_profile("same")
switch_off()  # whether somebody has built the scanner or not, what asks for it gets one of its own
keep_for_all()

_WITHOUT = pytest.StashKey[str]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that `make check` leaves out: those that need LibreOffice or another program, and dear ones."""
    for item in items:
        if needs_programs(item):
            item.add_marker(pytest.mark.office)
    mark_dear(items)
    if not SOAK:  # what only a soak runs is left out, not skipped
        long = [item for item in items if item.get_closest_marker("soak")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what is there for good, and look less often: a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Run a test and its fixtures as its marks say.

    Without `office` the programs that `make check` does without are not found; without `children` files are read in the
    test's own process.
    """
    with ExitStack() as stack:
        if not item.get_closest_marker("office"):
            patched = stack.enter_context(pytest.MonkeyPatch.context())
            patched.setenv("PATH", _path_without_them(item.config))
        if not item.get_closest_marker("children"):
            stack.enter_context(reading_here())
        stack.enter_context(measured(item))
        return (yield)


def _path_without_them(config: pytest.Config) -> str:
    if _WITHOUT not in config.stash:
        folder = config._tmp_path_factory.mktemp("path")
        config.stash[_WITHOUT] = path_without_them(folder)
    return config.stash[_WITHOUT]
