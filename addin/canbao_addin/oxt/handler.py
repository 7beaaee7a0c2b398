"""LibreOffice's side of the buttons. Runs from the .oxt in LibreOffice's own Python and has only the standard library
until the settings, which the installation packs beside it, say where canbao is. Nothing raised here reaches a person.

LibreOffice loads this file by its own loader, under no module name: no dataclasses, no relative imports.
"""

from __future__ import annotations

import json
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

import uno
import unohelper
from com.sun.star.beans import NamedValue
from com.sun.star.frame import ControlCommand, FeatureStateEvent, XDispatch, XDispatchProvider
from com.sun.star.lang import XInitialization, XServiceInfo

IMPLEMENTATION = "canbao.addin.Handler"
SERVICE = "com.sun.star.frame.ProtocolHandler"
PROTOCOL = "vnd.canbao:"
PACKAGE = Path(__file__).resolve().parent
SETTINGS = "settings.json"  # {"python": [3, 11], "paths": ["…/site-packages", …]}, written by the installation
TEXTS = "texts.json"  # what the buttons and this file say: "texts" by key, "tips" by action
LOG = Path.home() / ".canbao" / "canbao.log"  # the one the buttons write, too

_running: list[str] = []  # the action that has not ended: a second click meets its message box


class CannotStartError(Exception):
    """The action could not begin; ``key`` and ``params`` name the sentence that says why."""

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params


def find_canbao() -> None:
    """Put canbao's folders in front of the path.

    Raises CannotStartError when they are unknown, gone or made for another Python.
    """
    try:
        settings = json.loads((PACKAGE / SETTINGS).read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise CannotStartError("not_installed") from missing
    if tuple(settings["python"]) != sys.version_info[:2]:
        office, own = ("{}.{}".format(*version) for version in (sys.version_info, settings["python"]))
        raise CannotStartError("other_python", office=office, own=own)
    for path in settings["paths"]:
        if not Path(path).exists():
            raise CannotStartError("not_found", path=path)
    sys.path[:0] = [path for path in settings["paths"] if path not in sys.path]


def press_button(context: Any, document: Any, action: str) -> None:
    """Run an action in a document of this LibreOffice. Raises CannotStartError."""
    find_canbao()
    try:
        from canbao_addin.buttons import press  # noqa: PLC0415
        from canbao_addin.hosts.libreoffice import attach  # noqa: PLC0415
        from canbao_addin.hosts.libreoffice.host import LibreOfficeHost  # noqa: PLC0415
    except ImportError as missing:
        write_log(action)
        raise CannotStartError("incomplete", name=missing.name) from missing

    app = attach(context)
    book = next((book for book in app.books if book.api == document), None)
    if book is None:
        raise CannotStartError("no_document")
    press(action, book, LibreOfficeHost(app))


def say(key: str, **params: object) -> str:
    """Return a sentence of the extension's own catalogue."""
    return _read_texts()["texts"][key].format(**params)


def tooltip(action: str) -> Any:
    """Return the command that gives a toolbar button its tooltip."""
    text, command = NamedValue(), ControlCommand()
    text.Name, text.Value = "HelpText", _read_texts()["tips"].get(action, "")
    command.Command, command.Arguments = "SetQuickHelpText", (text,)
    return command


def _read_texts() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = json.loads((PACKAGE / TEXTS).read_text(encoding="utf-8"))
    return texts


def show_warning(context: Any, frame: Any, text: str) -> None:
    """Show a message box over the window of the frame and wait until it is closed."""
    toolkit = context.ServiceManager.createInstanceWithContext("com.sun.star.awt.Toolkit", context)
    kind = uno.Enum("com.sun.star.awt.MessageBoxType", "WARNINGBOX")
    box = toolkit.createMessageBox(frame.ContainerWindow, kind, 1, say("title"), text)
    box.execute()
    box.dispose()


def write_log(action: str) -> None:
    """Add the error that is being handled to the log."""
    trouble = f"{action}\n{traceback.format_exc()}\n"
    if "canbao_rulebook.masking" in sys.modules:  # before it is loaded, no person's data has been read
        trouble = sys.modules["canbao_rulebook.masking"].mask_numbers(trouble)
    with suppress(OSError):
        LOG.parent.mkdir(exist_ok=True)
        with LOG.open("a", encoding="utf-8") as stream:
            stream.write(trouble)


class Handler(unohelper.Base, XDispatch, XDispatchProvider, XInitialization, XServiceInfo):  # type: ignore[misc]
    """Answers the commands ``vnd.canbao:<action>`` of one window. The method names are UNO's."""

    def __init__(self, context: Any, *_: Any) -> None:
        self.context = context
        self.frame: Any = None

    def initialize(self, arguments: tuple[Any, ...]) -> None:
        """Take the frame whose button or menu this handler serves."""
        self.frame = arguments[0] if arguments else None

    def queryDispatch(self, url: Any, _target: str, _flags: int) -> Handler | None:  # noqa: N802
        """Return this object for canbao's commands."""
        return self if url.Protocol == PROTOCOL else None

    def queryDispatches(self, requests: tuple[Any, ...]) -> tuple[Handler | None, ...]:  # noqa: N802
        """Return what ``queryDispatch`` returns for each request."""
        return tuple(self.queryDispatch(each.FeatureURL, each.FrameName, each.SearchFlags) for each in requests)

    def dispatch(self, url: Any, _arguments: tuple[Any, ...]) -> None:
        """Run the action; whatever goes wrong becomes one sentence in a message box."""
        action = str(url.Path)
        if _running:
            show_warning(self.context, self.frame, say("busy"))
            return
        _running.append(action)
        try:
            controller = self.frame.Controller
            press_button(self.context, controller.Model if controller else None, action)
        except CannotStartError as trouble:
            show_warning(self.context, self.frame, say(trouble.key, **trouble.params))
        except BaseException:  # noqa: BLE001  # a panic in a compiled library is no Exception; LibreOffice would lose it
            write_log(action)
            show_warning(self.context, self.frame, say("unexpected", log=LOG))
        finally:
            _running.remove(action)

    def addStatusListener(self, listener: Any, url: Any) -> None:  # noqa: N802
        """Tell the button once that it can be pressed, and its tooltip; neither ever changes."""
        event = FeatureStateEvent()
        event.Source, event.FeatureURL, event.IsEnabled = self, url, True
        event.State = tooltip(str(url.Path))
        listener.statusChanged(event)

    def removeStatusListener(self, _listener: Any, _url: Any) -> None:  # noqa: N802
        """Nothing is kept that could be removed."""

    def getImplementationName(self) -> str:  # noqa: N802
        """Return the name in ProtocolHandler.xcu."""
        return IMPLEMENTATION

    def supportsService(self, name: str) -> bool:  # noqa: N802
        """Return whether this is the service asked for."""
        return name == SERVICE

    def getSupportedServiceNames(self) -> tuple[str, ...]:  # noqa: N802
        """Return the one service."""
        return (SERVICE,)


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816  # LibreOffice looks for this name
g_ImplementationHelper.addImplementation(Handler, IMPLEMENTATION, (SERVICE,))
