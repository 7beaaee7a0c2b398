"""The benchmark at a tiny scale: it measures, and its data set is what it says. Nothing here looks at a clock."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import openpyxl
import polars as pl
import pytest

from bench.county import Township, load_rules, plan_townships
from bench.dataset import Dataset, make_dataset, make_villages
from bench.goals import Goal
from bench.inputs import INPUTS, Inputs, inputs_section
from bench.lanes import Lanes, lanes_section
from bench.measure import CommandError, Measured, measure, python
from bench.peers import Pages
from bench.report import BY_HAND, as_text, write_page
from bench.sheet import write_section
from bench.work import MEASURED, PEERS, Results, Slice, measure_all, merge_command
from canbao_rulebook.roster import FIRST_ROW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TINY, FEW = 0.0005, 3  # of the people, of the townships
DERIVED = "V36"  # follows from the figures, not from a planted mistake


def plan_few(scale: float) -> list[Township]:
    return plan_townships(scale)[:FEW]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> Iterator[Dataset]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("bench.dataset.plan_townships", plan_few)
        yield make_dataset(tmp_path_factory.mktemp("bench"), TINY)


@pytest.fixture(scope="module")
def merged(dataset, tmp_path_factory) -> tuple[Measured, Path]:
    folder = tmp_path_factory.mktemp("county")
    return measure(merge_command(dataset, folder), accept=(0, 1)), folder


def test_headcounts_are_those_of_the_notice():
    townships = plan_townships(1)
    assert (len(townships), sum(township.people for township in townships)) == (26, 1_510_380)


@pytest.mark.soak
def test_merge_counts_everybody_and_is_measured(dataset, merged):
    measured, folder = merged
    result = json.loads((folder / "merge.json").read_text(encoding="utf-8"))
    assert sum(file["rows"] for file in result["files"]) == dataset.people
    assert dataset.people == sum(township.people for township in plan_few(TINY))
    assert all(file["status"] == "merged" for file in result["files"])
    assert min(measured.cpu, measured.wall, measured.peak_mb) > 0


@pytest.mark.soak
def test_merge_finds_just_what_was_planted(dataset, merged):
    result = json.loads((merged[1] / "merge.json").read_text(encoding="utf-8"))
    units = {file["file"]: file["unit"] for file in result["files"]}
    found = Counter(
        (units[finding["file"]], finding["field"], finding["row"], finding["code"])
        for finding in result["findings"]
        if finding["code"] != DERIVED
    )
    assert found == Counter((one.unit, one.field, one.row, one.key.partition(".")[0]) for one in dataset.planted)
    assert {unit for unit, *_ in found} == set(units.values())
    assert len(list((merged[1] / "returns").glob("*.xlsx"))) == len(units)


@pytest.mark.soak
def test_workbooks_look_as_excel_saves_them(dataset):
    """Texts and amounts arrive, formulas stand in the cells with the values that they have, spare rows are blank."""
    path = dataset.workbooks()[0]
    roster = load_rules().rosters["R1"]
    formulas = openpyxl.load_workbook(path)[roster.sheet]
    values = openpyxl.load_workbook(path, data_only=True)[roster.sheet]
    table = pl.read_parquet(dataset.tables / f"{path.stem}-R1.parquet")
    for row, person in enumerate(table.iter_rows(named=True), start=FIRST_ROW):
        for column in roster.sheet_columns:
            if column.is_input and not column.is_computed and column.type != "date":
                assert values[f"{roster.letters[column.header]}{row}"].value == (person.get(column.field) or None)
        assert formulas[f"{roster.letters['应缴标准']}{row}"].value.startswith("=")
        assert values[f"{roster.letters['应缴标准']}{row}"].value == 280
    assert not values[f"{roster.letters['应缴标准']}{FIRST_ROW + table.height}"].value


@pytest.mark.soak
def test_data_set_is_made_once(dataset):
    before = {path: path.stat().st_mtime_ns for path in dataset.workbooks()}
    assert make_dataset(dataset.folder, TINY) == dataset
    assert before == {path: path.stat().st_mtime_ns for path in dataset.workbooks()}


def test_memory_of_children_counts():
    child = "b = bytearray(60_000_000); import time; time.sleep(0.4)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    alone, nested = measure([sys.executable, "-c", child]), measure([sys.executable, "-c", parent])
    assert min(alone.peak_mb, nested.peak_mb) > 60


def test_cpu_of_children_counts():
    work = "n = sum(i * i for i in range(3_000_000))"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}], check=True)"
    idle = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'pass'], check=True)"
    assert measure([sys.executable, "-c", parent]).cpu > measure([sys.executable, "-c", idle]).cpu


def test_memory_of_the_measuring_process_does_not_count():
    held = bytearray(300_000_000)
    waiting = measure([sys.executable, "-c", "import time; time.sleep(0.3)"])
    assert 0 < waiting.peak_mb < len(held) / 1e6


def test_a_failing_command_is_no_measurement():
    with pytest.raises(CommandError, match="too bad"):
        measure([sys.executable, "-c", "raise SystemExit('too bad')"])


@pytest.mark.parametrize("action", ["inflate", "isal", "zlib"])
@pytest.mark.soak
def test_floor_does_its_work(action, dataset):
    assert measure(python("-m", "bench.floor", action, dataset.workbooks()[0])).said["startup"] > 0


@pytest.mark.soak
def test_openpyxl_beside_it_does_the_same_rows(dataset, tmp_path):
    path = dataset.workbooks()[0]
    said = measure(python("-m", "bench.peers", "openpyxl", "--out", tmp_path / "out.xlsx", path)).said
    tables = [pl.read_parquet(table) for table in dataset.tables.glob(f"{path.stem}-*.parquet")]
    assert said["rows"] == sum(table.height for table in tables)


def test_a_roster_of_more_rows_than_a_sheet_has_goes_on_in_the_next_sheet(monkeypatch):
    monkeypatch.setattr("bench.peers.MOST_ROWS", 2)
    sheets: dict[str, list[tuple[int, list[str]]]] = {}

    def open_sheet(name: str):
        rows = sheets[name] = []
        return lambda row, values: rows.append((row, values))

    pages = Pages("册", ["姓名"], open_sheet)
    for name in "甲乙丙":
        pages.add([name])
    assert pages.done == 3
    assert sheets == {"册": [(0, ["姓名"]), (1, ["甲"]), (2, ["乙"])], "册 2": [(0, ["姓名"]), (1, ["丙"])]}


@pytest.mark.soak
def test_what_was_measured_is_kept_when_a_later_step_fails(dataset, tmp_path, monkeypatch):
    one = Measured(cpu=2.0, wall=1.0, peak_mb=100.0)

    def fail_at_check(command, **_):
        if "check" in command:
            raise CommandError("check: 137")
        return one

    monkeypatch.setattr("bench.work.measure", fail_at_check)
    with pytest.raises(CommandError):
        measure_all(dataset, dataset, tmp_path / "results", lambda _: None)
    kept = json.loads((tmp_path / "results" / MEASURED).read_text(encoding="utf-8"))
    assert kept == {"generate": asdict(one)}


@pytest.fixture
def results(dataset) -> Results:
    one = Measured(cpu=2.0, wall=1.0, peak_mb=100.0, said={"startup": 0.5, "rows": 10})
    return Results(
        dataset=dataset,
        small=replace(dataset, people=100),
        capacity=2_000_000,
        template_mb=90.0,
        input_mb=1.0,
        output_mb=1.0,
        largest=dataset.workbooks()[0],
        generate=one,
        template_peer=Slice(one, 1000.0),
        check=one,
        merge=one,
        small_merge=one,
        floor_in=one,
        floor_isal=one,
        floor_zlib=one,
        peers=dict.fromkeys(PEERS, Slice(one, 4.0)),
    )


def test_a_missed_goal_says_by_how_much():
    assert Goal("", 30, 20, "s").verdict == "missed, 1.5 times off"
    assert Goal("", 50, 200, "times", at_least=True).verdict == "missed, 4.0 times off"
    assert Goal("", 20, 20, "s").verdict == Goal("", 200, 200, "times", at_least=True).verdict == "reached"


def test_tables_hold_slices_scaled_to_the_whole(results):
    text = as_text(results)
    assert "750.00 times" in text  # 1.5 s without the start-up, a thousand times, against 2 s
    assert "45.00 MB" in text
    assert "missed, 1.8 times off" in text


def test_the_page_keeps_what_people_wrote(results, tmp_path, monkeypatch):
    monkeypatch.setattr("bench.report._LIBRARIES", ("polars",))
    page = tmp_path / "benchmarks.md"
    write_page(results, page)
    page.write_text(page.read_text(encoding="utf-8").partition(BY_HAND)[0] + f"{BY_HAND}\n\nRead this.\n", "utf-8")
    write_page(results, page)
    assert page.read_text(encoding="utf-8").endswith(f"{BY_HAND}\n\nRead this.\n")
    assert page.read_text(encoding="utf-8").count("## Goals") == 1


@pytest.fixture
def inputs() -> Inputs:
    def one(cpu: float) -> Measured:
        return Measured(cpu=cpu, wall=cpu, peak_mb=100.0)

    return Inputs(100, one(24), one(9), 5_000, one(7), one(3), 300, one(3), one(5), one(0.6), one(1))


def test_small_and_dear_workbooks_are_held_against_their_goals(inputs):
    lines = inputs_section(inputs).splitlines()
    verdicts = {line.split(" | ")[0]: line.split(" | ")[2:] for line in lines if line.endswith((" off |", "reached |"))}
    assert [found for found, _ in verdicts.values()] == ["0.24 s", "2.33", "1.67", "0.60 s", "1.00 s"]
    assert [verdict.partition(",")[0] for _, verdict in verdicts.values()] == [
        "reached |", "missed", "missed", "missed", "reached |",
    ]  # fmt: skip


def test_lanes_are_held_against_each_other_and_the_peer():
    line = lanes_section([Lanes("a village's", numpy=3.0, scanner=1.5, peer=0.5, check_numpy=9, check_scanner=7)])
    assert line.splitlines()[-1] == "| a village's | 3.00 | 1.50 | 2.0 | 0.50 | 3.0 | 9.0 | 7.0 |"


def test_a_section_takes_the_place_of_the_one_before_it(inputs, results, tmp_path, monkeypatch):
    monkeypatch.setattr("bench.report._LIBRARIES", ("polars",))
    monkeypatch.setattr("bench.inputs.machine", lambda: "here")
    page = tmp_path / "benchmarks.md"
    write_page(results, page)
    for heading, text in (
        (INPUTS, inputs_section(inputs)),
        ("## Another", "## Another\n\nkept"),
        (INPUTS, f"{INPUTS}\n\nnew"),
    ):
        write_section(page, heading, text)
    write_page(results, page)
    written = page.read_text(encoding="utf-8")
    assert [line for line in written.splitlines() if line.startswith("## ")][-3:] == [BY_HAND, "## Another", INPUTS]
    assert written.endswith("new\n")


@pytest.mark.soak
def test_villages_are_one_township_of_workbooks_that_can_be_merged(tmp_path):
    villages = make_villages(tmp_path / "villages", 2)
    assert make_villages(tmp_path / "villages", 2) == villages
    (tmp_path / "results").mkdir()
    assert measure(merge_command(villages, tmp_path / "results"), accept=(0, 1)).cpu > 0
    result = json.loads((tmp_path / "results" / "merge.json").read_text(encoding="utf-8"))
    assert [(file["status"], file["rows"]) for file in result["files"]] == [("merged", 450)] * 2
    peer = python("-m", "bench.peers", "openpyxl", "--out", tmp_path / "peer.xlsx", *villages.workbooks())
    assert measure(peer).said["rows"] == villages.people == 900
