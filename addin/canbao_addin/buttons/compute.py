"""计算: let the sheets compute, make the subsidy roster R4 anew from R1 and R2, and say what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_addin.actions.compute import subsidy_frame
from canbao_addin.buttons.reading import column_formulas
from canbao_addin.buttons.session import Outcome
from canbao_addin.buttons.tidying import tidy_book
from canbao_addin.buttons.values import as_cell
from canbao_addin.texts import CannotRunError
from canbao_rulebook.findings import Severity
from canbao_rulebook.kinds import Filler
from canbao_rulebook.meta import COUNTING_NAME
from canbao_rulebook.phrases import Phrases, enumerate_words
from canbao_rulebook.roster import FIRST_ROW, column_index
from canbao_rulebook.vocabulary import load_lists
from canbao_validators.overwritten import overwritten_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl
    import xlwings as xw

    from canbao_addin.buttons.session import Changes, Session
    from canbao_rulebook.roster import Column, Roster
    from canbao_validators.workbook import FilledWorkbook

_KEY, _NAME = "cert_no", "name"
_NAMED = 5  # persons named in the closing message, of each kind

Row = tuple[object, ...]


@dataclass(frozen=True)
class Difference:
    """Names of the persons whom the subsidy roster gained, lost, or says something else of."""

    added: list[str]
    removed: list[str]
    changed: list[str]


def compute_book(session: Session) -> Outcome:
    """Recompute, fill R4 and report. Raises CannotRunError when R4 cannot be made in this workbook."""
    _let_count(session)
    session.book.app.calculate()
    filled, _ = tidy_book(session, session.check())
    subsidy = filled.subsidy_code
    rows = sum(frame.height for code, frame in filled.frames.items() if code != subsidy)
    if subsidy not in filled.frames:
        return Outcome(session.say("no_subsidy_roster"))
    roster = filled.rosters[subsidy]
    wanted = _rows(roster, subsidy_frame(filled))
    found = _rows(roster, filled.frames[subsidy])
    if wanted == found:
        text = session.say("computed_same", rows=rows, total=len(found))
    else:
        _refuse_what_cannot_move(filled, roster, len(wanted))
        with session.changing() as changes:
            last = filled.frames[subsidy]["row"].max() or 0
            _write_rows(session.book.sheets[roster.sheet], changes, roster, wanted, int(str(last)))
        text = _report(session, rows, wanted, _compare(roster, found, wanted))
    return Outcome("\n".join([text, *_warnings(session, filled)]))


def _typed(roster: Roster) -> list[Column]:
    """The columns that the button fills: what is typed into R4 elsewhere, not what its own formulas give."""
    return [column for column in roster.columns if column.filler is Filler.CLERK]


def _let_count(session: Session) -> None:
    """Turn 汇总 on, where the workbook has a switch for it."""
    if COUNTING_NAME not in session.book.names:
        return
    switch = session.book.names[COUNTING_NAME].refers_to_range
    on = load_lists()["counting"]["active"]
    if switch.value != on:
        with session.changing() as changes:
            changes.write(switch, [[on]])


def _rows(roster: Roster, frame: pl.DataFrame) -> list[Row]:
    """Return the typed cells of R4 as they are written into the sheet, one tuple a person."""
    columns = [[as_cell(column, value) for value in frame[column.field].to_list()] for column in _typed(roster)]
    return list(zip(*columns, strict=True))


def _refuse_what_cannot_move(filled: FilledWorkbook, roster: Roster, needed: int) -> None:
    """Raise CannotRunError when the sheet has other columns or no room, or when the county has written into it."""
    if roster.code in filled.other_editions:
        raise CannotRunError("subsidy_edition")
    room = filled.limits.get(roster.code, 0)
    if needed > room:
        raise CannotRunError("subsidy_no_room", needed=needed, room=room)
    frame = filled.frames[roster.code]
    for column in roster.columns:
        if column.filler is Filler.COUNTY:
            rows = frame.filter(frame[f"{column.field}.raw"] != "")["row"].to_list()
            if rows:
                raise CannotRunError("subsidy_county", row=rows[0], header=column.header)


def _write_rows(sheet: xw.Sheet, changes: Changes, roster: Roster, rows: Sequence[Row], used: int) -> None:
    """Write the rows from the first data row on and empty those below, one block for each run of columns.

    ``used`` is the last row that held something before.
    """
    last = max(FIRST_ROW + len(rows) - 1, used)
    table = [*rows, *[(None,) * len(_typed(roster))] * (last - FIRST_ROW + 1 - len(rows))]
    for first, columns, letters in _runs(roster):
        area = sheet.range(f"{letters[0]}{FIRST_ROW}:{letters[-1]}{last}")
        changes.write(area, [row[first : first + columns] for row in table])


def _runs(roster: Roster) -> Iterator[tuple[int, int, list[str]]]:
    """Yield the typed columns that stand side by side: place of the first one, how many, and their letters."""
    letters = [roster.letters[column.header] for column in _typed(roster)]
    start = 0
    for place in range(1, len(letters) + 1):
        if place == len(letters) or column_index(letters[place]) != column_index(letters[place - 1]) + 1:
            yield start, place - start, letters[start:place]
            start = place


def _compare(roster: Roster, found: Sequence[Row], wanted: Sequence[Row]) -> Difference:
    fields = [column.field for column in _typed(roster)]
    key, name = fields.index(_KEY), fields.index(_NAME)
    before, after = ({row[key]: row for row in rows} for rows in (found, wanted))

    def names(rows: dict[object, Row], keys: list[object]) -> list[str]:
        return [str(rows[number][name] or number) for number in keys]

    return Difference(
        added=names(after, [number for number in after if number not in before]),
        removed=names(before, [number for number in before if number not in after]),
        changed=names(after, [number for number in after if number in before and after[number] != before[number]]),
    )


def _report(session: Session, rows: int, wanted: Sequence[Row], difference: Difference) -> str:
    groups = {"added": difference.added, "removed": difference.removed, "changed": difference.changed}
    counts = {kind: len(names) for kind, names in groups.items()}
    lines = [session.say("computed_book", rows=rows, total=len(wanted), **counts)]
    for kind, names in groups.items():
        if names:
            shown = Phrases((enumerate_words(names[:_NAMED]), "……" if len(names) > _NAMED else ""))
            lines.append(session.say("computed_rows", what=session.say(f"computed_{kind}"), names=shown))
    return "\n".join(lines)


def _warnings(session: Session, filled: FilledWorkbook) -> Iterator[str]:
    rosters = [(roster, filled.frames[code]) for code, roster in filled.rosters.items() if code != filled.subsidy_code]
    cells = [
        cell for roster, frame in rosters for cell in _typed_over(session.book.sheets[roster.sheet], roster, frame)
    ]
    if cells:
        yield session.say("computed_overwritten", count=len(cells), cell=cells[0])
    errors = sum(found.severity is Severity.ERROR for found in filled.findings)
    if errors:
        yield session.say("computed_with_errors", errors=errors)


def _typed_over(sheet: xw.Sheet, roster: Roster, frame: pl.DataFrame) -> Iterator[str]:
    """Yield the cells that hold something else than their formula gives, and no formula: such a one is not altered."""
    for letters, rows in overwritten_rows(roster, frame):
        formulas = column_formulas(sheet, column_index(letters), rows[0], rows[-1])
        for row in rows:
            if not formulas[row - rows[0]].startswith("="):
                yield f"「{sheet.name}」{letters}{row}"
