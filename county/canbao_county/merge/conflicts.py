"""Several workbooks of one unit: the same data twice counts once; of different ones the county says which it takes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from canbao_county.merge.standing import standing_rows
from canbao_rulebook.findings import Place, Severity
from canbao_rulebook.messages import build_finding
from canbao_rulebook.phrases import Phrase, Phrases
from canbao_rulebook.yaml_text import read_data

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import polars as pl

    from canbao_county.merge.parts import Part
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.inbox import InputFile

_PERSON, _ROW = "证件号码", "row"


class Difference(NamedTuple):
    """Rows of one workbook against another's: those only it has, those it lacks, and those that say something else."""

    added: int
    missing: int
    changed: int


def settle_units(book: Rulebook, parts: Sequence[Part], files: Sequence[InputFile], taken: Collection[str]) -> None:
    """Refuse what is too many of a unit; ``taken`` are the names of the files that the county chose.

    Of workbooks with the same check code the first stays. Of different ones none does, unless one was chosen: one
    finding names them all and says how they differ.
    """
    units: dict[str, list[Part]] = {}
    for part in parts:
        if part.accepted and part.unit is not None:
            units.setdefault(part.unit.title, []).append(part)
    times = {file.name: _saved(file) for file in files}
    for unit, own in units.items():
        if len(own) == 1:
            continue
        chosen = [part for part in own if part.file in taken]
        if len(chosen) == 1:
            _refuse_others(unit, chosen[0], own)
        elif len({part.check_code for part in own}) == 1:
            _refuse_copies(unit, own)
        else:
            _refuse_all(book, unit, sorted(own, key=lambda part: times[part.file]), times)


def compare_parts(book: Rulebook, one: Part, other: Part) -> Difference:
    """Return how the rows of ``other`` differ from those of ``one``, over all rosters.

    A row is known by the document number in it, a row without one by its place.
    """
    before, after = dict(_keyed_rows(book, one)), dict(_keyed_rows(book, other))
    same = before.keys() & after.keys()
    changed = sum(before[key] != after[key] for key in same)
    return Difference(len(after) - len(same), len(before) - len(same), changed)


def _keyed_rows(book: Rulebook, part: Part) -> Iterator[tuple[tuple[str, object, int], tuple[object, ...]]]:
    for code, rows in _rosters(book, part):
        seen: dict[object, int] = {}
        headers = [header for header in rows.columns if header != _ROW]
        for values in rows.iter_rows(named=True):
            key = values.get(_PERSON) or values[_ROW]
            seen[key] = seen.get(key, 0) + 1
            yield (code, key, seen[key]), tuple(values[header] for header in headers)


def _rosters(book: Rulebook, part: Part) -> Iterator[tuple[str, pl.DataFrame]]:
    if part.whole is None:
        yield from ((code, stored.load()) for code, stored in part.sheets.items())
    else:
        filled = part.load_whole(book)
        yield from ((code, standing_rows(filled.rosters[code], frame)) for code, frame in filled.frames.items())


def _saved(file: InputFile) -> float:
    """Return when a file was saved, 0 where nobody knows."""
    try:
        return file.path.stat().st_mtime
    except OSError:
        return 0


def _time(saved: float) -> str:
    return f"{datetime.fromtimestamp(saved):%Y-%m-%d %H:%M}" if saved else ""  # noqa: DTZ006 - as people see it


def _refuse_others(unit: str, chosen: Part, own: Sequence[Part]) -> None:
    for part in own:
        if part is not chosen:
            place = Place(file=part.file)
            _refuse(part, build_finding("V39.not_taken", place, value=unit, unit=unit, other=chosen.file))


def _refuse_copies(unit: str, own: Sequence[Part]) -> None:
    for part in own[1:]:
        found = build_finding(
            "V39.unit_twice",
            Place(file=part.file),
            value=unit,
            severity=Severity.WARNING,
            unit=unit,
            other=own[0].file,
        )
        _refuse(part, found)


def _refuse_all(book: Rulebook, unit: str, own: Sequence[Part], times: dict[str, float]) -> None:
    first, others = own[0], own[1:]
    words = read_data("conflicts.yaml")
    told = [Phrase(words["first"], {"name": first.file, "code": first.check_code, "time": _time(times[first.file])})]
    for part in others:
        found = compare_parts(book, first, part)
        changes = Phrase(words["changes"], found._asdict()) if any(found) else Phrase(words["same"])
        named = {"name": part.file, "code": part.check_code, "time": _time(times[part.file]), "changes": changes}
        told.append(Phrase(words["other"], named))
    place = Place(file=first.file)
    finding = build_finding("V39.units_differ", place, value=unit, unit=unit, count=len(own), names=Phrases(told))
    _refuse(first, finding)
    for part in others:
        part.reason, part.findings = finding, []


def _refuse(part: Part, finding: Finding) -> None:
    part.reason, part.findings = finding, [finding]
