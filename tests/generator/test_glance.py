"""What a clerk sees without scrolling: the frozen columns of every roster sheet, and the reason that stands in them."""

import math
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from shutil import copyfile
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from canbao_generator.master import build_master
from canbao_generator.unit_workbook import stamp_unit
from canbao_rulebook.bands import REMARKS, load_bands
from canbao_rulebook.check_column import glance_text, ranked_rules, rule_text
from canbao_rulebook.findings import SEVERITY_ORDER, Severity
from canbao_rulebook.meta import PARAMETER_SHEET, SUMMARY_SHEET
from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.ribbon import load_ribbon
from canbao_rulebook.roster import (
    CHECK_FIELD,
    CHECK_NOTE_FIELD,
    FIRST_ROW,
    HEADER_ROW,
    SEQ_FIELD,
    Roster,
    column_letter,
)
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP, Unit
from support.cli import fill
from support.libreoffice import recalculate_values

from .conftest import PEOPLE

SCREEN, SHARE = 1264, 0.4  # pixels of the sheet on a screen of 1366×768, and how much of them may stand still
PIXELS = 8.85  # a character of width at 90 %, measured where it was widest
GLANCE = 30  # half-width characters that 校验结果 shows at nine tenths of its size or more
KINDS = {
    TOWNSHIP: Unit("青禾镇", ("北坪村",)),
    SCHOOL: Unit("青禾中学", body=SCHOOL),
    AGENCY: Unit("民政局", body=AGENCY),
}
OURS = re.compile(r"\b[RVL]\d+C?\b|canbao|[a-z_]{3,}\.[a-z_]{3,}|\bnull\b|[Pp]olicy")  # codes, commands, keys of files


def own_rosters(policy: str, kind: str) -> Rulebook:
    return load_rulebook(load_policy(policy)).of_kind(kind)


BOOKS = [(policy, kind) for policy in list_policies() for kind in KINDS if own_rosters(policy, kind).rosters]


def all_rosters() -> Iterator[Roster]:
    for policy, kind in BOOKS:
        yield from own_rosters(policy, kind).rosters.values()


def half_widths(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def shown_texts(path: Path) -> Iterator[str]:
    """Every text that a clerk can read: cells, words in formulas, prompts and refusals."""
    for sheet in openpyxl.load_workbook(path):
        if sheet.sheet_state != "visible" or sheet.title == PARAMETER_SHEET:
            continue
        for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)):
            yield from re.findall(r'"([^"]*)"', cell.value) if cell.value.startswith("=") else [cell.value]
        for rule in sheet.data_validations.dataValidation:
            yield from filter(None, (rule.prompt, rule.promptTitle, rule.error, rule.errorTitle))


@pytest.mark.parametrize(("policy", "kind"), BOOKS)
def test_what_stands_in_it_are_the_words_of_the_notice(policy: str, kind: str, tmp_path: Path) -> None:
    book, path = own_rosters(policy, kind), tmp_path / "表.xlsx"
    master = build_master(book)
    stamp_unit(master, KINDS[kind], dict.fromkeys(book.rosters, 1), path)
    texts = {*shown_texts(path), *(text for layout in master.layouts for text in (*layout.texts, *layout.notes))}
    assert {text for text in texts if OURS.search(text)} == set()
    pressed = {name for text in texts for name in re.findall(r"点(?:过)?“([^”]+)”", text)}
    assert pressed <= {button.label for button in load_ribbon().buttons} | {"转换为数字", "参保"}


@pytest.mark.parametrize(("policy", "kind"), BOOKS)
def test_what_stands_still_leaves_the_screen_to_the_work(policy: str, kind: str, tmp_path: Path) -> None:
    book, path = own_rosters(policy, kind), tmp_path / "表.xlsx"
    stamp_unit(build_master(book), KINDS[kind], dict.fromkeys(book.rosters, 3), path)
    with zipfile.ZipFile(path) as package:
        sheets = [
            ET.fromstring(package.read(f"xl/worksheets/sheet{place + 3}.xml")) for place in range(len(book.rosters))
        ]
    for roster, sheet in zip(book.rosters.values(), sheets, strict=True):
        pane = sheet.find(".//{*}pane")
        assert pane is not None
        frozen = int(pane.attrib["xSplit"])
        widths = [float(column.attrib["width"]) for column in sheet.iterfind(".//{*}col")]
        assert sum(widths[:frozen]) * PIXELS <= SHARE * SCREEN, roster.sheet
        assert CHECK_FIELD in [column.field for column in roster.columns[:frozen]], roster.sheet


def test_every_roster_begins_with_the_number_the_reason_and_who_it_is() -> None:
    for roster in all_rosters():
        fields = [column.field for column in roster.columns]
        assert fields[:2] == [SEQ_FIELD, CHECK_FIELD], roster.code
        if roster.names_persons:
            assert [column.header for column in roster.columns[2 : roster.frozen]] == ["姓名", "证件号码"], roster.code
        shown = [column.field for column in roster.columns if not column.hidden]
        assert shown[-1] == CHECK_NOTE_FIELD, roster.code


def test_columns_stand_as_a_clerk_works() -> None:
    places = {key: band.place for key, band in load_bands().items()}
    stages = list(dict.fromkeys(band.stage for band in load_bands().values() if band.stage))
    for roster in all_rosters():
        bands = [key for key, _ in groupby(column.band for column in roster.columns if not column.hidden)]
        assert bands == sorted(set(bands), key=places.__getitem__), roster.code
        assert bands[-1] == REMARKS
        found = [stage for stage, _ in groupby(load_bands()[key].stage for key in bands if load_bands()[key].stage)]
        assert found == [stage for stage in stages if stage in found], roster.code


def test_the_reason_fits() -> None:
    texts = {rule_text(rule) for roster in all_rosters() for rule in roster.rules}
    assert {text for text in texts if half_widths(text) > GLANCE} == set()
    assert len(texts) > 300


def test_the_reason_does_not_say_its_column_twice() -> None:
    for key, header in (("V07.duplicate", "证件号码"), ("V32.twice", "凭证号码"), ("V42.separator", "姓名")):
        assert glance_text(header, key).count(header) == 1


def test_a_wrong_number_comes_before_a_missing_intent() -> None:
    for roster in all_rosters():
        ranked = ranked_rules(roster)
        assert [SEVERITY_ORDER[rule.severity] for rule in ranked] == sorted(
            SEVERITY_ORDER[rule.severity] for rule in ranked
        )
        errors = [(rule.message, rule.column) for rule in ranked if rule.severity is Severity.ERROR]
        if ("V01.required", "参保意愿") in errors:
            missing = errors.index(("V01.required", "参保意愿"))
            for wrong in (("V02.length", "证件号码"), ("V41.phone", "联系电话"), ("V21.amount", "实缴金额")):
                assert wrong not in errors or errors.index(wrong) < missing, roster.code
            assert errors.index(("V01.required", "姓名")) < errors.index(("V41.phone", "联系电话"))


SAID = [
    "✓ 本行无误", "错·姓名 未填写", "错·证件号码 不是18位 (+1)", "错·证件号码 末位丢失", "错·实缴金额 代缴对象不缴费",
    "醒·佐证材料 未填写", "醒·社保卡银行账号 校验不对", "错·缴费日期 不是日期 (+1)", "错·缴费日期 不在缴费期内 (+2)",
    "醒·民族 不是文本", "错·户主证件号码 不是本人的", "醒·缴费方式 新生儿应到柜台", "错·预计复员/刑满年份 未填写 (+3)",
    "错·村(社区) 不在村名单里", "错·性别 与证件号码不符",
]  # fmt: skip


def test_who_types_a_mistake_reads_the_reason_beside_the_number(empty: Path, tmp_path: Path) -> None:
    """Fifteen people, each with another mistake: 校验结果 stands among the frozen columns of the sheet."""
    path = tmp_path / "typed.xlsx"
    copyfile(empty, path)
    fill(path, {"应保及应资对象": PEOPLE})
    table = recalculate_values(path)["应保及应资对象"]
    headers, rows = table[HEADER_ROW - 1], table[FIRST_ROW - 1 : FIRST_ROW - 1 + len(SAID)]
    assert [row[headers.index("校验结果")] for row in rows] == SAID


@pytest.mark.parametrize(("policy", "kind"), BOOKS)
def test_what_is_printed_can_be_read_and_signed(policy: str, kind: str, tmp_path: Path) -> None:
    """A roster's pages have its whole title, seal, signatures and day; 汇总 prints in letters of 7 points."""
    book, path = own_rosters(policy, kind), tmp_path / "表.xlsx"
    stamp_unit(build_master(book), KINDS[kind], dict.fromkeys(book.rosters, 1), path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl does not know print areas that are formulas
        sheets = openpyxl.load_workbook(path)
    for roster in book.rosters.values():
        sheet = sheets[roster.sheet]
        repeated = [column.width + 1 for column in roster.columns if not column.hidden][: roster.frozen]
        assert f"A1:{column_letter(roster.frozen)}1" in {str(merged) for merged in sheet.merged_cells.ranges}
        lines = math.ceil(half_widths(roster.title) * sheet["A1"].font.sz / 10 / sum(repeated))
        assert sheet["A1"].alignment.wrap_text
        assert sheet.row_dimensions[1].height >= lines * sheet["A1"].font.sz * 1.3
        for word in ("单位（盖章）", "日期", *roster.signatures):
            assert word in sheet.oddFooter.left.text
    summary = sheets[SUMMARY_SHEET]
    widths = sum(summary.column_dimensions[cell.column_letter].width for cell in summary[4])
    assert widths / int(summary.page_setup.fitToWidth) <= 260  # characters at 7 points on A3
    for cell in summary[4][1:]:
        room = (summary.column_dimensions[cell.column_letter].width - 1) // 2
        assert summary.row_dimensions[4].height >= math.ceil(len(cell.value) / room) * 15
