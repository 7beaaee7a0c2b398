"""What `canbao report` leaves behind, as a test reads it: figures, findings, the sheets that are printed."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from canbao_addin.cli.main import run
from support.counties import named, number

FULL_NUMBER = re.compile(r"(?<![0-9*])[1-9]\d{16}[0-9X](?![0-9])")
HN, SC, PT, DX = "huining-2021", "shangcai-2020", "putuo-2022", "dongxing-2022"


class Package:
    """What one run of `canbao report` left behind."""

    def __init__(self, source: Path, policy: str, as_of: str, out: Path, *options: str) -> None:
        report = out.with_suffix(".json")
        words = ["--policy", policy, "--as-of", as_of, "--out", str(out), "--json", str(report), *options]
        self.status = run(["report", str(source), *words])
        self.out = out
        self.result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}

    def codes(self, status: str = "made") -> set[str]:
        return {entry["code"] for entry in self.result["reports"] if entry["status"] == status}

    def found(self, code: str) -> list[dict[str, Any]]:
        return [entry for entry in self.result["findings"] if entry["code"] == code]

    def files(self, code: str) -> list[Path]:
        return [self.out / entry["file"] for entry in self.result["reports"] if entry["code"] == code]

    def table(self, code: str, sheet: str, file: str = "") -> list[dict[str, Any]]:
        """The rows of a sheet by header, the total included."""
        path = next(path for path in self.files(code) if file in path.name)
        return table(path, sheet)


def table(path: Path, sheet: str) -> list[dict[str, Any]]:
    rows = list(openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True))
    header = next(index for index, row in enumerate(rows[1:], start=1) if sum(cell is not None for cell in row) > 1)
    names = [cell for cell in rows[header] if cell]
    return [dict(zip(names, row, strict=False)) for row in rows[header + 1 :]]


def texts(path: Path) -> Iterator[str]:
    for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
        yield sheet.title
        yield from (str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


def day(month: int, number: int, year: int = 2019) -> date:
    return date(year, month, number)


def import_owner(
    folder: Path,
    policy: str,
    agency: str,
    persons: Mapping[int, str],
    place: str = ",,",
    born: Mapping[int, str] | None = None,
    only: str = "",
) -> Path:
    """A department's list: categories by serial number of ``counties.number``; the folder of all lists."""
    csv = folder / f"{agency}.csv"
    days = born or {}
    lines = [
        f"{number(policy, serial, days.get(serial, '19700101'))},{named(serial)},{category},{place}"
        for serial, category in persons.items()
    ]
    csv.write_text("\n".join(["证件号码,姓名,身份类别,乡镇,村,组", *lines]), encoding="utf-8")
    words = ["--policy", policy, "--kind", "owner", "--agency", agency, "--out", str(folder / "owners")]
    words += ["--category", only] if only else []  # the list is silent about the agency's other categories
    assert run(["import", str(csv), *words]) == 0
    return folder / "owners"


def import_csv(folder: Path, name: str, kind: str, lines: list[str]) -> Path:
    csv = folder / f"{name}.csv"
    csv.write_text("\n".join(lines), encoding="utf-8")
    assert run(["import", str(csv), "--policy", DX, "--kind", kind, "--out", str(folder / "lists")]) == 0
    return folder / "lists"
