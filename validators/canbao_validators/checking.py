"""Check one filled workbook: read it, recompute it, judge every row, and the rows against each other."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from canbao_rulebook.findings import Finding, Place
from canbao_rulebook.kinds import Filler
from canbao_rulebook.messages import build_finding
from canbao_rulebook.meta import FORMULAS_KEY, IN_CELLS, LOCK_DIGEST_KEY, LOCK_SALT_KEY, OWN_SHEETS
from canbao_rulebook.phrases import enumerate_words
from canbao_rulebook.policy import list_policies
from canbao_rulebook.roster import column_letter
from canbao_validators.check_code import input_digest
from canbao_validators.checked import CheckedFile
from canbao_validators.damage import even_headers, read_structure
from canbao_validators.damage.watching import StructureWatch
from canbao_validators.damaged_sheets import tell_faults
from canbao_validators.frames import RosterFrame, build_frame
from canbao_validators.judging_rows import judge_frames, judge_together
from canbao_validators.meta import Meta, read_cover, read_kind, read_meta, read_unit
from canbao_validators.reading.formula_texts import read_formulas
from canbao_validators.reading.raw import Form
from canbao_validators.reading.sheets import read_workbook
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.roster_sheets.layout import settle_layout, tell_layout
from canbao_validators.strangers import describe_stranger
from canbao_validators.tampering import check_meta, find_tampering
from canbao_validators.typed_formulas import tell_formulas
from canbao_validators.unit_check import check_unit
from canbao_validators.workbook import FilledWorkbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from canbao_rulebook.roster import Roster
    from canbao_rulebook.rulebook import Rulebook
    from canbao_validators.apart import Reading
    from canbao_validators.library import Library
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
    """Return the same of several small workbooks, paths and names, at less than the cost of each: see compute_rows."""
    opened: list[_Opened | FilledWorkbook] = [_open(path, name, library, only, passwords) for path, name in files]
    judge_together(one.filled for one in opened if isinstance(one, _Opened) and one.filled.accepted)
    return [one.finish(library, passwords) if isinstance(one, _Opened) else one for one in opened]


def _open(path: Path, name: str, library: Library, only: str, passwords: Sequence[str]) -> _Opened | FilledWorkbook:
    """Return a workbook that was read, or as one that cannot be."""
    watch = StructureWatch()
    try:
        raw = read_workbook(path, passwords, watch=watch)
        raw.name = name or raw.name
        formulas = partial(read_formulas, path, passwords=passwords) if raw.form is Form.XLSX else None
        filled, parts = _read_raw(raw, library, only, formulas)
        _drop_typed(filled, raw, parts)
    except UnreadableFile as trouble:
        return refuse_workbook(FilledWorkbook(name or path.name), trouble.as_finding())
    return _Opened(path, raw, watch, filled, parts)


def _drop_typed(filled: FilledWorkbook, raw: RawWorkbook, parts: Mapping[str, RosterFrame]) -> None:
    """Drop the cells that people type from what was read: they stand in frames."""
    for code, part in parts.items():
        roster = filled.rosters[code]
        columns = raw.sheets[roster.sheet].columns
        for column in roster.columns:
            if column.filler is not Filler.FORMULA:
                columns.pop(part.headers.positions.get(column.field) or 0, None)


class _Opened(NamedTuple):
    """A workbook between reading and judging."""

    path: Path
    raw: RawWorkbook
    watch: StructureWatch
    filled: FilledWorkbook
    parts: dict[str, RosterFrame]

    def finish(self, library: Library, passwords: Sequence[str]) -> FilledWorkbook:
        """Return the workbook, which was judged if it can be used, with all that is left to find."""
        if not self.filled.accepted:
            return self.filled
        _put_in_order(self.filled, self.parts)
        try:
            add_tampering(self.filled, self.raw, self.path, library, watch=self.watch, passwords=passwords)
        except UnreadableFile as trouble:
            return refuse_workbook(FilledWorkbook(self.filled.file), trouble.as_finding())
        return self.filled


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
    filled, parts = _read_raw(raw, library, only, formulas)
    if filled.accepted:
        judge_frames(filled)
        _put_in_order(filled, parts)
    return filled


def _read_raw(
    raw: RawWorkbook, library: Library, only: str, formulas: FormulaReader | None
) -> tuple[FilledWorkbook, dict[str, RosterFrame]]:
    """Return a workbook with its frames, not judged yet, and its roster sheets; one that cannot be used has none."""
    filled = FilledWorkbook(raw.name, encrypted=raw.encrypted)
    filled.findings += tell_faults(raw)
    meta = read_meta(raw)
    if not meta.get("policy_id"):
        return refuse_workbook(filled, describe_stranger(raw, _known_books(library, only))), {}
    filled.stated_policy = meta.get("policy_id")
    altered = check_meta(meta)
    filled.findings += altered
    filled.sealed = meta.is_sealed and not altered
    refusal = _identify(filled, meta, library, only)
    if refusal is not None:
        return refuse_workbook(filled, refusal), {}
    filled.unit = read_unit(raw, meta)
    assert filled.book is not None
    filled.findings += check_unit(filled.unit, filled.book.policy, filled.file)
    filled.cover = read_cover(raw)
    filled.lock = (meta.get(LOCK_SALT_KEY), meta.get(LOCK_DIGEST_KEY))
    filled.plain = meta.get(FORMULAS_KEY) == IN_CELLS
    if raw.form is not Form.XLSX:
        place = Place()
        filled.findings.append(build_finding("V39.old_format", place, what=raw.form.value))
    parts = _read_rosters(filled, raw, meta)
    read = formulas or raw.kept_formulas
    for code, part in parts.items():
        roster = filled.book.rosters[code]
        sheet = raw.sheets[roster.sheet]
        rows = set(part.frame["row"].to_list())  # a total, say, is not read at all
        filled.findings += tell_formulas(sheet, roster, part.headers.positions, rows, read)
    return filled, parts


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
    _read_rosters(filled, raw, read_meta(raw))
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


def _read_rosters(filled: FilledWorkbook, raw: RawWorkbook, meta: Meta) -> dict[str, RosterFrame]:
    """Fill ``frames`` with inputs as found, ``check_code`` and the findings about structure and values."""
    assert filled.book is not None
    rosters = filled.book.rosters.values()
    settle_layout(raw, rosters)
    filled.findings += tell_layout(raw, rosters)
    parts: dict[str, RosterFrame] = {}
    lists = {name: named.value for name, named in filled.book.names.items() if isinstance(named.value, tuple)}
    for code, roster in filled.book.rosters.items():
        filled.limits[code] = meta.row_limit(code)
        sheet = raw.sheets.get(roster.sheet)
        if sheet is None:
            place = Place(roster.sheet)
            filled.findings.append(build_finding("V39.sheet_missing", place, name=roster.sheet))
            continue
        words = {name: [str(item) for item in items if item] for name, items in lists.items()}
        is_other = meta.edition(code) not in {"", filled.book.edition(code)}
        issued = meta.header_hash(code) if is_other else None
        parts[code] = build_frame(sheet, roster, date1904=raw.date1904, lists=words, issued=issued)
        if is_other:
            filled.other_editions[code] = frozenset(parts[code].headers.absent)
        filled.findings += parts[code].findings
        if filled.limits[code]:
            last = sheet.header_row + filled.limits[code]
            filled.findings += _check_limit(last, roster, parts[code].frame)
    filled.findings += _tell_editions(filled, parts)
    own = {*OWN_SHEETS, *(roster.sheet for roster in filled.book.rosters.values())}
    filled.extra_sheets = tuple(name for name in raw.sheets if name not in own)
    filled.findings += [build_finding("V39.extra_sheet", Place(name)) for name in filled.extra_sheets]
    filled.frames = {code: part.frame for code, part in parts.items()}
    filled.check_code = input_digest(filled.frames, filled.book.rosters)
    return parts


def _tell_editions(filled: FilledWorkbook, parts: Mapping[str, RosterFrame]) -> Iterator[Finding]:
    """Say once that a workbook was made from other templates than today's, and which columns are not in both."""
    if not filled.other_editions:
        return
    headers = [parts[code].headers for code in filled.other_editions]
    absent = list(dict.fromkeys(header for match in headers for header in match.absent))
    extra = list(dict.fromkeys(header for match in headers for header in match.extra))
    key = "V39.other_columns" if absent or extra else "V39.other_edition"
    yield build_finding(key, Place(), absent=enumerate_words(absent or "—"), extra=enumerate_words(extra or "—"))


def _check_limit(last: int, roster: Roster, frame: pl.DataFrame) -> list[Finding]:
    """Report the first row below the last one that the sheet has room for."""
    beyond = frame["row"].filter(frame["row"] > last)
    return [
        build_finding("V39.row_limit", Place(roster.sheet, row, f"A{row}"), row=row, last=last)
        for row in beyond.head(1).to_list()
    ]
