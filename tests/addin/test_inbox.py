"""Folders as they arrive: files of one name, links, backups, several workbooks of one unit, results of our own."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canbao_addin.actions.policies import open_book, open_library, open_policy
from canbao_addin.cli.main import run
from canbao_county.merge.intake import MERGED, merge_files
from canbao_county.merge.merging import Merge, combine
from canbao_validators.apart import Reading, start_workers
from canbao_validators.inbox import find_files, name_files
from support.cli import check_json, fill
from support.counties import R1, issue, paid, resident

POLICY = "huining-2021"
SAME_NAME = "2021年参保花名册.xlsx"
TOWNS = ("甲镇", "乙镇", "丙乡")


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Workbooks of three townships: one, two and three persons, each without a name (V01)."""
    filled = {
        town: {R1: [resident(10 * count + serial, 姓名=None) for serial in range(count)]}
        for count, town in enumerate(TOWNS, start=1)
    }
    return issue(tmp_path_factory.mktemp("inbox"), POLICY, [[town, "一村", "", ""] for town in TOWNS], filled)


def merge(folder: Path, target: Path, *options: str) -> tuple[int, dict[str, Any]]:
    out = target.with_suffix(".json")
    status = run(["merge", str(folder), "--policy", POLICY, "--out", str(target), "--json", str(out), *options])
    return status, json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}


def place(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
    return target


def of(result: dict[str, Any], code: str) -> list[dict[str, Any]]:
    return [finding for finding in result["findings"] if finding["code"] == code]


def test_files_of_one_name_in_several_folders_are_told_apart(issued: Path, tmp_path: Path) -> None:
    for town in TOWNS:
        place(issued / f"{town}.xlsx", tmp_path / "in" / town / SAME_NAME)
    returns = tmp_path / "returns"
    status, result = merge(tmp_path / "in", tmp_path / "county.xlsx", "--returns", str(returns))
    assert status == 1
    assert {entry["file"] for entry in result["files"]} == {f"{town}/{SAME_NAME}" for town in TOWNS}
    missing = [finding["file"] for finding in of(result, "V01")]
    assert sorted(missing) == sorted(f"{town}/{SAME_NAME}" for count, town in enumerate(TOWNS, 1) for _ in range(count))
    errors = {total["unit"]: total["errors"] for total in result["townships"]}
    assert errors == {"甲镇": 1, "乙镇": 2, "丙乡": 3}
    assert result["county"]["errors"] == 6
    for count, town in enumerate(TOWNS, start=1):
        sheet = openpyxl.load_workbook(returns / f"退回清单_{town}.xlsx").worksheets[0]
        listed = [row for row in sheet.iter_rows(values_only=True) if row[0] == "错误"]
        assert len(listed) == count
        assert all(row[2] == f"{town}/{SAME_NAME}" for row in listed)
    rows = openpyxl.load_workbook(tmp_path / "county.xlsx")["来源文件"].iter_rows(values_only=True)
    assert {f"{town}/{SAME_NAME}" for town in TOWNS} <= {cell for row in rows for cell in row}


def test_check_tells_files_of_one_name_apart_and_takes_each_once(issued: Path, tmp_path: Path) -> None:
    one = place(issued / "甲镇.xlsx", tmp_path / "一" / SAME_NAME)
    two = place(issued / "乙镇.xlsx", tmp_path / "二" / SAME_NAME)
    _, report = check_json(tmp_path, one, two, tmp_path / "二" / ".." / "二" / SAME_NAME)
    assert [entry["file"] for entry in report["files"]] == [f"一/{SAME_NAME}", f"二/{SAME_NAME}"]
    assert [{finding["file"] for finding in entry["findings"]} for entry in report["files"]] == [
        {f"一/{SAME_NAME}"}, {f"二/{SAME_NAME}"},
    ]  # fmt: skip


@given(st.lists(st.lists(st.sampled_from("ab乙"), min_size=1, max_size=4).map(lambda parts: Path(*parts)), unique=True))
def test_names_are_unique_and_end_the_paths(paths: list[Path]) -> None:
    names = name_files(paths)
    assert len(set(names)) == len(paths)
    for path, name in zip(paths, names, strict=True):
        assert f"/{path.as_posix()}".endswith(f"/{name}")
        if "/" in name:
            shorter = name.partition("/")[2]
            assert any(other is not path and f"/{other.as_posix()}".endswith(f"/{shorter}") for other in paths)


def test_nothing_is_passed_over_in_silence(issued: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    good = place(issued / "甲镇.xlsx", folder / "甲镇.xlsx")
    place(issued / "乙镇.xlsx", folder / "乙镇.xlsx.bak")
    place(issued / "乙镇.xlsx", folder / "乙镇.TMP")
    place(issued / "丙乡.xlsx", tmp_path / "elsewhere" / "丙乡.xlsx")
    (folder / "链接").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (folder / "回头").symlink_to(folder, target_is_directory=True)
    (folder / "断了.xlsx").symlink_to(tmp_path / "gone.xlsx")
    os.mkfifo(folder / "管道.xlsx")
    (folder / "~$甲镇.xlsx").write_bytes(b"lock")
    (folder / ".DS_Store").write_bytes(b"x")
    alone = merge(place(good, tmp_path / "alone" / "甲镇.xlsx").parent, tmp_path / "alone.xlsx")[1]
    capsys.readouterr()
    status, result = merge(folder, tmp_path / "county.xlsx")
    said = capsys.readouterr().out
    assert status == 1
    reasons = {entry["file"]: (entry["status"], entry["reason"]) for entry in result["files"]}
    assert {name for name, (state, _) in reasons.items() if state == "refused"} == {
        "乙镇.xlsx.bak", "乙镇.TMP", "链接", "回头", "断了.xlsx", "管道.xlsx",
    }  # fmt: skip
    assert "链接" in reasons["链接"][1]
    assert "备份" in reasons["乙镇.TMP"][1]
    assert "~$甲镇.xlsx" in said
    assert ".DS_Store" in said
    assert [total for total in result["townships"] if total["unit"] == "甲镇"] == alone["townships"]


FOLDERS = st.lists(st.sampled_from(["收到", "更正", "二次", "a b"]), max_size=3).map(lambda parts: Path(*parts))
BAD = {
    "空.xlsx": b"", "照片.xlsx": b"\x89PNG\r\n\x1a\n" + bytes(40), "说明.xlsx": "请查收".encode(),
    "断.xlsx": b"PK\3\4" + bytes(90), "报告.pdf": b"%PDF-1.4", "甲镇.xlsx.bak": b"PK", "b\udcff.xlsx": b"x",
}  # fmt: skip


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Merge]]:
    """Merge folders with the same children."""
    policy = open_policy(POLICY)
    book, library = open_book(policy), open_library(policy)
    library.books[policy.meta.id] = book
    stored = tmp_path_factory.mktemp("stored")
    with start_workers(library, 2) as workers:
        yield lambda folder: combine(book, merge_files(find_files(folder), book, workers, stored, Reading()))


@pytest.fixture(scope="module")
def alone(issued: Path, reading: Callable[[Path], Merge]) -> dict[str, dict[str, object]]:
    """The figures of each township where nothing else is in the folder."""
    return {total.unit: total.as_dict("zh") for total in reading(issued).townships}


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    good=st.lists(st.tuples(st.sampled_from(TOWNS), FOLDERS), max_size=3, unique_by=lambda pair: pair[0]),
    bad=st.lists(st.tuples(st.sampled_from(sorted(BAD)), FOLDERS), max_size=6, unique=True),
    one_name=st.booleans(),
)
def test_any_tree_gives_one_status_a_file_and_the_same_figures(
    issued: Path,
    reading: Callable[[Path], Merge],
    alone: dict[str, dict[str, object]],
    tmp_path_factory: pytest.TempPathFactory,
    good: list[tuple[str, Path]],
    bad: list[tuple[str, Path]],
    *,
    one_name: bool,
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    for number, (town, within) in enumerate(good):
        name = Path(str(number), SAME_NAME) if one_name else Path(f"{town}.xlsx")
        place(issued / f"{town}.xlsx", folder / within / name)
    for name, within in bad:
        (folder / within).mkdir(parents=True, exist_ok=True)
        (folder / within / name).write_bytes(BAD[name])
    merge = reading(folder)
    states = [(status.file, status.status) for status in merge.files]
    assert len({name for name, _ in states}) == len(states) == len(good) + len(bad)
    assert sum(state == MERGED for _, state in states) == len(good)
    assert {total.unit: total.as_dict("zh") for total in merge.townships} == {town: alone[town] for town, _ in good}
    json.dumps(merge.as_dict("zh"), ensure_ascii=False).encode()


def test_a_folder_that_may_not_be_opened_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in" / "关着").mkdir(parents=True)
    (tmp_path / "in" / "甲镇.xlsx").write_bytes(b"x")
    scan = os.scandir

    def refuse(path: Any) -> Any:
        if Path(path).name == "关着":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    inbox = find_files(tmp_path / "in")
    assert [(entry.name, entry.key) for entry in inbox.left_out] == [("关着", "V39.closed_folder")]
    assert [file.name for file in inbox.files] == ["甲镇.xlsx"]


@pytest.fixture
def twice(tmp_path: Path, issued: Path) -> Path:
    """甲镇 in two versions of one person each, of which the later has one changed and one more."""
    filled = [resident(1, **paid(date(2020, 10, 1))), resident(2)]
    one = place(issued / "甲镇.xlsx", tmp_path / "in" / "甲镇.xlsx")
    two = place(issued / "甲镇.xlsx", tmp_path / "in" / "更正" / "副本甲镇.xlsx")
    fill(one, {R1: filled})
    fill(two, {R1: [filled[0] | {"联系电话": "13909431235"}, filled[1], resident(3)]})
    os.utime(one, (1_600_000_000, 1_600_000_000))
    return tmp_path / "in"


def test_two_different_workbooks_of_a_unit_are_one_error_and_neither_counts(twice: Path, tmp_path: Path) -> None:
    status, result = merge(twice, tmp_path / "county.xlsx")
    assert status == 1
    assert {entry["status"] for entry in result["files"]} == {"refused"}
    assert result["townships"] == []
    (finding,) = of(result, "V39")
    for word in ("甲镇.xlsx", "副本甲镇.xlsx", "多1行、少0行、改动1行", "2020-09-1", "指明用哪一个"):
        assert word in finding["message"] + finding["fix"]
    codes = [entry["check_code"] for entry in result["files"]]
    assert len(set(codes)) == 2
    assert all(code in finding["message"] for code in codes)


@pytest.mark.parametrize(("chosen", "people"), [("甲镇.xlsx", 2), ("更正/副本甲镇.xlsx", 3)])
def test_the_county_takes_one_of_them(twice: Path, tmp_path: Path, chosen: str, people: int) -> None:
    _, result = merge(twice, tmp_path / "county.xlsx", "--take", str(twice / chosen))
    states = {entry["file"]: entry["status"] for entry in result["files"]}
    name = Path(chosen).name
    assert states.pop(name) == "merged"
    assert set(states.values()) == {"refused"}
    assert result["county"]["should_enrol"] == people
    assert [finding["severity"] for finding in of(result, "V39")] == ["提示"]


def test_a_file_that_is_not_there_cannot_be_taken(
    twice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert merge(twice, tmp_path / "county.xlsx", "--take", str(twice / "没有.xlsx"))[0] == 2
    assert "没有.xlsx" in capsys.readouterr().err


def test_the_same_data_twice_counts_once(twice: Path, tmp_path: Path) -> None:
    place(twice / "甲镇.xlsx", twice / "更正" / "副本甲镇.xlsx")
    _, result = merge(twice, tmp_path / "county.xlsx")
    assert sorted(entry["status"] for entry in result["files"]) == ["merged", "refused"]
    assert result["county"]["should_enrol"] == 2
    assert [finding["severity"] for finding in of(result, "V39")] == ["提醒"]


def test_results_in_the_folder_are_known_for_what_they_are(
    issued: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    place(issued / "乙镇.xlsx", folder / "乙镇.xlsx")
    first = merge(folder, folder / "县级.xlsx", "--returns", str(folder / "退回"))[1]
    (folder / "县级.xlsx").rename(folder / "上次汇总.xlsx")
    (folder / "退回" / "退回清单_乙镇.xlsx").rename(folder / "乙镇退回.xlsx")
    capsys.readouterr()
    again = merge(folder, folder / "县级.xlsx", "--returns", str(folder / "退回"))[1]
    assert again == first
    said = capsys.readouterr().out
    assert "上次汇总.xlsx" in said
    assert "乙镇退回.xlsx" in said


def test_a_folder_of_another_year_is_said_in_one_sentence(
    issued: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "county.xlsx"
    assert run(["merge", str(issued), "--policy", "shangcai-2020", "--out", str(target)]) == 2
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert "huining-2021" in said
    assert "shangcai-2020" in said
    assert not target.exists()


def test_check_says_that_a_folder_is_no_file(issued: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(issued)]) == 2
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert "文件夹" in said
    assert "merge" in said


@pytest.mark.parametrize("chosen", ["更正/副本甲镇.xlsx", "副本甲镇.xlsx"])
def test_a_workbook_is_taken_by_the_name_that_results_use(twice: Path, tmp_path: Path, chosen: str) -> None:
    _, result = merge(twice, tmp_path / "county.xlsx", "--take", chosen)
    assert result["county"]["should_enrol"] == 3


def test_a_name_that_several_files_have_is_not_taken(
    twice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (twice / "甲镇.xlsx").rename(twice / "更正" / "甲镇.xlsx")
    place(twice / "更正" / "副本甲镇.xlsx", twice / "二次" / "甲镇.xlsx")
    assert merge(twice, tmp_path / "county.xlsx", "--take", "甲镇.xlsx")[0] == 2
    said = capsys.readouterr().err
    assert "更正/甲镇.xlsx" in said
    assert "二次/甲镇.xlsx" in said
