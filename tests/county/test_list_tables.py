"""Strange tables as lists: headers wherever they stand, values as they were meant, and never a traceback."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canbao_county.lists.comparing import ADDED, CHANGED, REMOVED, compare_lists
from canbao_county.lists.headers import fold_header
from canbao_county.lists.rare_values import show_time
from canbao_county.lists.reading import understand
from canbao_county.lists.request import make_request
from canbao_county.lists.stored import list_digest
from canbao_rulebook.findings import Severity
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.kinds import CellKind
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.messages import render
from canbao_rulebook.policy import load_policy
from canbao_validators.reading.builder import SheetBuilder
from canbao_validators.reading.raw import Form, RawCell, RawWorkbook

ONE, TWO = "620422194803079511", "620422196902289783"
POLICY = load_policy("huining-2021")
KINDS = load_list_kinds()


def raw(*rows, merged=(), form=Form.XLSX, name="表", **sheets):
    """A workbook with one sheet of the given rows: texts, numbers, truths, None, and errors as ``#N/A``."""
    builder = SheetBuilder(name)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if isinstance(value, bool):
                builder.add(number, column, RawCell(CellKind.BOOL, float(value), "", formula=False))
            elif isinstance(value, int | float):
                builder.add(number, column, RawCell(CellKind.NUMBER, float(value), "", formula=False))
            elif value is not None:
                kind = CellKind.ERROR if value.startswith("#") else CellKind.TEXT
                builder.add(number, column, RawCell(kind, 0.0, value, formula=False))
    for top, left, height, width in merged:
        builder.merge(top, left, height, width)
    others = {title: raw(*lines, name=title).sheets[title] for title, lines in sheets.items()}
    return RawWorkbook(Path("名单.xlsx"), {name: builder.build(), **others}, False, {}, form)


def read(kind, *rows, merged=(), policy=POLICY, **options):
    return understand(raw(*rows, merged=merged), make_request(policy, kind, **options))


def codes(table, severity=Severity.ERROR):
    return sorted({finding.code for finding in table.findings if finding.severity is severity})


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_headers_of_a_kind_mean_one_field_each(kind):
    folded = [fold_header(header) for entry in kind.fields for header in dict.fromkeys(map(fold_header, entry.headers))]
    assert len(folded) == len(set(folded))
    names = {entry.field for entry in kind.fields}
    assert {*kind.key, *kind.person, *kind.one_of} <= names
    assert kind.dated in {"", *names}


@pytest.mark.parametrize(
    "header",
    [
        "身份证号码", "身份证\n号码", " 身 份 证 号 码 ", "身份证号码（必填）", "*身份证号码*",
        "公民身份号码：", "身份证号码(18位)",
    ],
)  # fmt: skip
def test_a_header_in_other_clothes(header):
    table = read("deaths", [header, "姓名"], [ONE, "田守义"])
    assert table.frame["cert_no"].to_list() == [ONE]


@pytest.mark.parametrize("township", ["镇（街）", "乡镇(街道)", "乡镇", "镇(街道)", "所在乡镇"])
@pytest.mark.parametrize("village", ["村（居）", "村委(居委)", "村(社区)"])
def test_the_aliases_of_places(township, village):
    table = read("last_year", ["公民身份号码", "姓名", township, village], [ONE, "田守义", "甲镇", "一村"])
    assert table.frame.select("township", "village").rows() == [("甲镇", "一村")]


@pytest.mark.parametrize("amount", ["居民医保缴费金额", "个人实缴金额", "个人缴费金额", "个人缴费金额\n(元)"])
def test_the_aliases_of_amounts(amount):
    assert read("tax", ["证件号码", "姓名", amount], [ONE, "田守义", "¥280.00"]).frame["amount"].to_list() == [280.0]


@pytest.mark.parametrize("category", ["代缴类别", "获得资助身份类别", "身份类别", "特殊人员身份"])
def test_the_aliases_of_categories(category):
    table = read("owner", ["证件号码", "姓名", category], [ONE, "田守义", "五保户"], agency="CIV")
    assert table.frame["category"].to_list() == ["五保户"]


def test_headers_in_two_rows_with_merged_cells():
    rows = [["某县名单"], ["序号", "人员", None, "备注"], [None, "姓名", "身份证号", None], ["1", "田守义", ONE, "x"]]
    table = read("deaths", *rows, merged=[(1, 1, 0, 3), (2, 1, 1, 0), (2, 2, 0, 1), (2, 4, 1, 0)])
    assert (table.fit.row, table.fit.ignored, table.frame.height) == (3, ("序号", "备注"), 1)
    tall = read("deaths", ["姓名", "身份证号"], [None, None], ["田守义", ONE], merged=[(1, 1, 1, 0), (1, 2, 1, 0)])
    assert (tall.fit.row, tall.fit.first_row, tall.frame.height) == (1, 3, 1)


def test_titles_down_to_the_twentieth_row():
    titles = [["说明"]] * 19
    assert read("deaths", *titles, ["姓名", "身份证号"], ["田守义", ONE]).frame.height == 1
    assert codes(read("deaths", *titles, ["说明"], ["姓名", "身份证号"], ["田守义", ONE])) == ["V39"]


def test_a_column_that_would_fit_as_well_is_told():
    table = read("deaths", ["姓名", "身份证号", "证件号码"], ["田守义", TWO, ONE])
    assert table.frame["cert_no"].to_list() == [ONE]
    assert codes(table, Severity.WARNING) == ["V39"]


def test_rows_about_nobody_are_left_out_and_said():
    rows = [
        ["田守义", ONE],
        ["姓名", "身份证号"],
        ["合计", None],
        [None, None],
        ["制表人：张三", None],
        ["赵彩琴", TWO],
    ]
    table = read("deaths", ["姓名", "身份证号"], *rows)
    assert table.frame["name"].to_list() == ["田守义", "赵彩琴"]
    assert [left.row for left in table.left_out] == [3, 4, 6]
    assert not table.reason


@pytest.mark.parametrize("value", [None, "", "　", "#N/A", True])
def test_an_empty_number_refuses(value):
    table = read("deaths", ["姓名", "身份证号"], ["田守义", value], ["赵彩琴", TWO])
    assert table.reason
    assert "V01" in codes(table)


def test_an_empty_list_is_no_list():
    assert codes(read("deaths", ["姓名", "身份证号"])) == ["V39"]
    assert codes(read("deaths")) == ["V39"]
    assert codes(read("deaths", ["姓名", "身份证号"], ["田守义", 620422194803079511])) == ["V03", "V39"]


@pytest.mark.parametrize(
    ("number", "found"),
    [
        ("62042219480307951", "V02"), ("620422480307951", "V02"), ("620422194803079512", "V02"),
        ("620422194802309518", "V02"), ("6204221948O3079511", "V02"), ("编号一", "V02"),
        ("H12345678", None), ("EA1234567", None), (ONE, None),
    ],
)  # fmt: skip
def test_numbers_that_cannot_be_right_stay_and_are_told(number, found):
    table = read("deaths", ["姓名", "身份证号"], ["田守义", number])
    assert codes(table) == ([found] if found else [])
    assert table.frame.height == 1


def test_dates_amounts_and_words_of_others():
    headers = ["姓名", "身份证号", "到账金额", "到账日期", "是否登记"]
    rows = [
        ["田守义", ONE, "280元", "2020.10.3", "已登记"],
        ["赵彩琴", TWO, 280, 44107, "×"],
        ["郑", "X1234567", "二百八", "去年", ""],
    ]
    table = read("mib", headers, *rows)
    assert table.frame["amount"].to_list() == [280.0, 280.0, None]
    assert table.frame["pay_date"].to_list() == [to_serial(date(2020, 10, 3)), 44107.0, None]
    assert table.frame["registered"].to_list() == ["是", "否", ""]
    assert codes(table) == ["V41"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2019-09-25 16:40:05", "2019-09-25 16:40:05"), ("2019/9/25 9:05", "2019-09-25 09:05:00"),
        ("20190925164005", "2019-09-25 16:40:05"), ("2019年9月25日16时40分", "2019-09-25 16:40:00"),
        ("2019-09-25", "2019-09-25 00:00:00"), (43733.5, "2019-09-25 12:00:00"), ("16:40", "16:40:00"), ("下午", ""),
    ],
)  # fmt: skip
def test_times(text, shown):
    table = read("bank", ["账号", "交易时间", "金额", "借贷标志"], ["941", text, 20000, "贷"])
    assert [show_time(value) for value in table.frame["time"]] == [shown]
    assert table.frame["direction"].to_list() == ["收"]


@pytest.mark.parametrize(
    ("headers", "row", "expected"),
    [
        (["金额", "借贷标志"], [-5, "借"], (5.0, "支")),
        (["金额"], [5], (5.0, "")),
        (["金额"], [-5], (5.0, "支")),
        (["贷方发生额", "借方发生额"], [5, 0], (5.0, "收")),
        (["贷方发生额", "借方发生额"], [0, 5], (5.0, "支")),
        (["金额", "借贷标志"], [5, "冲正"], (5.0, "冲正")),
    ],
)
def test_the_directions_of_a_statement(headers, row, expected):
    table = read("bank", ["账号", *headers], ["941", *row])
    assert table.frame.select("amount", "direction").rows() == [expected]


def test_the_difference_is_told_by_person():
    old = read(
        "owner", ["证件号码", "姓名", "身份"], [ONE, "田守义", "孤儿"], [TWO, "赵彩琴", "孤儿"], agency="CIV"
    ).frame
    new = read(
        "owner", ["证件号码", "姓名", "身份"], [TWO, "赵彩琴", "孤儿"], [TWO, "赵彩琴", "五保户"], agency="CIV"
    ).frame
    found = compare_lists(old, new, KINDS["owner"])
    assert [found.count(change) for change in (ADDED, CHANGED, REMOVED)] == [0, 1, 1]
    assert compare_lists(new, new.reverse(), KINDS["owner"]).rows.is_empty()


def test_the_check_code_knows_values_only():
    one = read("tax", ["证件号码", "姓名", "金额"], [ONE, "田守义", 280], [TWO, "赵彩琴", 280])
    two = read("tax", ["姓名", "标题", "金额", "证件号码"], ["赵彩琴", "x", "280.00", TWO], ["田守义", "y", 280, ONE])
    three = read("tax", ["证件号码", "姓名", "金额"], [ONE, "田守义", 281], [TWO, "赵彩琴", 280])
    digests = [list_digest(table.frame, KINDS["tax"]) for table in (one, two, three)]
    assert digests[0] == digests[1] != digests[2]


HEADERS = sorted({header for kind in KINDS.values() for entry in kind.fields for header in entry.headers[:3]})
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**18), 10**18),
    st.text(max_size=12),
    st.sampled_from(
        ["#N/A", "#VALUE!", ONE, TWO, "合计", "2020-10-03", "280", "是", "x", "6.2E+17", "24:61", "2020-02-30"]
    ),
)


@settings(max_examples=60)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    headers=st.lists(st.sampled_from(HEADERS), max_size=8),
    rows=st.lists(st.lists(VALUES, max_size=8), max_size=6),
    title=st.lists(VALUES, max_size=3),
)
def test_any_table_gives_findings_or_a_list(kind, headers, rows, title):
    request = make_request(POLICY, kind, agency="CIV" if KINDS[kind].needs_agency else "")
    table = understand(raw(title, headers, *rows), request)
    assert table.reason or table.frame.height
    assert bool(table.reason) <= bool(codes(table))
    for entry in KINDS[kind].fields:
        assert (table.frame[entry.field].null_count() == 0) or entry.type.is_number
    assert all(render(finding).message and render(finding).fix for finding in table.findings)
    if not table.reason:
        assert compare_lists(table.frame, table.frame, KINDS[kind]).rows.is_empty()
        assert list_digest(table.frame, KINDS[kind])


@settings(max_examples=60)
@given(kind=st.sampled_from(sorted(KINDS)), rows=st.lists(st.lists(VALUES, max_size=12), min_size=1, max_size=6))
def test_any_values_below_the_right_headers(kind, rows):
    headers = [entry.header for entry in KINDS[kind].fields]
    request = make_request(POLICY, kind, agency="CIV" if KINDS[kind].needs_agency else "")
    table = understand(raw(headers, *rows), request)
    assert bool(table.reason) <= bool(codes(table))
    assert all(finding.cell for finding in table.findings)


@pytest.mark.parametrize(
    ("kind", "header", "value"),
    [
        ("deaths", "死亡日期", 2020.11), ("tax", "缴费日期", 2022.1), ("owner", "认定日期", 2019.8),
        ("employee", "停保日期", 2021), ("bank", "交易时间", 2020.5), ("headcounts", "生效日期", 2018.12),
    ],
)  # fmt: skip
def test_a_year_in_a_column_of_days_is_never_a_day_of_1905(kind, header, value):
    known = {"证件号码": ONE, "姓名": "田守义", "身份类别": "孤儿", "账号": "94100301003453889010048", "乡镇": "甲镇"}
    numbers = {"金额": 280.0, "目标数": 5.0}
    wanted = [word for word in (*known, *numbers) if any(word in entry.headers for entry in KINDS[kind].fields)]
    headers = [word for word in wanted if word != "账号" or kind == "bank"]
    table = read(kind, [*headers, header], [*[{**known, **numbers}[word] for word in headers], value], agency="CIV")
    found = [finding for finding in table.findings if finding.code == "V41"]
    assert [finding.severity for finding in found] == [Severity.ERROR]
    assert f"{value}" in render(found[0]).message
    field = next(entry.field for entry in KINDS[kind].fields if header in entry.headers)
    assert table.frame[field].to_list() == [None]
