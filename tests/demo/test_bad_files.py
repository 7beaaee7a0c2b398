"""The files that are no workbooks of ours are refused for the reason they were made for."""

import pytest

from canbao_demo.bad_files import make_bad_files
from canbao_rulebook.messages import render
from canbao_validators.checking import check_workbook
from canbao_validators.library import Library
from support.every_message import words_of

FILES = make_bad_files()


@pytest.mark.parametrize("bad", FILES, ids=[bad.key for bad in FILES])
def test_bad_files_are_refused_for_their_reason(tmp_path, bad):
    path = tmp_path / bad.name
    path.write_bytes(bad.content)
    filled = check_workbook(path, Library(find=lambda _: None, books={}))
    assert [finding.code for finding in filled.findings] == ["V39"]
    assert not filled.accepted
    assert words_of(bad.key).fullmatch(render(filled.findings[0]).message)


def test_bad_files_are_the_same_every_time():
    assert make_bad_files() == FILES
    assert len({bad.name for bad in FILES}) == len(FILES)
