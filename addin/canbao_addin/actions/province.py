"""Between counties: the key they share, the file each gives on, their comparison, and who a county's persons are."""

from __future__ import annotations

import os
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_addin.actions.compare import book_of
from canbao_addin.actions.file_names import file_names
from canbao_addin.actions.files import require_folder
from canbao_addin.actions.list_folder import open_lists
from canbao_addin.actions.made_by import PROVINCE, PROVINCE_NAMES
from canbao_addin.actions.results import require_other, require_target, result_file
from canbao_addin.actions.submissions import read_own
from canbao_addin.actions.working import working_folder
from canbao_addin.texts import CannotRunError
from canbao_county.dataset import dataset_metadata, submission_dataset
from canbao_county.year.simulate import settle_submission
from canbao_county.year.stated import differing_units
from canbao_generator.atomic import atomic_write
from canbao_generator.tables import write_tables
from canbao_province.checks import find_all
from canbao_province.codes import Key, new_key, read_key, write_key
from canbao_province.engines import first_line, open_engine
from canbao_province.export import Submission, read_submission, write_province_file
from canbao_province.files import list_files, read_header, require_whole
from canbao_province.names import name_persons, named_sheet, read_told
from canbao_province.results import Comparison
from canbao_province.sheets import comparison_sheets, county_sheets
from canbao_province.trouble import ProvinceError
from canbao_rulebook.phrases import enumerate_words
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from canbao_province.files import CountyFile
    from canbao_validators.apart import Reading


@dataclass(frozen=True)
class Source:
    """A county's submission: its data set, or its workbook, with the lists of the merge and policy files to look in."""

    path: Path
    reading: Reading
    lists: Path | None = None
    policies: Sequence[str] = ()


@dataclass(frozen=True)
class Running:
    """What runs a comparison: an engine of ``engines.ENGINES``, Spark's address, gigabytes that DuckDB may use."""

    engine: str
    master: str
    memory: int | None = None


@dataclass(frozen=True)
class Exported:
    """What a county gives on."""

    county: str
    year: int
    persons: int
    uncoded: int
    fingerprint: str


@contextmanager
def _saying() -> Iterator[None]:
    """Let what stands in the way be one sentence."""
    try:
        yield
    except ProvinceError as trouble:
        raise CannotRunError(trouble.key, **trouble.params) from trouble


def make_key(path: Path) -> tuple[str, bool]:
    """Return the fingerprint of the key in a file, and whether it was made now. Raises CannotRunError."""
    if path.exists():
        return _key_of(path).fingerprint, False
    key = new_key()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
            stream.write(write_key(key))
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=path, why=trouble) from trouble
    return key.fingerprint, True


def _key_of(path: Path) -> Key:
    if not path.is_file():
        raise CannotRunError("province_key_missing", path=path)
    try:
        with _saying():
            return read_key(path)
    except OSError as trouble:
        raise CannotRunError("cannot_read", path=path, why=trouble) from trouble


def _submission_of(source: Source) -> Submission:
    if not source.path.is_file():
        raise CannotRunError("file_missing", path=source.path)
    if zipfile.is_zipfile(source.path):
        return _settled_workbook(source)
    with _saying():
        return read_submission(source.path)


def _settled_workbook(source: Source) -> Submission:
    """Return the data set of a county workbook, settled anew: nothing else knows what every row comes to.

    Raises CannotRunError, also where its 汇总 says otherwise.
    """
    raw = read_own(source.path, source.reading)
    book = book_of(raw, source.path, source.policies)
    lists = None if source.lists is None else open_lists(source.lists, book.policy, source.reading)
    try:
        with working_folder() as folder:
            people, units = settle_submission(raw, book, folder, lists=lists)
    except UnreadableFile as trouble:
        raise CannotRunError("cannot_read", path=source.path, why=trouble) from trouble
    if differing := differing_units(raw, people, units):
        raise CannotRunError("province_differs", path=source.path, units=enumerate_words(differing))
    return Submission(submission_dataset(people), dataset_metadata(book.policy))


def export_for_province(source: Source, key_file: Path, target: Path) -> Exported:
    """Write what a county gives on. Raises CannotRunError."""
    require_other(target, [source.path, key_file])
    if target.exists() and not _is_province_file(target):
        raise CannotRunError("output_exists", path=target)
    key, submission = _key_of(key_file), _submission_of(source)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(target) as stream:
            rows = write_province_file(submission, key, stream)
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble
    uncoded = rows["person"].null_count()
    return Exported(submission.county, submission.year, rows.height, uncoded, key.fingerprint)


def _is_province_file(path: Path) -> bool:
    try:
        read_header(path)
    except ProvinceError as trouble:
        return trouble.key == "province_other_version"  # an earlier result, whatever its version
    return True


def compare_counties(folder: Path, running: Running) -> Comparison:
    """Return what the counties' files of a folder say together. Raises CannotRunError."""
    with _saying():
        files = list_files(folder)
        with working_folder() as spilled:
            return _compared(files, running, spilled)


def _compared(files: Sequence[CountyFile], running: Running, spilled: Path) -> Comparison:
    paths = [one.path for one in files]
    try:
        with open_engine(running.engine, paths, spilled, master=running.master, memory=running.memory) as engine:
            return Comparison(files, *find_all(engine))
    except ProvinceError:
        raise
    except Exception as trouble:
        require_whole(files)
        raise ProvinceError("province_engine_failed", engine=running.engine, why=first_line(trouble)) from trouble


def write_comparison(found: Comparison, target: Path, told: str) -> None:
    """Write the workbook of the province. Raises CannotRunError."""
    with result_file(target, PROVINCE) as plain:
        write_tables(plain, comparison_sheets(found, told), command=PROVINCE, title=str(found.year))


def write_returns(found: Comparison, folder: Path) -> int:
    """Write a workbook for every county with its own persons only; return how many. Raises CannotRunError."""
    counties = [one.county for one in found.files]
    for county, name in zip(counties, file_names(counties), strict=True):
        with result_file(folder / f"{name}.xlsx", PROVINCE) as plain:
            write_tables(plain, county_sheets(found, county), command=PROVINCE, title=county)
    return len(counties)


def require_comparison_target(target: Path, folder: Path) -> None:
    """Say before the long work what would be in the way after it. Raises CannotRunError."""
    require_folder(folder)
    require_target(target, PROVINCE, folder.rglob("*.parquet"))


def name_for_county(told: Path, source: Source, key_file: Path, target: Path) -> int:
    """Write who the persons of a list of the province are; return how many rows. Raises CannotRunError."""
    require_target(target, PROVINCE_NAMES, [told, source.path, key_file])
    key, submission = _key_of(key_file), _submission_of(source)
    raw = read_own(told, source.reading)
    with _saying():
        found = name_persons(read_told(raw), submission, key)
    with result_file(target, PROVINCE_NAMES) as plain:
        write_tables(plain, [named_sheet(found, submission)], command=PROVINCE_NAMES, title=submission.county)
    return found.height
