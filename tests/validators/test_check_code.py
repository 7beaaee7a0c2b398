"""校验码: what it depends on and what it does not, and its absolute value, so that codes on paper stay right."""

import base64
from datetime import date
from hashlib import sha256
from typing import Any

import polars as pl
import pytest

from canbao_rulebook.functions.dates import to_serial
from canbao_validators import check_code
from canbao_validators.check_code import format_code, input_digest
from support.decks import shared_book
from support.frames import Row, raw_frame

PLAIN, CROCKFORD = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ROSTERS = shared_book("huining-2021").rosters
FIRST: Row = {"村(社区)": "一村", "收缴人/代征人": "靳保国", "存款日期": date(2020, 10, 14), "存款金额": 280.5}
SECOND: Row = {"村(社区)": "二村", "存款金额": 560}


def code_of(*rows: Row, code: str = "R7") -> str:
    return input_digest({code: raw_frame(ROSTERS[code], rows)}, ROSTERS)


def spelt(digest: bytes) -> str:
    """Sixty bits by the standard library's base32, in Crockford's letters."""
    letters = base64.b32encode(digest[:10]).decode()[:12].translate(str.maketrans(PLAIN, CROCKFORD))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


@pytest.mark.parametrize("digest", [bytes(32), bytes(range(32)), b"\xff" * 32, sha256(b"canbao").digest()])
def test_the_first_sixty_bits_of_a_digest_in_crockford_s_letters(digest: bytes) -> None:
    assert format_code(digest) == spelt(digest)


def test_what_is_hashed_to_the_letter() -> None:
    """field=kind:value, a field's end \\x1f, rows sorted between \\x1e; numbers by ten-thousandths, days as serials."""
    day = to_serial(date(2020, 10, 14)) * 10_000
    first = f"village=2:一村\x1fagent=2:靳保国\x1fdeposit_date=1:{day}\x1famount=1:2805000\x1f"
    second = "village=2:二村\x1famount=1:5600000\x1f"
    hashed = "R7\x1e" + "\x1e".join(sorted([first, second]))
    assert code_of(FIRST, SECOND) == spelt(sha256(hashed.encode()).digest())


def test_cells_of_the_wrong_kind_are_hashed_as_they_are_shown() -> None:
    """Beside others of the right kind, and blank ones, in the same columns."""
    day = to_serial(date(2020, 10, 14)) * 10_000
    first = f"village=2:一村\x1fagent=2:靳保国\x1fdeposit_date=1:{day}\x1famount=1:2805000\x1f"
    wrong = "village=2:二村\x1fagent=1:5\x1famount=2:560元\x1f"
    typed: Row = {"村(社区)": "二村", "收缴人/代征人": 5, "存款金额": "560元"}
    for rows, texts in (([typed], [wrong]), ([FIRST, typed], sorted([first, wrong]))):
        assert code_of(*rows) == spelt(sha256(("R7\x1e" + "\x1e".join(texts)).encode()).digest())


@pytest.mark.parametrize(
    ("amount", "hashed"),
    [
        (800_000_000_000.25, "8000000000002500"),
        (900_719_925_474.0, "9007199254740000"),
        (900_719_925_475.0, "900719925475.0"),  # past what binary numbers can hold of it: as it is shown
        (-800_000_000_000.25, "-8000000000002500"),
    ],
)
def test_amounts_are_hashed_exactly_as_long_as_they_can_be(amount: float, hashed: str) -> None:
    assert code_of({"存款金额": amount}) == spelt(sha256(f"R7\x1eamount=1:{hashed}\x1f".encode()).digest())


def test_the_order_of_rows_and_of_sheets_does_not_matter() -> None:
    assert code_of(FIRST, SECOND) == code_of(SECOND, FIRST)
    frames = {code: raw_frame(ROSTERS[code], [{"村(社区)": "一村"}]) for code in ("R7", "R1")}
    assert input_digest(frames, ROSTERS) == input_digest(dict(reversed(frames.items())), ROSTERS)


CHANGES: dict[str, Row] = {
    "another word": {"村(社区)": "三村"},
    "another amount": {"存款金额": 280.51},
    "a ten-thousandth": {"存款金额": 280.5001},
    "another day": {"存款日期": date(2020, 10, 15)},
    "a text in the place of a number": {"存款金额": "280.5"},
    "a number in the place of a text": {"收缴人/代征人": 5},
    "a cell more": {"回单号": "1"},
    "an amount past every precision": {"存款金额": 1e30},
}


@pytest.mark.parametrize("case", CHANGES)
def test_each_change_of_a_cell_is_another_code(case: str) -> None:
    assert code_of(FIRST | CHANGES[case]) != code_of(FIRST)


@pytest.mark.parametrize("change", [{"对应人数": 9}, {"持有天数": 9}, {"存款金额": 280.50000001}, {"村(社区)": "一村"}])
def test_what_is_computed_or_too_small_is_no_change(change: Row) -> None:
    assert code_of(FIRST | change) == code_of(FIRST)


def test_a_row_twice_or_a_row_more_is_another_code() -> None:
    assert len({code_of(FIRST), code_of(FIRST, FIRST), code_of(FIRST, SECOND)}) == 3


def test_large_amounts_are_told_apart_and_no_sheet_is_the_empty_code() -> None:
    assert code_of({"存款金额": 1e30}) != code_of({"存款金额": 2e30})
    whole: Any = float(2**53 // 10_000)
    assert code_of({"存款金额": whole}) != code_of({"存款金额": whole - 1})
    empty = spelt(sha256(b"").digest())
    assert input_digest({}, ROSTERS) == empty
    assert input_digest({"R7": pl.DataFrame(raw_frame(ROSTERS["R7"], []))}, ROSTERS) == empty


def test_rows_are_put_together_a_slice_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [FIRST | {"存款金额": amount} for amount in range(7, 0, -1)]
    whole = code_of(*rows)
    for rows_at_once in (1, 2, 3, 7):
        monkeypatch.setattr(check_code, "_SLICE", rows_at_once)
        assert code_of(*rows) == whole
