"""Files checked together come to what each comes to alone, whatever lies between them."""

from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from canbao_addin.actions.policies import open_library
from canbao_demo import plan_county
from canbao_validators.checking import check_together, check_workbook
from support.decks import shared_book
from support.edits import edit_parts, swap
from support.hosts import fill_county

DATES_1904 = swap("<workbookPr ?/>", '<workbookPr date1904="1"/>')


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Townships with mistakes; among them one that counts days from 1904, one cut off, and one that is no workbook."""
    folder = tmp_path_factory.mktemp("together")
    first, second, *others = fill_county(
        shared_book("huining-2021"), plan_county(shared_book("huining-2021"), people=160, townships=4), folder
    )
    shifted = edit_parts(second, folder / "1904.xlsx", {"workbook": DATES_1904})
    broken, stranger = folder / "断.xlsx", folder / "说明.xlsx"
    broken.write_bytes(first.read_bytes()[:20_000])
    stranger.write_text("不是工作簿", encoding="utf-8")
    return [first, broken, shifted, stranger, *others]


def test_files_of_every_kind_beside_each_other(files: list[Path]) -> None:
    library = open_library(shared_book("huining-2021").policy)
    together = check_together([(path, path.name) for path in files], library)
    assert [one.accepted for one in together] == [True, False, True, False, True, True]
    for path, one in zip(files, together, strict=True):
        alone = check_workbook(path, library)
        assert one.summary() == alone.summary()
        assert (one.limits, one.read, one.extra_sheets) == (alone.limits, alone.read, alone.extra_sheets)
        for frames, others in ((one.frames, alone.frames), (one.typed, alone.typed)):
            assert list(frames) == list(others)
            for code, frame in frames.items():
                assert_frame_equal(frame, others[code])
    assert len({one.check_code for one in together if one.accepted}) == 4
    days = [set(one.typed["R1"]["pay_date"].drop_nans().to_list()) for one in together if one.accepted]
    assert min(days[1]) > max(days[0])  # the same days, 1,462 later
