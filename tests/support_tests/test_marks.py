"""Which tests are marked as needing LibreOffice, and that the others run without it."""

import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import libreoffice, ooxml
from support.marks import leads_to
from support.office import open_office
from support.parity import sheet_values
from support.programs import HIDDEN, find_program

MAKEFILE = (Path(__file__).parents[2] / "Makefile").read_text(encoding="utf-8")


def through_a_module() -> None:
    ooxml.validate(Path())


def through_a_helper() -> None:
    def inner() -> None:
        sheet_values(*[])

    inner()


@given(st.none())
def drawn(_: None) -> None:
    through_a_helper()


def lints_only() -> None:
    ooxml.lint(Path())
    SimpleNamespace(validate=None)


@pytest.mark.parametrize("function", [through_a_module, through_a_helper, drawn, open_office, libreoffice.to_pdf])
def test_what_leads_to_a_program_is_found(function: object) -> None:
    assert leads_to([function], set())


def test_what_leads_to_none_is_left_alone() -> None:
    assert not leads_to([lints_only], set())


def test_this_test_is_not_marked_and_finds_no_program(request: pytest.FixtureRequest) -> None:
    """As every test that `make check` runs: in whatever run it is, LibreOffice is hidden from it."""
    assert request.node.get_closest_marker("office") is None
    assert {name for name in HIDDEN if shutil.which(name)} == set()
    assert shutil.which("env")


def test_a_marked_test_finds_them(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("office")
    assert find_program("soffice", "libreoffice-calc")


def test_make_check_runs_unmarked_tests_only_and_asks_for_no_root() -> None:
    """What this file says of unmarked tests holds for all that `make check` runs."""
    ((needs, commands),) = re.findall(r"^check:(.*?)  ##.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert re.findall(r'pytest .*-m "(.*)"$', commands, re.MULTILINE) == ["not office and not dear"]
    assert needs.split() == ["lint"]
    assert re.findall(r"^lint: (\S+)  ##", MAKEFILE, re.MULTILINE) == ["$(VENV)"]
