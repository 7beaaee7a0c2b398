"""`canbao province export`: what a county gives on has the published columns, and nobody's name or number."""

import re
from pathlib import Path

import polars as pl
import pytest

from canbao_addin.cli.main import run
from canbao_province.columns import load_columns, schema_of
from support.case_books import import_lists
from support.counties import named, number
from support.provinces import KEY
from support.reports import HN

PAGE = Path(__file__).parents[2] / "docs" / "province.md"


@pytest.fixture(scope="module")
def exported(submission: Path, key_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("exported") / "省" / "会宁.parquet"
    assert run(["province", "export", str(submission), "--key-file", str(key_file), "--out", str(target)]) == 0
    return target


def test_columns_and_types_are_those_that_are_published(exported: Path) -> None:
    version, columns = load_columns()
    found = pl.read_parquet(exported)
    assert found.schema == schema_of()
    named_there = re.findall(r"^\| `(\w+)` \| ([A-Z]\w+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert named_there == [(column.name, str(found.schema[column.name])) for column in columns]
    metadata = pl.read_parquet_metadata(exported)
    assert f"`canbao-province/{version}`" in PAGE.read_text(encoding="utf-8")
    told = {name: metadata[f"canbao.{name}"] for name in ("schema", "policy", "county", "region", "year", "key")}
    assert told == {
        "schema": f"canbao-province/{version}", "policy": HN, "county": "白银市会宁县", "region": "620422",
        "year": "2021", "key": KEY.fingerprint,
    }  # fmt: skip


def test_persons_and_sums_are_those_of_the_submission(submission: Path, exported: Path) -> None:
    rows, people = pl.read_parquet(submission), pl.read_parquet(exported)
    assert (rows.height, people.height) == (7, 6)
    counting = rows.filter("counts")
    for name in ("premium_fen", "self_due_fen", "gov_direct_fen", "rebate_due_fen", "payable_fen"):
        assert people.filter("counts")[name].sum() == counting[name].sum(), name
    for name in ("received_fen", "accepted_fen", "returnable_fen", "unproven_fen"):
        assert people[name].sum() == rows[name].sum(), name
    assert people["enrolled"].sum() == counting["enrolled"].sum()
    by_code = {row["person"]: row for row in people.iter_rows(named=True)}
    twice = by_code[KEY.person(2021, number(HN, 1))]
    assert (twice["rows"], twice["received_fen"], str(twice["paid_on"])) == (2, 56_000, "2020-11-20")
    assert by_code[KEY.person(2021, number(HN, 6))]["left"] == "moved"
    assert by_code[None]["name_code"] is None
    assert people["person"].null_count() == 1


def test_nothing_in_it_names_anybody(submission: Path, exported: Path) -> None:
    rows = pl.read_parquet(submission)
    people = pl.read_parquet(exported)
    texts = " ".join(str(value) for row in people.rows() for value in row) + str(pl.read_parquet_metadata(exported))
    texts += exported.read_bytes().decode("utf-8", errors="ignore")
    secrets = {*rows["cert_no"], *rows["name"], *map(str, rows["birth"].drop_nulls()), "一村", "甲镇", "13909431234"}
    assert {number(HN, 1), named(1)} <= secrets
    assert {secret for secret in secrets if secret and secret in texts} == set()
    assert KEY.secret.hex() not in texts


def test_order_tells_nothing_and_the_same_input_gives_the_same_bytes(
    submission: Path, key_file: Path, exported: Path, tmp_path: Path
) -> None:
    codes = pl.read_parquet(exported)["person"].drop_nulls()
    assert codes.to_list() == sorted(codes)
    mixed = tmp_path / "mixed.parquet"
    rows = pl.read_parquet(submission).sample(fraction=1.0, shuffle=True, seed=4)
    rows.write_parquet(mixed, metadata={k: v for k, v in pl.read_parquet_metadata(submission).items() if "canbao" in k})
    out = tmp_path / "again.parquet"
    assert run(["province", "export", str(mixed), "--key-file", str(key_file), "--out", str(out)]) == 0
    assert out.read_bytes() == exported.read_bytes()


def test_what_is_no_submission_or_no_key_is_one_sentence(
    submission: Path, key_file: Path, exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, letter, broken = (tmp_path / name for name in ("old.parquet", "letter.txt", "broken.parquet"))
    metadata = {k: v for k, v in pl.read_parquet_metadata(submission).items() if "canbao" in k}
    pl.read_parquet(submission).drop("status").write_parquet(old, metadata=metadata)
    letter.write_text("通知", encoding="utf-8")
    broken.write_bytes(submission.read_bytes()[:-20])
    target = tmp_path / "out.parquet"
    wrong = {
        (submission.parent / "in" / "甲镇.xlsx", key_file, target): "甲镇.xlsx",
        (exported, key_file, target): "--parquet",
        (broken, key_file, target): "--parquet",
        (old, key_file, target): "--parquet",
        (tmp_path / "none.parquet", key_file, target): "none.parquet",
        (submission, tmp_path / "none.txt", target): "canbao province key",
        (submission, letter, target): "canbao province key",
        (submission, key_file, submission): "县.parquet",
        (submission, key_file, letter): "letter.txt",
    }
    before = submission.read_bytes()
    for (source, key, out), told in wrong.items():
        for lang in ("zh", "en"):
            words = ["--key-file", str(key), "--out", str(out), "--lang", lang]
            assert run(["province", "export", str(source), *words]) == 2, told
            said = capsys.readouterr().err.strip()
            assert len(said.splitlines()) == 1, said
            assert told in said
    assert not target.exists()
    assert submission.read_bytes() == before
    assert letter.read_text(encoding="utf-8") == "通知"


def test_the_workbook_gives_what_the_data_set_gives(
    submission: Path, key_file: Path, exported: Path, tmp_path: Path
) -> None:
    out = tmp_path / "of-workbook.parquet"
    words = ["--key-file", str(key_file), "--out", str(out)]
    assert run(["province", "export", str(submission.parent / "县.xlsx"), *words]) == 0
    assert out.read_bytes() == exported.read_bytes()


def test_a_workbook_that_lists_were_used_for_needs_them(
    submission: Path, key_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody can see from its rows what the lists said: without them its own 汇总 would be contradicted."""
    lists = import_lists(HN, {"deaths": [["证件号码", "姓名"], [number(HN, 5), named(5)]]}, tmp_path)
    county, data = tmp_path / "县.xlsx", tmp_path / "县.parquet"
    merge = ["merge", str(submission.parent / "in"), "--policy", HN, "--out", str(county), "--parquet", str(data)]
    assert run([*merge, *lists]) in {0, 1}
    key, out = ["--key-file", str(key_file)], [tmp_path / f"{name}.parquet" for name in ("without", "with", "data")]
    capsys.readouterr()
    assert run(["province", "export", str(county), *key, "--out", str(out[0])]) == 2
    said = capsys.readouterr().err
    assert "乙镇" in said
    assert "--lists" in said
    assert not out[0].exists()
    assert run(["province", "export", str(county), *key, *lists, "--out", str(out[1])]) == 0
    assert run(["province", "export", str(data), *key, "--out", str(out[2])]) == 0
    assert out[1].read_bytes() == out[2].read_bytes()
