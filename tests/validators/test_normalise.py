"""identity.md section 7, row by row: what is understood, what is noted, what is refused."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao_validators.normalise.amounts import normalise_amount, normalise_integer, normalise_integer_number
from canbao_validators.normalise.choices import normalise_choice, normalise_yes_no, normalise_yes_no_number
from canbao_validators.normalise.dates import normalise_date, normalise_date_number, serial_to_date
from canbao_validators.normalise.identifiers import (
    SUSPECT_IDENTIFIER,
    SUSPECT_PHONE,
    normalise_identifier,
    normalise_phone,
    normalise_phone_number,
)
from canbao_validators.normalise.names import SUSPECT_NAME, normalise_name
from canbao_validators.normalise.text import BLANK_ONLY, SUSPECT_PLAIN, normalise_plain

ID = "62042219750125957X"
CASES = [
    (normalise_plain, "大山村 三组", "大山村 三组", None),
    (normalise_plain, " 大山村\u3000", "大山村", "V42.blanks"),
    (normalise_plain, "大山\r\n村", "大山 村", "V42.blanks"),
    (normalise_plain, "大\u200b山村", "大山村", "V42.invisible"),
    (normalise_plain, "\ufeff 大山村", "大山村", "V42.several"),
    (normalise_plain, "\u3000\u200b\xa0", None, None),
    (normalise_identifier, ID, ID, None),
    (normalise_identifier, "62042219750125957x", ID, "V42.last_x"),
    (normalise_identifier, "62042219750125957Ⅹ", ID, "V42.last_x"),
    (normalise_identifier, "62042219750125957Ｘ", ID, "V42.full_width"),
    (normalise_identifier, "６２０４２２１９９００３１２００１３", "620422199003120013", "V42.full_width"),
    (normalise_identifier, f"'{ID}", ID, "V42.apostrophe"),
    (normalise_identifier, f"\u2018{ID}", ID, "V42.apostrophe"),
    (normalise_identifier, "620422 19750125 957X", ID, "V42.blanks"),
    (normalise_identifier, f"{ID}\t\n", ID, "V42.blanks"),
    (normalise_identifier, f"\u202a{ID}\u202c", ID, "V42.invisible"),
    (normalise_identifier, f"\ufeff'{ID.lower()} ", ID, "V42.several"),
    (normalise_identifier, "62042219750125957×", "62042219750125957×", None),
    (normalise_identifier, "62042219750125957Х", "62042219750125957Х", None),
    (normalise_identifier, "62042219750125957*", "62042219750125957*", None),
    (normalise_identifier, "6.20422E+17", "6.20422E+17", None),
    (normalise_identifier, "620422197501259570（已故）", "620422197501259570（已故）", None),
    (normalise_identifier, "军字第0012号", "军字第0012号", None),
    (normalise_identifier, "e12345678", "e12345678", None),
    (normalise_identifier, " ", None, None),
    (normalise_phone, "13812345678", "13812345678", None),
    (normalise_phone, "138 1234 5678", "13812345678", "V42.blanks"),
    (normalise_phone, "138-1234-5678", "13812345678", "V42.phone"),
    (normalise_phone, "+8613812345678", "13812345678", "V42.phone"),
    (normalise_phone, "86-13812345678", "13812345678", "V42.phone"),
    (normalise_phone, "+86 138-1234-5678", "13812345678", "V42.several"),
    (normalise_phone, "１３８１２３４５６７８", "13812345678", "V42.full_width"),
    (normalise_phone, "0943-7812345", "0943-7812345", None),
    (normalise_phone, "", None, None),
    (normalise_name, "张三", "张三", None),
    (normalise_name, "张　三", "张三", "V42.blanks"),
    (normalise_name, " 张三\u200b", "张三", "V42.several"),
    (normalise_name, "阿卜杜·热合曼", "阿卜杜·热合曼", None),
    (normalise_name, "阿卜杜•热合曼", "阿卜杜·热合曼", "V42.separator"),
    (normalise_name, "阿卜杜・热合曼", "阿卜杜·热合曼", "V42.separator"),
    (normalise_name, "阿卜杜.热合曼", "阿卜杜·热合曼", "V42.separator"),
    (normalise_name, "阿卜杜 。 热合曼", "阿卜杜·热合曼", "V42.several"),
    (normalise_name, "阿卜杜••热合曼", "阿卜杜••热合曼", None),
    (normalise_name, "张三.", "张三.", None),
    (normalise_name, "阿卜杜-热合曼", "阿卜杜-热合曼", None),
    (normalise_name, "Anna  Maria", "Anna Maria", "V42.blanks"),
    (normalise_name, "John Smith", "John Smith", None),
    (normalise_name, "\uf929\ue863𠮷〇", "\uf929\ue863𠮷〇", None),
    (normalise_name, "张三（户主）", "张三（户主）", None),
    (normalise_name, "\u3000", None, None),
    (normalise_choice, "出国(境)定居", "出国(境)定居", None),
    (normalise_choice, " 重 阳 ", "重阳", "V42.blanks"),
    (normalise_choice, "银行ＡＰＰ", "银行APP", "V42.full_width"),
    (normalise_choice, "\u200b重 阳", "重阳", "V42.several"),
    (normalise_yes_no, "是", "是", None),
    (normalise_yes_no, "√", "是", "V42.yes_no"),
    (normalise_yes_no, " ｙ ", "是", "V42.yes_no"),
    (normalise_yes_no, "有", "是", "V42.yes_no"),
    (normalise_yes_no, "无", "否", "V42.yes_no"),
    (normalise_yes_no, "0", "否", "V42.yes_no"),
    (normalise_yes_no, "否 ", "否", "V42.blanks"),
    (normalise_yes_no, "不详", "不详", None),
    (normalise_amount, "280", 280.0, "V42.text_to_number"),
    (normalise_amount, "280元", 280.0, "V42.amount"),
    (normalise_amount, "２８０", 280.0, "V42.text_to_number"),
    (normalise_amount, "280.00 ", 280.0, "V42.text_to_number"),
    (normalise_amount, "¥280", 280.0, "V42.amount"),
    (normalise_amount, "￥1,280.00元", 1280.0, "V42.amount"),
    (normalise_amount, "-20", -20.0, "V42.text_to_number"),
    (normalise_amount, " ", None, None),
    (normalise_integer, "3", 3.0, "V42.text_to_number"),
    (normalise_integer, "５人", 5.0, "V42.text_to_number"),
    (normalise_integer, "", None, None),
]
PROBLEMS = [
    (normalise_date, "20.9.1", "V41.date_ambiguous"),
    (normalise_date, "1/9/20", "V41.date_ambiguous"),
    (normalise_date, "20/9/1", "V41.date_ambiguous"),
    (normalise_date, "1/9/2020", "V41.date_day_month"),
    (normalise_date, "25.12.2020", "V41.date_day_month"),
    (normalise_date, "31/13/2020", "V41.date_impossible"),
    (normalise_date, "200901", "V41.date_readings"),
    (normalise_date, "202011", "V41.date_readings"),
    (normalise_date, "999999", "V41.date_impossible"),
    (normalise_date, "9.1", "V41.date_incomplete"),
    (normalise_date, "9月1日", "V41.date_incomplete"),
    (normalise_date, "2020年9月", "V41.date_incomplete"),
    (normalise_date, "2020", "V41.date_incomplete"),
    (normalise_date, "2020-9-31", "V41.date_impossible"),
    (normalise_date, "20200230", "V41.date_impossible"),
    (normalise_date, "二〇二〇年十三月一日", "V41.date_impossible"),
    (normalise_date, "二〇二〇年九月十十日", "V41.date_impossible"),
    (normalise_date, "1820-09-01", "V41.date_range"),
    (normalise_date, "去年", "V41.date"),
    (normalise_date, "44075", "V41.date"),
    (normalise_date_number, 20200931.0, "V41.date_impossible"),
    (normalise_date_number, 21000101.0, "V41.date_range"),
    (normalise_date_number, 0.0, "V41.date_number"),
    (normalise_date_number, 73051.0, "V41.date_number"),
    (normalise_date_number, 6.2e17, "V41.date_number"),
    (normalise_amount, "二百八十", "V41.amount_words"),
    (normalise_amount, "贰佰捌拾元整", "V41.amount_words"),
    (normalise_amount, "280,00", "V41.amount_comma"),
    (normalise_amount, "2,80.00", "V41.amount_comma"),
    (normalise_amount, "2.800,00元", "V41.amount_comma"),
    (normalise_amount, "1,234,567,890,123,456", "V41.amount"),
    (normalise_amount, "5%", "V41.amount"),
    (normalise_amount, "1e3", "V41.amount"),
    (normalise_amount, "1234567890123456", "V41.amount"),
    (normalise_integer, "3.5", "V41.integer"),
    (normalise_integer, "三", "V41.integer"),
    (normalise_integer_number, 3.5, "V41.integer"),
    (normalise_phone_number, 9437812345.0, "V41.phone_number"),
    (normalise_phone_number, 13812345678.5, "V41.phone_number"),
    (normalise_yes_no_number, 2.0, "V41.text_expected"),
]
READINGS = [
    (normalise_date_number, 2020.11, "2020-11；1905-07-12"),
    (normalise_date_number, 2022.1, "2022-01；2022-10；1905-07-14"),
    (normalise_date_number, 2019.8, "2019-08；1905-07-11"),
    (normalise_date_number, 2018.0, "2018；1905-07-10"),
    (normalise_date_number, 2020.5625, "2020.5625；1905-07-12"),
    (normalise_date, "1/9/2020", "2020-01-09；2020-09-01"),
    (normalise_date, "9-9-2020", "2020-09-09"),
    (normalise_date, "202011", "2020-11"),
    (normalise_date, "200901", "2009-01；1920-09-01；2020-09-01"),
]  # fmt: skip
DATES = [
    "2020.9.1", "2020-09-01", "2020/9/1", "20200901", "2020年9月1日", "２０２０．９．１", "2020 年 9 月 1 日",
    "2020。9。1", "二〇二〇年九月一日", "二零二零年九月一日",
    "2020-09-01 00:00:00", "2020/9/1 8:30", " 2020-9-1\u200b", "'2020-9-1",
]  # fmt: skip


@pytest.mark.parametrize(("normalise", "typed", "value", "note"), CASES)
def test_a_value_is_understood_and_the_change_noted(normalise, typed, value, note):
    result = normalise(typed)
    assert (result.value, result.note, result.problem) == (value, note, None)


@pytest.mark.parametrize(("normalise", "typed", "readings"), READINGS)
def test_what_has_several_readings_says_which_and_is_no_date(normalise, typed, readings):
    result = normalise(typed)
    assert result.problem in {"V41.date_readings", "V41.date_day_month"}
    assert isinstance(result.value, str)
    assert "；".join(result.readings) == readings


@pytest.mark.parametrize(("normalise", "typed", "problem"), PROBLEMS)
def test_what_cannot_be_understood_stays_and_is_a_problem(normalise, typed, problem):
    result = normalise(typed)
    assert (result.value, result.note, result.problem) == (typed, None, problem)


@pytest.mark.parametrize(("number", "typed"), [(10.1, "10.1"), (9.25, "9.25"), (12.3, "12.3")])
def test_a_month_and_a_day_are_no_hour_of_a_day_of_1900(number, typed):
    result = normalise_date_number(number)
    assert (result.value, result.note, result.problem) == (typed, None, "V41.date_incomplete")


@pytest.mark.parametrize("typed", DATES)
def test_every_way_to_write_a_date(typed):
    assert normalise_date(typed) == normalise_date_number(20200901.0)
    assert (normalise_date(typed).value, normalise_date(typed).note) == (44075.0, "V42.date")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("二〇二一年十二月三十一日", "2021-12-31"),
        ("二〇二一年十月十日", "2021-10-10"),
        ("二〇二一年一月二十号", "2021-01-20"),
    ],
)
def test_hanzi_dates(typed, day):
    assert serial_to_date(normalise_date(typed).value).isoformat() == day


def test_serial_numbers():
    assert normalise_date_number(44075.0).note is None
    assert (normalise_date_number(44075.5).value, normalise_date_number(44075.5).note) == (44075.0, "V42.date_time")
    shifted = normalise_date_number(42613.0, date1904=True)
    assert (shifted.value, shifted.note) == (44075.0, "V42.date_1904")


def test_a_phone_of_eleven_digits_survives_as_a_number():
    assert normalise_phone_number(13812345678.0).value == "13812345678"


def test_a_list_entry_is_found_whatever_its_clothes():
    allowed = ("出国(境)定居", "其他", "银行APP")
    assert normalise_choice("出国（境） 定居", allowed).value == "出国(境)定居"
    assert normalise_choice("出国（境）定居", allowed).note == "V42.choice"
    assert normalise_choice("银行app", allowed).value == "银行APP"
    assert normalise_choice("没有的", allowed).value == "没有的"
    assert normalise_choice("其他", allowed).note is None


ODD_TEXT = st.text(
    alphabet="张三阿·•. \u3000\u200b\xa0\t\n\ufeff0１9xXＸ'-+86éAa()（）\x85\x1f\u2028\U00020bb7", max_size=12
)


@given(ODD_TEXT)
def test_no_changed_value_escapes_the_suspicion_of_the_column(text):
    """Polars looks at the whole column first; what it does not suspect must come out of the function unchanged."""
    for normalise, pattern in (
        (normalise_plain, SUSPECT_PLAIN),
        (normalise_identifier, SUSPECT_IDENTIFIER),
        (normalise_phone, SUSPECT_PHONE),
        (normalise_name, SUSPECT_NAME),
    ):
        if not pl.Series([text]).str.contains(pattern)[0]:
            assert normalise(text).value == text
        again = normalise(text).value
        assert again is None or normalise(again).value == again


@given(ODD_TEXT)
def test_blank_only_is_what_the_plain_normaliser_calls_blank(text):
    assert bool(pl.Series([text]).str.contains(BLANK_ONLY)[0]) == (normalise_plain(text).value is None)
