"""`canbao policy new`: the file lies where every command finds it, and nothing is generated before it is confirmed."""

from pathlib import Path

import pytest

from canbao_addin import home
from canbao_addin.cli.main import run
from canbao_templates import read_text
from support.cli import write_units


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home" / "policies"
    monkeypatch.setattr(home, "POLICIES", folder)
    return folder


def generate(policy: str, tmp_path: Path) -> int:
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "", "20"]])
    return run(["generate", policy, "--units", str(units), "--out", str(tmp_path / "out")])


def test_a_new_year_is_made_refused_and_after_confirmation_used(folder, tmp_path, capsys):
    assert run(["policy", "new", "huining-2022", "--from", "huining-2021"]) == 0
    assert "huining-2022.yaml" in capsys.readouterr().out
    made = folder / "huining-2022.yaml"
    assert run(["policy", "check", "huining-2022"]) == 1
    said = capsys.readouterr().out
    assert "待确认：premium.standard.amount 还是上一年度的 280.00" in said
    assert generate("huining-2022", tmp_path) == 2
    assert "待确认" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    text = made.read_text(encoding="utf-8")
    made.write_text(text[: text.index("\nconfirm:")] + "\nconfirm: []\n", encoding="utf-8")
    assert run(["policy", "check", "huining-2022"]) == 0
    assert generate("huining-2022", tmp_path) == 0


@pytest.mark.usefixtures("folder")
def test_check_compares_with_the_year_before(tmp_path, capsys):
    assert run(["policy", "new", "huining-2022", "--from", "huining-2021", "--out", str(tmp_path / "neu.yaml")]) == 0
    text = (tmp_path / "neu.yaml").read_text(encoding="utf-8")
    text = text[: text.index("\nconfirm:")].replace("doc_no: null", 'doc_no: "会政办发〔2021〕99号"', 1) + "\n"
    (tmp_path / "neu.yaml").write_text(text, encoding="utf-8")
    assert run(["policy", "check", str(tmp_path / "neu.yaml")]) == 0
    said = capsys.readouterr().out
    assert "280.00 与上一年度（huining-2021）相同" in said


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["huining-2021", "huining-2020", "会宁-2022", "huining", "Huining-2022"])
def test_an_id_that_is_none_or_of_no_later_year(name, capsys):
    assert run(["policy", "new", name, "--from", "huining-2021"]) == 2
    assert "huining-2022" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_what_is_there_stays(tmp_path, capsys):
    target = tmp_path / "x.yaml"
    target.write_text("mine", encoding="utf-8")
    assert run(["policy", "new", "huining-2022", "--from", "huining-2021", "--out", str(target)]) == 2
    assert "已经有了" in capsys.readouterr().err
    assert target.read_text(encoding="utf-8") == "mine"


def test_a_file_of_notepad_is_carried_over_with_lines_of_one_kind(tmp_path):
    old, new = tmp_path / "会宁 2021.yaml", tmp_path / "会宁 2022.yaml"
    old.write_bytes(b"\xef\xbb\xbf" + read_text("policies/huining-2021.yaml").replace("\n", "\r\n").encode())
    assert run(["policy", "new", "huining-2022", "--from", str(old), "--out", str(new)]) == 0
    assert b"\r" not in new.read_bytes()
