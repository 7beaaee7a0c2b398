"""`canbao merge --parquet`: the submission for other programs, with a published schema."""

import json
import re
from pathlib import Path

import polars as pl
import pytest

from canbao_addin.cli.main import run
from canbao_county.dataset import DTYPES, load_schema
from support.reports import HN, PT

PAGE = Path(__file__).parents[2] / "docs" / "schema.md"
OWED = ("premium", "self_due", "gov_direct", "rebate_due", "withheld", "payable")  # of rows that count
CAME = {"received": "self_paid", "accepted": "accepted", "returnable": "returnable", "unproven": "unproven"}  # of all


def merge(source: Path, policy: str, folder: Path, *more: str) -> int:
    words = ["--policy", policy, "--out", str(folder / "县.xlsx"), "--parquet", str(folder / "县.parquet")]
    return run(["merge", str(source), *words, "--json", str(folder / "县.json"), *more])


def test_columns_and_types_are_those_that_are_published(huining: Path, tmp_path: Path) -> None:
    assert merge(huining, HN, tmp_path) == 1
    version, columns = load_schema()
    found = pl.read_parquet(tmp_path / "县.parquet")
    assert found.schema == {column.name: DTYPES[column.kind] for column in columns if not column.optional}
    named = re.findall(r"^\| `(\w+)` \| (\w+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert named == [(column.name, str(DTYPES[column.kind])) for column in columns]
    metadata = pl.read_parquet_metadata(tmp_path / "县.parquet")
    assert (metadata["canbao.schema"], metadata["canbao.policy"]) == (f"canbao-submission/{version}", HN)
    assert f"`canbao-submission/{version}`" in PAGE.read_text(encoding="utf-8")


def test_rows_and_sums_are_those_of_the_merge(huining: Path, tmp_path: Path) -> None:
    merge(huining, HN, tmp_path)
    found = pl.read_parquet(tmp_path / "县.parquet")
    county = json.loads((tmp_path / "县.json").read_text(encoding="utf-8"))["county"]
    counting = found.filter("counts")
    assert found.height == 9  # who stands in two townships has two rows
    assert counting.height == 8
    assert counting["enrolled"].sum() == county["enrolled"]
    for name in OWED:
        assert f"{counting[f'{name}_fen'].sum() / 100:.2f}" == county[name], name
    for column, name in CAME.items():
        assert f"{found[f'{column}_fen'].sum() / 100:.2f}" == county[name], name
    first = found.row(by_predicate=(pl.col("unit") == "甲镇") & (pl.col("row") == 5), named=True)
    assert (str(first["paid_on"]), str(first["birth"]), first["received_fen"]) == ("2020-10-03", "1970-01-01", 28_000)


def test_what_the_notice_does_not_state_is_null(putuo: Path, tmp_path: Path) -> None:
    merge(putuo, PT, tmp_path)
    found = pl.read_parquet(tmp_path / "县.parquet").filter("enrolled")
    assert found.height
    assert found["premium_fen"].null_count() == found.height
    assert found["received_fen"].null_count() == 0


def test_only_its_own_file_is_written_over(huining: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "县.parquet"
    merge(huining, HN, tmp_path)
    first = target.read_bytes()
    merge(huining, HN, tmp_path)
    assert target.read_bytes() == first
    pl.DataFrame({"a": [1]}).write_parquet(target)
    other = target.read_bytes()
    assert merge(huining, HN, tmp_path) == 2
    target.write_text("notes")
    assert merge(huining, HN, tmp_path) == 2
    assert "县.parquet" in capsys.readouterr().err
    target.write_bytes(other)
    secret = tmp_path / "secret.txt"
    secret.write_text("参保2021")
    assert merge(huining, HN, tmp_path, "--encrypt", str(secret)) == 2
    assert target.read_bytes() == other
