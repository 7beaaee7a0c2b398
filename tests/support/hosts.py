"""A host whose user answers at once, and synthetic township workbooks for the buttons."""

from dataclasses import dataclass, field
from pathlib import Path

import xlwings as xw

from canbao_addin.actions.generate import generate_workbooks
from canbao_demo import SyntheticCounty
from canbao_rulebook.rulebook import Rulebook
from support.cli import fill

PASSWORD = "参保2021"


@dataclass
class AnsweringHost:
    """Says yes (or no), chooses ``chosen``, and keeps what it was told, asked and shown."""

    app: xw.App
    chosen: Path | None = None
    yes: bool = True
    no_to: tuple[str, ...] = ()  # words of questions that are answered otherwise
    files: list[Path] = field(default_factory=list)  # chosen in turn, before ``chosen``
    said: list[tuple[str, bool]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    shown: list[Path] = field(default_factory=list)

    def tell(self, text: str, *, title: str, trouble: bool = False) -> None:
        assert title
        self.said.append((text, trouble))

    def confirm(self, text: str, *, title: str) -> bool:
        assert title
        self.asked.append(text)
        return self.yes and not any(word in text for word in self.no_to)

    def choose_folder(self, title: str, start: Path) -> Path | None:
        assert title
        assert start.is_dir()
        return self.chosen

    def choose_workbook(self, title: str, start: Path) -> Path | None:
        assert title
        assert start.is_dir()
        return self.files.pop(0) if self.files else self.chosen

    choose_file = choose_workbook

    def show_file(self, path: Path) -> None:
        self.shown.append(path)

    def open_book(self, path: Path) -> xw.Book:
        return self.app.books.open(str(path))


def fill_county(book: Rulebook, county: SyntheticCounty, folder: Path) -> list[Path]:
    """Generate the county's workbooks into a folder and type its people into them."""
    paths = generate_workbooks(book, county.units, folder, password=PASSWORD)
    for unit, path in zip(county.units, paths, strict=True):
        fill(path, {book.rosters[code].sheet: rows for code, rows in county.rows[unit.name].items() if rows})
    return paths
