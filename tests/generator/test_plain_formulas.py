"""generate --plain-formulas: the same workbook with its formulas in the cells, should a program refuse the names."""

from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from canbao_addin.actions.policies import open_library
from canbao_generator.layout import PART_HEADER, build_layout
from canbao_generator.master import Master, build_master
from canbao_generator.plain import build_plain_layout
from canbao_generator.unit_workbook import stamp_unit
from canbao_rulebook.policy import load_policy
from canbao_rulebook.roster import HEADER_ROW
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from canbao_validators.checking import check_workbook
from support.libreoffice import recalculate_values
from support.manners import lint_manners
from support.ooxml import lint

from .conftest import CODE, PASSWORD, UNIT


@pytest.fixture(scope="module")
def plain(book: Rulebook, frames: dict[str, pl.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plain") / "郭城驿镇.xlsx"
    master = build_master(book, PASSWORD, plain=True)
    stamp_unit(master, UNIT, dict.fromkeys(book.rosters, 30), path, frames, {"校验码": CODE})
    return path


def test_libreoffice_computes_the_same(plain: Path, filled: Path, master: Master) -> None:
    sheets = [layout.roster.sheet for layout in master.layouts]
    ours, named = (recalculate_values(path) for path in (plain, filled))
    for sheet in sheets:  # a plain one has helpers in cells that the other has in names
        found, wanted = by_header(ours[sheet]), by_header(named[sheet])
        assert found | wanted == found
        assert "校验结果" in wanted
    for sheet in ("汇总", "封面"):
        assert ours[sheet] == named[sheet]


def by_header(rows: list[list[Any]]) -> dict[Any, list[Any]]:
    """Values by header; the parts that the marks of a row stand in are one, whatever each of them holds."""
    found = {header: [row[place] for row in rows[HEADER_ROW:]] for place, header in enumerate(rows[HEADER_ROW - 1])}
    parts = [found.pop(header) for header in sorted(key for key in found if str(key).startswith(PART_HEADER))]
    return {**found, PART_HEADER: ["".join(mark or "" for mark in marks) for marks in zip(*parts, strict=True)]}


def test_no_name_refers_to_a_row(plain: Path, filled: Path) -> None:
    names, before = (set(openpyxl.load_workbook(path).defined_names) for path in (plain, filled))
    assert {name for name in before if name.startswith("公式_")} == before - names
    assert before - names
    assert lint(plain) == lint_manners(plain) == []


def test_a_check_compares_it_with_what_was_issued(plain: Path, filled: Path) -> None:
    library = open_library()
    found, expected = (check_workbook(path, library).findings for path in (plain, filled))
    assert [(one.code, one.cell) for one in found] == [(one.code, one.cell) for one in expected]


@pytest.mark.parametrize("policy", ["huining-2021", "shangcai-2020", "putuo-2022", "dongxing-2022"])
def test_every_formula_fits_a_cell(policy: str) -> None:
    book = load_rulebook(load_policy(policy))
    for roster in book.rosters.values():
        layout = build_layout(book, roster)
        plain = build_plain_layout(book, layout.roster)
        shown = [[entry.column for entry in each.columns if not entry.column.hidden] for each in (plain, layout)]
        assert shown[0] == shown[1]
        assert all(name not in (entry.formula or "") for entry in plain.columns for name in layout.names)
