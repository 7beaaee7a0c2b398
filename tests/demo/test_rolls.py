"""The demo of every policy year, and of an invented fifth county that mixes the four: a file, no code."""

from pathlib import Path

import openpyxl
import pytest

from canbao_addin.cli.main import run
from canbao_demo import plan_rolls
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_templates import read_text
from support.shown_tables import rows_of
from support.times import some, times

FIFTH = Path(__file__).parents[1] / "data" / "fifth-county.yaml"


@pytest.mark.parametrize("policy", some(str(FIFTH), soak=["putuo-2022", "dongxing-2022", "shangcai-2020"]))
def test_every_planted_mistake_is_found_and_nothing_else(
    policy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(
        [
            "demo",
            "--policy",
            policy,
            "--people",
            str(times(120, 250)),
            "--townships",
            "2",
            "--out",
            str(tmp_path / "demo"),
        ]
    )
    said = capsys.readouterr().out
    assert status == 0, said[-3000:]
    assert "没有埋下却报出的 0 处" in said


def test_a_fifth_county_is_a_new_file(tmp_path: Path) -> None:
    assert run(["policy", "check", str(FIFTH)]) == 0
    out = tmp_path / "out"
    assert run(["generate", str(FIFTH), "--out", str(out), "--rows", "5"]) == 0
    sheets = {path.stem: openpyxl.load_workbook(path).sheetnames for path in out.glob("*.xlsx")}
    units = {"青石镇", "绿水乡", "青山一中", "县民政局", "县残联"}
    assert sheets.keys() == units | {"上报登记_qingshan-2023"}
    assert {"代征登记表", "存款登记", "票据用存月报表"} <= set(sheets["青石镇"])
    assert {"政府全额资助名单", "特殊人员名单"} <= set(sheets["县民政局"])
    parameters = openpyxl.load_workbook(out / "青山一中.xlsx")["政策参数"]
    shown = {row[0].value: row[1].value for row in parameters.iter_rows(min_row=5) if row[0].value}
    assert shown["个人缴费标准(元/人，学生)"] == "300.00 元"
    assert shown["缴费期第一天(学生)"] == "2022-09-10"


@pytest.mark.parametrize("policy", ["putuo-2022", "dongxing-2022"])
def test_a_county_of_one_township_has_the_mistakes_that_fit(policy: str) -> None:
    county = plan_rolls(load_rulebook(load_policy(policy)), people=40, townships=1)
    assert "在两个乡镇登记" not in {entry.note for entry in county.county_planted}
    assert county.planted


OWN = """
own_columns:
  - {{roster: {0}, header: 外出务工地, choices: [省内, 省外], required: true}}
  - {{roster: {0}, header: 上户人, required: true}}
  - {{roster: {0}, header: 回访次数, type: integer, required: true}}
  - {{roster: {1}, header: 自筹, type: money, required: true}}
  - {{roster: {1}, header: 回访日期, type: date, required: true}}
own_rules:
  - {{roster: {0}, column: 上户人, when: "[@外出务工地]=\\"省外\\"", severity: warning, says: 在省外, fix: 请回访}}
"""


@pytest.mark.parametrize(
    ("name", "rosters"),
    [("huining-2021", ("R1", "R3")), pytest.param("putuo-2022", ("R10", "R11"), marks=pytest.mark.soak)],
)
def test_own_columns_that_must_be_filled_in_are(
    name: str, rosters: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = read_text(f"policies/{name}.yaml")
    assert "\nrosters:" in text
    policy = tmp_path / f"{name}.yaml"
    policy.write_text(text.replace("\nrosters:", OWN.format(*rosters) + "rosters:", 1), encoding="utf-8")
    words = ["--people", "160", "--townships", "2", "--out", str(tmp_path / "demo")]
    status = run(["demo", "--policy", str(policy), *words])
    said = capsys.readouterr().out
    assert status == 0, said[-3000:]
    assert "没有埋下却报出的 0 处" in said
    sheet = load_rulebook(load_policy(str(policy))).rosters[rosters[0]].sheet
    rows = rows_of(tmp_path / "demo" / "4-县级汇总.xlsx", sheet)
    assert {row["外出务工地"] for row in rows} == {"省内", "省外"}
