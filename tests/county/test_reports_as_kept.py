"""Every sheet of every report of a small county a year, cell by cell, as it stands in tests/data/reports.

Whoever changes what a report says reads the difference there, and has the files written anew: support/golden.py.
"""

from pathlib import Path

import pytest

from support.golden import differences, shown_workbook
from support.reports import DX, HN, PT, SC, Package

PACKAGES = {HN: "huining_final", SC: "shangcai_final", PT: "putuo_final"}


@pytest.mark.parametrize("policy", PACKAGES)
def test_reports_say_what_they_said(policy: str, request: pytest.FixtureRequest) -> None:
    check(request.getfixturevalue(PACKAGES[policy]), policy)


def test_reports_say_what_they_said_before_anything_is_known(dongxing: Path) -> None:
    check(Package(dongxing, DX, "2022-03-31", dongxing.parent / "kept"), DX)


def check(package: Package, policy: str) -> None:
    files = sorted(package.out.rglob("*.xlsx"))
    assert {package.out / entry["file"] for entry in package.result["reports"] if entry["status"] == "made"} <= {*files}
    found = [f"{one['severity']}【{one['code']}】{one['message']}" for one in package.result["findings"]]
    lines = [
        *found,
        *(line for path in files for line in shown_workbook(path, path.relative_to(package.out).as_posix())),
    ]
    assert differences(lines, f"reports/{policy}.txt") == []
