"""Reports of all counties: townships add up, and every workbook opens."""

from pathlib import Path

import openpyxl
import pytest

from support.ooxml import lint, validate
from support.reports import Package, table


def test_townships_add_up_to_the_county_in_every_table(
    huining_final: Package, shangcai_final: Package, putuo_final: Package
) -> None:
    checked = 0
    for package in (huining_final, shangcai_final, putuo_final):
        for path in (package.out / entry["file"] for entry in package.result["reports"]):
            for sheet in openpyxl.load_workbook(path, data_only=True).sheetnames:
                checked += _adds_up(path, sheet)
    assert checked > 100


def test_every_kind_of_report_is_a_workbook_that_excel_opens(
    huining_final: Package, shangcai_final: Package, putuo_final: Package
) -> None:
    kinds: dict[str, Path] = {}
    for package in (huining_final, shangcai_final, putuo_final):
        for entry in package.result["reports"]:
            path = kinds.setdefault(entry["code"], package.out / entry["file"])
            assert lint(package.out / entry["file"]) == [], path.name
    assert [problem for path in kinds.values() for problem in validate(path)] == []


def _adds_up(path: Path, sheet: str) -> int:
    """Compare every total with the sum of the rows above it; how many there were.

    What is paid out stands twice above its total, by category and by place. A person with several documents or days
    counts once in a total of different numbers.
    """
    rows = table(path, sheet) if sheet != "封面" else []
    last = rows[-1] if rows else {}
    named = next((str(cell) for cell in last.values() if cell), "")
    if not named.endswith("合计") or sheet == "奖惩测算":
        return 0
    times = 2 if sheet == "合计" else 1
    own = [row for row in rows[:-1] if not str(next(iter(row.values()))).startswith("按载明")]
    amounts = [name for name, value in last.items() if isinstance(value, int | float) and "率" not in name]
    amounts = [name for name in amounts if name not in {"折合人数", "较上期(人)"}]
    for name in amounts:
        added = sum(row[name] or 0 for row in own)
        if name.endswith("(去重)"):
            assert max((row[name] for row in own), default=0) <= last[name] <= added, (path.name, sheet, name)
        else:
            assert added == pytest.approx(times * last[name]), (path.name, sheet, name)
    return len(amounts)
