"""Excel's manners: no green triangles that offer to convert numbers, no calculation that nothing needs."""

import re
from pathlib import Path

import polars as pl

from canbao_generator.tables import write_tables
from canbao_rulebook.tables import TableColumn, TableSheet
from support.manners import calculates_on_opening, lint_manners, sheets

TABLE = TableSheet("名单", "名单", [TableColumn("证件号码")], pl.DataFrame({"cert_no": ["620422194803079511"]}))


def test_no_warning_offers_to_convert_a_number(empty: Path, filled: Path) -> None:
    assert lint_manners(empty) == []
    assert lint_manners(filled) == []


def test_a_table_of_results_opens_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "名单.xlsx"
    write_tables(path, [TABLE], command="merge")
    assert lint_manners(path) == []
    assert not calculates_on_opening(path)


def test_a_table_may_be_widened_and_a_roster_shows_no_hidden_row(empty: Path, tmp_path: Path) -> None:
    path = tmp_path / "名单.xlsx"
    write_tables(path, [TABLE], command="merge")
    assert 'formatColumns="0"' in next(iter(sheets(path).values()))
    rosters = 0
    for part in sheets(empty).values():
        lock = re.search(r"<sheetProtection[^>]*>", part)
        assert lock
        is_roster = "zeroHeight" in part  # its columns are hidden by people who fold a stage, no row ever
        assert f'formatColumns="{int(not is_roster)}"' in lock[0]
        assert 'formatRows="1"' in lock[0]
        rosters += is_roster
    assert rosters == 6
