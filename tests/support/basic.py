"""LibreOffice Basic runs the add-in's own VBA: the callbacks of the ribbon, with RunPython alone replaced."""

from pathlib import Path
from typing import Any

import xlwings as xw

from canbao_addin.hosts.libreoffice.bridge import file_url, properties
from canbao_addin.install.building import addin_content
from canbao_generator.vba import Module, ModuleKind
from canbao_generator.xlam import PYTHON_MODULE, WORKBOOK, vba_modules, write_addin_package

_ALWAYS, _NEVER_ASK = 4, 0  # com.sun.star.document.MacroExecMode, UpdateDocMode

_RECORDER = """Option Explicit

Private Recorded As String

Public Sub RunPython(ByVal PythonCommand As String)
    Recorded = Recorded & PythonCommand & Chr(10)
End Sub

Public Function TakeRecorded() As String
    TakeRecorded = Recorded
    Recorded = ""
End Function

Public Function XLPy() As Variant
    Err.Raise 1000
End Function
"""


def write_twin(target: Path) -> Path:
    """The add-in as a workbook that LibreOffice opens by itself, its starter replaced by one that writes down."""
    content = addin_content()
    recorder = Module(PYTHON_MODULE, ModuleKind.STANDARD, _RECORDER)
    modules = [recorder if module.name == PYTHON_MODULE else module for module in vba_modules(content)]
    write_addin_package(content, WORKBOOK, modules, target)
    return target


class BasicTwin:
    """An open twin; `close` it."""

    def __init__(self, app: xw.App, path: Path) -> None:
        loading = properties(Hidden=True, MacroExecutionMode=_ALWAYS, UpdateDocMode=_NEVER_ASK)
        self.document = app.api.loadComponentFromURL(file_url(str(path)), "_blank", 0, loading)
        libraries = self.document.BasicLibraries.ElementNames
        self.library = next(name for name in libraries if name != "Standard")

    def press(self, callback: str) -> list[str]:
        """Run a callback, ``Module.Procedure``, and return what it handed to RunPython."""
        self._run(callback, self.document)
        recorded: str = self._run(f"{PYTHON_MODULE}.TakeRecorded")
        return recorded.splitlines()

    def close(self) -> None:
        self.document.close(True)

    def _run(self, procedure: str, *arguments: Any) -> Any:
        address = f"vnd.sun.star.script:{self.library}.{procedure}?language=Basic&location=document"
        result, _, _ = self.document.getScriptProvider().getScript(address).invoke(arguments, (), ())
        return result
