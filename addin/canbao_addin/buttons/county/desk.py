"""The register that is open: found or chosen, its forms read from the cells as they stand, and written into them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from canbao_addin.actions.county import CountyDesk
from canbao_addin.actions.register import nearby_register, read_register, state_place, write_register
from canbao_addin.buttons.open_files import find_open, reopened, save_book, show_book
from canbao_addin.buttons.places import local_file, require_file, start_folder
from canbao_addin.texts import CannotRunError
from canbao_county.desk import IMPORTS, SETTINGS, load_form
from canbao_rulebook.problem_list import REGISTER_SHEET

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import xlwings as xw

    from canbao_addin.buttons.session import Session
    from canbao_rulebook.policy import Policy

_READ_ROWS = 60  # of a form; somebody may have put rows between its lines


def is_register(book: xw.Book) -> bool:
    """Tell whether an open workbook is a register."""
    return REGISTER_SHEET in {sheet.name for sheet in book.sheets}


def open_desk(session: Session) -> OpenDesk | None:
    """Return the register of this workbook, of another open one, or one that is chosen now; None when none is.

    Raises CannotRunError.
    """
    book = next((book for book in (session.book, *session.app.books) if is_register(book)), None)
    if book is None:
        beside = local_file(session.book)
        path = nearby_register(beside) if beside else None
        path = path or session.host.choose_workbook(session.say("choose_desk"), start_folder(session.book))
        if path is None:
            return None
        book = show_book(session, path)
        if not is_register(book):
            book.close()
            raise CannotRunError("desk_not_a_register", path=path)
    return OpenDesk(session, require_file(session, book))


class OpenDesk:
    """An open register. It is closed and opened again when its file is written, so its cells are always asked anew."""

    def __init__(self, session: Session, path: Path) -> None:
        self.session = session
        self.path = path
        forms = {load_form(name).sheet for name in (SETTINGS, IMPORTS)}
        if not forms <= {sheet.name for sheet in self.book.sheets}:
            self._renew()
        self.policy = self._find_policy()

    @property
    def book(self) -> xw.Book:
        """The open workbook; opened again when somebody has closed it meanwhile."""
        return find_open(self.session, self.path) or self.session.host.open_book(self.path)

    def look(self) -> CountyDesk:
        """Return what the register says now; it is saved, so that its file says the same. Raises CannotRunError."""
        save_book(self.session, self.book, self.path)
        return CountyDesk(self.path, self.policy, self.read(SETTINGS), self.session.texts)

    def read(self, name: str) -> dict[str, object]:
        """Return what stands in a form, by field."""
        form, found = load_form(name), self._lines(name)
        return {field: found[label][1] for field, label in form.labels.items() if label in found}

    def fill(self, name: str, **values: str) -> None:
        """Write into lines of a form, and save. Raises CannotRunError."""
        form, found = load_form(name), self._lines(name)
        sheet = self.book.sheets[form.sheet]
        with self.session.changing() as changes:
            for field, value in values.items():
                label = form.labels[field]
                if label in found:
                    changes.write(sheet.range((found[label][0], 2)), [[value or None]])
        save_book(self.session, self.book, self.path)

    def remember(self, **places: Path) -> None:
        """Write files and folders into the settings. Raises CannotRunError."""
        self.fill(SETTINGS, **{field: state_place(place, self.path) for field, place in places.items()})

    def show(self, sheet: str, field: str = "", form: str = SETTINGS) -> None:
        """Bring a sheet to the front, and in a form a line."""
        page = self.book.sheets[sheet]
        page.activate()
        if field:
            row, _ = self._lines(form)[load_form(form).labels[field]]
            page.range((row, 2)).select()

    def submissions(self, desk: CountyDesk) -> Path | None:
        """Return the folder of what was handed in; where none is set, ask for it once. None when nobody chose one."""
        if desk.submissions is not None:
            return desk.submissions
        folder = self.session.host.choose_folder(self.session.say("choose_merge"), self.path.parent)
        if folder is not None:
            self.remember(submissions=folder)
        return folder

    def _lines(self, name: str) -> Mapping[str, tuple[int, object]]:
        """Return row and content of the lines of a form, by their labels."""
        area = self.book.sheets[load_form(name).sheet].range((1, 1), (_READ_ROWS, 2))
        rows = area.options(ndim=2, err_to_str=True).value
        return {str(label).strip(): (row, value) for row, (label, value) in enumerate(rows, start=1) if label}

    def _find_policy(self) -> Policy:
        named = str(self.read(SETTINGS).get("policy") or "").strip()
        book = self.session.library.get(named)
        if book is None:
            raise CannotRunError("desk_no_policy", policy=named, action=self.session.label)
        return book.policy

    def _renew(self) -> None:
        """Give a register of an earlier version, or one that has lost a form, its forms; what it says stays.

        It names the policy year, or its file's name does. Raises CannotRunError.
        """
        with reopened(self.session) as files:
            files.release(self.path)
            known = read_register(self.path)
            named = known.settings.get("policy") or self.path.stem.removeprefix(REGISTER_SHEET).strip("_")
            book = self.session.library.get(named)
            if book is None:
                raise CannotRunError("desk_no_form", policy=named, sheet=load_form(SETTINGS).sheet)
            policy = book.policy
            settings = {"policy": policy.meta.id, **known.settings}
            write_register(self.path, replace(known, settings=settings), policy, policy.meta.county)
