"""Every file of tests/data/corpus: read as expected or refused as expected, and always with one plain sentence."""

import csv

import pytest

from canbao_rulebook.messages import load_catalogue, render
from canbao_rulebook.phrases import LANGUAGES
from canbao_validators.checking import check_workbook
from canbao_validators.library import Library
from support.corpus import FOLDER, load_outcomes, outcome
from support.every_message import words_of

FILES = sorted(path for path in FOLDER.iterdir() if path.name != "manifest.csv")
LICENCES = {"MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause"}
PASSWORDS = [(name, word) for name, words in load_outcomes()["passwords"].items() for word in words]
WITHOUT_MARKS = {"HTML": "V39.html", "CSV": "V39.csv"}  # what is no workbook; the others are V39.no_meta


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_gives_what_is_expected(path):
    assert outcome(path) == load_outcomes()["plain"][path.name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_one_finding_with_a_plain_sentence(path):
    expected = load_outcomes()["plain"][path.name]
    key = expected if isinstance(expected, str) else WITHOUT_MARKS.get(expected["form"], "V39.no_meta")
    for lang in LANGUAGES:
        filled = check_workbook(path, Library(find=lambda _: None, books={}))
        assert not filled.accepted
        assert [found.code for found in filled.findings] == ["V39"]
        found = filled.findings[0]
        assert words_of(key, lang).fullmatch(render(found, lang).message)
        assert found.file == path.name
        assert render(found, lang).fix
        assert "Error" not in render(found, lang).message
    assert load_catalogue()[key].severity.value == "错误"


@pytest.mark.parametrize(("name", "password"), PASSWORDS)
def test_an_encrypted_file_opens_with_its_password_only(name, password):
    assert outcome(FOLDER / name, "another one", password) == load_outcomes()["passwords"][name][password]


def test_every_file_has_its_origin_and_a_licence_that_allows_it_here():
    with (FOLDER / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["file"] for row in rows] == [path.name for path in FILES]
    assert {row["licence"] for row in rows} <= LICENCES
    assert sum(path.stat().st_size for path in FILES) < 5_000_000
