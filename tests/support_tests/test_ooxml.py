"""Every rule of the lint is shown a workbook that breaks it, and a sound workbook that does not."""

import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from support import ooxml, programs
from support.programs import MissingProgramError


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """名册 with a bold font, a table B1:C2, a name, list validations and a conditional format; 代码 with the list."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "名册"
    sheet["A1"] = "类别"
    sheet["A1"].font = Font(name="宋体", bold=True, color="FFFF0000")
    sheet["A2"] = "一般"
    sheet["B1"], sheet["C1"], sheet["B2"], sheet["C2"] = "标准", "应缴", 320, '=IF(A2="",0,B2*缴费比例)'
    sheet.add_table(Table(displayName="标准表", ref="B1:C2"))
    sheet.merge_cells("E1:F1")
    codes = book.create_sheet("代码")
    codes["A1"] = "一般"
    book.defined_names["缴费比例"] = DefinedName("缴费比例", attr_text="代码!$A$1")
    for cells, source in (("A2:A9", "代码!$A$1:$A$9"), ("D2:D9", '"男,女"'), ("E2:E9", "缴费比例")):
        rule = DataValidation("list", formula1=source, allow_blank=True)
        rule.add(cells)
        sheet.add_data_validation(rule)
    sheet.conditional_formatting.add("A2:A9", FormulaRule(["LEN($A2)>2"], font=Font(color="FF0000")))
    path = tmp_path / "sound.xlsx"
    book.save(path)
    return path


def patched(path: Path, part: str, old: str, new: str) -> Path:
    """A copy of the workbook with `old` replaced in one part."""
    broken = path.with_name("broken.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(broken, "w") as target:
        assert part in source.namelist()
        for name in source.namelist():
            text = source.read(name).decode()
            if name == part:
                assert old in text, text
                text = text.replace(old, new, 1)
            target.writestr(name, text)
    return broken


def cells(inner: str, row: str = '<row r="9">') -> tuple[str, str, str]:
    return "xl/worksheets/sheet1.xml", "</sheetData>", f"{row}{inner}</row></sheetData>"


def formula(text: str) -> tuple[str, str, str]:
    return cells(f'<c r="A9"><f>{text}</f></c>')


def validation(attributes: str, text: str = "1") -> tuple[str, str, str]:
    rule = f'<dataValidation sqref="H1" {attributes}><formula1>{text}</formula1></dataValidation>'
    return "xl/worksheets/sheet1.xml", "</dataValidations>", f"{rule}</dataValidations>"


def name(attributes: str, text: str = "代码!$A$1") -> tuple[str, str, str]:
    return "xl/workbook.xml", "</definedNames>", f"<definedName {attributes}>{text}</definedName></definedNames>"


def merges(*refs: str) -> tuple[str, str, str]:
    inner = "".join(f'<mergeCell ref="{ref}"/>' for ref in refs)
    return "xl/worksheets/sheet1.xml", "</mergeCells>", f"{inner}</mergeCells>"


def nested(depth: int) -> str:
    return "IF(" * depth + "1" + ",1,2)" * depth


SHARED = '<c r="A9"><f t="shared" ref="A9:A10" si="3">1+1</f></c><c r="B9"><f t="shared" si="3"/></c>'

BROKEN = {
    "long formula": (formula("1" + "+1" * 4_200), "A9: formula of 8,401 characters"),
    "deep formula": (formula(nested(65)), "A9: 65 functions inside one another"),
    "many arguments": (formula("SUM(" + "1," * 255 + "1)"), "A9: 256 arguments"),
    "long text in formula": (formula(f'"{"长" * 256}"'), "A9: text of 256 characters in quotes"),
    "empty formula": (formula(""), "A9: empty formula"),
    "broken reference": (formula("#REF!+1"), "A9: refers to #REF!"),
    "missing sheet": (formula("没有!A1"), "A9: 没有!A1: there is no sheet 没有"),
    "other workbook": (formula("[1]Sheet1!A1"), "A9: [1]Sheet1!A1: refers to another workbook"),
    "unknown name": (formula("征缴截止+1"), "A9: 征缴截止 is not defined"),
    "new function with prefix": (formula("_xlfn.XLOOKUP(1,A1:A2,B1:B2)"), "A9: _xlfn.XLOOKUP is newer"),
    **{
        new: (formula(f"{new}(A1,A2)"), f"A9: {new} is no function of Excel 2010")
        for new in ("XLOOKUP", "FILTER", "LET", "IFS", "TEXTJOIN", "IFNA", "CONCAT", "SWITCH", "MAXIFS", "ID_VALID")
    },
    "long list": (validation('type="list"', f'"{"男," * 128}"'), "H1: list literal of 256 characters"),
    "long validation": (validation('type="custom"', "1" + "+1" * 128), "H1: validation formula of 257 characters"),
    "array in validation": (validation('type="custom"', "SUM({1,2})=A1"), "H1: an array constant"),
    "table in validation": (validation('type="list"', "标准表[标准]"), "H1: 标准表[标准]: no table"),
    "list sheet twice": (
        validation('type="list"', "代码!$A$1:代码!$A$8"),
        "H1: 代码!$A$1:代码!$A$8: name the sheet once",
    ),
    "list without $": (validation('type="list"', "代码!A1:A8"), "H1: 代码!A1:A8: a list on another sheet needs $"),
    "list on missing sheet": (validation('type="list"', "旧代码!$A$1:$A$8"), "there is no sheet 旧代码"),
    "long prompt": (validation(f'type="whole" prompt="{"请" * 256}"'), "H1: prompt of 256 characters"),
    "long prompt title": (validation(f'type="whole" promptTitle="{"请" * 33}"'), "H1: promptTitle of 33"),
    "long error": (validation(f'type="whole" error="{"错" * 256}"'), "H1: error of 256 characters"),
    "long error title": (validation(f'type="whole" errorTitle="{"错" * 33}"'), "H1: errorTitle of 33"),
    "array in conditional format": (
        ("xl/worksheets/sheet1.xml", "LEN($A2)&gt;2", "SUM({1,2})&gt;2"),
        "cfRule 1: an array constant",
    ),
    "conditional format style": (("xl/worksheets/sheet1.xml", 'dxfId="0"', 'dxfId="7"'), "cfRule 1: format 7 of 1"),
    "duplicate name": (name('name="缴费比例"'), "name 缴费比例: defined twice"),
    "name like a cell": (name('name="AB12"'), "name AB12: not a valid name"),
    "name like R1C1": (name('name="R1C1"'), "name R1C1: not a valid name"),
    "name with blank": (name('name="缴费 标准"'), "name 缴费 标准: not a valid name"),
    "name with digit first": (name('name="2021标准"'), "name 2021标准: not a valid name"),
    "name to missing sheet": (name('name="旧"', "旧表!$A$1"), "name 旧: 旧表!$A$1: there is no sheet 旧表"),
    "name local to no sheet": (name('name="本地" localSheetId="5"'), "name 本地: local to sheet 5"),
    "overlapping merges": (merges("J1:K4", "K3:L5"), "K3:L5: overlaps the merge J1:K4"),
    "merge of one": (merges("J1"), "J1: a merge of one cell"),
    "duplicate cell": (cells('<c r="B9"/><c r="B9"/>'), "B9: stands twice"),
    "cells out of order": (cells('<c r="C9"/><c r="B9"/>'), "B9: stands after C9"),
    "cell in wrong row": (cells('<c r="B8"/>'), "B8: stands in row 9"),
    "rows out of order": (cells("", '<row r="1">'), "row 1: stands after row 2"),
    "row too far": (cells("", '<row r="1048577">'), "row 1048577: beyond row 1,048,576"),
    "column too far": (cells('<c r="XFE9"/>'), "XFE9: beyond column XFD"),
    "style out of range": (cells('<c r="A9" s="99"/>'), "A9: style 99 of "),
    "row style out of range": (cells("", '<row r="9" s="99">'), "row 9: style 99 of "),
    "text index": (cells('<c r="A9" t="s"><v>999</v></c>'), "A9: text 999 of "),
    "long inline text": (cells(f'<c r="A9" t="inlineStr"><is><t>{"长" * 32_768}</t></is></c>'), "A9: text of 32,768"),
    "shared formula": (cells(SHARED), "B9: shares formula 3, whose range does not cover this cell"),
    "shared formula without head": (cells('<c r="A9"><f t="shared" si="3"/></c>'), "A9: shares formula 3, which no"),
    "array formula elsewhere": (cells('<c r="A9"><f t="array" ref="B9">1</f></c>'), "A9: its array formula covers B9"),
    "columns overlap": (
        (
            "xl/worksheets/sheet1.xml",
            "<sheetData>",
            '<cols><col min="1" max="3"/><col min="3" max="4"/></cols><sheetData>',
        ),
        "columns 3 to 4: overlap",
    ),
    "sheet name too long": (("xl/workbook.xml", 'name="代码"', f'name="{"码" * 32}"'), "32 characters (1 to 31)"),
    "sheet name characters": (("xl/workbook.xml", 'name="代码"', 'name="代码?"'), "may not contain"),
    "sheet name twice": (("xl/workbook.xml", 'name="代码"', 'name="名册"'), "sheet '名册': used twice"),
    "table header": (
        ("xl/tables/table1.xml", 'name="应缴"', 'name="应交"'),
        "C1: table 标准表 calls this column '应交'",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_each_rule_sees_its_fault(sound: Path, case: str) -> None:
    patch, expected = BROKEN[case]
    problems = ooxml.lint(patched(sound, *patch))
    assert any(expected in problem for problem in problems), problems


def test_a_sound_workbook_has_no_problems(sound: Path) -> None:
    assert ooxml.lint(sound) == []
    assert ooxml.validate(sound) == []  # although openpyxl's fonts are in its own order


@pytest.mark.parametrize(
    "patch",
    [
        formula(nested(64)),
        formula('SUMPRODUCT(MID(A2,ROW($1:$17),1)*MOD(2^(18-ROW($1:$17)),11))+COUNTIF(代码!$A:$A,A2&amp;"*")'),
        formula("SUM(标准表[标准])+INDEX('代码'!$A$1:$B$2,1,{1,2})"),
        validation('type="list"', f'"{"男," * 127}"'),
        validation('type="list"', "A1:A8"),
        merges("J1:K4", "L1:M4", "J5:M5"),
        name('name="缴费比例" localSheetId="0"'),
        cells('<c r="A9"><f t="shared" ref="A9:B9" si="3">1+1</f></c><c r="B9"><f t="shared" si="3"/></c>'),
    ],
)
def test_the_limits_themselves_are_allowed(sound: Path, patch: tuple[str, str, str]) -> None:
    assert ooxml.lint(patched(sound, *patch)) == []


def test_shared_texts_are_read_too(sound: Path) -> None:
    cell = cells('<c r="A9" t="s"><v>1</v></c><c r="B9" t="s"><v>2</v></c>')
    broken = patched(sound, *cell)
    with zipfile.ZipFile(broken, "a") as archive:  # openpyxl writes its texts inline
        archive.writestr("xl/sharedStrings.xml", f"<sst><si><t>短</t></si><si><r><t>{'长' * 32_768}</t></r></si></sst>")
    assert ooxml.lint(broken) == [
        "xl/sharedStrings.xml item 1: text of 32,768 characters (limit 32,767)",
        "xl/worksheets/sheet1.xml B9: text 2 of 2",
    ]


def test_too_many_validations(sound: Path) -> None:
    rule = '<dataValidation type="whole" sqref="H1"/>'
    broken = patched(sound, "xl/worksheets/sheet1.xml", "</dataValidations>", rule * 65_532 + "</dataValidations>")
    assert ooxml.lint(broken) == ["xl/worksheets/sheet1.xml dataValidations: 65,535 rules (limit 65,534)"]


def test_a_fault_is_told_once_for_a_column_of_like_formulas(sound: Path) -> None:
    rows = "".join(f'<row r="{row}"><c r="A{row}"><f>IFNA(B{row},0)</f></c></row>' for row in range(10, 1_000))
    broken = patched(sound, "xl/worksheets/sheet1.xml", "</sheetData>", f"{rows}</sheetData>")
    assert ooxml.lint(broken) == ["xl/worksheets/sheet1.xml A10: IFNA is no function of Excel 2010"]


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        (("xl/worksheets/sheet1.xml", "<sheetData>", "<unheardOf/><sheetData>"), "unheardOf"),
        (("xl/styles.xml", "<fills", "<unheardOf/><fills"), "unheardOf"),
    ],
)
def test_the_validator_sees_what_the_schema_forbids(sound: Path, patch: tuple[str, str, str], expected: str) -> None:
    problems = ooxml.validate(patched(sound, *patch))
    assert len(problems) == 1
    assert expected in problems[0]
    assert problems[0].startswith(f"/{patch[0]}")


def test_without_the_validator_the_error_says_what_to_do(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "NODE_PROGRAMS", sound.with_name("none"))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingProgramError, match=r"validator is missing. Run `make test`"):
        ooxml.validate(sound)


def test_what_is_no_workbook_is_a_problem_of_the_validator(tmp_path: Path) -> None:
    path = tmp_path / "text.xlsx"
    path.write_text("not a workbook")
    assert ooxml.validate(path) != []
