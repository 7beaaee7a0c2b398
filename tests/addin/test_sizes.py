"""How large workbooks are said to be before they are written, and when villages get their own."""

from pathlib import Path

import pytest

from canbao_addin.actions.sizes import measure_unit
from canbao_generator.unit_workbook import UNEVEN, default_capacities
from canbao_rulebook.policy import load_policy
from canbao_rulebook.problem_list import REGISTER_SHEET
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from canbao_rulebook.units import Unit
from support.cli import run

POLICY = "huining-2021"
TOWNS = "乡镇,村,组,目标任务数\n大镇,东村,一组,21000\n大镇,西村,一组,300\n中镇,南村,一组,6000\n小镇,北村,一组,80\n"


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(load_policy(POLICY))


def generate(folder: Path, *words: str) -> list[str]:
    units = folder / "乡镇.csv"
    units.write_text(TOWNS, encoding="utf-8")
    out = folder / "模板"
    assert run(["generate", POLICY, "--units", str(units), "--out", str(out), *words]) == 0
    return sorted(str(path.relative_to(out)) for path in out.rglob("*.xlsx") if REGISTER_SHEET not in path.name)


def test_the_villages_of_a_large_township_have_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate(tmp_path) == ["中镇.xlsx", "大镇/东村.xlsx", "大镇/西村.xlsx", "小镇.xlsx"]
    said = capsys.readouterr().out
    assert "“大镇”要 22,365 行" in said
    assert "“大镇 东村”：22,050 行" in said
    assert said.index("大镇") < said.index("已生成")


def test_who_insists_has_the_township(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate(tmp_path, "--level", "township") == ["中镇.xlsx", "大镇.xlsx", "小镇.xlsx"]
    assert "2 个工作簿超过 5000 行，最大的是“大镇”：22,365 行" in capsys.readouterr().out


def test_small_workbooks_are_not_spoken_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generate(tmp_path, "--rows", "20")
    assert "行" not in capsys.readouterr().out.partition("已生成")[0]


def test_what_is_said_grows_with_the_rows(book: Rulebook) -> None:
    small, large = (measure_unit(book, Unit("甲镇", target=target)) for target in (6_000, 12_000))
    assert (small.rows, large.rows) == (6_300, 12_600)
    assert 1.5 < large.megabytes / small.megabytes < 2
    assert large.seconds == pytest.approx(2 * small.seconds, rel=0.1)


def test_a_village_has_its_share_of_the_township_and_a_reserve(book: Rulebook) -> None:
    groups = (("东村", ("一组", "二组", "三组")), ("西村", ("一组",)))
    township = Unit("甲镇", ("东村", "西村"), groups, 4_000)
    east, west = (Unit(name, (name,), parent=township) for name in township.villages)
    assert default_capacities(book.of_kind("village"), east)["R1"] == 3_000 * UNEVEN
    assert default_capacities(book.of_kind("village"), west)["R1"] == 1_000 * UNEVEN
    bare = Unit("甲镇", ("东村", "西村"), groups[:1], 4_000)
    assert default_capacities(book.of_kind("village"), Unit("西村", ("西村",), parent=bare))["R1"] == 2_000 * UNEVEN
