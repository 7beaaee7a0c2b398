"""A file that crashes, hangs or swells costs itself only: the others are read, in order."""

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from canbao_rulebook.findings import Severity
from canbao_rulebook.messages import render
from canbao_validators import apart, memory, mishaps, workers
from canbao_validators.apart import Limits, read_apart, read_files, start_workers
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.workers import Task, TooSlowError, Workers
from support.misbehaving import (
    NUMBER,
    misbehave,
    misbehave_together,
    own_number,
    times_two,
    times_two_once,
    wait_or_work,
)

pytestmark = pytest.mark.children
UNEXPECTED = ["raise", "panic", "unportable", "lambda"]
REASONS = {"crash": "V39.crashed", "exit": "V39.crashed", "swell": "V39.too_big", "hang": "V39.too_slow"}


def write(folder: Path, *words: str) -> list[Path]:
    paths = []
    for number, word in enumerate(words):
        path = folder / f"{number}.txt"
        path.write_text(word, encoding="utf-8")
        paths.append(path)
    return paths


@pytest.mark.parametrize("workers", [1, 2])
def test_every_other_file_is_read(workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_SECONDS", 3)
    words = ["", "crash", "", "hang", "swell", "", "exit", ""]
    paths = write(tmp_path, *words)
    with start_workers(None, workers) as children:
        done = list(read_files(children, misbehave, [(path, None) for path in paths]))
    for path, word, result in zip(paths, words, done, strict=True):
        if word:
            assert isinstance(result, UnreadableFile)
            assert result.key == REASONS[word]
        else:
            assert result == path.name


def test_small_files_are_read_together_and_a_bad_one_costs_itself_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "_SECONDS", 3)
    words = ["", "", "", "", "crash", "", "hang", "", "swell"]
    paths = write(tmp_path, *words)
    with start_workers(None, 1) as children:
        tasks = [(path, None) for path in paths]
        done = list(read_files(children, misbehave, tasks, together=misbehave_together))
    assert done[:4] == ["0.txt of 4", "1.txt of 4", "2.txt of 4", "3.txt of 4"]
    for path, word, result in zip(paths, words, done, strict=True):
        if word:
            assert isinstance(result, UnreadableFile)
            assert result.key == REASONS[word]
        else:
            assert str(result).removesuffix(" of 4") == path.name


def test_large_files_are_read_alone(tmp_path: Path) -> None:
    paths = write(tmp_path, *[""] * 4)
    paths[1].write_bytes(bytes(apart._BYTES_TOGETHER + 1))
    with start_workers(None, 1) as children:
        done = list(read_files(children, misbehave, [(path, None) for path in paths], together=misbehave_together))
    assert done == ["0.txt", "1.txt", "2.txt of 2", "3.txt of 2"]


def test_an_error_of_our_own_is_one_finding_with_a_reference_into_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(mishaps, "LOG", tmp_path / ".canbao" / "canbao.log")
    paths = write(tmp_path, "raise", "", *UNEXPECTED[1:], "")
    with start_workers(None, 2) as children:
        done = list(read_files(children, misbehave, [(path, None) for path in paths]))
    log = (tmp_path / ".canbao" / "canbao.log").read_text(encoding="utf-8")
    for path, result in zip(paths, done, strict=True):
        if not path.read_text(encoding="utf-8"):
            assert result == path.name
            continue
        assert isinstance(result, UnreadableFile)
        finding = result.as_finding()
        assert (finding.code, finding.severity) == ("V39", Severity.ERROR)
        assert f"#{result.params['code']}" in log
        assert result.params["code"] in render(finding).message
    assert "InvalidOperation" in log
    assert "misbehaving.py" in log
    assert NUMBER not in log
    assert "长" * 201 not in log


def test_our_own_work_has_no_limit_and_keeps_its_order() -> None:
    with start_workers(None, 2) as children:
        assert list(children.map(times_two, range(20))) == [2 * number for number in range(20)]


def test_our_own_work_is_done_again_when_somebody_ends_the_process() -> None:
    with start_workers(None, 2) as children:
        assert list(children.map(times_two_once, range(6))) == [2 * number for number in range(6)]


def test_a_process_that_ends_before_it_took_what_it_needs_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More than a pipe holds, and nobody who reads it."""
    begin = workers.ProcessPoolExecutor.submit
    killed: list[int] = []

    def submit(pool: Any, *args: Any) -> Any:
        future = begin(pool, *args)
        if not killed:
            killed.extend(pool._processes)
            os.kill(killed[0], signal.SIGKILL)
        return future

    monkeypatch.setattr(workers.ProcessPoolExecutor, "submit", submit)
    with Workers(2, bytes(3_000_000)) as children:
        assert list(children.map(times_two, range(4))) == [0, 2, 4, 6]
    assert killed


def test_limits_grow_with_the_file(tmp_path: Path) -> None:
    small, large = tmp_path / "a", tmp_path / "b"
    small.write_bytes(b"x")
    large.write_bytes(bytes(3_000_000))
    assert Limits.of(small).seconds < 20
    assert Limits.of(small).memory < 1_000_000_000
    assert Limits.of(large).seconds > Limits.of(small).seconds + 20
    assert Limits.of(large).memory > Limits.of(small).memory


def test_what_cannot_be_read_keeps_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"")
    with pytest.raises(UnreadableFile) as trouble:
        read_apart(path)
    assert trouble.value.key == "V39.empty"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a process's work")
def test_a_task_that_waits_for_the_processor_is_not_called_slow() -> None:
    work = partial(wait_or_work, work=True)
    idle = partial(wait_or_work, work=False)
    with Workers(2) as workers:
        outcomes = list(workers.run([Task(idle, (2.5,), 1.0), Task(work, (6.0,), 1.0), Task(idle, (30.0,), 1.0)]))
    assert outcomes[0].result() == "done"
    for outcome in outcomes[1:]:
        with pytest.raises(TooSlowError):
            outcome.result()


@pytest.mark.parametrize(
    ("free", "most"),
    [(None, 2), (10**10, 2), (4 * apart._NEEDED + 10**6, 2), (4 * apart._NEEDED - 1, 1), (0, 1)],
)
def test_large_files_are_read_side_by_side_only_where_memory_is_free(
    free: int | None, most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "free_memory", lambda: free)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    with start_workers(None, 3, write(tmp_path, "", "", "")) as children:
        assert (len(children), children.sparing) == (most, most < 2)


@pytest.mark.skipif(sys.platform != "linux", reason="tests/windows asks Windows")
def test_the_system_says_how_much_memory_is_free() -> None:
    assert 10**7 < (memory.free_memory() or 0) < 10**14


def test_new_children_go_on_where_the_old_ones_ended() -> None:
    with start_workers(None, 2) as children:
        before = set(children.map(own_number, range(4)))
        children.renew()
        after = set(children.map(own_number, range(4)))
    assert not before & after


def test_children_that_threads_start_side_by_side_leave_the_program_where_it_was() -> None:
    program = sys.modules["__main__"]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: Workers(1).__exit__(), range(4)))
    assert sys.modules["__main__"] is program
