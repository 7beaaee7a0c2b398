"""Damage to a filled workbook is found at its cell; that another program saved it is no damage."""

from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from canbao_generator.unit_workbook import stamp_unit
from canbao_rulebook.meta import CODE_SHEET, META_SHEET
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_validators.damage import (
    DamageKind,
    LeftoverKind,
    compare_structures,
    find_damage,
    inspect_workbook,
    read_structure,
)
from canbao_validators.damage.areas import parse_areas, uncovered_rows
from canbao_validators.damage.formulas import relative_form, row_pieces
from canbao_validators.damage.structure import FORMULA, SheetStructure, Structure
from canbao_validators.damage.styles import FormatClass, classify_format
from canbao_validators.damage.watching import StructureWatch
from canbao_validators.reading.sheets import read_workbook
from canbao_validators.workbook import FilledWorkbook
from support.damaged import DAMAGES, Damaging, damaging
from support.edits import cell, edit_parts, swap
from support.issued import R1, ROWS, UNIT, Issued, issue
from support.libreoffice import recalculate
from support.reworked import REWORKED, Reworking, decorate


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Issued:
    return issue(load_rulebook(load_policy("huining-2021")), tmp_path_factory.mktemp("issued"))


@pytest.fixture(scope="module")
def filled(issued: Issued) -> FilledWorkbook:
    return FilledWorkbook(issued.filled.name, issued.book)


def test_a_filled_workbook_is_as_issued(issued: Issued, filled: FilledWorkbook) -> None:
    assert inspect_workbook(issued.filled, issued.fresh, filled) == ([], [])


def test_saved_by_openpyxl(issued: Issued, filled: FilledWorkbook, tmp_path: Path) -> None:
    saved = Reworking("", lambda _: None, frozenset(), ("", "", "", 1)).apply(issued.filled, tmp_path / "saved.xlsx")
    assert inspect_workbook(saved, issued.fresh, filled) == ([], [])


def test_saved_by_libreoffice(issued: Issued, filled: FilledWorkbook, tmp_path: Path) -> None:
    saved = recalculate(issued.filled, tmp_path / "saved.xlsx")
    assert inspect_workbook(saved, issued.fresh, filled) == ([], [])
    again = recalculate(saved, tmp_path / "again.xlsx")
    assert inspect_workbook(again, issued.fresh, filled) == ([], [])


def test_ranges_in_pieces_and_cells_without_references(issued: Issued, filled: FilledWorkbook, tmp_path: Path) -> None:
    """As Excel leaves them after copying rows within a sheet, and as sparing writers save."""

    def edit(part: str) -> str:
        part = part.replace('sqref="D5:D34"', 'sqref="D21:D34 D5:D12 D13 D14:D20"').replace(' r="A6"', "")
        return part.replace('<row r="5">', '<row r="5" spans="1:86" ht="18">')

    pieces = Damaging("", {"worksheets/sheet3": edit}, frozenset(), ("", "", "", 1))
    assert find_damage(pieces.apply(issued.filled, tmp_path / "pieces.xlsx"), issued.fresh, filled) == []


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_damage_is_found_with_its_cell(
    damage: Damaging, issued: Issued, filled: FilledWorkbook, tmp_path: Path
) -> None:
    found = find_damage(damage.apply(issued.filled, tmp_path / "damaged.xlsx"), issued.fresh, filled)
    assert {entry.kind for entry in found} == damage.kinds
    assert damage.where in [(entry.sheet, entry.cell, entry.header, entry.count) for entry in found]


@pytest.mark.parametrize("damage", REWORKED, ids=lambda damage: damage.name)
def test_damage_by_reworking(damage: Reworking, issued: Issued, filled: FilledWorkbook, tmp_path: Path) -> None:
    found = find_damage(damage.apply(issued.filled, tmp_path / "damaged.xlsx"), issued.fresh, filled)
    assert damage.kinds <= {entry.kind for entry in found}
    assert damage.where in [(entry.sheet, entry.cell, entry.header, entry.count) for entry in found]


def test_every_kind_has_its_damage_and_its_sentence(issued: Issued, filled: FilledWorkbook, tmp_path: Path) -> None:
    tried = set(chain.from_iterable(damage.kinds for damage in [*DAMAGES, *REWORKED]))
    assert tried == set(DamageKind)
    damage = next(entry for entry in DAMAGES if DamageKind.FORMAT_TEXT in entry.kinds)
    found = find_damage(damage.apply(issued.filled, tmp_path / "damaged.xlsx"), issued.fresh, filled)
    sentence = next(entry for entry in found if entry.kind is DamageKind.FORMAT_TEXT)
    assert sentence.sentence.say("zh") == "「应保及应资对象」列“证件号码”：1 格不是文本格式（如 D7）"
    assert sentence.sentence.say("en").endswith("1 cells are not formatted as text (as D7)")


def test_what_clerks_added_is_named(issued: Issued, filled: FilledWorkbook, tmp_path: Path) -> None:
    damages, leftovers = inspect_workbook(decorate(issued.filled, tmp_path / "own.xlsx"), issued.fresh, filled)
    assert {entry.cell for entry in damages} == {"AE5"}  # openpyxl makes a cell that is not like its column
    assert {(entry.kind, entry.sheet, entry.cell, entry.header, entry.count) for entry in leftovers} == {
        (LeftoverKind.EXTRA_SHEET, "我的统计", "", "", 1),
        (LeftoverKind.EXTRA_COLUMN, R1, "DB5", "电话二", 2),
        (LeftoverKind.COMMENTS, R1, "", "", 1),
        (LeftoverKind.OWN_COLOURS, R1, "N6", "", 1),
        (LeftoverKind.TYPED_FORMULA, R1, "AN9", "实缴金额", 1),
        (LeftoverKind.PRINTED_BOX, "参保资助花名册", "AE5", "本人(监护人)签字", 1),
    }
    assert {entry.kind for entry in leftovers} == set(LeftoverKind)
    assert all(entry.sentence.say(lang) for entry in leftovers for lang in ("zh", "en"))


def test_an_outline_stands_for_the_whole_workbook(issued: Issued, tmp_path: Path) -> None:
    sheets = {roster.sheet for roster in issued.book.rosters.values()}
    capacities = dict.fromkeys(issued.book.rosters, ROWS)
    stamp_unit(issued.master, UNIT, capacities, tmp_path / "outline.xlsx", outline=True)
    outline = read_structure(tmp_path / "outline.xlsx", sheets)
    assert outline.sheets[R1].data[1].rows_in(FORMULA, 40) == (1, 5)
    rosters = list(issued.book.rosters.values())
    assert compare_structures(read_structure(issued.fresh, sheets), outline, rosters) == []


@pytest.mark.parametrize("damage", [*DAMAGES, *REWORKED[:2]], ids=lambda damage: damage.name)
def test_looking_on_while_values_are_read_sees_the_same(
    damage: Damaging | Reworking, issued: Issued, tmp_path: Path
) -> None:
    """REWORKED: files of a program that writes every formula in full."""
    damaged = damage.apply(issued.filled, tmp_path / "damaged.xlsx")
    assert_seen_alike(damaged, {roster.sheet for roster in issued.book.rosters.values()})


def test_looking_on_at_formulas_of_many_kinds(issued: Issued, tmp_path: Path) -> None:
    """Formulas of other rows, escaped in several ways, arrays, without value, shared anew and never defined."""
    formulas = {
        "BA6": "<f>N($AY6)&amp;&quot;&lt;&quot;</f><v>1</v>",
        "BA7": '<f>N($AY7)&amp;"&lt;"</f><v>1</v>',
        "BA8": "<f> N($AY8)</f>",
        "BA9": '<f t="array" ref="BA9">N($AY9)</f><v>1</v>',
        "BA10": '<f t="shared" si="999"/><v>1</v>',
        "BA11": '<f t="shared" ref="BA11:BA12" si="998">N($AY11)</f><v>1</v>',
        "BA12": '<f t="shared" si="998"/><v>1</v>',
        "BA13": "<f/>",
        "BA14": "<v/>",
        "BA15": "<f>N($AY6)&amp;&apos;</f><v>1</v>",
    }

    def edit(part: str) -> str:
        for reference, content in formulas.items():
            part = cell(reference, rf'<c r="{reference}"\g<s>>{content}</c>')(part)
        return part

    damaged = edit_parts(issued.filled, tmp_path / "formulas.xlsx", {"worksheets/sheet3": edit})
    assert_seen_alike(damaged, {roster.sheet for roster in issued.book.rosters.values()})


def assert_seen_alike(path: Path, sheets: set[str]) -> None:
    """Both ways of reading a structure agree, and the fast lane took the rosters."""
    watch = StructureWatch()
    read_workbook(path, fast_from=0, watch=watch)
    assert sheets & read_structure(path, sheets).sheets.keys() == {
        name for name, sheet in watch.sheets.items() if sheet.complete and name in sheets
    }
    found, parsed = read_structure(path, sheets, watched=watch), read_structure(path, sheets)
    pages = {name for name, page in watch.pages.items() if page.complete}
    assert {CODE_SHEET, META_SHEET} <= pages
    assert replace(found, sheets=contents_of(found, pages)) == replace(parsed, sheets=contents_of(parsed, pages))


def contents_of(structure: Structure, pages: set[str]) -> dict[str, SheetStructure]:
    """The sheets; of some pages the cells that hold something, without their styles, which nobody compares."""
    return {
        name: replace(sheet, cells={place: cell[:2] for place, cell in sheet.cells.items() if any(cell[:2])})
        if name in pages
        else sheet
        for name, sheet in structure.sheets.items()
    }


def test_rows_that_are_alike_are_counted_as_if_parsed(issued: Issued, filled: FilledWorkbook, tmp_path: Path) -> None:
    """Fifteen rows with the same damage; then the same file with a comment in it, which is parsed row by row."""

    def overwrite(part: str) -> str:
        for row in range(20, 35):
            part = cell(f"BA{row}", rf'<c r="BA{row}"\g<s>><v>{row}</v></c>')(part)
        return part

    sheets = {roster.sheet for roster in issued.book.rosters.values()}
    damages = damaging("", "worksheets/sheet3", overwrite, DamageKind.FORMULA_OVERWRITTEN)
    folded = damages.apply(issued.filled, tmp_path / "folded.xlsx")
    remark = damaging("", "worksheets/sheet3", swap("<sheetData>", "<sheetData><!-- -->"), DamageKind.PAGE)
    parsed = remark.apply(folded, tmp_path / "parsed.xlsx")
    assert read_structure(folded, sheets) == read_structure(parsed, sheets)
    assert [(entry.cell, entry.count) for entry in find_damage(folded, issued.fresh, filled)] == [("BA20", 15)]


@pytest.mark.parametrize(
    ("formula", "other"),
    [
        ("IF($CD5,'应保及应资对象'!$A$5,TRUE)", "IF( $CD5, 应保及应资对象!$A$5, TRUE() )"),
        ("=SUM(A5:B5)", "SUM(A5:B5)"),
    ],
)
def test_programs_write_the_same_formula_differently(formula: str, other: str) -> None:
    assert relative_form(formula, 5, 3) == relative_form(other, 5, 3)


@pytest.mark.parametrize(
    ("formula", "other"),
    [
        ('IF($CA5,"E5","")', 'IF($CA5,"E6","")'),
        ("$A$5", "$A5"),
        ("LOG10(A5)", "LOG11(A5)"),
        ("公式_R1_cert", "公式_R2_cert"),
        ("'别 的'!A5", "别的!A5"),
    ],
)
def test_different_formulas_stay_different(formula: str, other: str) -> None:
    assert relative_form(formula, 5, 3) != relative_form(other, 5, 3)


def test_a_formula_moves_with_its_row() -> None:
    formula = 'IF($CA5,"E5"&$B$5&B6,N(A5))'
    assert "17".join(row_pieces(formula, 5)) == 'IF($CA17,"E5"&$B$5&B6,N(A17))'
    assert relative_form("IF($CA5,A4)", 5, 1) == relative_form("IF($CA9,A8)", 9, 1)


def test_areas() -> None:
    areas = parse_areas("B5:C9 $B$12:$B$34 D:D 3:4 B11 ?")
    assert len(areas) == 5
    assert uncovered_rows(areas, 2, 5, 34) == (1, 10)
    assert uncovered_rows(areas, 2, 3, 40) == (7, 10)
    assert uncovered_rows(areas, 4, 5, 34) == (0, 0)
    assert uncovered_rows([], 2, 5, 34) == (30, 5)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", FormatClass.GENERAL), ("G/通用格式", FormatClass.GENERAL), ("@", FormatClass.TEXT),
        ("yyyy\\-mm\\-dd", FormatClass.DATE), ('yyyy"年"m"月"d"日";@', FormatClass.DATE),
        ("[$-804]yyyy/m/d", FormatClass.DATE), ("#,##0.00", FormatClass.NUMBER), ("0_ ", FormatClass.NUMBER),
        ('0.00"元"', FormatClass.NUMBER), ("[Red]0", FormatClass.NUMBER),
    ],
)  # fmt: skip
def test_number_formats(code: str, kind: FormatClass) -> None:
    assert classify_format(code) is kind
