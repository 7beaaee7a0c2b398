"""What is written is on the disk before it takes the old file's place; a file that somebody has open is left alone."""

import errno
import os
import stat
import time
from pathlib import Path

import pytest

from canbao_generator.atomic import atomic_write, require_closed

DAY = 24 * 3600


def test_the_file_is_flushed_before_it_takes_its_place_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, done = tmp_path / "表.xlsx", []
    target.write_bytes(b"old")
    real = os.fsync

    def fsync(handle: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        size = 0 if is_folder else os.fstat(handle).st_size
        done.append(("folder" if is_folder else "file", size, target.read_bytes()))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    with atomic_write(target) as stream:
        stream.write(b"newer")
    assert done == [("file", 5, b"old"), ("folder", 0, b"newer")]


def test_what_is_being_written_stands_hidden_beside_its_target(tmp_path: Path) -> None:
    """A rename within one folder is one step; from another file system it would be none."""
    with atomic_write(tmp_path / "表.xlsx") as stream:
        stream.write(b"new")
        (part,) = tmp_path.iterdir()
        assert (part.name.startswith(".canbao-"), part.suffix) == (True, ".part")


@pytest.mark.parametrize("lock", ["~$表格一.xlsx", "~$一.xlsx", ".~lock.表格一.xlsx#"])
def test_the_lock_files_of_office_programs(lock: str, tmp_path: Path) -> None:
    """Excel and WPS put ~$ before a short name, and in the place of the first two characters of a longer one."""
    target = tmp_path / "表格一.xlsx"
    (tmp_path / lock).write_bytes(b"")
    require_closed(target)  # a lock without its file was left behind
    target.write_bytes(b"old")
    with pytest.raises(OSError, match="表格一") as caught:
        require_closed(target)
    assert caught.value.errno == errno.EBUSY
    assert str(target) in str(caught.value)
    with pytest.raises(OSError, match="表格一"), atomic_write(target) as stream:
        stream.write(b"new")
    assert target.read_bytes() == b"old"
    (tmp_path / lock).unlink()
    require_closed(target)


@pytest.mark.parametrize("other", ["~$格一.xlsx", "~$.xlsx", "~$表格一.xls", ".~lock.表格.xlsx#", "~表格一.xlsx"])
def test_lock_files_of_others_mean_nothing(other: str, tmp_path: Path) -> None:
    target = tmp_path / "表格一.xlsx"
    target.write_bytes(b"old")
    (tmp_path / other).write_bytes(b"")
    require_closed(target)


@pytest.mark.parametrize(("age", "left"), [(DAY - 60, True), (DAY + 60, False)])
def test_what_a_killed_run_left_goes_after_a_day(age: int, *, left: bool, tmp_path: Path) -> None:
    part, other = tmp_path / ".canbao-abc.part", tmp_path / "canbao-abc.part"
    for path in (part, other):
        path.write_bytes(b"half")
        os.utime(path, (time.time() - age, time.time() - age))
    with atomic_write(tmp_path / "表.xlsx") as stream:
        stream.write(b"new")
    assert (part.exists(), other.exists()) == (left, True)


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_has_the_permissions_that_the_umask_allows(mask: int, mode: int, tmp_path: Path) -> None:
    target, before = tmp_path / "表.xlsx", os.umask(mask)
    try:
        with atomic_write(target) as stream:
            stream.write(b"new")
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert target.stat().st_mode & 0o777 == mode


def test_a_link_stays_and_its_file_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "in" / "表.xlsx", tmp_path / "表.xlsx"
    target.parent.mkdir()
    target.write_bytes(b"old")
    link.symlink_to(target)
    with atomic_write(link) as stream:
        stream.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_nothing_is_written_over_a_folder(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError), atomic_write(tmp_path) as stream:
        stream.write(b"new")


def test_into_a_device_everything_is_written_at_the_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with atomic_write(pipe) as stream:
            stream.write(b"one")
            stream.write(b"two")
        assert os.read(reader, 100) == b"onetwo"
    finally:
        os.close(reader)
