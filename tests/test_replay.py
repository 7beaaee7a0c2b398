"""Every policy year that was shipped, generated and merged by today's program: the figures are those of then."""

from pathlib import Path

import pytest

from canbao_rulebook.policy import list_policies
from support.replay import FOLDER, load_year, replay

YEARS = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", YEARS, ids=lambda path: path.stem)
def test_a_year_has_the_figures_that_it_had(path: Path, tmp_path: Path) -> None:
    year = load_year(path)
    assert replay(year, tmp_path) == year["figures"]


def test_every_year_that_is_shipped_is_replayed() -> None:
    assert {load_year(path)["policy"] for path in YEARS} >= set(list_policies())
