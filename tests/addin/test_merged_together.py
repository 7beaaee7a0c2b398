"""A merge gives the same, workbooks read together or each alone: JSON, county workbook, return lists, to the byte."""

from datetime import date
from pathlib import Path

import pytest

from canbao_addin.cli.main import run
from canbao_validators import apart, checking
from support.counties import R1, R7, deposit, issue, paid, resident

POLICY = "huining-2021"
DAY = date(2020, 10, 1)
CASH = {"缴费方式": "干部上门收缴", "收缴人/代征人": "靳保国", "解缴批次": "D1001"}
REGISTER = "上报登记"  # has the time in it


def folder_of_mistakes(home: Path) -> Path:
    """Six townships: a payment collected and one not, one person in two of them, a name missing, an unreadable file."""
    towns = ["甲镇", "乙镇", "丙镇", "丁镇", "戊镇", "己镇"]
    filled = {
        town: {
            R1: [
                resident(10 * place, **paid(DAY)),
                resident(10 * place + 1, **paid(DAY) | CASH),
                resident(10 * place + 2, 姓名=None if place % 2 else "张三"),
                resident(1, **paid(DAY)),
            ],
            R7: [deposit("一村", DAY, 1 + place % 2)],
        }
        for place, town in enumerate(towns, start=1)
    }
    folder = issue(home, POLICY, [[town, f"{town[0]}村", "", ""] for town in towns], filled)
    (folder / "坏.xlsx").write_bytes(b"PK\x03\x04")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of_mistakes(tmp_path_factory.mktemp("together"))


def merged(folder: Path, out: Path) -> dict[str, bytes]:
    out.mkdir()
    words = ["--out", str(out / "县.xlsx"), "--returns", str(out / "退回"), "--json", str(out / "merge.json")]
    assert run(["merge", str(folder), "--policy", POLICY, *words]) == 1
    files = [path for path in out.rglob("*") if path.is_file() and not path.name.startswith(REGISTER)]
    return {str(path.relative_to(out)): path.read_bytes() for path in files}


def test_together_and_alone(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    together = checking.judge_together
    monkeypatch.setattr(checking, "judge_together", lambda found: together(_counted(list(found), sizes)))
    monkeypatch.setattr(apart, "_TURNS", 1)
    results = merged(folder, tmp_path / "together")
    assert max(sizes) > 1
    sizes.clear()
    monkeypatch.setattr(apart, "_MOST_TOGETHER", 1)
    assert merged(folder, tmp_path / "alone") == results
    assert max(sizes) == 1
    assert len(results) == 8


def _counted(found: list[object], sizes: list[int]) -> list[object]:
    sizes.append(len(found))
    return found


def test_a_merge_says_that_memory_was_short_and_gives_the_same(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    results = merged(folder, tmp_path / "enough")
    assert "可用内存不多" not in capsys.readouterr().out
    monkeypatch.setattr(apart, "free_memory", lambda: 0)
    assert merged(folder, tmp_path / "short") == results
    assert "可用内存不多" in capsys.readouterr().out
