"""The merge is killed, starved and disturbed: inputs stay, results are whole or absent, a rerun gives the same."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import yaml

from canbao_addin.actions.policies import open_book, open_policy
from canbao_addin.cli.main import run
from canbao_demo import plan_county
from canbao_generator.tables import write_tables
from canbao_rulebook.tables import TableColumn, TableSheet
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import read_text
from support.cli import write_units
from support.hosts import fill_county
from support.times import SOAK, some, times

SEED = 20261122
MERGE = "from canbao_addin.cli import main; main()"
REGISTER = "上报登记_huining-2021.xlsx"


@pytest.fixture(scope="module")
def townships(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three filled township workbooks; nothing in this module may change them."""
    folder = tmp_path_factory.mktemp("nothing-lost") / "乡镇"
    folder.mkdir()
    book = open_book(open_policy("huining-2021"))
    fill_county(book, plan_county(book, people=60, townships=3, seed=SEED), folder)
    return folder


@dataclass(frozen=True)
class Undisturbed:
    """A folder of results and one for what lies there on the way, after a merge that nobody disturbed."""

    results: Path
    temporary: Path


@pytest.fixture(scope="module")
def undisturbed(townships: Path, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """A merge where two days ago a killed one has left something."""
    made = Undisturbed(tmp_path_factory.mktemp("undisturbed"), tmp_path_factory.mktemp("temporary"))
    run_of_old, half = made.temporary / "canbao-run-old", made.results / ".canbao-abc.part"
    run_of_old.mkdir()
    (run_of_old / "0-people.arrow").write_bytes(b"personal data")
    half.write_bytes(b"half a file")
    for left in (run_of_old, half):
        os.utime(left, (time.time() - 2 * 24 * 3600,) * 2)
    assert start(townships, made.results / "县.xlsx", env={"TMPDIR": str(made.temporary)}).wait() == 1
    return made


@pytest.fixture(scope="module")
def expected(undisturbed: Undisturbed) -> str:
    """The digest of the county workbook of an undisturbed merge."""
    return digest(undisturbed.results / "县.xlsx")


def start(
    folder: Path, target: Path, *more: str, prelude: str = "", env: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", prelude + MERGE, "merge", str(folder), "--policy", "huining-2021"]
    return subprocess.Popen(
        [*command, "--out", str(target), *more],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
    )


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def write_old(target: Path) -> bytes:
    """An earlier result of a merge, which the next one may replace."""
    sheet = TableSheet("汇总", "以前的汇总", [TableColumn("单位")], pl.DataFrame({"unit": ["甲镇"]}))
    write_tables(target, [sheet], command="merge")
    return target.read_bytes()


def digests(folder: Path) -> dict[str, str]:
    return {path.name: digest(path) for path in folder.iterdir()}


def children_of(pid: int) -> list[int]:
    """Processes whose parent is the given one."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("round_", range(times(1, 5)))
def test_killed_at_any_moment(round_: int, townships: Path, expected: str, tmp_path: Path) -> None:
    before = digests(townships)
    target = tmp_path / "县.xlsx"
    old = write_old(target)
    merging = start(townships, target)
    time.sleep(random.Random(SEED + round_).uniform(0.5, 8))
    children = children_of(merging.pid)
    merging.kill()
    merging.wait()
    assert digests(townships) == before
    assert digest(target) in {sha256(old).hexdigest(), expected}
    deadline = time.monotonic() + 60
    while any(is_alive(child) for child in children) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not [child for child in children if is_alive(child)], "children outlive a killed run"
    assert start(townships, target).wait() == 1
    assert digest(target) == expected


# while it reads; in a soak also while it starts, takes its policy and writes
@pytest.mark.parametrize("seconds", some(4.0, soak=[0.0, 0.3, 9.0]))
def test_a_child_that_is_killed_does_not_end_the_run(seconds: float, townships: Path, tmp_path: Path) -> None:
    """Who kills a child stands for a file that crashes its parser: the run goes on, with or without that file."""
    target = tmp_path / "县.xlsx"
    merging = start(townships, target)
    readers: list[int] = []
    while merging.poll() is None and not readers:
        readers = [
            pid for pid in children_of(merging.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        time.sleep(0.05)
    time.sleep(seconds)
    with suppress(ProcessLookupError):
        os.kill(readers[0], signal.SIGKILL)
    assert merging.wait(timeout=180) == 1
    assert openpyxl.load_workbook(target, read_only=True).sheetnames[0] == "汇总"


def test_a_full_disk_leaves_the_old_result(townships: Path, tmp_path: Path) -> None:
    before = digests(townships)
    target = tmp_path / "县.xlsx"
    old = write_old(target)
    for limit in (1_000, 15_000):
        prelude = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); "
        merging = start(townships, target, prelude=prelude)
        said = merging.stderr.read() if merging.stderr else ""
        assert merging.wait() == 2
        assert "超过了系统允许的文件大小" in said
        assert len(said.strip().splitlines()) == 1
        assert target.read_bytes() == old
        assert [path.name for path in tmp_path.iterdir()] == ["县.xlsx"]
    assert digests(townships) == before


def test_a_target_that_is_open_is_refused_before_the_work(townships: Path, tmp_path: Path) -> None:
    target = tmp_path / "县.xlsx"
    old = write_old(target)
    for lock in ("~$县.xlsx", ".~lock.县.xlsx#"):
        held = tmp_path / lock
        held.write_bytes(b"")
        merging = start(townships, target)
        said = merging.stderr.read() if merging.stderr else ""
        assert merging.wait() == 2
        assert "打开着" in said
        assert target.read_bytes() == old
        held.unlink()


def test_a_folder_that_cannot_be_written(townships: Path, tmp_path: Path) -> None:
    before = digests(townships)
    closed = tmp_path / "只读"
    closed.mkdir(mode=0o555)
    if os.geteuid() == 0:
        closed = Path("/sys")  # where even root may not make files
    merging = start(townships, closed / "县.xlsx")
    said = merging.stderr.read() if merging.stderr else ""
    assert merging.wait() == 2
    assert said.startswith("写不了")
    assert len(said.strip().splitlines()) == 1
    assert not (closed / "县.xlsx").exists()
    assert digests(townships) == before


def test_two_merges_at_once_do_not_mix(townships: Path, expected: str, tmp_path: Path) -> None:
    """Two into one file; in a soak a third beside them."""
    targets = ["县.xlsx", "县.xlsx", *(["另.xlsx"] if SOAK else [])]
    runs = [start(townships, tmp_path / name) for name in targets]
    assert {run.wait() for run in runs} == {1}
    assert {digest(tmp_path / name) for name in targets} == {expected}
    assert {path.name for path in tmp_path.iterdir()} == {*targets, REGISTER}


def test_nothing_is_left_by_this_run_or_by_one_that_was_killed_a_day_before(undisturbed: Undisturbed) -> None:
    assert [path.name for path in undisturbed.temporary.iterdir() if path.name.startswith("canbao")] == []
    assert {path.name for path in undisturbed.results.iterdir()} == {"县.xlsx", REGISTER}


@pytest.mark.soak
def test_memory_stays_constant_over_many_merges(tmp_path: Path) -> None:
    """Merges in one process and its child, of a folder that holds one small township."""
    content = parse_yaml(read_text("policies/huining-2021.yaml"))
    content["meta"]["id"], content["rosters"] = "soak-2021", ["R3"]
    content["targets"]["denominators"] = {}
    policy, folder = tmp_path / "soak-2021.yaml", tmp_path / "乡镇"
    policy.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "", ""]])
    assert run(["generate", str(policy), "--units", str(units), "--out", str(folder), "--rows", "5"]) == 0
    merges = 200
    soak = Path(__file__).parents[1] / "support" / "soak.py"
    done = subprocess.run(
        [sys.executable, str(soak), str(policy), str(folder), str(tmp_path / "县.xlsx"), str(merges)],
        capture_output=True,
        text=True,
        check=True,
    )
    early, late = (int(word) for word in done.stdout.split())
    assert late < early * (1 + 0.0006 * (merges - 20)), f"{early} kB after 20 merges, {late} kB after {merges}"
