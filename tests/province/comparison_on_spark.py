"""Spark finds what DuckDB and polars find, row for row: `make province-test`, which installs PySpark and Java."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from canbao_addin.cli.main import run
from canbao_province.checks import find_all
from canbao_province.engines import open_engine
from support import province_oracle as oracle
from support.provinces import plant, random_province, write_counties

ONE_CORE = "local[1]"


def test_random_counties_are_what_polars_says(tmp_path: Path) -> None:
    """Many persons in one comparison, as starting Spark is dear."""
    rows = random_province(7, persons=400)
    paths = write_counties(tmp_path / "in", rows)
    with open_engine("spark", paths, tmp_path / "spilled", master=ONE_CORE) as engine:
        oracle.require_same(find_all(engine), rows)


def test_the_command_says_the_same_on_both_engines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_counties(tmp_path / "in", plant().rows)
    results, sentences = [], []
    for engine in ("duckdb", "spark"):
        report, out = tmp_path / f"{engine}.json", tmp_path / f"{engine}.xlsx"
        words = ["--out", str(out), "--json", str(report), "--engine", engine, "--master", ONE_CORE]
        assert run(["province", "check", str(tmp_path / "in"), *words]) == 1
        results.append(json.loads(report.read_text(encoding="utf-8")))
        sentences.append(capsys.readouterr().out.replace(engine, ""))
    assert results[0] == results[1]
    assert sentences[0] == sentences[1]
    assert (tmp_path / "duckdb.xlsx").read_bytes() == (tmp_path / "spark.xlsx").read_bytes()


def test_a_damaged_file_is_named_and_java_says_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    [path, *_] = write_counties(tmp_path / "in", plant().rows)
    content = path.read_bytes()
    path.write_bytes(content[:4] + bytes(len(content) // 2 - 4) + content[len(content) // 2 :])
    words = ["--out", str(tmp_path / "out.xlsx"), "--engine", "spark", "--master", ONE_CORE]
    assert run(["province", "check", str(tmp_path / "in"), *words]) == 2
    said = capfd.readouterr().err.strip()
    assert path.name in said
    assert len(said.splitlines()) == 1, said


def test_an_address_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    """In a process of its own: Java is started there, and says a lot."""
    write_counties(tmp_path / "in", plant().rows)
    words = ["--out", str(tmp_path / "out.xlsx"), "--engine", "spark", "--master", "nowhere"]
    command = [sys.executable, "-m", "canbao_addin.cli", "province", "check", str(tmp_path / "in"), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "--master" in done.stderr
