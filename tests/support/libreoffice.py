"""LibreOffice as the second opinion: it recalculates, prints and lets us type into what canbao writes.

Every call runs its own office with its own profile: calls are safe side by side (pytest-xdist) and leave nothing.
"""

import contextlib
import glob
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from support.programs import find_program

TIMEOUT_SECONDS = 180
SYSTEM_PYTHON = "/usr/bin/python3"  # the one Debian's python3-uno belongs to
UNO_TYPE = Path(__file__).with_name("uno_type.py")

_SETTINGS = [
    ("org.openoffice.Office.Calc/Formula/Load", "OOXMLRecalcMode", "0"),  # always, whatever the file has cached
    ("org.openoffice.Office.Calc/Formula/Load", "ODFRecalcMode", "0"),
    # 7.4 computes a cell before what it reads when overwritten cells break a column of formulas and threads are on
    ("org.openoffice.Office.Calc/Formula/Calculation", "UseThreadedCalculationForFormulaGroups", "false"),
    ("org.openoffice.Setup/L10N", "ooSetupSystemLocale", "zh-CN"),  # or DATEVALUE("2020年1月2日") is an error
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    # or each start with a new profile tries how well it draws: a gigabyte and half of the time it takes
    ("org.openoffice.Setup/Product", "ooSetupLastVersion", "1000.0"),
]
_ITEM = '<item oor:path="/{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'


class LibreOfficeError(RuntimeError):
    """LibreOffice did not finish in time or made nothing; the message says which."""


def recalculate(path: Path, out: Path, *, timeout_seconds: float = TIMEOUT_SECONDS) -> Path:
    """Let LibreOffice compute every formula of `path` anew, cached values or not, and write the workbook to `out`."""
    return _convert(path, "xlsx:Calc MS Excel 2007 XML", out, timeout_seconds)


def recalculate_values(path: Path, *, timeout_seconds: float = TIMEOUT_SECONDS) -> dict[str, list[list[Any]]]:
    """Sheet name → rows of values as LibreOffice computes them; `rows[0][0]` is A1, blank cells are None."""
    with tempfile.TemporaryDirectory(prefix="canbao-lo-") as folder:
        out = recalculate(path, Path(folder) / "values.xlsx", timeout_seconds=timeout_seconds)
        book = openpyxl.load_workbook(out, data_only=True)
        return {
            sheet.title: [list(row) for row in sheet.iter_rows(min_row=1, min_col=1, values_only=True)]
            for sheet in book.worksheets
        }


def recalculate_all(paths: Sequence[Path], outdir: Path, *, timeout_seconds: float = TIMEOUT_SECONDS) -> list[Path]:
    """Recalculate several workbooks of different names in one office: starting it costs more than they do."""
    with tempfile.TemporaryDirectory(prefix="canbao-lo-") as name:
        folder = Path(name)
        write_profile(folder / "profile")
        copies = [Path(shutil.copyfile(path, folder / path.name)) for path in paths]
        said = _run([*_command(folder, "xlsx:Calc MS Excel 2007 XML"), *map(str, copies)], folder, timeout_seconds)
        outdir.mkdir(parents=True, exist_ok=True)
        made = [folder / "out" / path.name for path in paths]
        if not all(path.exists() for path in made):
            raise LibreOfficeError(f"LibreOffice did not make all workbooks. It said: {said.strip() or 'nothing'}")
        return [Path(shutil.move(path, outdir / path.name)) for path in made]


FILTERS = {"xls": "MS Excel 97", "ods": "calc8", "fods": "OpenDocument Spreadsheet Flat XML"}


def save_as(path: Path, suffix: str, outdir: Path, *, timeout_seconds: float = TIMEOUT_SECONDS) -> Path:
    """Save `path` in another format, one of FILTERS, as `outdir/<stem>.<suffix>`."""
    return _convert(path, f"{suffix}:{FILTERS[suffix]}", outdir / f"{path.stem}.{suffix}", timeout_seconds)


def to_pdf(path: Path, outdir: Path, *, timeout_seconds: float = TIMEOUT_SECONDS) -> Path:
    """Print every visible sheet of `path` into `outdir/<stem>.pdf`."""
    return _convert(path, "pdf:calc_pdf_Export", outdir / f"{path.stem}.pdf", timeout_seconds)


def pdf_to_png(pdf: Path, outdir: Path, *, dpi: int = 80) -> list[Path]:
    """One PNG per page of `pdf` in `outdir`, in page order."""
    outdir.mkdir(parents=True, exist_ok=True)
    command = [find_program("pdftoppm", "poppler-utils"), "-png", "-r", str(dpi), str(pdf), str(outdir / pdf.stem)]
    with tempfile.TemporaryDirectory(prefix="canbao-png-") as folder:
        _run(command, Path(folder), TIMEOUT_SECONDS)
    return sorted(outdir.glob(f"{glob.escape(pdf.stem)}-*.png"))


def type_into(
    path: Path, entries: Sequence[tuple[str, str, str]], *, timeout_seconds: float = TIMEOUT_SECONDS
) -> list[bool]:
    """Type each (sheet, cell, text) into a copy of `path` as a clerk would; True where the cell took it.

    Each entry meets the workbook as it is in `path`, which is not touched. A cell took the text when its content
    differs from before, so type something new. This shows protection at work; data validation it does not ask.
    """
    with _workspace(path) as (folder, copy):
        request = {
            "soffice": find_program("soffice", "libreoffice-calc"),
            "profile": (folder / "profile").as_uri(),
            "pipe": f"canbao{os.getpid()}{folder.name.replace('-', '')}",
            "path": str(copy),
            "entries": list(entries),
        }
        command = [find_program(SYSTEM_PYTHON, "python3-uno"), str(UNO_TYPE), json.dumps(request)]
        answer = _run(command, folder, timeout_seconds)
    accepted: list[bool] = json.loads(answer)
    return accepted


def _convert(path: Path, target: str, out: Path, timeout_seconds: float) -> Path:
    with _workspace(path) as (folder, copy):
        suffix = target.partition(":")[0]
        said = _run([*_command(folder, target), str(copy)], folder, timeout_seconds)
        made = folder / "out" / f"{copy.stem}.{suffix}"
        if not made.exists():  # soffice exits with 0 all the same
            raise LibreOfficeError(f"LibreOffice made no {suffix} of {path}. It said: {said.strip() or 'nothing'}")
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, out)
    return out


def _command(folder: Path, target: str) -> list[str]:
    """What converts the files whose names follow, with the profile in a folder, into its folder `out`."""
    return [
        find_program("soffice", "libreoffice-calc"),
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        target,
        "--outdir",
        str(folder / "out"),
    ]


def write_profile(folder: Path, more: Sequence[tuple[str, str, str]] = ()) -> None:
    """A user profile with the settings of all our offices and some more: (node, property, value)."""
    target = folder / "user" / "registrymodifications.xcu"
    target.parent.mkdir(parents=True)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry">',
        *(_ITEM.format(*setting) for setting in (*_SETTINGS, *more)),
        "</oor:items>",
    ]
    target.write_text("\n".join(lines), encoding="utf-8")


@contextlib.contextmanager
def _workspace(path: Path) -> Iterator[tuple[Path, Path]]:
    """A folder of one's own with a fresh profile and a copy of `path`: no lock file appears beside the original."""
    if not path.is_file():
        raise LibreOfficeError(f"There is no workbook {path}.")
    with tempfile.TemporaryDirectory(prefix="canbao-lo-") as name:
        folder = Path(name)
        write_profile(folder / "profile")
        copy = folder / f"book{path.suffix}"
        shutil.copyfile(path, copy)
        yield folder, copy


def _run(command: list[str], folder: Path, timeout_seconds: float) -> str:
    """Standard output of `command`; everything it started is ended with it."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    log = folder / "stderr.log"
    with (
        log.open("w+", encoding="utf-8", errors="replace") as errors,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment, start_new_session=True
        ) as process,
    ):
        try:
            out, _ = process.communicate(timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            raise LibreOfficeError(f"{Path(command[0]).name} did not finish in {timeout_seconds:g} s.") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        if process.returncode:
            errors.seek(0)
            said = errors.read().strip() or "nothing"
            raise LibreOfficeError(f"{Path(command[0]).name} failed ({process.returncode}). It said: {said}")
    return out
