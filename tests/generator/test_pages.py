"""Texts of a policy on 封面 and 填表说明."""

import openpyxl
import pytest

from canbao_generator.guide import fill_guide
from canbao_generator.pages import primary_notice, render_page
from canbao_generator.protection import make_lock
from canbao_generator.styles import StyleBook
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP

ODD = "甲\n乙: [{“x”}] # 丙"


def test_a_text_is_never_read_as_yaml() -> None:
    guide = render_page("guide", load_policy("huining-2021"), unknown=[ODD], clerks="{a: b}", grouped=True)
    assert guide["sections"][1]["lines"][1] == f"· {ODD}"
    assert guide["colours"][0]["text"] == "{a: b}填写。表头蓝色"
    policy = load_policy("huining-2021")
    notice = primary_notice(policy).model_copy(update={"title": ODD})
    cover = render_page("cover", policy, notice=notice, book=load_rulebook(policy).of_kind(TOWNSHIP))
    assert cover["notice"] == f"《{ODD}》（会政办发〔2020〕115号）"


@pytest.mark.parametrize(
    ("policy", "kind", "groups", "households"),
    [
        ("huining-2021", TOWNSHIP, True, True),
        ("shangcai-2020", TOWNSHIP, True, False),
        ("shangcai-2020", AGENCY, False, False),
        ("putuo-2022", SCHOOL, False, False),
    ],
)
def test_nobody_reads_of_lists_and_checks_that_the_sheets_do_not_have(
    policy: str, kind: str, *, groups: bool, households: bool
) -> None:
    workbook = openpyxl.Workbook()
    sheet, book = workbook.worksheets[0], load_rulebook(load_policy(policy)).of_kind(kind)
    fill_guide(sheet, book, StyleBook(workbook), make_lock(None, ""))
    said = "".join(str(row[0]) for row in sheet.iter_rows(max_col=1, max_row=16, values_only=True))
    assert ("组要先选村" in said, "户内漏人" in said) == (groups, households)


def test_the_deadlines_say_what_is_to_be_done() -> None:
    """Money is paid into the account and a list is hung up: neither is handed in to anybody."""
    workbook = openpyxl.Workbook()
    sheet, book = workbook.worksheets[0], load_rulebook(load_policy("shangcai-2020")).of_kind(TOWNSHIP)
    fill_guide(sheet, book, StyleBook(workbook), make_lock(None, ""))
    rows = list(sheet.iter_rows(max_col=4, values_only=True))
    first = rows.index(("截止日期", "性质", "报给", "报什么（依据）"))
    told = {row[2]: row[:2] for row in rows[first + 1 : first + 5]}
    assert told["待解户"] == ("2019年9月底前", "存款")
    assert told["群众"] == ("2019-11-01", "公示")
    assert told["乡镇卫生院"] == ("2019-10-10", "上报")
