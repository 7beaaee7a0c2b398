"""No sentence lets a number through, however it was typed; what is none stays readable."""

import string
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from canbao_addin.cli.output import Output
from canbao_rulebook.findings import Place
from canbao_rulebook.functions.identity import check_character
from canbao_rulebook.masking import mask_numbers, mask_text, quoted_number
from canbao_rulebook.messages import build_finding

LONG, SHOWN_OF_LONG = 15, 10
FULL_WIDTH = {ord(half): ord(half) + 0xFEE0 for half in string.digits + string.ascii_letters}
ARABIC = {ord(digit): chr(0x660 + int(digit)) for digit in string.digits}
GAPS = ["", " ", "  ", "\u00a0", "\u3000", "\u2003", "\u200b", "\ufeff", "-", "－", "–", " - ", "\t"]
BESIDE = "甲村，。：“”（）「」、；行abcXYZ_:/"


@st.composite
def citizens(draw: st.DrawFn) -> str:
    day = draw(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
    first17 = f"{draw(st.integers(110000, 839999))}{day:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return first17 + check_character(first17)


FORMS = [
    r"[1-9][0-9]{14}", r"[HM][0-9]{8}", r"[HM][0-9]{10}", r"[3-9][0-9]{7}", r"[3-9][0-9]{9}[A-Z]?",
    r"[A-Z]{3}[0-9]{12}",
    r"9[0-9]{16}[0-9X]", r"[EG][0-9]{8}", r"E[A-HJ-NP-Z][0-9]{7}", r"[DSP]E?[0-9]{7,8}", r"[A-Z][0-9]{9}",
    r"(HKG|MAC|TWN)0[0-9]{8}", r"[3-9][0-9]{11,22}", r"1[3-9][0-9]{9}", r"[1-9][0-9]{17}",
    r"[1-9][0-9]{16}X[1-7][1-4]",
]  # fmt: skip
NUMBERS = st.one_of(citizens(), *(st.from_regex(form, fullmatch=True).filter(str.isascii) for form in FORMS))


@st.composite
def typed(draw: st.DrawFn) -> tuple[str, str, str]:
    """A sentence, the number in it, and the number as it stands there."""
    number = draw(NUMBERS)
    cuts = draw(st.sets(st.integers(1, len(number) - 1), max_size=4))
    gap = draw(st.sampled_from(GAPS))
    spelled = "".join(gap * (place in cuts) + character for place, character in enumerate(number))
    spelled = spelled.translate(draw(st.sampled_from([{}, FULL_WIDTH, ARABIC])))
    spelled = spelled.lower() if spelled == number and draw(st.booleans()) else spelled
    return draw(st.text(BESIDE, max_size=6)), spelled, draw(st.text(BESIDE, max_size=6))


def shown(before: str, spelled: str, masked: str) -> int:
    part = masked[len(before) : len(before) + len(spelled)]
    return sum(character.isdigit() for character in part)


def most(spelled: str) -> int:
    count = sum(map(str.isalnum, spelled))
    return SHOWN_OF_LONG if count >= LONG else count // 3


@settings(max_examples=1500)
@given(typed())
@example(("", "620422 19480307 9511", ""))
@example(("甲", "62042219480\u20033079511", "行"))
@example(("ID", "６２０４２２１９４８０３０７９５１１", "X"))
@example(("", "H20201003", ""))
@example(("", "H KG000 2000 1 1", ""))
@example(("", "H KG000 2000 1 0", "X"))
@example(("", "10000000000 000000X11", "a"))
@example(("", "620422.1948.03.07.9511", ""))
@example(("", "620422_19480307_9511", ".xlsx"))
@example(("No.", "P 1234567", ""))
def test_no_number_can_be_read_off(parts: tuple[str, str, str]) -> None:
    before, spelled, after = parts
    masked = mask_numbers(before + spelled + after)
    assert len(masked) == len(before + spelled + after)
    assert shown(before, spelled, masked) <= most(spelled), masked


@given(NUMBERS, NUMBERS, st.sampled_from(["", " ", "-", "和", "，", "/", "\u3000"]))
@example("30000000", "3000000000", "")
def test_two_numbers_side_by_side(left: str, right: str, between: str) -> None:
    masked = mask_numbers(left + between + right)
    assert shown("", left, masked) <= most(left), masked
    assert shown(left + between, right, masked) <= most(right), masked


@pytest.mark.parametrize(
    "text",
    [
        "截至 2020-10-03 12:30，1200 人", "2020-10-03 至 2021-02-28", "2020-09-31", "20200931", "2020-9-31",
        "2020-09-01 2021-02-28", "2020-10-03 280.00",
        "共 280.00 元，1,234,567.00 元", "1234567890.00", "K12、AJ5、XFD99999",
        "「应保及应资对象」K123456", "K12-K1500",
        "甲镇_20201003.xlsx", "甲镇-20201003123000.xlsx", "会政办发〔2020〕115号",
        "医保发〔2020〕33号、第12条", "2021-2022",
        "第 1200-34567 行", "第1048576行", "校验码 7QX2-0F4M-91ZC", "校验码：1234-5678-9012",
        "check code: 1234-5678-9012",
        "修复前 1111-2222-3333，修复后 7QX2-0F41-91ZC", "V01—V42", "R10C", "huining-2021",
        "75.8 %", "12:30:15", "1500000",
        "3 files, 12 errors, 300 warnings", "2020年10月3日", "Excel 2010",
        "0027-one-settlement", "二〇二〇年九月一日",
    ],
)  # fmt: skip
def test_what_is_no_number_stays(text: str) -> None:
    assert mask_numbers(text) == text


@pytest.mark.parametrize("number", ["620422194803079511", "12345678", "H12345678", "6230123400001112201"])
@pytest.mark.parametrize("before", ["2020-10-03 ", "20201003 ", "2020-2021 "])
def test_a_number_after_a_day_is_masked_and_the_day_is_not(before: str, number: str) -> None:
    assert mask_numbers(f"{before}{number}") == f"{before}{mask_text(number)}"


@pytest.mark.parametrize("value", ["AB123", "12345", "1234", "AB 12345", "３３４４５", "12345（已故）"])
def test_what_is_quoted_of_a_cell_of_numbers_is_masked_whatever_it_looks_like(value: str) -> None:
    said = mask_numbers(f"证件号码“{value}”在第12345行", quoted_number("cert_no", value))
    assert said == f"证件号码“{mask_text(value)}”在第12345行"


def test_other_cells_are_quoted_as_they_are() -> None:
    assert quoted_number("self_paid", "28000") == ""
    assert mask_numbers("姓名“无”没有号码", quoted_number("cert_no", "无")) == "姓名“无”没有号码"


@pytest.mark.parametrize("value", ["AB123", "12345", "E1234567", "620422 194803079511"])
def test_a_finding_on_the_screen_shows_no_number(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    place = Place("应保及应资对象", 5, "K5", "cert_no", "证件号码", "620422194803079511.xlsx")
    finding = build_finding("V02.form", place, value=value, cert_type="外国护照")
    output = Output("zh")
    output.findings([finding])
    output.trouble_line(f"打不开 620422194803079511.xlsx：{value}" if len(value) > 5 else "打不开")
    said = "".join(capsys.readouterr())
    assert "「应保及应资对象」K5" in said
    assert value not in said
    assert "620422194803079511" not in said


@given(st.text("0123456789XxAaH -\u3000./:_年第行，", max_size=40))
def test_any_text_keeps_its_length_and_raises_nothing(text: str) -> None:
    assert len(mask_numbers(text)) == len(text)
