"""The command line is the contract: exit statuses, sentences, JSON, and files that are whole or not there."""

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import click
import openpyxl
import pytest

from canbao_addin.cli.commands import cli
from canbao_addin.cli.help import Command, parameter_help
from canbao_addin.cli.main import run
from canbao_rulebook.findings import RenderedFinding
from canbao_rulebook.phrases import LANGUAGES
from canbao_rulebook.policy import list_policies
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import read_text
from support.cli import check_json, fill, write_units
from support.ooxml import lint, validate

PERSON = {
    "村(社区)": "一村", "户编号": "1", "户主姓名": "田守义", "户主证件号码": "620422194803079511", "与户主关系": "户主",
    "姓名": "田守义", "证件类型": "居民身份证", "证件号码": "620422194803079511", "家庭住址": "一村一组12号",
    "联系电话": "13909431234", "参保类型": "续保", "人员群体": "普通居民", "参保意愿": "同意参保",
}  # fmt: skip
SHEET = "应保及应资对象"
TOTALS = {
    "unit", "should_enrol", "enrolled", "pending", "unverified", "rate", "denominator", "rate_basis", "premium",
    "self_due", "self_paid", "gov_direct", "rebate_due", "accepted", "unproven", "returnable", "withheld", "payable",
    "fund_income", "fund_accepted", "unknown", "errors", "warnings", "unanswered",
}  # fmt: skip

HAN = re.compile("[\u4e00-\u9fff]+")
HAN_IN_ENGLISH = {"错误", "资助决定", "参保资助花名册", "乡镇", "村", "组", "目标任务数", "学校", "保险公司"}
HAN_IN_ENGLISH |= {"采信", "不采信", "核定", "不予核定"}  # words of the sheets
HAN_IN_ENGLISH |= {"只读的表", "表的含义", "表头对应", "拆开姓名号码"}  # fields of the form for lists


@pytest.fixture
def township(tmp_path: Path) -> Path:
    """A workbook for 甲镇 with one clean person."""
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "", ""], ["甲镇", "二村", "", ""]])
    assert run(["generate", "huining-2021", "--units", str(units), "--out", str(tmp_path / "in"), "--rows", "10"]) == 0
    path = tmp_path / "in" / "甲镇.xlsx"
    fill(path, {SHEET: [PERSON]})
    return path


def test_a_clean_workbook_is_status_0(township: Path, tmp_path: Path) -> None:
    status, result = check_json(tmp_path, township)
    assert (status, result["files"][0]["findings"]) == (0, [])
    assert result["files"][0] | {"findings": []} == {
        "file": "甲镇.xlsx", "policy": "huining-2021", "unit": "甲镇",
        "rows": {"R1": 1, "R2": 0, "R3": 0, "R4": 0, "R7": 0, "R17": 0}, "findings": [],
    }  # fmt: skip


def test_a_finding_has_the_thirteen_fields_and_a_sentence(
    township: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(township, {SHEET: [PERSON | {"证件号码": "62042219480307951", "户主证件号码": "620422194803079511"}]})
    status, result = check_json(tmp_path, township)
    finding = next(entry for entry in result["files"][0]["findings"] if entry["code"] == "V02")
    assert status == 1
    assert list(finding) == [entry.name for entry in fields(RenderedFinding)]
    assert (finding["sheet"], finding["cell"], finding["field"]) == (SHEET, "D5", "cert_no")
    assert finding["header"] == "证件号码"
    assert finding["message"] == "证件号码“62042219480307951”有17位，应为18位"
    printed = capsys.readouterr().out
    assert "【V02】甲镇.xlsx「应保及应资对象」D5：" in printed
    assert "62042219480307951" not in printed  # numbers are masked on the screen


def test_findings_in_english(township: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(township, {SHEET: [PERSON | {"姓名": None, "参保意愿": "也许"}]})
    assert run(["check", str(township), "--lang", "en"]) == 1
    assert "is not on the list" in capsys.readouterr().out


def test_number_typed_as_number_is_an_error_that_is_never_repaired(township: Path, tmp_path: Path) -> None:
    fill(township, {SHEET: [PERSON | {"证件号码": 620422194803079511}]})
    status, result = check_json(tmp_path, township)
    codes = {(entry["code"], entry["cell"]) for entry in result["files"][0]["findings"]}
    assert status == 1
    assert ("V03", "D5") in codes
    out = tmp_path / "computed.xlsx"
    run(["compute", str(township), "--out", str(out)])
    cell = openpyxl.load_workbook(out)[SHEET]["D5"]
    assert isinstance(cell.value, int | float)


def test_compute_says_how_many_cells_it_wrote_in_the_standard_form(
    township: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(township, {SHEET: [{"实缴金额": "280元", "联系电话": "138 0000 0000"}]})
    assert run(["compute", str(township), "--out", str(tmp_path / "computed.xlsx")]) == 1
    said = capsys.readouterr().out
    assert "有 2 格的写法程序看懂了" in said
    run(["compute", str(tmp_path / "computed.xlsx"), "--out", str(tmp_path / "again.xlsx")])
    assert "程序看懂了" not in capsys.readouterr().out, "the second time there is nothing to write"


def test_compute_never_touches_its_input(township: Path, tmp_path: Path) -> None:
    before = township.read_bytes()
    out = tmp_path / "out" / "甲镇.xlsx"
    out.parent.mkdir()
    assert run(["compute", str(township), "--out", str(out)]) == 0
    assert township.read_bytes() == before
    assert validate(out) + lint(out) == []
    assert run(["compute", str(township), "--out", str(township)]) == 2
    assert township.read_bytes() == before


def test_computing_twice_gives_the_same_bytes(township: Path, tmp_path: Path) -> None:
    first, second, third = (tmp_path / f"{name}.xlsx" for name in "abc")
    run(["compute", str(township), "--out", str(first)])
    run(["compute", str(township), "--out", str(second)])
    assert first.read_bytes() == second.read_bytes()
    run(["compute", str(first), "--out", str(third)])
    assert first.read_bytes() == third.read_bytes()


def test_generating_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "一组", 120], ["乙镇", "二村", "", ""]])
    (tmp_path / "pw").write_text("机密\n", encoding="utf-8")
    for name in ("a", "b"):
        words = ["--units", str(units), "--out", str(tmp_path / name), "--password-file", str(tmp_path / "pw")]
        assert run(["generate", "huining-2021", *words]) == 0
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_merge_writes_county_returns_and_json(township: Path, tmp_path: Path) -> None:
    folder = township.parent
    (folder / "说明.txt").write_text("不是工作簿", encoding="utf-8")
    (folder / "~$甲镇.xlsx").write_bytes(b"lock")
    damaged = folder / "损坏.xlsx"
    damaged.write_bytes(township.read_bytes()[:2000])
    before = {path: path.read_bytes() for path in folder.iterdir()}
    out, report, returns = tmp_path / "county.xlsx", tmp_path / "merge.json", tmp_path / "returns"
    words = ["--policy", "huining-2021", "--out", str(out), "--json", str(report), "--returns", str(returns)]
    assert run(["merge", str(folder), *words]) == 1
    result = json.loads(report.read_text(encoding="utf-8"))
    assert set(result) == {"policy", "level", "county", "townships", "files", "findings"}
    assert result["level"] == "county"
    assert set(result["county"]) == TOTALS
    assert all(set(total) == TOTALS for total in result["townships"])
    assert {(entry["file"], entry["status"]) for entry in result["files"]} == {
        ("甲镇.xlsx", "merged"), ("损坏.xlsx", "refused"), ("说明.txt", "refused"),
    }  # fmt: skip
    assert all(entry["reason"] for entry in result["files"] if entry["status"] == "refused")
    assert all(set(entry) == {"file", "unit", "status", "rows", "check_code", "reason"} for entry in result["files"])
    assert [path.name for path in returns.iterdir()] == ["退回清单_甲镇.xlsx"]
    for path in (out, *returns.iterdir()):
        assert validate(path) + lint(path) == []
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    sheets = openpyxl.load_workbook(out).sheetnames
    assert sheets[:2] == ["汇总", "目标达成"]
    assert {SHEET, "参保资助花名册", "资助决定", "问题清单", "来源文件"} <= set(sheets)
    assert openpyxl.load_workbook(out)["参保率"]._charts


def test_merging_twice_gives_the_same_bytes(township: Path, tmp_path: Path) -> None:
    out = [tmp_path / "one.xlsx", tmp_path / "two.xlsx"]
    for path in out:
        run(["merge", str(township.parent), "--policy", "huining-2021", "--out", str(path)])
    assert out[0].read_bytes() == out[1].read_bytes()


def test_a_workbook_of_another_year_or_unit_is_refused_and_said(township: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(township)
    for row in book["_meta"].iter_rows():
        if row[0].value == "policy_id":
            row[1].value = "huining-2019"
    other = township.parent / "旧.xlsx"
    book.save(other)
    copy = township.parent / "甲镇（二）.xlsx"
    copy.write_bytes(township.read_bytes())
    report = tmp_path / "merge.json"
    words = ["--policy", "huining-2021", "--out", str(tmp_path / "c.xlsx"), "--json", str(report)]
    assert run(["merge", str(township.parent), *words]) == 1
    result = json.loads(report.read_text(encoding="utf-8"))
    assert {entry["file"]: entry["status"] for entry in result["files"]} == {
        "旧.xlsx": "refused", "甲镇.xlsx": "merged", "甲镇（二）.xlsx": "refused",
    }  # fmt: skip
    assert {entry["code"] for entry in result["findings"]} == {"V36", "V39"}
    assert result["county"]["should_enrol"] == 1


WRONG = [
    (["check", "没有.xlsx"], "找不到文件"),
    (["compute", "没有.xlsx", "--out", "x.xlsx"], "找不到文件"),
    (["merge", "没有这个文件夹", "--policy", "huining-2021", "--out", "x.xlsx"], "找不到文件夹"),
    (["merge", ".", "--policy", "huining-2021", "--out", "x.xlsx"], "没有文件"),
    (["generate", "huining-2021", "--out", "o"], "没有列出乡镇"),
    (["generate", "huining-2021", "--out", "o", "--units", "没有.csv"], "找不到文件"),
    (["generate", "huining-2022", "--out", "o"], "huining-2021"),
    (["generate", "putuo-2022", "--out", "o"], "没有列出乡镇"),
    (["policy", "show", "没有-2021"], "没有-2021"),
    (["check"], "缺少"),
    (["merge", "."], "缺少"),
    (["nonsense"], "没有命令"),
    (["check", "--nonsense", "x"], "没有选项"),
]


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[" ".join(words) for words, _ in WRONG])
def test_what_cannot_run_says_why_in_one_line(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(words) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err + captured.out
    assert len(captured.err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


UNITS = [
    ("乡村,村\n甲,乙\n", "没有“乡镇”列"),
    ("乡镇,村\n", "是空的"),
    ("乡镇,目标任务数\n甲镇,很多\n", "第2行"),
    ("乡镇\n甲/乙\n", "不能用作文件名"),
]


@pytest.mark.parametrize(("text", "said"), UNITS)
def test_a_wrong_list_of_townships(text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "units.csv"
    path.write_text(text, encoding="utf-8")
    assert run(["generate", "huining-2021", "--units", str(path), "--out", str(tmp_path / "o")]) == 2
    assert said in capsys.readouterr().err


def test_lists_of_townships_as_they_come(tmp_path: Path) -> None:
    lines = '乡镇（街道）,村（社区）,村民小组,目标任务数(人)\n甲镇,一村,一组,"1,200"\n甲镇,一村,二组,\n乙镇,三村,,\n'
    (tmp_path / "gbk.csv").write_bytes(lines.encode("gb18030"))
    book = openpyxl.Workbook()
    for row in (["乡镇", "村", "目标任务数"], ["甲镇", "一村", 1200], ["乙镇", "三村", None]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "units.xlsx")
    for name in ("gbk.csv", "units.xlsx"):
        out = tmp_path / name.replace(".", "")
        words = ["--units", str(tmp_path / name), "--out", str(out), "--rows", "5"]
        assert run(["generate", "huining-2021", *words]) == 0
        wanted = {"乙镇.xlsx", "单位清单.csv", "甲镇.xlsx", "上报登记_huining-2021.xlsx"}
        assert {path.name for path in out.iterdir()} == wanted


def test_a_folder_that_cannot_be_written(township: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    assert run(["compute", str(township), "--out", str(blocked / "x.xlsx")]) == 2
    assert "写不了" in capsys.readouterr().err
    assert blocked.read_text(encoding="utf-8") == "x"


def test_policies(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "list"]) == 0
    listed = capsys.readouterr().out
    for name in ("huining-2021", "shangcai-2020", "putuo-2022", "dongxing-2022"):
        assert name in listed
        assert run(["policy", "check", name]) == 0
        assert run(["policy", "show", name]) == 0
    shown = capsys.readouterr().out
    assert "1510379" in shown.replace(",", "")
    assert "1510380" in shown.replace(",", "")


def test_a_broken_policy_names_path_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("schema: resident-premium-policy/1\nmeta:\n  id: x-2021\n  idd: 3\n", encoding="utf-8")
    assert run(["policy", "check", str(path)]) == 2
    assert "meta.idd" in capsys.readouterr().err


def every_command(group: click.Group = cli, above: str = "") -> dict[str, click.Command]:
    """All commands by their words, groups and what is in them, also what is loaded when it is called."""
    ctx, found = click.Context(group), {}
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        found[f"{above}{name}"] = command
        if isinstance(command, click.Group):
            found |= every_command(command, f"{above}{name} ")
    return found


@pytest.mark.parametrize("name", every_command())
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    command, words = every_command()[name], name.split()
    assert isinstance(command, Command)
    assert run([*words, "--help"]) == 0
    chinese = capsys.readouterr().out
    assert "用法" in chinese
    assert not re.search(r"Usage|\b(TEXT|INTEGER|RANGE|PATH)\b|required|default", chinese)
    assert run(["--lang", "en", *words, "--help"]) == 0
    english = capsys.readouterr().out
    assert english.startswith("Usage: canbao")
    assert set(HAN.findall(english)) <= HAN_IN_ENGLISH, words
    assert run([*words, "--help", "--lang", "en"]) == 0
    assert capsys.readouterr().out == english
    for told in (chinese, english):
        for parameter in command.params:
            assert isinstance(parameter, click.Argument) or parameter.opts[-1] in told
            for one in getattr(parameter.type, "choices", ()):
                assert one in told.replace("\n", "")
            if isinstance(parameter, click.Argument):
                shown = re.escape(parameter.make_metavar(click.Context(command)))
                assert re.search(rf"^  {shown}  +\S", told, re.MULTILINE), "what it is stands beside it"


def test_where_a_policy_year_is_asked_for_they_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["merge"], ["generate"], ["policy", "show"], ["policy", "new"], ["demo"]):
        assert run([*words, "--help"]) == 0
        assert set(list_policies()) <= set(capsys.readouterr().out.split())


def test_every_word_of_the_help_is_used() -> None:
    """help.yaml holds what there is, and nothing that is gone."""
    catalogue, commands, parameters = parse_yaml(read_text("help.yaml")), {"canbao": cli} | every_command(), {"lang"}
    for name, command in commands.items():
        named = {str(one.name) for one in command.params} - {"version"}
        parameters |= named
        assert all(parameter_help(name, one, lang) for one in named for lang in LANGUAGES)
    assert catalogue["commands"].keys() == commands.keys()
    assert catalogue["parameters"].keys() == parameters
    for ways in catalogue["parameters"].values():
        assert ways.keys() - {"any"} <= commands.keys()


def test_the_program_says_what_it_can_do_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    chinese = capsys.readouterr().out
    assert run(["--lang", "en"]) == 0
    english = capsys.readouterr().out
    assert "merge" in chinese
    assert "Merge the workbooks of a folder" in english
    assert set(HAN.findall(english)) <= HAN_IN_ENGLISH
    assert run(["--lang", "en", "check", "没有.xlsx"]) == 2
    assert "There is no file" in capsys.readouterr().err
    assert run(["--lang", "fr", "check"]) == 2


def test_the_readme_and_the_manual_name_every_command() -> None:
    root = Path(__file__).parents[2]
    texts = [(root / name).read_text(encoding="utf-8") for name in ("README.md", "docs/用户手册.md")]
    for name in {words.split()[0] for words in every_command()}:
        assert all(f"canbao {name}" in text for text in texts), name


@pytest.mark.parametrize("delay", [0.9, 1.4, 1.9, 2.4])
def test_a_killed_run_leaves_no_half_file(delay: float, tmp_path: Path) -> None:
    units = write_units(tmp_path / "units.csv", [[f"{number}镇", "一村", "", 3000] for number in range(40)])
    out = tmp_path / "out"
    words = ["generate", "huining-2021", "--units", str(units), "--out", str(out)]
    program = "import sys; from canbao_addin.cli import main; main(sys.argv[1:])"
    process = subprocess.Popen([sys.executable, "-c", program, *words])
    try:
        process.wait(delay)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for path in out.glob("*.xlsx"):
        assert openpyxl.load_workbook(path, read_only=True).sheetnames
