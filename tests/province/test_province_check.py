"""`canbao province check`: duplicates, subsidies, moves and totals between counties, as plain polars finds them."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import polars as pl
import pytest

from canbao_addin.cli.main import run
from canbao_province.checks import find_all
from canbao_province.columns import COUNTY, REGION, schema_of
from canbao_province.engines import open_engine
from support import province_oracle as oracle
from support.counties import number
from support.json_page import differences, stated
from support.manners import lint_manners
from support.ooxml import lint
from support.provinces import COUNTIES, KEY, person, plant, random_province, write_counties, write_county
from support.reports import HN
from support.shown_tables import rows_of
from support.times import times

Rows = dict[str, list[dict[str, Any]]]
PLANTED = plant()


def found_by_duckdb(folder: Path, rows: Rows) -> tuple[pl.DataFrame, ...]:
    with open_engine("duckdb", write_counties(folder, rows), folder / "spilled") as engine:
        return find_all(engine)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    write_counties(folder, PLANTED.rows)
    return folder


def test_what_was_planted_is_found_and_nothing_else(planted: Path, tmp_path: Path) -> None:
    out, report = tmp_path / "比对.xlsx", tmp_path / "比对.json"
    assert run(["province", "check", str(planted), "--out", str(out), "--json", str(report)]) == 1
    result = json.loads(report.read_text(encoding="utf-8"))
    cases: dict[str, set[str]] = {}
    for row in result["persons"]:
        cases.setdefault(row["case"], set()).add(bytes.fromhex(row["person"]).decode().rstrip("-"))
    assert cases == PLANTED.cases
    assert result["cases"] == {case: len(persons) for case, persons in PLANTED.cases.items()}
    flagged = {
        name: {bytes.fromhex(row["person"]).decode().rstrip("-") for row in result["persons"] if row[field] > 1}
        for name, field in (("aided", "aided_in"), ("named", "names"))
    }
    assert flagged == {"aided": PLANTED.aided_twice, "named": PLANTED.two_names}
    assert not [key for row in result["persons"] for key in row if key.endswith("_fen")]
    assert result["flags"] == {"aided_twice": 2, "paid_twice": 3, "two_names": 1}
    assert result["subsidies_twice"] == {"persons": 2, "sum": "680.00", "beyond_highest": "200.00", "unknown": 1}
    [latest] = [row for row in result["persons"] if row["latest"]]
    assert (latest["person"], latest["county"]) == (b"twice".ljust(16, b"-").hex(), "定西市乙县")


def test_the_list_says_of_each_what_the_others_say(planted: Path, tmp_path: Path) -> None:
    out = tmp_path / "比对.xlsx"
    run(["province", "check", str(planted), "--out", str(out)])
    rows = rows_of(out, "逐人清单")
    assert [row["序号"] for row in rows] == list(range(1, 18))
    order = list(dict.fromkeys(row["情况"] for row in rows))
    assert order == ["重复参保", "一地说已死亡或有职工医保", "转出后没有参保", "几地有登记", "转移"]
    said = {(bytes.fromhex(row["编码"]).decode().rstrip("-"), row["市、县"][-2:]): row for row in rows}
    marked = {
        header: {place for place, row in said.items() if row[header] == "✓"}
        for header in ("重复资助", "姓名不一致", "最后缴费")
    }
    assert marked == {
        "重复资助": {("thrice", "甲县"), ("thrice", "乙县"), ("thrice", "丙县"), ("aided", "甲县"), ("aided", "乙县")},
        "姓名不一致": {("named", "甲县"), ("named", "乙县")},
        "最后缴费": {("twice", "乙县")},
    }
    assert said["twice", "甲县"]["另一处"] == "定西市乙县：已参保 2020-11-03"
    assert said["thrice", "甲县"]["另一处"] == "兰州市丙县：已参保 2020-10-03；定西市乙县：已参保 2020-10-03"
    assert said["dead", "甲县"]["另一处"] == "定西市乙县：死亡"
    assert said["gap", "乙县"]["另一处"] == "定西市甲县：户籍迁出"
    own = {header: said["dead", "乙县"][header] for header in ("状态", "本县说", "缴费日期")}
    assert own == {"状态": "异地参保或无法参保", "本县说": "死亡", "缴费日期": None}
    aided = {header: said["thrice", "乙县"][header] for header in ("类别(代号)", "出资方", "应返资助(元)", "实缴(元)")}
    assert aided == {"类别(代号)": "Q1", "出资方": "县", "应返资助(元)": "待定", "实缴(元)": 280}


def test_counties_and_pairs_say_how_many(planted: Path, tmp_path: Path) -> None:
    out = tmp_path / "比对.xlsx"
    run(["province", "check", str(planted), "--out", str(out)])
    cases = {row["市、县"]: list(row.values())[1:] for row in rows_of(out, "跨县情况")}
    assert cases == {
        "兰州市丙县": [1, 0, 0, 0, 0, 1, 1, 0],
        "定西市乙县": [3, 1, 1, 2, 1, 2, 3, 1],
        "定西市甲县": [3, 1, 1, 2, 1, 2, 3, 1],
        "合计": [3, 1, 1, 2, 1, 2, 3, 1],
    }
    pairs = {(row["一方"][-2:], row["另一方"][-2:]): list(row.values())[2:] for row in rows_of(out, "两县之间")}
    assert pairs == {("丙县", "乙县"): [1, 1, 0, 0], ("丙县", "甲县"): [1, 1, 0, 0], ("乙县", "甲县"): [8, 3, 2, 1]}
    groups = rows_of(out, "按类别")
    assert [(row["市、县"], row["类别(代号)"], row["人数"]) for row in groups][-2:] == [
        ("定西市甲县", "Q1", 1),
        ("合计", None, 5),
    ]


def test_totals_count_a_person_once_and_unknown_is_not_nothing(planted: Path, tmp_path: Path) -> None:
    out, report = tmp_path / "比对.xlsx", tmp_path / "比对.json"
    run(["province", "check", str(planted), "--out", str(out), "--json", str(report)])
    result = json.loads(report.read_text(encoding="utf-8"))
    whole = result["province"]
    everybody = [row for rows in PLANTED.rows.values() for row in rows]
    coded = {row["person"] for row in everybody if row["person"]}
    assert whole["persons"] == len(everybody) == 22
    assert whole["persons_once"] == len(coded) + 2
    enrolled = [row for row in everybody if row["enrolled"]]
    assert whole["enrolled"] == len(enrolled)
    assert whole["enrolled_once"] == len({row["person"] for row in enrolled if row["person"]}) + 2
    assert whole["unknown"] == {"premium": 1, "self_due": 1, "rebate_due": 1}
    totals = rows_of(out, "各县合计")
    assert [row["市、县"] for row in totals] == [*sorted(COUNTIES), "合计"]
    assert totals[-1]["金额待定(人)"] == 2
    for name, header in (("premium", "应缴(元)"), ("received", "实缴(元)")):
        assert f"{totals[-1][header]:.2f}" == whole[name]


def test_where_nothing_is_known_nothing_is_said(tmp_path: Path) -> None:
    county = next(iter(COUNTIES))
    write_counties(tmp_path / "in", {county: [person("a", county, premium_fen=None)]})
    report = tmp_path / "out.json"
    words = ["--out", str(tmp_path / "out.xlsx"), "--json", str(report)]
    assert run(["province", "check", str(tmp_path / "in"), *words]) == 0
    result = json.loads(report.read_text(encoding="utf-8"))
    assert (result["province"]["premium"], result["province"]["received"]) == (None, "280.00")
    assert rows_of(tmp_path / "out.xlsx", "各县合计")[0]["应缴(元)"] == "待定"


def test_planted_counties_are_what_polars_says(tmp_path: Path) -> None:
    oracle.require_same(found_by_duckdb(tmp_path, PLANTED.rows), PLANTED.rows)


@pytest.mark.parametrize("seed", range(times(12, 300)))
def test_random_counties_are_what_polars_says(seed: int, tmp_path: Path) -> None:
    rows = random_province(seed)
    oracle.require_same(found_by_duckdb(tmp_path, rows), rows)


def test_more_than_memory_holds_goes_to_disk(tmp_path: Path) -> None:
    """The codes of all do not fit into as little memory: without the disk it cannot be done."""
    count, (first, second, _) = 600_000, COUNTIES
    codes = pl.Series([number.to_bytes(8, "big") * 2 for number in range(count)])
    paths = []
    for county, own in ((first, codes), (second, codes.tail(20))):
        paths.append(write_county(tmp_path, county, [person("x", county)]))
        [usual] = pl.read_parquet(paths[-1]).drop("person").to_dicts()
        values = [pl.lit(value, schema_of()[name]).alias(name) for name, value in usual.items()]
        pl.DataFrame({"person": own}).with_columns(values).select(*schema_of()).write_parquet(paths[-1])
    with open_engine("duckdb", paths, tmp_path / "spilled") as engine:
        engine.connection.raw_sql("SET memory_limit = '32MB'; SET threads = 1")
        counties, _, rows = find_all(engine)
    assert sorted(counties["persons"]) == [20, count]
    assert rows.height == 40
    with open_engine("duckdb", paths, tmp_path / "spilled") as engine:
        engine.connection.raw_sql("SET memory_limit = '32MB'; SET threads = 1; SET temp_directory = ''")
        with pytest.raises(Exception, match="Out of Memory"):
            find_all(engine)


def test_each_county_is_told_of_its_own_and_finds_who_they_are(
    submission: Path, key_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both counties export, the province compares, the county reads names again."""
    folder, returns = tmp_path / "各县", tmp_path / "交各县"
    other = tmp_path / "other.parquet"
    metadata = {k: v for k, v in pl.read_parquet_metadata(submission).items() if "canbao" in k}
    moved = pl.col("cert_no").is_in([number(HN, 1), number(HN, 5), number(HN, 6)])
    rows = pl.read_parquet(submission).filter(moved & pl.col("counts"))
    rows.write_parquet(other, metadata=metadata | {COUNTY: "白银市靖远县", REGION: "620421"})
    for name, source in (("会宁", submission), ("靖远", other)):
        words = ["--key-file", str(key_file), "--out", str(folder / f"{name}.parquet")]
        assert run(["province", "export", str(source), *words]) == 0
    words = ["--out", str(tmp_path / "比对.xlsx"), "--returns", str(returns)]
    assert run(["province", "check", str(folder), *words]) == 1
    assert sorted(path.name for path in returns.iterdir()) == ["白银市会宁县.xlsx", "白银市靖远县.xlsx"]
    written = [tmp_path / "比对.xlsx", *returns.iterdir()]
    assert {path.name: [*lint(path), *lint_manners(path)] for path in written} == {path.name: [] for path in written}
    own = rows_of(returns / "白银市会宁县.xlsx", "逐人清单")
    assert {row["市、县"] for row in own} == {"白银市会宁县"}
    assert {row["编码"] for row in own} == {KEY.person(2021, number(HN, serial)).hex() for serial in (1, 5)}
    names = tmp_path / "本县的人.xlsx"
    told = ["province", "names", str(returns / "白银市会宁县.xlsx")]
    more = ["--key-file", str(key_file), "--out", str(names)]
    assert run([*told, str(submission), *more, "--json", str(tmp_path / "named.json")]) == 0
    named = json.loads((tmp_path / "named.json").read_text(encoding="utf-8"))
    assert differences(named, stated("province names")) == []
    assert named["rows"] == 3
    assert [*lint(names), *lint_manners(names)] == []
    found = [(row["证件号码"], row["乡镇(街道)"], row["情况"]) for row in rows_of(names, "本县的人")]
    assert sorted(found) == sorted(
        [(number(HN, 1), "甲镇", "重复参保"), (number(HN, 1), "乙镇", "重复参保"), (number(HN, 5), "乙镇", "重复参保")]
    )
    capsys.readouterr()
    wrong_key = tmp_path / "另一个.txt"
    assert run(["province", "key", str(wrong_key)]) == 0
    other_key = ["--key-file", str(wrong_key), "--out", str(names)]
    mistakes = {
        (*told, str(other), *more): "靖远",
        (*told, str(submission), *other_key): "密钥",
        ("province", "names", str(submission.parent / "县.xlsx"), str(submission), *more): "逐人清单",
    }
    for command, word in mistakes.items():
        capsys.readouterr()
        assert run(list(command)) == 2
        said = capsys.readouterr().err.strip()
        assert len(said.splitlines()) == 1
        assert word in said


def test_nothing_in_the_results_names_anybody(submission: Path, key_file: Path, tmp_path: Path) -> None:
    folder, out, report = tmp_path / "各县", tmp_path / "比对.xlsx", tmp_path / "比对.json"
    target = str(folder / "会宁.parquet")
    assert run(["province", "export", str(submission), "--key-file", str(key_file), "--out", target]) == 0
    run(["province", "check", str(folder), "--out", str(out), "--json", str(report)])
    cells = " ".join(str(cell) for sheet in openpyxl.load_workbook(out) for row in sheet.values for cell in row)
    rows = pl.read_parquet(submission)
    secrets = {*rows["cert_no"], *rows["name"], KEY.secret.hex()} - {""}
    assert {one for one in secrets if one in cells + report.read_text(encoding="utf-8")} == set()


def relabel(**metadata: str) -> Callable[[Path], object]:
    return lambda path: write_county(path.parent, FIRST, PLANTED.rows[FIRST], **metadata)


def add_column(path: Path) -> None:
    metadata = {k: v for k, v in pl.read_parquet_metadata(path).items() if "canbao" in k}
    pl.read_parquet(path).with_columns(name=pl.lit("")).write_parquet(path, metadata=metadata)


def blank_half(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4] + bytes(len(content) // 2 - 4) + content[len(content) // 2 :])


FIRST, SECOND, _ = COUNTIES
SUBMISSION = {"canbao.schema": "canbao-submission/1"}
REPEATED = [*PLANTED.rows[SECOND], PLANTED.rows[SECOND][0]]
# What is done with the first county's file, and what the sentence has to name.
MISTAKES: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: [one.unlink() for one in path.parent.iterdir()], "canbao province export"),
    "another version": (relabel(**{"canbao.schema": "canbao-province/9"}), "canbao-province/9"),
    "another column": (add_column, "甲县"),
    "a submission": (
        lambda path: pl.DataFrame({"cert_no": ["1"]}).write_parquet(path, metadata=SUBMISSION),
        "canbao province export",
    ),
    "two of one county": (lambda path: path.with_name("重交.parquet").write_bytes(path.read_bytes()), "重交"),
    "another key": (relabel(**{"canbao.key": "aaaa-bbbb-cccc-dddd"}), "aaaa-bbbb-cccc-dddd"),
    "another year": (relabel(**{"canbao.year": "2020"}), "2020"),
    "cut off": (lambda path: path.write_bytes(path.read_bytes()[:-40]), "甲县"),
    "damaged inside": (blank_half, "甲县"),
    "a letter": (lambda path: path.write_text("通知", encoding="utf-8"), "甲县"),
    "a person twice": (lambda path: write_county(path.parent, SECOND, REPEATED), "乙县"),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("how", MISTAKES)
def test_a_wrong_file_is_one_sentence(how: str, lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = tmp_path / "各县", tmp_path / "比对.xlsx"
    write_counties(folder, PLANTED.rows)
    spoil, named = MISTAKES[how]
    spoil(folder / f"{FIRST}.parquet")
    assert run(["province", "check", str(folder), "--out", str(out), "--lang", lang]) == 2
    said = capsys.readouterr()
    assert len(said.err.strip().splitlines()) == 1
    assert named in said.err
    assert not said.out
    assert not out.exists()


@pytest.mark.parametrize(
    ("engine", "missing", "word"),
    [("duckdb", "ibis", "canbao[province]"), ("duckdb", "duckdb", "canbao[province]"), ("spark", "pyspark", "spark]")],
)
def test_a_package_that_is_missing_is_named(
    engine: str, missing: str, word: str, planted: Path, tmp_path: Path
) -> None:
    """In a process of its own: packages that are loaded anew do not fit what is loaded already."""
    words = ["province", "check", str(planted), "--out", str(tmp_path / "out.xlsx"), "--engine", engine]
    program = f"import sys; sys.modules[{missing!r}] = None; from canbao_addin.cli.main import main; main({words!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert word in done.stderr


def test_a_spark_without_java_is_told(
    planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sql = ModuleType("pyspark.sql")
    monkeypatch.setattr(sql, "SparkSession", None, raising=False)
    monkeypatch.setitem(sys.modules, "pyspark", ModuleType("pyspark"))
    monkeypatch.setitem(sys.modules, "pyspark.sql", sql)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert run(["province", "check", str(planted), "--out", str(tmp_path / "out.xlsx"), "--engine", "spark"]) == 2
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert "Java 17" in said


def test_a_folder_that_is_not_there_and_a_file_that_is_no_result(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["province", "check", str(tmp_path / "无"), "--out", str(tmp_path / "out.xlsx")]) == 2
    assert "无" in capsys.readouterr().err
    letter = tmp_path / "通知.txt"
    letter.write_text("通知", encoding="utf-8")
    assert run(["province", "check", str(planted), "--out", str(letter)]) == 2
    assert letter.read_text(encoding="utf-8") == "通知"
    inside = next(planted.iterdir())
    before = inside.read_bytes()
    assert run(["province", "check", str(planted), "--out", str(inside)]) == 2
    assert inside.read_bytes() == before


def test_no_other_command_loads_what_only_this_one_needs() -> None:
    """The command itself loads Ibis when it compares, not before."""
    loaded = "[name for name in ('ibis', 'duckdb', 'pyarrow') if name in sys.modules]"
    code = f"import sys; from canbao_addin.cli import province_commands; print({loaded})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
