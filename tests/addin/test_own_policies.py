"""Policy files in the user's own folder: found by their id, listed, and asked for where one is missing."""

from pathlib import Path

import pytest

from canbao_addin import home
from canbao_addin.cli.main import run
from canbao_templates import read_text
from support.cli import check_json, write_units

OWN = "anding-2021"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home" / "policies"
    folder.mkdir(parents=True)
    monkeypatch.setattr(home, "POLICIES", folder)
    return folder


def policy_text(policy_id: str = OWN) -> str:
    return read_text("policies/huining-2021.yaml").replace("id: huining-2021", f"id: {policy_id}", 1)


def generate(policy: str, tmp_path: Path) -> int:
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "", "20"]])
    return run(["generate", policy, "--units", str(units), "--out", str(tmp_path / "out")])


@pytest.mark.parametrize("suffix", [".yaml", ".yml"])
def test_every_command_finds_it_by_its_id(suffix: str, folder: Path, tmp_path: Path) -> None:
    (folder / f"{OWN}{suffix}").write_text(policy_text(), encoding="utf-8")
    assert run(["policy", "check", OWN]) == 0
    assert generate(OWN, tmp_path) == 0
    status, report = check_json(tmp_path, tmp_path / "out" / "甲镇.xlsx")
    assert (status, report["files"][0]["policy"]) == (0, OWN)


def test_one_of_the_same_id_goes_before_what_is_shipped(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = policy_text("huining-2021").replace('amount: "280.00"', 'amount: "300.00"', 1)
    assert changed != policy_text("huining-2021")
    (folder / "huining-2021.yaml").write_text(changed, encoding="utf-8")
    assert run(["policy", "show", "huining-2021"]) == 0
    assert "300.00" in capsys.readouterr().out


def test_the_list_tells_of_those_that_cannot_be_used(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "list"]) == 0
    assert str(folder) in capsys.readouterr().out, "where to put one's own"
    (folder / f"{OWN}.yaml").write_text(policy_text(), encoding="utf-8")
    assert run(["policy", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if OWN in line and "自己的" in line]
    assert [line for line in lines if "shangcai-2020" in line and "自己的" not in line]
    (folder / "other-2021.yaml").write_text(policy_text(), encoding="utf-8")
    (folder / "broken-2021.yaml").write_text("schema: nothing", encoding="utf-8")
    assert run(["policy", "list"]) == 1
    out = capsys.readouterr().out
    assert "broken-2021.yaml”不能使用" in out
    assert f"other-2021.yaml”里的 meta.id 是“{OWN}”" in out


def test_a_workbook_whose_policy_nobody_has_names_the_remedy(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / f"{OWN}.yaml"
    file.write_text(policy_text(), encoding="utf-8")
    assert generate(str(file), tmp_path) == 0
    status, report = check_json(tmp_path, tmp_path / "out" / "甲镇.xlsx")
    (finding,) = report["files"][0]["findings"]
    assert status == 1
    assert "没有这个政策年度的政策文件" in finding["message"]
    assert all(word in finding["fix"] for word in (f"{OWN}.yaml", ".canbao/policies", "路径"))
    file.rename(folder / file.name)
    assert check_json(tmp_path, tmp_path / "out" / "甲镇.xlsx")[0] == 0


def test_a_file_under_another_name_is_not_taken_for_the_policy_it_is_called(folder: Path, tmp_path: Path) -> None:
    """Its workbooks would state a policy year that nobody asked for."""
    (folder / f"{OWN}.yaml").write_text(policy_text("jingyuan-2021"), encoding="utf-8")
    assert generate(OWN, tmp_path) == 0
    status, report = check_json(tmp_path, tmp_path / "out" / "甲镇.xlsx")
    assert (status, "jingyuan-2021" in report["files"][0]["findings"][0]["message"]) == (1, True)


def test_an_unknown_id_says_where_a_file_of_ones_own_belongs(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / f"{OWN}.yaml").write_text(policy_text(), encoding="utf-8")
    assert generate("andin-2021", tmp_path) == 2
    said = capsys.readouterr().err
    assert ".canbao/policies" in said
    assert "anding-2021" in said, "one's own are among the names"
