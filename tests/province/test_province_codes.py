"""Codes in the place of document numbers: equal for one person, useless without the key, joined to nothing else."""

import hmac
import re
import stat
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from canbao_addin.cli.main import run
from canbao_province.codes import (
    Key,
    comparable_numbers,
    name_codes,
    new_key,
    person_codes,
    read_key,
    write_key,
)
from canbao_province.trouble import ProvinceError
from canbao_rulebook.functions.identity import check_character

KEY = Key(bytes(range(32)))
NUMBER = "620422194803079511"


def comparable(*numbers: str | None) -> list[str | None]:
    return comparable_numbers(pl.Series(numbers, dtype=pl.String)).to_list()


def test_a_code_is_hmac_sha256_of_year_and_number() -> None:
    message = b"\x00".join([b"canbao-province-key/1", b"person", b"2021", NUMBER.encode()])
    [code] = person_codes(KEY, 2021, pl.Series([NUMBER])).to_list()
    assert code == hmac.new(KEY.secret, message, sha256).digest()[:16]


def test_another_key_year_or_number_is_another_code() -> None:
    codes = {KEY.person(2021, NUMBER), KEY.person(2022, NUMBER), new_key().person(2021, NUMBER)}
    assert len(codes | {KEY.person(2021, "620422195109080365")}) == 4


def test_a_first_generation_number_is_that_which_it_became() -> None:
    firsts = [f"62042219480307{serial:03d}" for serial in (1, 95, 480, 951, 994)]
    numbers = [first + check_character(first) for first in firsts]
    olds = [number[:6] + number[8:17] for number in numbers]
    assert [len(old) for old in olds] == [15] * 5
    assert comparable(*olds) == comparable(*numbers) == numbers
    assert comparable("622421481307951") == [None], "a month of 13"


def test_what_is_no_number_of_any_document_is_nobodys() -> None:
    wrong = ("620422194803079512", "没有证件", "0", "", None, "622421480307", "620422194813079511")
    assert comparable(*wrong) == [None] * len(wrong)
    assert comparable("H12345678", "X320101001") == ["H12345678", "X320101001"]
    assert person_codes(KEY, 2021, comparable_numbers(pl.Series(["x"]))).to_list() == [None]


def test_names_are_compared_within_a_person_only() -> None:
    numbers = pl.Series([NUMBER, NUMBER, "620422195109080365", None])
    codes = name_codes(KEY, 2021, numbers, pl.Series(["田 一", "田一", "田一", "田一"])).to_list()
    assert codes[0] == codes[1] != codes[2]
    assert codes[3] is None
    assert name_codes(KEY, 2021, numbers[:1], pl.Series([""])).to_list() == [None]


def test_a_key_goes_into_a_file_and_back_and_a_slip_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "key.txt"
    path.write_text(write_key(KEY), encoding="ascii")
    assert read_key(path) == KEY
    right = path.read_text(encoding="ascii")
    for wrong in (right.replace("0", "1", 1), right[:-3], "", "密钥", right.upper()):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(ProvinceError):
            read_key(path)


def test_a_fingerprint_says_nothing_of_the_key() -> None:
    assert KEY.fingerprint == KEY.fingerprint != new_key().fingerprint
    assert re.fullmatch(r"([a-r]{4}-){3}[a-r]{4}", KEY.fingerprint)
    assert KEY.fingerprint not in write_key(KEY)
    assert KEY.secret.hex() not in repr(KEY)


def test_the_command_makes_a_key_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "县" / "密钥.txt"
    assert run(["province", "key", str(path)]) == 0
    made = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run(["province", "key", str(path), "--lang", "en"]) == 0
    assert path.read_bytes() == made
    said = capsys.readouterr().out
    assert said.count(read_key(path).fingerprint) == 2
    assert read_key(path).secret.hex() not in said
    path.write_text("2021", encoding="utf-8")
    assert run(["province", "key", str(path)]) == 2
    assert path.read_text(encoding="utf-8") == "2021"
