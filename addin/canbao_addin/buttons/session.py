"""One press of a button: the workbook, the program around it, and a way back when something fails."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from canbao_addin.actions.policies import open_library
from canbao_addin.buttons.places import local_file
from canbao_addin.buttons.reading import read_open_book
from canbao_addin.buttons.troubles import is_interruption
from canbao_addin.buttons.values import TEXT_FORMAT, is_like_number
from canbao_addin.texts import CannotRunError, Texts
from canbao_rulebook.findings import Finding, count_severities
from canbao_rulebook.masking import mask_numbers
from canbao_validators.checking import add_tampering, check_raw
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import xlwings as xw

    from canbao_addin.hosts.host import Host
    from canbao_validators.library import Library
    from canbao_validators.workbook import FilledWorkbook


@dataclass(frozen=True)
class Outcome:
    """What to say when a button is done. ``quiet``: in the status bar only; an empty text says nothing."""

    text: str = ""
    quiet: bool = False


@dataclass
class Session:
    """What an action works with. ``label`` is the button's name."""

    book: xw.Book
    host: Host
    texts: Texts
    label: str
    library: Library = field(init=False)
    app: xw.App = field(init=False)

    def __post_init__(self) -> None:
        self.library = open_library()
        self.app = self.book.app  # of a workbook that is closed meanwhile, nobody can ask

    def say(self, key: str, **params: object) -> str:
        """Return a sentence of the catalogue."""
        return self.texts.say(key, **params)

    @staticmethod
    def now(form: str = "%Y-%m-%d %H:%M") -> str:
        """Return the time on the clerk's own clock."""
        return format(datetime.now().astimezone(), form)

    def progress(self, key: str, **params: object) -> None:
        """Show in the status bar what is being done, without anybody's number."""
        self.app.status_bar = mask_numbers(self.say(key, action=self.label, **params))

    @contextmanager
    def counting(self, _title: str, total: int) -> Iterator[Callable[[str], None]]:
        """Name the file that is being read in the status bar, and how many there are."""
        number = 0

        def step(name: str) -> None:
            nonlocal number
            number += 1
            self.progress("merging", number=number, total=total, name=name)

        yield step

    def check(self) -> FilledWorkbook:
        """Return the open workbook with its findings, and what its file tells as it was saved last.

        Raises CannotRunError when it is none of ours.
        """
        raw = read_open_book(self.book, self.library)
        filled = check_raw(raw, self.library)
        if not filled.accepted:
            raise CannotRunError("refused", file=filled.file, reason=filled.reason)
        path = local_file(self.book)
        if path is not None:
            with suppress(UnreadableFile):  # being written at this moment: the open workbook was checked all the same
                add_tampering(filled, raw, path, self.library)
        return filled

    def counts(self, findings: Sequence[Finding]) -> str:
        """Return how many findings there are of each severity, in words."""
        return self.say("counts", **count_severities(findings))

    @contextmanager
    def changing(self) -> Iterator[Changes]:
        """Let an action write; when it fails, every cell is put back as it was. The screen stands still meanwhile."""
        app = self.app
        calculation, changes = app.calculation, Changes()
        self.progress("writing")
        app.screen_updating = False
        app.calculation = "manual"
        try:
            yield changes
        except BaseException:
            changes.undo()
            raise
        finally:
            with suppress(Exception):
                app.calculation = calculation
            app.screen_updating = True


class Changes:
    """Writes into cells and remembers what stood there."""

    def __init__(self) -> None:
        self._before: list[tuple[xw.Range, Any]] = []

    def write(self, area: xw.Range, rows: Sequence[Sequence[object]]) -> None:
        """Write a block of values; texts that begin with ``=`` become formulas. Raises CannotRunError."""
        before = _stated(area)
        try:
            area.value = [list(row) for row in rows]
        except Exception as trouble:
            if is_interruption(trouble):
                raise
            sheet, cells = area.sheet.name, area.get_address(row_absolute=False, column_absolute=False)
            raise CannotRunError("cell_refused", sheet=sheet, cells=cells) from trouble
        self._before.append((area, before))

    def undo(self) -> None:
        """Put everything back, the last change first."""
        while self._before:
            area, before = self._before.pop()
            area.formula = before


def _stated(area: xw.Range) -> list[list[object]]:
    """Return formulas and values so that they can be written back; a text that looks like a number stays a text."""
    formulas = area.formula if area.size > 1 else ((area.formula,),)
    values = area.options(ndim=2, err_to_str=True).value
    holds_texts = [column.number_format == TEXT_FORMAT for column in area.columns]
    return [
        [
            formula if is_text or not _needs_mark(formula, value) else f"'{formula}"
            for formula, value, is_text in zip(row, found, holds_texts, strict=True)
        ]
        for row, found in zip(formulas, values, strict=True)
    ]


def _needs_mark(formula: object, value: object) -> bool:
    return isinstance(value, str) and value == formula and is_like_number(value)
