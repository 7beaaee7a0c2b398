"""From a click in the ribbon to a changed workbook: the shipped customUI, its onAction, the shipped VBA in LibreOffice
Basic, the string it hands to RunPython, and that string run against an open workbook through the real xlwings.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import xlwings as xw

from canbao_addin.buttons import pressing
from canbao_addin.buttons.problems import list_problems
from canbao_addin.install.building import build_xlam
from canbao_demo import plan_county
from canbao_generator.ribbon_source import CUSTOM_UI_2006, CUSTOM_UI_2009
from canbao_rulebook.policy import load_policy
from canbao_rulebook.ribbon import load_ribbon
from canbao_rulebook.rulebook import load_rulebook
from support.addin import callbacks
from support.basic import BasicTwin, write_twin
from support.cli import check_json
from support.hosts import AnsweringHost, fill_county
from support.office import open_office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[xw.App]:
    with open_office(tmp_path_factory.mktemp("office")) as app:
        yield app


@pytest.fixture(scope="module")
def twin(office: xw.App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BasicTwin]:
    twin = BasicTwin(office, write_twin(tmp_path_factory.mktemp("twin") / "canbao.xlsm"))
    yield twin
    twin.close()


@pytest.fixture(scope="module")
def xlam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_xlam(tmp_path_factory.mktemp("xlam"))


@pytest.mark.parametrize(
    ("part", "namespace"),
    [("customUI/customUI.xml", CUSTOM_UI_2006), ("customUI/customUI14.xml", CUSTOM_UI_2009)],
)
def test_every_button_of_both_ribbons_says_its_action(xlam: Path, twin: BasicTwin, part: str, namespace: str) -> None:
    said = {label: twin.press(callback) for label, callback in callbacks(xlam, part, namespace).items()}
    assert said == {
        button.label: [f"import canbao_addin.buttons; canbao_addin.buttons.run('{button.id}')"]
        for button in load_ribbon().buttons
    }


def test_clicks_check_and_go_to_the_problems_of_an_open_workbook(
    office: xw.App, xlam: Path, twin: BasicTwin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rulebook = load_rulebook(load_policy("huining-2021"))
    county = plan_county(rulebook, people=60, townships=1)
    (path,) = fill_county(rulebook, county, tmp_path / "花名册 一")
    host = AnsweringHost(office)
    monkeypatch.setattr(pressing, "ExcelHost", lambda _: host)
    monkeypatch.setattr(pressing, "LOG", tmp_path / "canbao.log")
    book = office.books.open(path)
    book.set_mock_caller()  # what canbao_addin.hosts.excel_caller does in Excel
    ribbon = callbacks(xlam)

    def click(label: str) -> None:
        (command,) = twin.press(ribbon[label])
        exec(command, {})

    try:
        click("校验")
        _, report = check_json(tmp_path, path)
        wanted = {(found["sheet"], found["cell"]) for found in report["files"][0]["findings"] if found["cell"]}
        problems = list_problems(book)
        assert {(problem.sheet, problem.cell) for problem in problems} == wanted
        click("下一处")
        assert (book.sheets.active.name, book.selection.get_address(False, False)) == (
            problems[0].sheet,
            problems[0].cell,
        )
        click("关于")
        (checked, _), (versions, trouble) = host.said
        errors = sum(found["severity"] == "错误" for found in report["files"][0]["findings"])
        assert f"错误 {errors} 处" in checked
        assert "huining-2021" in versions
        assert not trouble
        assert not (tmp_path / "canbao.log").exists()
    finally:
        book.close()
        del xw.Book._mock_caller
