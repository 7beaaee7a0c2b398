"""canbao.xlam as a package: valid for Microsoft's SDK and an independent parser, and the same bytes every time."""

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from oletools.olevba import VBA_Parser
from pyopenvba import ExcelFile, check_file

from canbao_generator.ribbon_source import CUSTOM_UI_2006, CUSTOM_UI_2009, custom_ui, functions_source
from canbao_generator.xlam import (
    ADDIN,
    CHINESE_MODULE,
    FUNCTIONS_MODULE,
    WORKBOOK,
    AddinContent,
    vba_modules,
    write_addin_package,
    write_xlam,
)
from canbao_rulebook.ribbon import Ribbon, load_ribbon
from support.addin import callbacks
from support.ooxml import lint, validate

SENTENCES = {"title": "参保", "failed": "没有能启动", "no_workbook": "没有打开的工作簿"}


def named(name: str) -> Any:
    """A function of this name; only its name and its parameters count."""

    def function(person: Any, day: Any = None, caller: Any = None) -> None:
        """Never run."""

    function.__name__ = name
    return function


CONTENT = AddinContent(
    load_ribbon(), "1.2.3", "0.37.8", SENTENCES, (named("EXAMPLE_AGE"), named("例子")), "example.functions"
)


@pytest.fixture(scope="module")
def xlam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("addin") / "canbao.xlam"
    write_xlam(CONTENT, target)
    return target


def macros(path: Path) -> dict[str, str]:
    parser = VBA_Parser(str(path))
    return {name: text.replace("\r\n", "\n") for _, _, name, text in parser.extract_macros()}


def test_microsofts_sdk_and_our_lint_find_nothing_wrong(xlam: Path) -> None:
    assert validate(xlam) == []
    assert lint(xlam) == []


def test_an_independent_parser_finds_nothing_wrong(xlam: Path) -> None:
    report = check_file(xlam)
    assert report.complete
    assert report.issues == ()
    with ExcelFile(xlam) as other:
        assert other.validate() == []
        assert other.module_names() == [module.name for module in vba_modules(CONTENT)]


@pytest.mark.parametrize("namespace", [CUSTOM_UI_2006, CUSTOM_UI_2009])
@pytest.mark.parametrize(
    ("right", "wrong"), [('size="large"', 'size="huge"'), ("<button ", "<buton "), (" label=", " lable=")]
)
def test_the_sdk_really_asks_the_schema_of_both_ribbons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, namespace: str, right: str, wrong: str
) -> None:
    def spoiled(ribbon: Ribbon, wanted: str) -> str:
        text = custom_ui(ribbon, wanted)
        return text.replace(right, wrong) if wanted == namespace else text

    monkeypatch.setattr("canbao_generator.xlam.custom_ui", spoiled)
    write_xlam(CONTENT, tmp_path / "spoiled.xlam")
    part = {CUSTOM_UI_2006: "customUI.xml", CUSTOM_UI_2009: "customUI14.xml"}[namespace]
    assert any(part in problem for problem in validate(tmp_path / "spoiled.xlam"))


def test_the_same_content_gives_the_same_bytes(xlam: Path, tmp_path: Path) -> None:
    write_xlam(CONTENT, tmp_path / "again.xlam")
    assert (tmp_path / "again.xlam").read_bytes() == xlam.read_bytes()


def test_a_failed_write_leaves_the_old_addin(xlam: Path, tmp_path: Path) -> None:
    target = tmp_path / "canbao.xlam"
    target.write_bytes(xlam.read_bytes())
    without_codepage = AddinContent(load_ribbon(), "1", "1", SENTENCES, (named("函数😀"),), "m")
    with pytest.raises(UnicodeEncodeError):
        write_xlam(without_codepage, target)
    assert target.read_bytes() == xlam.read_bytes()
    assert list(tmp_path.iterdir()) == [target]


def test_the_main_part_says_what_kind_of_file_it_is(xlam: Path, tmp_path: Path) -> None:
    twin = tmp_path / "canbao.xlsm"
    write_addin_package(CONTENT, WORKBOOK, vba_modules(CONTENT), twin)
    for path, kind in ((xlam, ADDIN), (twin, WORKBOOK)):
        with zipfile.ZipFile(path) as package:
            assert f'PartName="/xl/workbook.xml" ContentType="{kind}"' in package.read("[Content_Types].xml").decode()
    assert validate(twin) == []


def test_every_callback_is_there_and_none_is_left_over(xlam: Path) -> None:
    source = macros(xlam)["CanbaoButtons.bas"]
    there = re.findall(r"^Public Sub (\w+)\(control As IRibbonControl\)$", source, re.MULTILINE)
    assert len(there) == len(set(there))
    for part, namespace in (("customUI/customUI.xml", CUSTOM_UI_2006), ("customUI/customUI14.xml", CUSTOM_UI_2009)):
        called = callbacks(xlam, part, namespace)
        assert list(called) == [button.label for button in load_ribbon().buttons]
        assert list(called.values()) == [f"CanbaoButtons.{name}" for name in there]
    assert re.findall(r"run\('(\w+)'\)", source) == [button.id for button in load_ribbon().buttons]


def test_everything_is_ascii_but_the_chinese_functions(xlam: Path) -> None:
    for name, source in macros(xlam).items():
        assert source.isascii() is (name != f"{CHINESE_MODULE}.bas")


def test_functions_become_wrappers(xlam: Path) -> None:
    source = macros(xlam)
    assert "Public Function EXAMPLE_AGE(person, Optional day)\n" in source[f"{FUNCTIONS_MODULE}.bas"]
    assert (
        'XLPy.CallUDF("example.functions", "EXAMPLE_AGE", Array(person, day, Nothing), Nothing, '
        in (source[f"{FUNCTIONS_MODULE}.bas"])
    )
    assert "Public Function 例子(person, Optional day)\n" in source[f"{CHINESE_MODULE}.bas"]
    assert FUNCTIONS_MODULE not in [
        module.name for module in vba_modules(AddinContent(load_ribbon(), "1", "1", SENTENCES))
    ]


def test_a_function_that_a_cell_cannot_call_is_refused() -> None:
    def scattered(*cells: Any) -> None:
        """Never run here."""

    with pytest.raises(ValueError, match=r"scattered.*'cells'"):
        functions_source([scattered], "m")


def test_text_of_the_ribbon_is_escaped(tmp_path: Path) -> None:
    ribbon = load_ribbon()
    odd = "1 < 2 & \"quotes\" 'and' {{ braces }} > 参保"
    first = ribbon.groups[0]
    buttons = (first.buttons[0].model_copy(update={"label": odd, "supertip": odd}), *first.buttons[1:])
    spoiled = ribbon.model_copy(update={"groups": (first.model_copy(update={"buttons": buttons}), *ribbon.groups[1:])})
    write_xlam(AddinContent(spoiled, "1", "1", SENTENCES), tmp_path / "odd.xlam")
    assert next(iter(callbacks(tmp_path / "odd.xlam"))) == odd
    assert validate(tmp_path / "odd.xlam") == []
