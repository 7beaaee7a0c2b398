"""The add-in's own VBA, run in a model of Excel on Windows: what it starts, and what it says when it cannot."""

import ast
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlwings as xw
from pyopenvba.interpreter._preprocess import DEFAULT_CONSTANTS

from canbao_addin import udf
from canbao_addin.hosts import excel_caller
from canbao_addin.install.building import addin_content, build_xlam
from canbao_generator.xlam import PYTHON_MODULE, vba_modules
from canbao_rulebook.ribbon import Button, load_ribbon
from support.addin import CONF, PROFILE, WINDOW, FakeWindows, ModelExcel, callbacks

PYTHON = f"{PROFILE}\\参保 程序\\pythonw.exe"
SETTINGS = f'"INTERPRETER_WIN","{PYTHON}"\r\n'
VALUE_ERROR = "Error 2015"  # CVErr(xlErrValue), which a cell shows as #VALUE!
ODD_NAMES = ["甲镇.xlsx", "a^&calc&.xlsx", "100%PATH%.xlsx", "x=y=z.xlsx", "名册 (2021) '终'; #1.xlsx", "工作簿1"]

SPOILER = """
Sub Spoil()
    With ActiveWorkbook.Worksheets.Add
        .Name = "{sheet}"
        .Range("A1").Value = "INTERPRETER_WIN"
        .Range("B1").Value = "C:\\evil.exe"
        .Range("A2").Value = "PYTHONPATH"
        .Range("B2").Value = "C:\\evil"
    End With
End Sub
"""


@pytest.fixture(scope="module")
def xlam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_xlam(tmp_path_factory.mktemp("加载 项"))


def windows(**changes: object) -> FakeWindows:
    return FakeWindows({CONF: SETTINGS, PYTHON: ""}, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("button", load_ribbon().buttons, ids=lambda button: button.id)
def test_every_button_starts_the_users_own_python(xlam: Path, button: Button) -> None:
    machine = windows()
    assert ModelExcel(xlam, machine).press(callbacks(xlam)[button.label]) == []
    (run,) = machine.runs
    program, *words = shlex.split(run.command.replace("\\", "/"))
    assert program == PYTHON.replace("\\", "/")
    assert words[:2] == ["-P", "-c"]
    assert words[2].endswith(f"import canbao_addin.buttons; canbao_addin.buttons.run('{button.id}')")
    ast.parse(words[2])
    assert (run.style, run.wait) == (0, True)  # no window, and Excel waits
    assert run.folder == str(PYTHON).rpartition("\\")[0]
    assert machine.folder == "C:\\Users\\Public"  # Excel is where it was


@pytest.mark.parametrize("name", ODD_NAMES)
def test_no_name_of_a_workbook_reaches_the_command_line(xlam: Path, name: str) -> None:
    plain, odd = windows(), windows()
    ModelExcel(xlam, plain, "甲镇.xlsx").press("CanbaoButtons.OnCheck")
    ModelExcel(xlam, odd, name).press("CanbaoButtons.OnCheck")
    assert odd.runs[0].command == plain.runs[0].command
    assert odd.runs[0].environment == {"CANBAO_WINDOW": str(WINDOW), "CANBAO_WORKBOOK": name}


@pytest.mark.parametrize("name", ODD_NAMES)
def test_python_finds_the_workbook_by_any_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    adopted: list[tuple[int, str]] = []

    class Books:
        def __init__(self, xl: int) -> None:
            self.window = xl

        def __getitem__(self, wanted: str) -> SimpleNamespace:
            return SimpleNamespace(set_mock_caller=lambda: adopted.append((self.window, wanted)))

    monkeypatch.setitem(sys.modules, "xlwings._xlwindows", SimpleNamespace(App=Books))
    monkeypatch.setattr(xw, "App", lambda impl: SimpleNamespace(books=impl))
    monkeypatch.setenv(excel_caller.WINDOW, str(WINDOW))
    monkeypatch.setenv(excel_caller.WORKBOOK, name)
    excel_caller.adopt()
    assert adopted == [(WINDOW, name)]


def test_what_the_command_line_says_is_there_to_import() -> None:
    code = (
        "import canbao_addin.hosts.excel_caller as caller, canbao_addin.buttons as buttons; caller.adopt, buttons.run"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True, env=dict(os.environ), timeout=120)


@pytest.mark.parametrize(
    ("files", "key"),
    [
        ({}, "not_installed"),
        ({CONF: SETTINGS}, "not_installed"),  # Python was removed
        ({CONF: '"INTERPRETER_MAC","/usr/bin/python3"\r\n', PYTHON: ""}, "not_installed"),
        ({CONF: "", PYTHON: ""}, "not_installed"),
    ],
)
def test_without_python_there_is_one_plain_sentence(xlam: Path, files: dict[str, str], key: str) -> None:
    machine = FakeWindows(files)
    sentences = addin_content().sentences
    assert ModelExcel(xlam, machine).press("CanbaoButtons.OnMerge") == [(sentences["title"], sentences[key])]
    assert machine.runs == []


def test_a_python_that_fails_is_one_plain_sentence(xlam: Path) -> None:
    sentences = addin_content().sentences
    assert ModelExcel(xlam, windows(exit_status=1)).press("CanbaoButtons.OnHelp") == [
        (sentences["title"], sentences["failed"])
    ]


@pytest.mark.parametrize(("looking", "key"), [(0, "no_workbook"), (1, "protected_view")])
def test_without_a_workbook_the_sentence_says_what_to_do(xlam: Path, looking: int, key: str) -> None:
    machine, sentences = windows(), addin_content().sentences
    assert ModelExcel(xlam, machine, looking=looking).press("CanbaoButtons.OnCheck") == [("参保", sentences[key])]
    assert machine.runs == []
    assert "启用编辑" in sentences["protected_view"]


def test_on_a_mac_there_is_one_plain_sentence(xlam: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DEFAULT_CONSTANTS, "Mac", True)
    machine, sentences = windows(), addin_content().sentences
    excel = ModelExcel(xlam, machine)
    assert excel.press("CanbaoButtons.OnCheck") == [(sentences["title"], sentences["only_windows"])]
    assert machine.runs == []
    assert str(excel.app.run("CANBAO_ID_VALID", "620422194803079511")) == VALUE_ERROR


def test_excel_of_32_bits_starts_the_same(xlam: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = windows(), windows()
    ModelExcel(xlam, both[0]).press("CanbaoButtons.OnCheck")
    monkeypatch.setitem(DEFAULT_CONSTANTS, "Win64", False)
    ModelExcel(xlam, both[1]).press("CanbaoButtons.OnCheck")
    assert both[0].runs == both[1].runs


@pytest.mark.parametrize("name", ["CANBAO_ID_VALID", "证件有效"])
def test_a_function_without_python_is_an_error_value(xlam: Path, name: str) -> None:
    excel = ModelExcel(xlam, FakeWindows())
    assert str(excel.app.run(name, "620422194803079511")) == VALUE_ERROR
    assert excel.app.interpreter.dialogs == []


def test_settings_as_notepad_saves_them(xlam: Path) -> None:
    machine = FakeWindows({CONF: f"\ufeff{SETTINGS}", PYTHON: ""})
    assert ModelExcel(xlam, machine).press("CanbaoButtons.OnCheck") == []
    assert len(machine.runs) == 1


def test_a_workbook_cannot_say_what_is_run(xlam: Path) -> None:
    """xlwings would take the program from a sheet of the workbook, and code from a sheet whose name ends in .py."""
    machine = windows()
    excel = ModelExcel(xlam, machine)
    for sheet in ("canbao.conf", "xlwings.conf", "evil.py"):
        excel.app.interpreter.add_module(SPOILER.format(sheet=sheet), name="Spoiler")
        excel.app.run("Spoil")
    excel.press("CanbaoButtons.OnCheck")
    untouched = windows()
    ModelExcel(xlam, untouched).press("CanbaoButtons.OnCheck")
    assert [run.command for run in machine.runs] == [run.command for run in untouched.runs]


@pytest.mark.parametrize(
    "command",
    [
        "import os; os.system('calc')",
        "import canbao_addin.buttons; canbao_addin.buttons.run('check'); import os; os.system('calc')",
        "import canbao_addin.buttons; canbao_addin.buttons.run('check');import os#')",
        "import canbao_addin.buttons; canbao_addin.buttons.run('')",
        "import canbao_addin.buttons; canbao_addin.buttons.run('Check')",
        "",
    ],
)
def test_runpython_takes_only_what_the_ribbon_sends(xlam: Path, command: str) -> None:
    """A shape in somebody's workbook may name a macro of the add-in, with an argument."""
    machine = windows()
    ModelExcel(xlam, machine).app.run("RunPython", command)
    assert machine.runs == []


def starter() -> str:
    return next(module.source for module in vba_modules(addin_content()) if module.name == PYTHON_MODULE)


def test_no_cell_can_call_runpython() -> None:
    source = starter()
    assert re.search(r"^Public Sub RunPython\(", source, re.MULTILINE)  # a cell calls functions only
    assert re.findall(r"^Public Function (\w+)", source, re.MULTILINE) == ["XLPy", "XLPy"]  # Mac, Windows
    assert re.findall(r"^\s*(?:Public )?Declare", source, re.MULTILINE) == []


def test_the_library_of_the_functions_is_that_of_the_installed_xlwings() -> None:
    assert set(re.findall(r"xlwings(?:32|64)-([\d.]+)\.dll", starter())) == {xw.__version__}


# What xlwings itself generates, with stand-ins for the Windows modules that it imports first.
_ORACLE = """
import io, sys, types
names = ("pythoncom", "pywintypes", "win32com", "win32com.client", "win32com.server", "win32com.server.util",
         "win32com.server.dispatcher", "win32com.server.policy")
for name in names:
    sys.modules[name] = types.ModuleType(name)
sys.modules["pythoncom"].CoInitialize = lambda: None
sys.modules["win32com.client"].Dispatch = None
import xlwings
from xlwings import udfs
xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
from canbao_addin import udf
out = io.StringIO()
udfs.generate_vba_wrapper(udf.__name__, udf, out, types.SimpleNamespace(Name="canbao.xlam"))
sys.stdout.buffer.write(out.getvalue().encode())
"""


def test_functions_take_and_pass_what_xlwings_expects() -> None:
    done = subprocess.run([sys.executable, "-c", _ORACLE], check=True, capture_output=True, timeout=300)
    theirs = signatures(done.stdout.decode())
    ours = signatures("\n".join(module.source for module in vba_modules(addin_content())))
    assert set(ours) == {function.__name__ for function in udf.FUNCTIONS}
    assert ours == theirs


def signatures(source: str) -> dict[str, tuple[str, str]]:
    """Parameters and passed values by function."""
    found = {}
    pattern = re.compile(r"^(?:Public )?Function (\w+)\(([^)]*)\)\n(.*?)^End Function", re.MULTILINE | re.DOTALL)
    for name, parameters, rest in pattern.findall(source):
        passed = re.search(rf'XLPy\.CallUDF\("canbao_addin\.udf", ?"{name}", ?Array\(([^)]*)\)', rest)
        if passed:
            found[name] = (parameters.replace(" ", ""), passed[1].replace(" ", ""))
    return found
