"""The Excel add-in in tests: what it is made from, and an Excel on Windows that is only a model in memory.

pyOpenVBA opens the real canbao.xlam and interprets its VBA. The Windows objects that the VBA creates are the two below.
"""

import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.apps.excel._model import Application
from pyopenvba.interpreter import VBAInt, VBAObject, VBARuntimeError, member, method, setter
from pyopenvba.interpreter._objects import MemberSpec

from canbao_generator.ribbon_source import CUSTOM_UI_2009

PROFILE = "C:\\Users\\张 三"
CONF = f"{PROFILE}\\.canbao\\canbao.conf"
WINDOW = 4242
_DENIED = 70


@dataclass
class Run:
    """One program that the VBA started."""

    command: str
    style: int
    wait: bool
    environment: dict[str, str]
    folder: str


@dataclass
class FakeWindows:
    """Files by path (content as text) and what was run; ``exit_status`` is what every program ends with.

    ``blocks``: security software lets Excel start nothing.
    """

    files: dict[str, str] = field(default_factory=dict)
    exit_status: int = 0
    runs: list[Run] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "C:\\Users\\Public"
    blocks: bool = False

    def create(self, name: str) -> VBAObject:
        """The object that CreateObject makes."""
        return {"WScript.Shell": _Shell, "Scripting.FileSystemObject": _Files}[name](self)


class _Environment(VBAObject):
    def __init__(self, windows: FakeWindows) -> None:
        self.windows = windows

    @member(name="Item", default=True)
    def item(self, name: str) -> str:
        return self.windows.environment.get(name, "")

    @setter("Item")
    def set_item(self, name: str, value: str) -> None:
        self.windows.environment[name] = value


class _Shell(VBAObject):
    def __init__(self, windows: FakeWindows) -> None:
        self.windows = windows

    @member(name="Environment")
    def environment(self, kind: str) -> _Environment:
        assert kind == "Process"
        return _Environment(self.windows)

    @member(name="CurrentDirectory")
    def folder(self) -> str:
        return self.windows.folder

    @setter("CurrentDirectory")
    def set_folder(self, folder: str) -> None:
        self.windows.folder = folder

    @method(name="ExpandEnvironmentStrings")
    def expand(self, text: str) -> str:
        return text.replace("%USERPROFILE%", PROFILE)

    @method(name="Run")
    def run(self, command: str, style: int, wait: bool) -> int:
        if self.windows.blocks:
            raise VBARuntimeError(_DENIED, "Permission denied")
        self.windows.runs.append(
            Run(command, int(style), bool(wait), dict(self.windows.environment), self.windows.folder)
        )
        return self.windows.exit_status


class _Files(VBAObject):
    def __init__(self, windows: FakeWindows) -> None:
        self.windows = windows

    @method(name="FileExists")
    def exists(self, path: str) -> bool:
        return path in self.windows.files

    @method(name="OpenTextFile")
    def open(self, path: str, mode: int, create: bool, unicode: int) -> "_Lines":
        assert (int(mode), bool(create), int(unicode)) == (1, False, -1)  # for reading, as UTF-16
        return _Lines(self.windows.files[path].splitlines())


class _Lines(VBAObject):
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    @member(name="AtEndOfStream")
    def at_end(self) -> bool:
        return not self.lines

    @method(name="ReadLine")
    def read_line(self) -> str:
        return self.lines.pop(0)

    @method(name="Close")
    def close(self) -> None:
        pass


class IRibbonControl(VBAObject):
    """What Excel hands to a callback."""


@dataclass
class ProtectedViewWindows(VBAObject):
    """The workbooks that Excel shows and does not let anybody touch."""

    count: int

    @member(name="Count")
    def how_many(self) -> object:
        """How many there are."""
        return VBAInt(self.count, "Long")


class ModelExcel:
    """An Excel that has opened the add-in and one workbook of the given name.

    ``looking``: no workbook is open, and so many stand in Protected View.
    """

    def __init__(
        self, xlam: Path, windows: FakeWindows, workbook: str = "甲镇.xlsx", *, looking: int | None = None
    ) -> None:
        self.app = ExcelApplication.open(xlam)
        self.app.interpreter.host.create = windows.create  # type: ignore[method-assign]
        Application.vba_add_member(MemberSpec("Hwnd", "property", getter=lambda _: WINDOW))
        Application.vba_add_member(
            MemberSpec("ProtectedViewWindows", "property", getter=lambda excel: ProtectedViewWindows(excel.looking))
        )
        self.app.application.looking = looking or 0
        if looking is not None:
            self.app.application.active_book = None
            return
        self.book = self.app.add_workbook()
        self.book.name = workbook

    def press(self, callback: str) -> list[tuple[str, str]]:
        """Run a ribbon callback, ``Module.Procedure``; return the message boxes it showed as (title, text)."""
        before = len(self.app.interpreter.dialogs)
        module, procedure = callback.split(".")
        self.app.interpreter.run(procedure, [IRibbonControl()], module=module)
        return [(title, text) for _, text, title, _ in self.app.interpreter.dialogs[before:]]


def callbacks(xlam: Path, part: str = "customUI/customUI14.xml", namespace: str = CUSTOM_UI_2009) -> dict[str, str]:
    """onAction by label of every button in the package's customUI."""
    with zipfile.ZipFile(xlam) as package:
        root = ET.fromstring(package.read(part))
    return {button.get("label", ""): button.get("onAction", "") for button in root.iter(f"{{{namespace}}}button")}
