"""A command ends as it should wherever its words go, and says one sentence when it is told to stop."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from canbao_addin.cli.main import run
from support.counties import R1, issue, resident
from support.desktop import wait_for
from support.times import some

COMMAND = [sys.executable, "-c", "from canbao_addin.cli import main; main()"]
CLOSING = "import os, sys\nfor number in {numbers}: os.close(number)\nos.execv(sys.executable, {command!r})"


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    filled = {"甲镇": {R1: [resident(1, 姓名=None)]}, "乙镇": {R1: [resident(2)]}}
    return issue(tmp_path_factory.mktemp("streams"), "huining-2021", [["甲镇", "一村"], ["乙镇", "一村"]], filled)


def start(words: list[str], **more: Any) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([*COMMAND, *words], stderr=subprocess.PIPE, start_new_session=True, **more)


@pytest.mark.parametrize("encoding", some("gbk", "utf-16", soak=["ascii", "cp437"]))
def test_a_console_of_any_encoding(issued: Path, encoding: str) -> None:
    env = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = start(["check", str(issued / "甲镇.xlsx")], stdout=subprocess.PIPE, env=env)
    said, trouble = done.communicate()
    assert done.returncode == 1
    assert trouble.decode(encoding, errors="replace").strip() == ""
    assert "V01" in said.decode(encoding)


@pytest.mark.parametrize("numbers", some((1,), (0, 1, 2), soak=[(2,), (1, 2)]))
def test_a_closed_output(issued: Path, tmp_path: Path, numbers: tuple[int, ...]) -> None:
    report = tmp_path / "report.json"
    command = [*COMMAND, "check", str(issued / "甲镇.xlsx"), "--json", str(report)]
    program = CLOSING.format(numbers=numbers, command=command)
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=False).returncode == 1
    assert '"V01"' in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("device", ["/dev/full", "/dev/null"])
def test_an_output_that_takes_nothing(issued: Path, device: str) -> None:
    with Path(device).open("wb") as stream:
        done = start(["check", str(issued / "甲镇.xlsx")], stdout=stream)
        assert done.communicate()[1] in {b"", b"\n"}
    assert done.returncode == 1


def test_a_reader_that_goes_away() -> None:
    done = start(["policy", "show", "huining-2021"], stdout=subprocess.PIPE)
    assert done.stdout is not None
    done.stdout.close()
    assert done.communicate()[1].strip() == b""
    assert done.returncode == 0


def test_no_streams_at_all(issued: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As under pythonw."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert run(["check", str(issued / "甲镇.xlsx")]) == 1


def is_listening(process: int) -> bool:
    """Tell whether a process has its own way to end when it is asked to."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("after", [0.1, 2.0])
def test_a_command_that_is_stopped_says_so_and_leaves_nothing(
    issued: Path, tmp_path: Path, name: str, after: float
) -> None:
    target, temporary = tmp_path / "县.xlsx", tmp_path / "tmp"
    temporary.mkdir()
    words = ["merge", str(issued), "--policy", "huining-2021", "--out", str(target)]
    merging = start(words, stdout=subprocess.DEVNULL, env=os.environ | {"TMPDIR": str(temporary)})
    wait_for(lambda: is_listening(merging.pid), "the command listens to signals")
    time.sleep(after)
    os.killpg(merging.pid, getattr(signal, name))
    said = merging.communicate(timeout=60)[1].decode()
    assert list(temporary.iterdir()) == []
    if merging.returncode == 1:  # it was quicker
        assert target.exists()
    else:
        assert (merging.returncode, said.strip()) == (2, "已停止；没有完成的结果没有写出。")
        assert not target.exists()


WHILE_LOADING = """
import os, signal, sys

class Stop:
    def find_spec(name, *_):
        if name == {module!r}:
            sys.meta_path.remove(Stop)
            os.kill(os.getpid(), signal.{sent})

sys.meta_path.insert(0, Stop)
signal.signal(signal.SIGHUP, signal.{hangup})
from canbao_addin.cli import main
main({words!r})
"""


def stop_while_loading(words: list[str], module: str, sent: str, hangup: str = "SIG_DFL") -> tuple[int, str]:
    """Run a command that is sent a signal when it begins to load a module: its exit status and what it complains of."""
    program = WHILE_LOADING.format(module=module, sent=sent, hangup=hangup, words=words)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    return done.returncode, done.stderr.decode().strip()


# the last of them by the command, the others by what it needs to speak
@pytest.mark.parametrize("module", ["yaml.reader", "yaml._yaml", "rich.segment", "click.core", "polars", "numpy._core"])
@pytest.mark.parametrize("sent", some("SIGINT", soak=["SIGTERM", "SIGHUP"]))
def test_a_command_that_is_stopped_while_it_loads_says_so(issued: Path, tmp_path: Path, module: str, sent: str) -> None:
    words = ["merge", str(issued), "--policy", "huining-2021", "--out", str(tmp_path / "县.xlsx")]
    assert stop_while_loading(words, module, sent) == (2, "已停止；没有完成的结果没有写出。")
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_is_to_outlive_its_window_does(issued: Path) -> None:
    """As under nohup, which lets a command be deaf to the end of its session."""
    words = ["check", str(issued / "甲镇.xlsx")]
    assert stop_while_loading(words, "yaml.reader", "SIGHUP", hangup="SIG_IGN") == (1, "")
