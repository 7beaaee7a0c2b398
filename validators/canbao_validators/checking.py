"""Check one filled workbook: read it, recompute it, judge every row, and the rows against each other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from canbao_rulebook.findings import Finding, Place
from canbao_rulebook.kinds import Filler
from canbao_rulebook.messages import build_finding
from canbao_rulebook.meta import FORMULAS_KEY, IN_CELLS, LOCK_DIGEST_KEY, LOCK_SALT_KEY
from canbao_rulebook.policy import list_policies
from canbao_rulebook.roster import column_letter
from canbao_validators.checked import CheckedFile
from canbao_validators.damage import even_headers, read_structure
from canbao_validators.damage.watching import StructureWatch
from canbao_validators.damaged_sheets import tell_faults
from canbao_validators.judging_rows import judge_frames, judge_together
from canbao_validators.meta import read_cover, read_kind, read_meta, read_unit
from canbao_validators.reading.formula_texts import read_formulas
from canbao_validators.reading.raw import Form
from canbao_validators.reading.sheets import read_workbook
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.roster_reading import Identified, read_rosters
from canbao_validators.strangers import describe_stranger
from canbao_validators.tampering import check_meta, find_tampering
from canbao_validators.typed_formulas import tell_formulas
from canbao_validators.unit_check import check_unit
from canbao_validators.workbook import FilledWorkbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.apart import Reading
    from canbao_validators.frames import RosterFrame
    from canbao_validators.library import Library
    from canbao_validators.meta import Meta
    from canbao_validators.reading.raw import RawWorkbook
    from canbao_validators.typed_formulas import FormulaReader


def check_workbook(
    path: Path, library: Library, *, only: str = "", passwords: Sequence[str] = (), name: str = ""
) -> FilledWorkbook:
    """Return a workbook with its frames and all its findings. Never raises for what stands in a file.

    ``name`` is what findings call the file where its own name does not tell it from others. ``only``: the policy id
    that the workbook must belong to; empty accepts every known one. ``passwords`` are tried in turn where the file asks
    for one.
    """
    return check_together([(path, name)], library, only=only, passwords=passwords)[0]


def check_together(
    files: Sequence[tuple[Path, str]], library: Library, *, only: str = "", passwords: Sequence[str] = ()
) -> list[FilledWorkbook]:
    """Return the same of several small workbooks, paths and names, at less than the cost of each.

    What stands in their rosters is understood and computed together: see read_rosters, compute_rows.
    """
    opened = [_open(path, name, library, only, passwords) for path, name in files]
    _read_together(opened)
    for one in opened:
        one.keep_frames()
    judge_together(one.filled for one in opened if one.filled.accepted)
    return [one.finish(library, passwords) for one in opened]


def _open(path: Path, name: str, library: Library, only: str, passwords: Sequence[str]) -> _Opened:
    """Return a workbook with its sheets as stored, or as one that cannot be read."""
    watch = StructureWatch()
    try:
        raw = read_workbook(path, passwords, watch=watch)
        raw.name = name or raw.name
        filled, meta = _identify_workbook(raw, library, only)
    except UnreadableFile as trouble:
        return _Opened(refuse_workbook(FilledWorkbook(name or path.name), trouble.as_finding()), path)
    formulas = partial(read_formulas, path, passwords=passwords) if raw.form is Form.XLSX else None
    return _Opened(filled, path, Identified(filled, raw, meta), watch, formulas)


@dataclass
class _Opened:
    """A workbook between reading and judging; one that cannot be read has its finding alone."""

    filled: FilledWorkbook
    path: Path
    found: Identified | None = None
    watch: StructureWatch | None = None
    formulas: FormulaReader | None = None
    parts: dict[str, RosterFrame] = field(default_factory=dict)

    def tell_formulas(self) -> None:
        """Add what was typed as a formula where values belong. Raises UnreadableFile."""
        for raw, roster, part in self._sheets():
            rows = set(part.frame["row"].to_list())  # a total, say, is not read at all
            read = self.formulas or raw.kept_formulas
            sheet = raw.sheets[roster.sheet]
            self.filled.findings += tell_formulas(sheet, roster, part.headers.positions, rows, read)

    def keep_frames(self) -> None:
        """Do the same, and drop the cells that people type from what was read: they stand in frames."""
        try:
            self.tell_formulas()
        except UnreadableFile as trouble:
            self.filled = refuse_workbook(FilledWorkbook(self.filled.file), trouble.as_finding())
            return
        for raw, roster, part in self._sheets():
            columns = raw.sheets[roster.sheet].columns
            for column in roster.columns:
                if column.filler is not Filler.FORMULA:
                    columns.pop(part.headers.positions.get(column.field) or 0, None)

    def _sheets(self) -> Iterator[tuple[RawWorkbook, Roster, RosterFrame]]:
        """Yield the sheets whose frames were read, and where they stood."""
        if self.found is not None:
            for code, part in self.parts.items():
                yield self.found.raw, self.filled.rosters[code], part

    def finish(self, library: Library, passwords: Sequence[str]) -> FilledWorkbook:
        """Return the workbook, which was judged if it can be used, with all that is left to find."""
        if not self.filled.accepted or self.found is None:
            return self.filled
        _put_in_order(self.filled, self.parts)
        try:
            add_tampering(self.filled, self.found.raw, self.path, library, watch=self.watch, passwords=passwords)
        except UnreadableFile as trouble:
            return refuse_workbook(FilledWorkbook(self.filled.file), trouble.as_finding())
        return self.filled


def _read_together(opened: Sequence[_Opened]) -> None:
    """Read the rosters of workbooks that can be used, those of one rulebook together."""
    by_book: dict[int, list[tuple[_Opened, Identified]]] = {}
    for one in opened:
        if one.filled.accepted and one.found is not None:
            by_book.setdefault(id(one.filled.book), []).append((one, one.found))
    for alike in by_book.values():
        for (one, _), parts in zip(alike, read_rosters([found for _, found in alike]), strict=True):
            one.parts = parts


def add_tampering(
    filled: FilledWorkbook,
    raw: RawWorkbook,
    path: Path,
    library: Library,
    *,
    watch: StructureWatch | None = None,
    passwords: Sequence[str] = (),
) -> None:
    """Add what the file of a checked workbook tells beside its data. Raises UnreadableFile.

    A workbook that was issued without a digest, whose ``_meta`` was altered, or of another edition has nothing to be
    compared with.
    """
    comparable = filled.accepted and filled.sealed and raw.form is Form.XLSX and not filled.other_editions
    if raw.is_rearranged:  # everything that refers to such a sheet is altered, and it was said why
        return
    if not (comparable and filled.book and library.issue):
        return
    found = read_structure(path, {roster.sheet for roster in filled.book.rosters.values()}, passwords, watch)
    even_headers(found, filled.book.rosters.values())
    more = filled.own(find_tampering(filled, raw, found, library.issue(filled)))
    filled.read = (*filled.read, *more)
    filled.findings = sorted([*filled.findings, *more], key=Finding.sort_key)


def check_sent(library: Library, path: Path, settings: tuple[str, Reading]) -> CheckedFile:
    """Return what was found in one file, for the process that sent it (``checking_apart``)."""
    return check_all_sent(library, [(path, settings)])[0]


def check_all_sent(library: Library, tasks: Sequence[tuple[Path, tuple[str, Reading]]]) -> list[CheckedFile]:
    """Return the same of several small files."""
    reading = tasks[0][1][1]
    files = [(path, name) for path, (name, _) in tasks]
    checked = check_together(files, library, passwords=reading.passwords)
    return [CheckedFile(**filled.summary()) for filled in checked]


def check_raw(
    raw: RawWorkbook, library: Library, *, only: str = "", formulas: FormulaReader | None = None
) -> FilledWorkbook:
    """Return the same for a workbook that was read already, from a file or from a running spreadsheet program.

    ``formulas`` reads those that were typed; without it they are what the reader of the cells has kept.
    """
    filled, meta = _identify_workbook(raw, library, only)
    one = _Opened(filled, raw.path, Identified(filled, raw, meta), formulas=formulas)
    _read_together([one])
    one.tell_formulas()
    if one.filled.accepted:
        judge_frames(one.filled)
        _put_in_order(one.filled, one.parts)
    return one.filled


def _identify_workbook(raw: RawWorkbook, library: Library, only: str) -> tuple[FilledWorkbook, Meta]:
    """Return a workbook whose rosters are not read yet, and its ``_meta``; one that cannot be used is refused."""
    filled = FilledWorkbook(raw.name, encrypted=raw.encrypted)
    filled.findings += tell_faults(raw)
    meta = read_meta(raw)
    if not meta.get("policy_id"):
        return refuse_workbook(filled, describe_stranger(raw, _known_books(library, only))), meta
    filled.stated_policy = meta.get("policy_id")
    altered = check_meta(meta)
    filled.findings += altered
    filled.sealed = meta.is_sealed and not altered
    refusal = _identify(filled, meta, library, only)
    if refusal is not None:
        return refuse_workbook(filled, refusal), meta
    filled.unit = read_unit(raw, meta)
    assert filled.book is not None
    filled.findings += check_unit(filled.unit, filled.book.policy, filled.file)
    filled.cover = read_cover(raw)
    filled.lock = (meta.get(LOCK_SALT_KEY), meta.get(LOCK_DIGEST_KEY))
    filled.plain = meta.get(FORMULAS_KEY) == IN_CELLS
    if raw.form is not Form.XLSX:
        filled.findings.append(build_finding("V39.old_format", Place(), what=raw.form.value))
    return filled, meta


def _put_in_order(filled: FilledWorkbook, parts: Mapping[str, RosterFrame]) -> None:
    filled.findings = [_in_its_cell(found, filled, parts) for found in filled.findings]
    filled.findings.sort(key=Finding.sort_key)


def _in_its_cell(found: Finding, filled: FilledWorkbook, parts: Mapping[str, RosterFrame]) -> Finding:
    """Name the cell of a finding as it stands in a sheet of another edition, whose columns may stand elsewhere."""
    code = next((code for code in filled.other_editions if filled.rosters[code].sheet == found.sheet), "")
    position = parts[code].headers.positions.get(found.field) if code else None
    if not (position and found.row and found.cell):
        return found
    return replace(found, place=replace(found.place, cell=f"{column_letter(position)}{found.row}"))


def read_check_code(path: Path, book: Rulebook) -> str:
    """Return the check code of a workbook of ours without judging it. Raises UnreadableFile."""
    return compute_check_code(read_workbook(path), book)


def compute_check_code(raw: RawWorkbook, book: Rulebook) -> str:
    """Return the same for a workbook that was read already."""
    filled = FilledWorkbook(raw.name, book)
    read_rosters([Identified(filled, raw, read_meta(raw))])
    return filled.check_code


def refuse_workbook(filled: FilledWorkbook, finding: Finding) -> FilledWorkbook:
    """Return a workbook as one that cannot be used because of a finding."""
    filled.reason = finding.at(file=filled.file)
    filled.findings = filled.own([*filled.findings, finding])
    return filled


def _known_books(library: Library, only: str) -> Iterator[Rulebook]:
    """Yield the policy years that a file could belong to, those that are compiled already first."""
    for policy_id in dict.fromkeys([only] if only else [*library.books, *list_policies()]):
        book = library.get(policy_id)
        if book is not None:
            yield book


def _identify(filled: FilledWorkbook, meta: Meta, library: Library, only: str) -> Finding | None:
    place = Place()
    policy_id = meta.get("policy_id")
    if only and policy_id != only:
        return build_finding("V39.other_policy", place, value=policy_id, found=policy_id, expected=only)
    whole = library.get(policy_id)
    if whole is None:
        return build_finding("V39.unknown_policy", place, value=policy_id, found=policy_id)
    book, policy = whole.of_kind(read_kind(meta)), whole.policy
    if meta.get("policy_sha256") not in {policy.sha256, *policy.supersedes}:
        return build_finding("V39.policy_changed", place, found=meta.get("policy_sha256"))
    filled.book = book
    return None
