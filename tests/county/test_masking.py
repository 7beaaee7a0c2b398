"""Numbers as others may see them: one law for texts and columns, and no sentence that lets a number through."""

import string

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao_county.reports.masking import mask_number
from canbao_rulebook.documents import DOCUMENTS
from canbao_rulebook.masking import mask_numbers, mask_text

CARD, OLD = "620422194803079511", "620422480307951"
THIRD = 3
NUMBERS = st.one_of(
    st.text(string.digits + string.ascii_uppercase, max_size=24),
    st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True),
    *(
        st.from_regex(form.pattern, fullmatch=True).filter(str.isascii)
        for forms in DOCUMENTS.values()
        for form in forms
    ),
)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("", ""),
        ("1234", "****"),
        ("12345", "1****"),
        ("H12345678", "H1******8"),
        ("12345678", "1******8"),
        ("1234567890A", "12********A"),
        ("H1234567890", "H1********0"),
        ("R620123456", "R6*******6"),
        ("ABC620422198001", "AB***********01"),
        (OLD, "62***********51"),
        (CARD, "620422********9511"),
        (f"{CARD[:-1]}X", "620422********951X"),
        ("6230123400001112201", "62***************01"),
    ],
)
def test_a_number_is_masked_by_its_own_form(number: str, masked: str) -> None:
    assert mask_text(number) == masked


@given(st.lists(NUMBERS))
def test_columns_and_texts_have_one_law(numbers: list[str]) -> None:
    frame = pl.DataFrame({"number": numbers}, schema={"number": pl.String})
    assert frame.select(mask_number(pl.col("number")))["number"].to_list() == [mask_text(text) for text in numbers]


@given(NUMBERS)
def test_never_more_than_a_third_is_shown(number: str) -> None:
    shown = [place for place, character in enumerate(mask_text(number)) if character != "*"]
    assert len(mask_text(number)) == len(number)
    if len(number) == len(CARD) and number[:-1].isdigit() and number[-1] in "0123456789X":
        assert shown == [0, 1, 2, 3, 4, 5, 14, 15, 16, 17]
    else:
        assert len(shown) * THIRD <= len(number)
        assert set(shown) <= {0, 1, len(number) - 2, len(number) - 1}


SHOWN = {
    **dict.fromkeys(range(5), (0, 0)), 5: (1, 0), **dict.fromkeys((6, 7, 8), (1, 1)),
    **dict.fromkeys((9, 10, 11), (2, 1)), **dict.fromkeys(range(12, 25), (2, 2)),
}  # fmt: skip


@pytest.mark.parametrize("length", SHOWN)
def test_what_is_shown_of_a_number_of_each_length(length: int) -> None:
    """Letters, so that none is an identity number: these show six and four of their eighteen characters."""
    number, (front, behind) = "ABCDEFGHIJKLMNOPQRSTUVWX"[:length], SHOWN[length]
    masked = number[:front] + "*" * (length - front - behind) + number[length - behind :]
    assert mask_text(number) == masked
    frame = pl.DataFrame({"number": [number]})
    assert frame.select(mask_number(pl.col("number")))["number"].to_list() == [masked]


@pytest.mark.parametrize("length", range(14, 18))
def test_a_number_that_lost_some_digits_is_masked_on_the_screen(length: int) -> None:
    said = mask_numbers(f"证件号码“{CARD[:length]}”位数不对")
    assert said == f"证件号码“{CARD[:2]}{'*' * (length - 4)}{CARD[length - 2 : length]}”位数不对"


def test_an_unknown_number_stays_unknown() -> None:
    frame = pl.DataFrame({"number": [None, CARD]}, schema={"number": pl.String})
    assert frame.select(mask_number(pl.col("number")))["number"].to_list() == [None, mask_text(CARD)]


@pytest.mark.parametrize(
    "number",
    [
        CARD, f"{CARD[:-1]}x", OLD, CARD[:-2], f"{CARD}1", "H12345678", "M1234567890", "12345678", "1234567890A",
        "ABC620422198001", "E12345678", "EA1234567", "e12345678", "C4F2K8T91", "R620123456", "6230123400001112201",
    ],
)  # fmt: skip
def test_no_sentence_lets_a_number_through(number: str) -> None:
    said = mask_numbers(f"证件号码“{number}”在第5行，{number}；{number}.")
    assert number not in said
    assert said.count(mask_text(number)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "共 1500000 行，420000000.00 元", "合并20201003.xlsx", "2020-10-03", "「应保及应资对象」K123456", "第1048576行",
        "huining-2021", "校验码 7QX2-0F4M-91ZC", "C:\\医保\\2021", "X1",
    ],
)  # fmt: skip
def test_what_is_no_number_of_a_document_stays(text: str) -> None:
    assert mask_numbers(text) == text
