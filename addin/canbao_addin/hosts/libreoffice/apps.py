"""Running offices as xlwings apps."""

from __future__ import annotations

import contextlib
import itertools
import os
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from canbao_addin.hosts.libreoffice import dialogs
from canbao_addin.hosts.libreoffice.books import Books, stands_for
from canbao_addin.hosts.libreoffice.bridge import is_own_context, properties, uno_exception
from canbao_addin.hosts.libreoffice.errors import OfficeError
from canbao_addin.hosts.libreoffice.plain_errors import plain_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_addin.hosts.libreoffice.engine import Engine
    from canbao_addin.hosts.libreoffice.ranges import Range

_remote_numbers = itertools.count(1)


@plain_errors
class Apps(base_classes.Apps):
    """The offices that we are attached to, the active one first."""

    def __init__(self) -> None:
        self._apps: list[App] = []

    def attach(self, context: Any, *, hidden: bool, engine: Engine) -> App:
        """The app of a component context, made active; the same context gives the same app."""
        app = next((app for app in self._apps if app.context == context), None)
        if app is None:
            app = App(context, engine, self)
        else:
            self._apps.remove(app)
        app.hidden = hidden
        self._apps.insert(0, app)
        return app

    def detach(self, app: App) -> None:
        if app in self._apps:
            self._apps.remove(app)

    def activate(self, app: App) -> None:
        self._apps.remove(app)
        self._apps.insert(0, app)

    def keys(self) -> list[int]:
        return [app.pid for app in self._apps]

    def add(self, spec: Any = None, add_book: Any = None, xl: Any = None, visible: Any = None) -> App:  # noqa: ARG002
        raise OfficeError("LibreOffice is not started through xlwings. Start it, then attach() or connect() to it.")

    def cleanup(self) -> None:  # type: ignore[override]
        """Nothing to do: no process is started here."""

    def __iter__(self) -> Iterator[App]:
        return iter(list(self._apps))

    def __len__(self) -> int:
        return len(self._apps)

    def __getitem__(self, pid: int) -> App:
        for app in self._apps:
            if app.pid == pid:
                return app
        raise KeyError(pid)


@plain_errors
class App(base_classes.App):
    """One office. ``hidden``: books are opened without windows, and nothing may wait for a person."""

    # what a caller may set, and LibreOffice has nothing for
    display_alerts: bool = True
    enable_events: bool = True
    interactive: bool = True
    cut_copy_mode: str | None = None

    def __init__(self, context: Any, engine: Engine, apps: Apps) -> None:
        self.context = context
        self.hidden = False
        self.engine = engine
        self._apps = apps
        self._pid = os.getpid() if is_own_context(context) else -next(_remote_numbers)
        self.desktop = self.create("com.sun.star.frame.Desktop")
        self.current: Any = None  # the document activated last, for offices without windows
        self._books = Books(self)
        self._status: str | bool = False
        self._indicator: Any = None
        self._manual = False
        self._screen_updating = True

    def create(self, service: str) -> Any:
        """A new UNO service of this office."""
        made = self.context.ServiceManager.createInstanceWithContext(service, self.context)
        if made is None:
            raise OfficeError(f"LibreOffice has no service {service}.")
        return made

    @property
    def api(self) -> Any:
        return self.desktop

    @property
    def pid(self) -> int:
        """This process inside LibreOffice; outside, where the office's own is unknown, a negative number of its own."""
        return self._pid

    @property
    def hwnd(self) -> int:
        return 0

    @property
    def books(self) -> Books:
        return self._books

    @property
    def version(self) -> str:
        provider = self.create("com.sun.star.configuration.ConfigurationProvider")
        node = properties(nodepath="/org.openoffice.Setup/Product")
        access = provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", node)
        version: str = access.getByName("ooSetupVersion")
        return version

    @property
    def path(self) -> str:
        paths = self.create("com.sun.star.util.PathSubstitution")
        folder: str = paths.getSubstituteVariableValue("$(prog)")
        return folder

    @property
    def visible(self) -> bool:
        return not self.hidden

    @visible.setter
    def visible(self, value: bool) -> None:
        """Whether books opened from now on get windows; those that are open stay as they are."""
        self.hidden = not value

    def activate(self, steal_focus: bool = False) -> None:
        """Make this the active app; with ``steal_focus`` its window comes to the front."""
        self._apps.activate(self)
        book = self._books.active
        if steal_focus and book is not None and (window := book.window()):
            window.toFront()

    @property
    def selection(self) -> Range | None:
        book = self._books.active
        return None if book is None else book.selection()

    @property
    def calculation(self) -> str:
        book = self._books.active
        manual = self._manual if book is None else not book.api.isAutomaticCalculationEnabled()
        return "manual" if manual else "automatic"

    @calculation.setter
    def calculation(self, value: str) -> None:
        """For all open books, as in Excel, and those opened later. LibreOffice has no "semiautomatic"."""
        if value not in ("automatic", "manual"):
            raise ValueError(f"calculation is 'automatic' or 'manual', not {value!r}")
        self._manual = value == "manual"
        for book in self._books:
            book.api.enableAutomaticCalculation(not self._manual)

    def calculate(self) -> None:
        """Compute what is out of date in all open books."""
        for book in self._books:
            book.api.calculate()

    @property
    def screen_updating(self) -> bool:
        return self._screen_updating

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        """Locked controllers do not repaint."""
        for book in self._books:
            if value:
                while book.api.hasControllersLocked():
                    book.api.unlockControllers()
            elif not book.api.hasControllersLocked():
                book.api.lockControllers()
        self._screen_updating = bool(value)

    @property
    def status_bar(self) -> str | bool:
        return self._status

    @status_bar.setter
    def status_bar(self, value: str | bool) -> None:
        """A text in the status bar of the active book's window; False gives it back to LibreOffice."""
        self._status = value if isinstance(value, str) else False
        if self._indicator is not None:
            with contextlib.suppress(uno_exception()):  # its window may be gone
                self._indicator.end()
            self._indicator = None
        book = self._books.active
        if isinstance(value, str) and book is not None and (frame := book.frame()):
            self._indicator = frame.createStatusIndicator()
            self._indicator.start(value, 0)

    def alert(self, prompt: str, title: str | None, buttons: str, mode: str | None, callback: Any) -> str:
        """A message box; the button pressed. Without a window the answer is the one that changes nothing."""
        if callback:
            raise OfficeError("Only xlwings Server calls back.")
        return dialogs.alert(self, prompt, title or "LibreOffice", buttons, mode)

    def adopt(self, document: Any) -> None:
        """Bring a document just opened into the state of the others, and make it the active one."""
        if self._manual:
            document.enableAutomaticCalculation(False)
        if not self._screen_updating:
            document.lockControllers()
        self.current = document

    def forget(self, document: Any) -> None:
        if stands_for(self.current, document):
            self.current = None

    def quit(self) -> None:
        """Close all books without saving, and end the office."""
        for book in list(self._books):
            book.close()
        self._apps.detach(self)
        with contextlib.suppress(uno_exception()):  # the bridge falls with the office
            self.desktop.terminate()

    def kill(self) -> None:
        """The same: its process is not ours to end."""
        self.quit()
