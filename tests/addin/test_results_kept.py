"""No command writes over what somebody handed in, typed or decided; its own earlier results it replaces."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest

from canbao_addin.cli.main import run
from support.counties import R1, issue, paid, resident

POLICY = "huining-2021"


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    filled = {"甲镇": {R1: [resident(1, **paid(date(2020, 10, 1)))]}}
    return issue(tmp_path_factory.mktemp("kept"), POLICY, [["甲镇", "一村", "", ""]], filled)


@pytest.fixture
def folder(issued: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(issued, tmp_path / "in"))


def digests(folder: Path) -> dict[str, str]:
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()}


COMMANDS: dict[str, Callable[[Path, Path], list[str]]] = {
    "merge": lambda folder, target: ["merge", str(folder), "--policy", POLICY, "--out", str(target)],
    "reconcile": lambda folder, target: ["reconcile", str(folder), "--policy", POLICY, "--out", str(target)],
    "compute": lambda folder, target: ["compute", str(folder / "甲镇.xlsx"), "--out", str(target)],
    "repair": lambda folder, target: ["repair", str(folder / "甲镇.xlsx"), "--out", str(target)],
    "submit": lambda folder, target: ["submit", str(folder / "甲镇.xlsx"), "--out", str(target)],
    "export": lambda folder, target: [
        "export",
        str(folder),
        "--policy",
        POLICY,
        "--format",
        "national",
        "--out",
        str(target),
    ],
    "check": lambda folder, target: ["check", str(folder / "甲镇.xlsx"), "--json", str(target)],
    "policy workbook": lambda _, target: ["policy", "workbook", POLICY, "--out", str(target)],
    "policy diff": lambda _, target: ["policy", "diff", POLICY, "putuo-2022", "--out", str(target)],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", ["the input", "a link to it", "another workbook", "a letter"])
def test_a_file_that_is_no_earlier_result_stays(
    command: str, kind: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = folder / "甲镇.xlsx"
    if kind == "a link to it":
        target = tmp_path / "链接.xlsx"
        target.symlink_to(folder / "甲镇.xlsx")
    elif kind == "another workbook":
        target = tmp_path / "我的表.xlsx"
        openpyxl.Workbook().save(target)
    elif kind == "a letter":
        target = tmp_path / "通知.txt"
        target.write_text("关于……的通知", encoding="utf-8")
    before = digests(tmp_path)
    assert run(COMMANDS[command](folder, target)) == 2
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert target.name in said
    assert digests(tmp_path) == before
    assert target.is_symlink() == (kind == "a link to it")


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "export"])
def test_an_earlier_result_of_the_same_command_is_replaced(command: str, folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "结果.xlsx"
    status = run(COMMANDS[command](folder, target))
    assert status in {0, 1}
    first = target.read_bytes()
    assert run(COMMANDS[command](folder, target)) == status
    assert target.read_bytes() == first


@pytest.mark.parametrize("command", ["merge", "compute", "submit"])
def test_what_somebody_saved_in_a_result_is_kept_beside_it(command: str, folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "结果.xlsx"
    run(COMMANDS[command](folder, target))
    fresh = target.read_bytes()
    book = openpyxl.load_workbook(target)
    book.save(target)
    saved = target.read_bytes()
    assert saved != fresh
    run(COMMANDS[command](folder, target))
    assert target.read_bytes() == fresh
    (kept,) = tmp_path.glob("结果_*.xlsx")
    assert kept.read_bytes() == saved


def test_a_result_of_another_command_stays(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "结果.xlsx"
    run(COMMANDS["merge"](folder, target))
    before = target.read_bytes()
    assert run(COMMANDS["reconcile"](folder, target)) == 2
    assert "结果.xlsx" in capsys.readouterr().err
    assert target.read_bytes() == before


def test_generate_does_not_empty_what_was_filled(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    units = tmp_path / "units.csv"
    units.write_text("乡镇,村\n甲镇,一村\n乙镇,二村\n", encoding="utf-8")
    words = ["generate", POLICY, "--units", str(units), "--out", str(folder), "--rows", "5"]
    before = digests(folder)
    assert run(words) == 2
    assert "甲镇.xlsx" in capsys.readouterr().err
    assert digests(folder) == before
    (folder / "甲镇.xlsx").unlink()
    assert run(words) == 0
    fresh = digests(folder)
    assert run(words) == 0
    assert digests(folder) == fresh


def test_the_decisions_are_not_overwritten_by_the_merge_that_reads_them(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "县.xlsx"
    run(COMMANDS["merge"](folder, target))
    before = target.read_bytes()
    assert run([*COMMANDS["merge"](folder, target), "--decisions", str(target)]) == 2
    assert "输入文件" in capsys.readouterr().err
    assert target.read_bytes() == before


def test_json_replaces_earlier_json_only(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.json"
    words = ["check", str(folder / "甲镇.xlsx"), "--json", str(out)]
    assert run(words) == run(words) == 0
    out.write_text('{"mine": 1}', encoding="utf-8")
    assert run(words) == 2
    assert json.loads(out.read_text(encoding="utf-8")) == {"mine": 1}


def test_results_are_written_through_links_and_into_devices(folder: Path, tmp_path: Path) -> None:
    real, link = tmp_path / "真.json", tmp_path / "链接.json"
    link.symlink_to(real)
    words = ["check", str(folder / "甲镇.xlsx"), "--json"]
    assert run([*words, str(link)]) == 0
    assert link.is_symlink()
    assert json.loads(real.read_text(encoding="utf-8"))["files"]
    device = Path("/dev/null").stat()
    assert run([*words, "/dev/null"]) == 0
    assert run(COMMANDS["merge"](folder, Path("/dev/null"))) in {0, 2}
    assert Path("/dev/null").stat().st_rdev == device.st_rdev


def test_names_as_long_as_the_system_allows(folder: Path, tmp_path: Path) -> None:
    name = "长" * 81 + "ab.xlsx"
    assert len(name.encode()) == 250
    (folder / "甲镇.xlsx").rename(folder / name)
    target = tmp_path / ("果" * 81 + "cd.xlsx")
    assert run(["merge", str(folder), "--policy", POLICY, "--out", str(target)]) in {0, 1}
    assert target.is_file()
    assert run(["compute", str(folder / name), "--out", str(tmp_path / ("算" * 81 + "ef.xlsx"))]) in {0, 1}
