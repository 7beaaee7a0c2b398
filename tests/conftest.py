"""What all tests have in common: marks, and no program for a test that is not marked as needing one."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from support.marks import needs_programs
from support.programs import path_without_them

# The same examples every time: what is red is red for everybody. How fast something is, is for the benchmark.
settings.register_profile("same", deadline=None, derandomize=True, database=None)
settings.load_profile("same")

_WITHOUT = pytest.StashKey[str]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need LibreOffice or another program that `make check` does without."""
    for item in items:
        if needs_programs(item):
            item.add_marker(pytest.mark.office)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Run a test that has no mark `office`, and its fixtures, where these programs are not found."""
    if item.get_closest_marker("office"):
        return (yield)
    before = os.environ["PATH"]
    os.environ["PATH"] = _path_without_them(item.config)
    try:
        return (yield)
    finally:
        os.environ["PATH"] = before


def _path_without_them(config: pytest.Config) -> str:
    if _WITHOUT not in config.stash:
        folder = config._tmp_path_factory.mktemp("path")
        config.stash[_WITHOUT] = path_without_them(folder)
    return config.stash[_WITHOUT]
