"""Is a workbook one that Excel 2010 opens without a repair? Two answers that complete each other.

`validate` asks Microsoft's Open XML SDK about the schema; `lint` looks at what that validator does not see. Both return
problems as sentences that begin with the part, and an empty list when there is nothing to say.
"""

import json
import re
import subprocess
import zipfile
from pathlib import Path

from support.ooxml_formula import check_formula
from support.ooxml_package import Package, read_package
from support.ooxml_sheet import check_sheet
from support.programs import find_validator

TIMEOUT_SECONDS = 300
MAX_SHEET_NAME = 31
MAX_NAME = 255
MAX_CELL_TEXT = 32_767

# The order of a font's children, which openpyxl writes its own way and every Excel reads.
_FONT = re.compile(r"/x:font\[\d+\]$")
_CELL_LIKE = re.compile(r"\$?[A-Za-z]{1,3}\$?\d+|[Rr]\d*([Cc]\d*)?|[Cc]\d*")
_NAME = re.compile(r"[^\W\d][\w.?]*|\\[\w.?]+")


def validate(path: Path) -> list[str]:
    """What the Open XML SDK finds wrong with `path` as an Office 2010 file; RuntimeError when it cannot be asked."""
    done = subprocess.run(
        [find_validator(), str(path), "--officeVersion", "Office2010"],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    if done.returncode not in {0, 1}:
        raise RuntimeError(f"The Open XML validator failed on {path}: {done.stderr.strip() or done.stdout.strip()}")
    errors = json.loads(done.stdout)["errors"]
    return [
        f"{error.get('path', path.name)} {error.get('xPath', '')}: {error['description']}".replace("  ", " ")
        for error in errors
        if not _is_font_order(error)
    ]


def lint(path: Path) -> list[str]:
    """What Excel 2010 would repair, refuse or show as #NAME? in `path`, and the validator does not see."""
    with zipfile.ZipFile(path) as archive:
        package = read_package(archive)
        problems = [*_check_sheet_names(package), *_check_names(package), *_check_strings(package)]
        for sheet in package.sheets:
            problems += check_sheet(archive, package, sheet)
    return problems


def _is_font_order(error: dict[str, str]) -> bool:
    return (
        error.get("path") == "/xl/styles.xml"
        and error.get("id") == "Sch_UnexpectedElementContentExpectingComplex"
        and bool(_FONT.search(error.get("xPath", "")))
    )


def _check_sheet_names(package: Package) -> list[str]:
    problems = []
    seen: set[str] = set()
    for sheet in package.sheets:
        name = sheet.name
        where = f"xl/workbook.xml sheet {name!r}"
        if not 0 < len(name) <= MAX_SHEET_NAME:
            problems.append(f"{where}: {len(name)} characters (1 to {MAX_SHEET_NAME})")
        if re.search(r"[\[\]:*?/\\]", name) or name.startswith("'") or name.endswith("'"):
            problems.append(f"{where}: a sheet name may not contain []:*?/\\ nor begin or end with an apostrophe")
        if name.casefold() in seen:
            problems.append(f"{where}: used twice")
        seen.add(name.casefold())
    return problems


def _check_names(package: Package) -> list[str]:
    problems = []
    seen: set[tuple[str | None, str]] = set()
    for defined in package.names:
        where = f"xl/workbook.xml name {defined.name}"
        if not defined.name.startswith("_xlnm.") and not is_valid_name(defined.name):
            problems.append(f"{where}: not a valid name")
        if (defined.scope, defined.name.casefold()) in seen:
            problems.append(f"{where}: defined twice")
        seen.add((defined.scope, defined.name.casefold()))
        if defined.scope is not None and not 0 <= int(defined.scope) < len(package.sheets):
            problems.append(f"{where}: local to sheet {defined.scope}, which does not exist")
        problems += [f"{where}: {problem}" for problem in check_formula(defined.text, package)]
    return problems


def is_valid_name(name: str) -> bool:
    """Whether Excel takes `name` as a defined name: letters first, no blanks, not what a cell is called."""
    return len(name) <= MAX_NAME and bool(_NAME.fullmatch(name)) and not _CELL_LIKE.fullmatch(name)


def _check_strings(package: Package) -> list[str]:
    return [
        f"xl/sharedStrings.xml item {index}: text of {len(text):,} characters (limit {MAX_CELL_TEXT:,})"
        for index, text in enumerate(package.strings)
        if len(text) > MAX_CELL_TEXT
    ]
