"""Fifteen people, each with another mistake at the keyboard: what the window says at once, and where."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from canbao_rulebook.policy import load_policy
from canbao_rulebook.roster import FIRST_ROW
from canbao_rulebook.rulebook import load_rulebook
from support import counties as c
from support.desktop import Desktop, open_desktop, start_office

POLICY = "huining-2021"
AMOUNT = "实缴金额只能是0或缴费标准"
TYPED = [  # column, keys (none: Delete), what a box says, what the frozen cell beside the number says
    ("证件号码", "511011197001010011", "", "错·证件号码 有数字录错"),
    ("证件号码", "42010119700101001", "身份证号码为18位", "✓ 本行无误"),
    ("联系电话", "123", "", "错·联系电话 不是有效号码"),
    ("实缴金额", "279", AMOUNT, "✓ 本行无误"),
    ("实缴金额", "-5", AMOUNT, "✓ 本行无误"),
    ("缴费日期", "2020-13-40", "请按 2020-09-01 的样子填写日期", "错·缴费日期 未填写"),
    ("缴费日期", "2019-01-01", "", "错·缴费日期 不在缴费期内"),
    ("出生日期", "1990-01-02", "", "错·出生日期 与证件号码不符"),
    ("社保卡银行账号", "622848", "确定要这样填吗", "✓ 本行无误"),
    ("凭证号码", "", "", "醒·凭证号码 未填写"),
    ("姓名", "Zhang3", "", "错·姓名 有不该有的字符"),
    ("姓名", "", "", "错·姓名 未填写"),
    ("证件号码", "", "", "错·证件号码 未填写"),
    ("缴费方式", "abc", "请从下拉列表选择", "✓ 本行无误"),
    ("户主证件号码", "12345", "", "错·户主证件号码 不是本人的"),
]


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    with open_desktop() as desktop:
        yield desktop


def test_who_types_a_mistake_is_told_without_scrolling(desktop: Desktop, tmp_path: Path) -> None:
    roster = load_rulebook(load_policy(POLICY)).rosters["R1"]
    rows = [c.resident(serial, **c.paid(date(2020, 10, 3))) for serial in range(1, len(TYPED) + 1)]
    for row, (header, *_) in zip(rows, TYPED, strict=True):
        if header == "缴费日期":
            del row[header]
    units = [["甲镇", "一村", "", ""]]
    book = desktop.give(c.issue(tmp_path, POLICY, units, {"甲镇": {c.R1: rows}}) / "甲镇.xlsx")
    with start_office(desktop, [book], toolbar=False) as office:
        sheet = office.app.books[book.name].sheets[c.R1]
        controller = sheet.book.impl.api.getCurrentController()
        told = []
        for row, (header, keys, _, _) in enumerate(TYPED, start=FIRST_ROW):
            box = office.type_into(book.name, c.R1, f"{roster.letters[header]}{row}", keys)
            result = sheet.range(f"{roster.letters['校验结果']}{row}")
            panes = [controller.getByIndex(place).getVisibleRange() for place in range(controller.Count)]
            seen = any(
                pane.StartColumn < result.column <= pane.EndColumn + 1 and pane.StartRow < row <= pane.EndRow + 1
                for pane in panes
            )
            told.append((header, keys, box, result.value, seen))
    for (header, keys, box, said, seen), (*_, words, begins) in zip(told, TYPED, strict=True):
        assert seen, header
        assert bool(words) == bool(box), (header, keys, box)
        assert words in box, (header, keys)
        assert str(said).startswith(begins), (header, keys, said)
