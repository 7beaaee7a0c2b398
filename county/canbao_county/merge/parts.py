"""What the merge keeps of each checked workbook. Its rows lie in files, so that memory holds one township at a time."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from canbao_county.merge.standing import standing_rows
from canbao_rulebook.units import VILLAGE
from canbao_validators.checked import CheckedFile
from canbao_validators.checking import check_together
from canbao_validators.frames import with_blank_columns, without_blank_columns
from canbao_validators.settlement.facts import select_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.apart import Reading
    from canbao_validators.library import Library
    from canbao_validators.workbook import FilledWorkbook


class StoredRows(NamedTuple):
    """The rows of one roster of one file as the county shows them, in an Arrow file."""

    path: Path
    height: int

    def load(self) -> pl.DataFrame:
        """Return ``row`` and the columns of ``standing_rows``."""
        return pl.read_ipc(self.path)


@dataclass
class Part(CheckedFile):
    """One workbook of the merge.

    ``people`` are its rows of R1 to R3 as ``select_facts`` gives them; ``sheets`` its rows by roster, when they were
    stored; ``whole`` is the stored workbook of a village, whose rows will be judged anew with the township's. What is
    not ``listed`` is no file that anybody handed in.
    """

    people: pl.DataFrame | Path | None = None
    sheets: dict[str, StoredRows] = field(default_factory=dict)
    whole: Path | None = None
    listed: bool = True

    def load_people(self) -> pl.DataFrame:
        """Return the people of an accepted township workbook."""
        if isinstance(self.people, Path):
            return pl.read_ipc(self.people)
        assert self.people is not None
        return self.people

    def load_whole(self, book: Rulebook) -> FilledWorkbook:
        """Return the workbook of a village, its rows as typed: all but those of R4 are computed with the township's."""
        assert self.whole is not None
        filled: FilledWorkbook = pickle.loads(self.whole.read_bytes())  # noqa: S301 - our own, from this run's folder
        filled.book = book.of_kind(VILLAGE)
        rosters = filled.book.rosters
        filled.typed = {code: with_blank_columns(rosters[code], frame) for code, frame in filled.typed.items()}
        return filled


class Storing(NamedTuple):
    """Where the rows of one file are stored, what it is called, and how it is checked."""

    folder: Path
    number: int
    name: str
    policy_id: str
    reading: Reading


def summarise(filled: FilledWorkbook) -> Part:
    """Return a checked workbook as the merge sees it, its people in memory and no rows stored."""
    part = Part(**filled.summary())
    if filled.accepted and filled.book is not None:
        part.people = select_facts(filled, filled.book.policy)
    return part


def check_part(library: Library, path: Path, storing: Storing) -> Part:
    """Check one workbook and store its rows. Never raises for what stands in the file."""
    return check_parts(library, [(path, storing)])[0]


def check_parts(library: Library, tasks: Sequence[tuple[Path, Storing]]) -> list[Part]:
    """Do the same for several small workbooks of one merge."""
    files = [(path, storing.name) for path, storing in tasks]
    storing = tasks[0][1]
    checked = check_together(files, library, only=storing.policy_id, passwords=storing.reading.passwords)
    return [store_part(filled, storing) for filled, (_, storing) in zip(checked, tasks, strict=True)]


def store_part(filled: FilledWorkbook, storing: Storing) -> Part:
    """Return a checked workbook as the merge sees it, with its rows stored."""
    if filled.accepted and filled.unit is not None and filled.unit.kind == VILLAGE:
        return _store_whole(filled, storing)
    part = summarise(filled)
    if isinstance(part.people, pl.DataFrame):
        part.people = _store(part.people, storing, "people").path
        for code, frame in filled.frames.items():
            if code != filled.subsidy_code:
                part.sheets[code] = _store(standing_rows(filled.rosters[code], frame), storing, code)
    return part


def _store_whole(filled: FilledWorkbook, storing: Storing) -> Part:
    part = Part(**filled.summary())
    rosters = filled.rosters
    filled.typed = {code: without_blank_columns(rosters[code], frame) for code, frame in filled.typed.items()}
    filled.frames = {code: frame for code, frame in filled.frames.items() if code == filled.subsidy_code}
    filled.book = None
    part.whole = storing.folder / f"{storing.number}.pickle"
    part.whole.write_bytes(pickle.dumps(filled, protocol=pickle.HIGHEST_PROTOCOL))
    return part


def _store(frame: pl.DataFrame, storing: Storing, name: str) -> StoredRows:
    path = storing.folder / f"{storing.number}-{name}.arrow"
    memory = BytesIO()
    frame.write_ipc(memory, compression="lz4")
    path.write_bytes(memory.getbuffer())
    return StoredRows(path, frame.height)
