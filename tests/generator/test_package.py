"""The zip writer and the file writer: what they write, other programs read; what fails leaves nothing."""

import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao_generator.atomic import atomic_write
from canbao_generator.package import PackageWriter, combine_crc, deflate, deflate_quickly


@given(st.binary(), st.binary())
def test_crc_of_two_pieces(first: bytes, second: bytes) -> None:
    assert combine_crc(zlib.crc32(first), zlib.crc32(second), len(second)) == zlib.crc32(first + second)


@given(st.lists(st.binary(max_size=200), max_size=6))
def test_pieces_make_one_part(pieces: list[bytes]) -> None:
    memory = BytesIO()
    writer = PackageWriter(memory)
    both = [deflate_quickly([piece, piece]) if number % 2 else deflate(piece) for number, piece in enumerate(pieces)]
    writer.add("xl/部件.xml", both)
    writer.add("b", [deflate(b"b")])
    writer.close()
    with zipfile.ZipFile(memory) as package:
        assert package.testzip() is None
        wanted = [piece * 2 if number % 2 else piece for number, piece in enumerate(pieces)]
        assert package.read("xl/部件.xml") == b"".join(wanted)
        assert package.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)


def test_a_file_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "表.xlsx"
    with atomic_write(target) as stream:
        stream.write(b"new")
        assert not target.exists()
    assert target.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["表.xlsx"]


def test_what_fails_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "表.xlsx"
    target.write_bytes(b"old")
    target.chmod(0o640)
    with pytest.raises(TypeError), atomic_write(target) as stream:
        stream.writelines([b"half", "not bytes"])  # type: ignore[list-item]
    assert target.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["表.xlsx"]
    with atomic_write(target) as stream:
        stream.write(b"new")
    assert target.stat().st_mode & 0o777 == 0o640
