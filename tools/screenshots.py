"""Take the manual's pictures in LibreOffice, of invented people: buttons that are pressed, and prints.py.

``python tools/screenshots.py`` takes all, ``--prints`` those of printed sheets only, which need no screen,
``--county`` the county's only.
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("xlsx_templates", "rulebook", "generator", "validators", "county", "demo", "addin", "tests")
sys.path[:0] = [str(ROOT / name) for name in (*FOLDERS, "tools")]

from canbao_addin.actions.register import register_units  # noqa: E402
from canbao_addin.cli.main import run  # noqa: E402
from canbao_addin.install.installing_libreoffice import python_paths  # noqa: E402
from canbao_county.desk import SETTINGS, load_form  # noqa: E402
from canbao_demo import plan_county  # noqa: E402
from canbao_rulebook.meta import COVER_SHEET, SUMMARY_SHEET  # noqa: E402
from canbao_rulebook.policy import load_policy  # noqa: E402
from canbao_rulebook.problem_list import DECISION_SHEET  # noqa: E402
from canbao_rulebook.ribbon import load_ribbon  # noqa: E402
from canbao_rulebook.roster import FIRST_ROW, HEADER_ROW  # noqa: E402
from canbao_rulebook.rulebook import load_rulebook  # noqa: E402
from canbao_rulebook.table_specs import load_table  # noqa: E402
from canbao_rulebook.units import Unit  # noqa: E402
from prints import picture_prints  # noqa: E402
from support.desktop import SCREEN, Desktop, Office, open_desktop, start_office, wait_for  # noqa: E402
from support.hosts import fill_county  # noqa: E402

if TYPE_CHECKING:
    import xlwings as xw

    from support.accessible import Widget

IMAGES = ROOT / "docs" / "images"
POLICY, ROSTER = "huining-2021", "R1"
PEOPLE = 150
SECOND_IDENTITY = "身份属性2"  # of a person about whom there is something to explain
MANY = 100  # columns
LAST_COLUMN = 11  # of those on the screen when the roster is not scrolled
LABELS = {button.id: button.label for button in load_ribbon().buttons}
TOP = (0, 0, 1160, 420)  # menu, toolbars and the first rows
PAGE = (0, 0, SCREEN[0], 640)
AROUND_BOX = 130
REWRITTEN = "标准写法"


def main(arguments: list[str]) -> None:
    """Write the pictures."""
    if "--county" not in arguments:
        with tempfile.TemporaryDirectory() as name:
            picture_prints(Path(name))
    if "--prints" in arguments:
        return
    with tempfile.TemporaryDirectory() as name, open_desktop() as desktop:
        path = "PYTHONPATH=" + os.pathsep.join(python_paths())
        program = "from canbao_addin.cli import main; main()"
        desktop.run(["env", path, sys.executable, "-c", program, "addin", "install", "--host", "libreoffice"])
        picture_county(desktop, Path(name, "county"))
        if "--county" in arguments:
            return
        wrong = desktop.give(with_formulas(make_workbook(Path(name, "wrong"), mistakes=True)))
        with start_office(desktop, [wrong]) as office:
            picture_checking(office, wrong.name)
        right = desktop.give(make_workbook(Path(name, "right"), mistakes=False))
        with start_office(desktop, [right]) as office:
            picture_answers(office, right.name)


def picture_county(desktop: Desktop, folder: Path) -> None:
    """The register after a merge, with the buttons of 县级, and where the county decides."""
    book = load_rulebook(load_policy(POLICY))
    county = plan_county(book, people=900, townships=6)
    fill_county(book, county, folder / "收到")
    register = folder / f"上报登记_{POLICY}.xlsx"
    register_units(register, book.policy, [*county.units, Unit("石板乡", target=60)])  # who has not handed in
    words = ["merge", str(folder / "收到"), "--policy", POLICY, "--out", str(folder / "结果" / "县级汇总.xlsx")]
    if run([*words, "--register", str(register), "--returns", str(folder / "退回")]) not in {0, 1}:
        raise SystemExit("There is no register.")
    given = desktop.give(register)
    with start_office(desktop, [given]) as office:
        office.press(given.name, LABELS["register"])
        office.dismiss()
        office.desktop.take_picture(IMAGES / "county-desk.png", PAGE)
        settings = load_form(SETTINGS)
        sheet = office.app.books[given.name].sheets[settings.sheet]
        for field, place in {"submissions": str(folder / "收到"), "results": None, "county": None}.items():
            sheet.range((settings.row(field), 2)).value = place  # results beside the register, where the user may write
        office.press(given.name, LABELS["merge"])
        office.dismiss()
        office.press(given.name, LABELS["decide"])
        office.dismiss()
        decisions = office.app.books.active.sheets[DECISION_SHEET]
        ruling = list(load_table("decisions").columns).index("ruling") + 1
        decisions.range((load_table("decisions").make([], sheet="", begin="").header_row + 1, ruling)).select()
        office.desktop.take_picture(IMAGES / "county-decide.png", PAGE)


def make_workbook(folder: Path, *, mistakes: bool) -> Path:
    """Return a filled workbook of one township."""
    book = load_rulebook(load_policy(POLICY))
    [path] = fill_county(book, plan_county(book, people=PEOPLE, townships=1, mistakes=mistakes), folder)
    return path


def with_formulas(workbook: Path) -> Path:
    """Return the workbook with its formulas where the demo typed over them: a sheet tells of everything else itself."""
    target = workbook.parent / "repaired" / workbook.name
    target.parent.mkdir()
    if run(["repair", str(workbook), "--out", str(target)]) not in {0, 1}:
        raise SystemExit(f"{workbook.name} cannot be repaired.")
    return target


def roster_sheet(office: Office, name: str) -> xw.Sheet:
    """Return the roster that is shown."""
    return office.app.books[name].sheets[load_rulebook(load_policy(POLICY)).rosters[ROSTER].sheet]


def picture_checking(office: Office, name: str) -> None:
    """A roster as it opens, the toolbar, the list of problems and the cells that are marked."""
    roster = roster_sheet(office, name)
    select_row(roster, FIRST_ROW)
    office.desktop.take_picture(IMAGES / "roster.png", PAGE)
    office.point(name, LABELS["check"])
    office.tooltip()
    office.desktop.take_picture(IMAGES / "toolbar.png", TOP)
    office.press(name, LABELS["check"])
    if REWRITTEN in office.dismiss():  # the question whether what was understood may be rewritten
        office.dismiss()
    office.desktop.take_picture(IMAGES / "check-results.png", PAGE)
    last = ""
    while office.app.books[name].sheets.active.name != roster.name or office.app.selection.column > LAST_COLUMN:
        office.press(name, LABELS["next_problem"])
        last = wait_for(partial(other_selection, office, last), "the next problem")
    office.desktop.take_picture(IMAGES / "marked-cells.png", PAGE)


def picture_answers(office: Office, name: str) -> None:
    """Why somebody pays what they pay; 汇总 and 封面 once they are computed; the closing message of the submission."""
    roster = roster_sheet(office, name)
    select_row(roster, first_with_two_identities(roster))
    for action in ("compute", "explain", "submit"):
        office.press(name, LABELS[action])
        if action == "submit":
            office.dismiss()  # the question
        box = office.dialog()
        if action != "compute":
            take_box(office.desktop, box, IMAGES / f"{action}.png")
        office.dismiss()
        if action == "compute":
            picture_totals(office, name)
            select_row(roster, first_with_two_identities(roster))


def picture_totals(office: Office, name: str) -> None:
    """What a clerk looks through before handing in."""
    for sheet, picture in ((SUMMARY_SHEET, "summary"), (COVER_SHEET, "cover")):
        office.app.books[name].sheets[sheet].activate()
        office.desktop.take_picture(IMAGES / f"{picture}.png", PAGE)


def select_row(roster: xw.Sheet, row: int) -> None:
    """Bring a roster to the front with a row selected."""
    roster.activate()
    roster.range((row, 1)).select()


def first_with_two_identities(roster: xw.Sheet) -> int:
    """Return the row of the first person with two identities."""
    headers = roster.range((HEADER_ROW, 1), (HEADER_ROW, MANY)).value
    column = headers.index(SECOND_IDENTITY) + 1
    identities = roster.range((FIRST_ROW, column), (FIRST_ROW + PEOPLE, column)).value
    return FIRST_ROW + next(number for number, identity in enumerate(identities) if identity)


def other_selection(office: Office, last: str) -> str | None:
    """Return where the selection is unless it is where it was."""
    place = office.app.selection.get_address(external=True)
    return place if place != last else None


def take_box(desktop: Desktop, box: Widget, target: Path) -> None:
    """Write a message box with a little of what is around it."""
    left, top, width, height = box.place
    around = (left - AROUND_BOX, top - AROUND_BOX, width + 2 * AROUND_BOX, height + 2 * AROUND_BOX)
    desktop.take_picture(target, around)


if __name__ == "__main__":
    main(sys.argv[1:])
