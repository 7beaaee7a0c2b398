"""canbao export: a CSV by the mapping in the policy file, whole and right, or no file and the reason."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from canbao_addin.cli.main import run
from canbao_templates import read_text
from support import counties as c

HN, SC = "huining-2021", "shangcai-2020"
DAYS = (("begn", "start"), ("end", "end"))
PAID = c.paid(date(2020, 10, 3))


@pytest.fixture(scope="module")
def huining(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rare = {"姓名": "田㐂荣", "户主姓名": "田㐂荣", "身份属性1": "特困供养人员", "佐证材料": "民政1"}
    rows = [c.resident(1, **PAID, 民族="回族"), c.resident(2), c.resident(3, **rare)]  # the second has not paid
    return c.issue(tmp_path_factory.mktemp("export"), HN, [["甲镇", "一村", "", ""]], {"甲镇": {c.R1: rows}})


def export(source: Path, policy: str, target: Path, *options: str) -> tuple[int, dict[str, Any]]:
    report = target.with_suffix(".json")
    words = ["--policy", policy, "--format", "national", "--out", str(target), "--json", str(report), *options]
    status = run(["export", str(source), *words])
    return status, json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}


def read(path: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as stream:
        return list(csv.DictReader(stream))


def test_persons_by_the_mapping_with_codes_and_dates(huining: Path, tmp_path: Path) -> None:
    status, result = export(huining, HN, tmp_path / "n.csv")
    assert (status, result["rows"], result["format"]) == (0, 2, "national")
    assert set(result) == {"policy", "format", "file", "rows", "quoted", "findings"}
    first, second = read(tmp_path / "n.csv")
    assert first == {
        "psn_cert_type": "01", "certno": c.number(HN, 1), "psn_name": c.named(1), "gend": "2", "naty": "03",
        "brdy": "1970-01-01", "insutype": "390", "psn_type": "1501", "insuplc_admdvs": "620422", "psn_idet_type": "",
        "begndate": "2021-01-01", "enddate": "2021-12-31",
    } | {"gend": "1" if int(c.number(HN, 1)[16]) % 2 else "2"}  # fmt: skip
    assert (second["psn_name"], second["psn_idet_type"], second["naty"]) == ("田㐂荣", "特困供养人员", "")
    before = (tmp_path / "n.csv").read_bytes()
    assert export(huining, HN, tmp_path / "n.csv")[0] == 0
    assert (tmp_path / "n.csv").read_bytes() == before
    assert before.startswith(b"\xef\xbb\xbf")
    assert before.count(b"\xef\xbb\xbf") == 1


def test_a_character_that_the_encoding_lacks_stops_the_export(huining: Path, tmp_path: Path) -> None:
    status, result = export(huining, HN, tmp_path / "n.csv", "--encoding", "gbk")
    assert (status, (tmp_path / "n.csv").exists()) == (1, False)
    finding = result["findings"][0]
    assert (finding["code"], finding["row"], finding["value"]) == ("V41", 7, "㐂")
    assert "U+3402" in finding["message"]
    assert c.number(HN, 3) not in finding["message"]
    assert "620422********" in finding["message"]
    assert export(huining, HN, tmp_path / "n.csv", "--encoding", "gb18030")[0] == 0
    assert read(tmp_path / "n.csv", "gb18030")[1]["psn_name"] == "田㐂荣"


def test_no_export_names_a_confidential_category(tmp_path: Path) -> None:
    civil = [
        c.listed(SC, 21, "杨屯", "一村", "艾滋病患者"),
        c.listed(SC, 22, "杨屯", "一村", "特困人员"),
    ]
    filled = {"杨屯": {c.R6: []}, "县民政局": {c.R8: civil}}
    source = c.issue(tmp_path, SC, [["杨屯", "一村", "一组", ""]], filled)
    unknown = [f"      - {{header: {day}date, field: benefit_{word}, format: date}}\n" for day, word in DAYS]
    policy = own_policy(tmp_path, *((line, "") for line in unknown), policy=SC)
    status, result = export(source, str(policy), tmp_path / "n.csv")
    assert [finding["message"] for finding in result["findings"]] == []
    assert status == 0
    named = {row["certno"]: row["psn_idet_type"] for row in read(tmp_path / "n.csv")}
    assert named == {c.number(SC, 21): "政府资助", c.number(SC, 22): "特困人员"}


def own_policy(folder: Path, *changes: tuple[str, str], policy: str = HN) -> Path:
    text = read_text(f"policies/{policy}.yaml")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / f"{policy}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_formulas_stay_text_and_words_without_a_code_stop_the_export(huining: Path, tmp_path: Path) -> None:
    column = "      - {header: psn_name, field: name}\n"
    policy = own_policy(tmp_path, (column, f'{column}      - {{header: sum, value: "=1+1"}}\n'))
    status, result = export(huining, str(policy), tmp_path / "n.csv")
    assert (status, result["quoted"]) == (0, 2)
    assert {row["sum"] for row in read(tmp_path / "n.csv")} == {"'=1+1"}
    column = "      - {header: psn_idet_type, field: category}\n"
    coded = column.replace("category}", "category, codes: {孤儿: A4}}")
    status, result = export(huining, str(own_policy(tmp_path, (column, coded))), tmp_path / "m.csv")
    assert (status, (tmp_path / "m.csv").exists()) == (1, False)
    assert "“特困供养人员”" in result["findings"][0]["message"]


def test_what_the_policy_does_not_know_is_not_exported(tmp_path: Path) -> None:
    rows = [c.collected(1, "一村", date(2019, 9, 21))]
    source = c.issue(tmp_path, SC, [["杨屯", "一村", "一组", ""]], {"杨屯": {c.R6: rows}})
    status, result = export(source, SC, tmp_path / "n.csv")
    assert (status, (tmp_path / "n.csv").exists()) == (1, False)
    assert [finding["code"] for finding in result["findings"]] == ["V40", "V40"]


def test_a_mapping_that_is_not_there_is_said(huining: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--policy", HN, "--format", "省平台", "--out", str(tmp_path / "n.csv")]
    assert run(["export", str(huining), *words]) == 2
    assert "national" in capsys.readouterr().err
